"""`./callcare suggest`: make the round of the night now."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcare.core import french
from callcare.matching.actions import make_round
from callcare.matching.engines import NoMemory
from callcare.matching.suggesting import Ranker, Statement, by_columns


class Command(BaseCommand):
    help = "Cherche maintenant qui répond à chaque besoin ouvert, pour la page « Pistes du jour »."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="dire le résultat en JSON")
        parser.add_argument(
            "--engine", choices=["sql", "memory"], help="par l’instruction SQL, ou par la copie en mémoire"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_round(by=None, ranker=self.ranker(options["engine"]))
        if made is None:
            raise CommandError("Une tournée est déjà en cours : attendez qu’elle finisse.")
        if options["json"]:
            facts = {"on": made.on.isoformat(), "needs": made.needs, "kept": made.kept, "raised": made.raised}
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(
            f"{french.counted(made.needs, 'ligne')} de besoin à pourvoir : "
            f"{french.counted(made.kept, 'piste retenue', 'pistes retenues')}, "
            f"dont {french.counted(made.raised, 'nouvelle')} aujourd’hui."
        )

    def ranker(self, engine: str | None) -> Ranker | None:
        if engine == "memory":
            try:
                return by_columns()
            except NoMemory:
                raise CommandError(
                    "Le moteur en mémoire demande numpy : installez le complément « engine », ou prenez --engine sql."
                ) from None
        return Statement() if engine == "sql" else None
