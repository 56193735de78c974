"""Read an official file of communes: says what would change; with --apply, changes it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from callcare.core.deeds import Refused
from callcare.core.french import counted
from callcare.core.owner import as_owner
from callcare.territories.actions import Imported, import_communes

SHOWN = 20  # lines of each kind; the rest is counted


class Command(BaseCommand):
    help = "Lit un fichier officiel des communes (La Poste, INSEE, API géographique) ; à blanc sans --apply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER", help="CSV ou JSON")
        parser.add_argument("--apply", action="store_true", help="écrire ; sans cela, rien n’est changé")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"Ce fichier ne se lit pas : {options['file']}.") from error
        result = import_communes(raw, by=None)
        self._show("Erreurs", result.errors)
        self._show("Communes nouvelles", result.created)
        self._show("Communes changées", result.changed)
        self._sum_up(result)
        if result.errors:
            raise CommandError(f"{counted(len(result.errors), 'erreur')} : rien n’est importé.")
        if not options["apply"]:
            self.stdout.write("Rien n’est écrit. Pour écrire : --apply")
            return
        try:
            with as_owner():
                import_communes(raw, by=None, apply=True)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("C’est écrit.")

    def _sum_up(self, result: Imported) -> None:
        said = [
            counted(result.lines, "ligne"),
            counted(len(result.created), "commune") + " à créer",
            counted(len(result.changed), "commune") + " à changer",
        ]
        if result.outside:
            said.append(counted(result.outside, "commune") + " hors des départements, laissées de côté")
        self.stdout.write(", ".join(said) + ".")

    def _show(self, title: str, lines: list[str]) -> None:
        if not lines:
            return
        self.stdout.write(f"{title} :")
        for line in lines[:SHOWN]:
            self.stdout.write(f"  {line}")
        if len(lines) > SHOWN:
            self.stdout.write(f"  … et {counted(len(lines) - SHOWN, 'autre')}")
