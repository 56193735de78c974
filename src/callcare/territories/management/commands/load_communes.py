"""Load the table of communes that ships with the house. May be run again: only what changed is written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from callcare.core.french import counted, number
from callcare.core.owner import as_owner
from callcare.territories.actions import load_communes


class Command(BaseCommand):
    help = "Charge la table des communes de France livrée avec la maison."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--departement", action="append", metavar="CODE", help="seulement ce département")

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            done = load_communes(by=None, departements=options["departement"])
        self.stdout.write(
            f"{counted(done.communes, 'commune')} dans la table ; fiches changées : {number(done.written)}."
        )
