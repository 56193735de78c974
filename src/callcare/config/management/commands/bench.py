"""`./callcare bench [NAME...] [--json FILE]`: how long the house takes, beside the floor of this machine."""

import json
import random
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcare.config.bench import (
    dataset,
    engines,
    mailbox,
    measures,
    national,
    rounds,
    scratch,
    sharing,
    stream,
    telephone,
    text,
    typed,
)

SIZE = 100_000
NATIONAL = "national"
SEED = 2021
MOST = 9_000_000  # telephone numbers of nobody are so many
MEASURES = [
    *measures.MEASURES, stream.MEASURE, telephone.MEASURE, mailbox.MEASURE, sharing.MEASURE, engines.MEASURE,
    text.MEASURE, typed.MEASURE, rounds.MEASURE,
]  # fmt: skip
COLUMNS = ("name", "size", "p50_ms", "p99_ms", "floor_ms", "ratio", "target", "ok")


class Command(BaseCommand):
    help = "Mesure les temps de réponse, dans une base à part (suffixe _bench) remplie de données inventées."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [one.name for one in MEASURES]
        parser.add_argument("names", nargs="*", metavar="NOM", help=", ".join(names))
        parser.add_argument("--json", metavar="FICHIER", help="écrire aussi les lignes dans ce fichier")
        parser.add_argument(
            "--make", metavar="TAILLE", default=str(SIZE),
            help="nombre d’engagements ouverts ; « national » en fait un million, « national:20000 » autant que dit",
        )  # fmt: skip
        parser.add_argument("--seed", type=int, default=SEED, help="graine du jeu de données")
        parser.add_argument("--repeat", type=int, default=300, help="répétitions par mesure")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen, made = self._chosen(options["names"]), Made.of(options["make"], options["seed"])
        if not all(one.is_bare for one in chosen) or made.is_national:
            self.make(made)
        if made.is_national and not options["names"]:
            return  # a country without a past has few pages: what is measured on it is named
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

    def make(self, made: "Made") -> None:
        name = scratch.enter()
        if scratch.holds(made.size, made.seed, made.shape):
            return
        self.stderr.write(f"Jeu de mesure dans « {name} » : {made.size} engagements, graine {made.seed}.")
        begin = perf_counter()
        scratch.empty()
        scratch.prepare()
        make = dataset.make_national if made.is_national else dataset.make
        make(size=made.size, seed=made.seed, say=self.progress)
        scratch.sign(made.size, made.seed, made.shape)
        minutes, seconds = divmod(round(perf_counter() - begin), 60)
        self.stderr.write(f"Fait en {minutes} min {seconds:02} s ; la base occupe {scratch.megabytes()} Mio.")

    def progress(self, what: str, done: int, total: int) -> None:
        """A bar that grows on one line where somebody looks, and is silent in a file."""
        if not sys.stderr.isatty():
            return
        full = 24 * done // max(1, total)
        end = "\n" if done >= total else ""
        self.stderr.write(f"\r{what:<24} {'█' * full}{'·' * (24 - full)} {done}/{total}", ending=end)
        self.stderr.flush()


@dataclass(frozen=True, slots=True)
class Made:
    """What `--make` asks for."""

    size: int
    seed: int
    shape: str = "regional"

    @property
    def is_national(self) -> bool:
        return self.shape == NATIONAL

    @classmethod
    def of(cls, said: str, seed: int) -> "Made":
        """« 100000 », « national », « national:20000 »."""
        shape, _, size = said.partition(":")
        if shape.isdecimal() and not size:
            shape, size = "regional", shape
        elif shape == NATIONAL and said == NATIONAL:
            size = str(national.SIZE)
        elif shape != NATIONAL:
            size = ""
        if not size.isdecimal() or not 0 < int(size) <= MOST:
            raise CommandError(f"--make : un nombre d’engagements ou « {NATIONAL} », pas « {said} ».")
        return cls(int(size), seed, shape)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "NON"
    return "" if value is None else str(value)
