"""`./callcare bench [NAME...] [--json FILE]`: how long the house takes, beside the floor of this machine."""

import json
import random
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcare.config.bench import dataset, engines, mailbox, measures, scratch, sharing, stream, telephone, text

SIZE = 100_000
SEED = 2021
MEASURES = [
    *measures.MEASURES, stream.MEASURE, telephone.MEASURE, mailbox.MEASURE, sharing.MEASURE, engines.MEASURE, text.MEASURE,
]  # fmt: skip
COLUMNS = ("name", "size", "p50_ms", "p99_ms", "floor_ms", "ratio", "target", "ok")


class Command(BaseCommand):
    help = "Mesure les temps de réponse, dans une base à part (suffixe _bench) remplie de données inventées."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [one.name for one in MEASURES]
        parser.add_argument("names", nargs="*", metavar="NOM", help=", ".join(names))
        parser.add_argument("--json", metavar="FICHIER", help="écrire aussi les lignes dans ce fichier")
        parser.add_argument("--make", metavar="TAILLE", type=int, default=SIZE, help="nombre d’engagements ouverts")
        parser.add_argument("--seed", type=int, default=SEED, help="graine du jeu de données")
        parser.add_argument("--repeat", type=int, default=300, help="répétitions par mesure")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = self._chosen(options["names"])
        if not all(one.is_bare for one in chosen):
            self.make(options["make"], options["seed"])
        rows: list[measures.Row] = []
        self.stdout.write("\t".join(COLUMNS))
        with measures.as_served():
            for one in chosen:
                pick = random.Random(options["seed"])  # noqa: S311
                for row in one.run(pick, options["repeat"]):
                    rows.append(row)
                    self.stdout.write("\t".join(_said(getattr(row, column)) for column in COLUMNS))
                    self.stdout.flush()
        if options["json"]:
            text = json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=2)
            Path(options["json"]).write_text(text + "\n", encoding="utf-8")
        if any(row.ok is False for row in rows):
            sys.exit(1)

    def _chosen(self, names: list[str]) -> list[measures.Measure]:
        known = {one.name: one for one in MEASURES}
        if unknown := [name for name in names if name not in known]:
            raise CommandError(f"Mesure inconnue : {', '.join(unknown)}. Il y a : {', '.join(known)}.")
        return [known[name] for name in names] or MEASURES

    def make(self, size: int, seed: int) -> None:
        name = scratch.enter()
        if scratch.holds(size, seed):
            return
        self.stderr.write(f"Jeu de mesure dans « {name} » : {size} engagements, graine {seed}.")
        scratch.empty()
        scratch.prepare()
        dataset.make(size=size, seed=seed, say=self.progress)
        scratch.sign(size, seed)

    def progress(self, what: str, done: int, total: int) -> None:
        """A bar that grows on one line where somebody looks, and is silent in a file."""
        if not sys.stderr.isatty():
            return
        full = 24 * done // max(1, total)
        end = "\n" if done >= total else ""
        self.stderr.write(f"\r{what:<24} {'█' * full}{'·' * (24 - full)} {done}/{total}", ending=end)
        self.stderr.flush()


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "NON"
    return "" if value is None else str(value)
