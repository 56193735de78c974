"""`./callcare import`: a spreadsheet of needs, commitments, organisations or communes. Dry run unless --apply."""

import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from callcare.accounts.models import User
from callcare.config.imports.findings import Outcome, Result
from callcare.config.imports.refusals import refused_lines
from callcare.config.imports.running import Imported, import_table
from callcare.core.french import counted
from callcare.desk.models import Desk
from callcare.desk.permissions import keeps
from callcare.desk.sheets.reading import MOST_BYTES, Unreadable

WRONG, PARTLY = 1, 3
CODES = """
codes de sortie :
  0  tout va bien : à blanc, aucune erreur ; avec --apply, tout est écrit (ou l’était déjà)
  1  rien n’est écrit : une ligne au moins est fausse, ou le fichier ne se lit pas
  2  la commande est mal écrite
  3  avec --partial : les bonnes lignes sont écrites, les autres sont dans FICHIER.refus.csv
"""


class Command(BaseCommand):
    help = (
        "Lit un tableur (csv, xlsx, ods). Sans --apply, rien n’est écrit : le compte rendu dit ce qui arriverait.\n"
        "Avec --apply, tout est écrit ou rien ne l’est. Les colonnes sont décrites dans docs/imports.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = CODES
        parser.add_argument(
            "what", choices=["needs", "commitments", "organisations", "communes"], metavar="QUOI",
            help="needs (besoins), commitments (engagements), organisations ou communes",
        )  # fmt: skip
        parser.add_argument("file", type=Path, metavar="FICHIER", help="un .csv, .xlsx ou .ods")
        parser.add_argument("--apply", action="store_true", help="écrire ; sans cela, rien n’est changé")
        parser.add_argument(
            "--partial", action="store_true", help="avec --apply : écrire les bonnes lignes malgré les fausses"
        )
        parser.add_argument("--desk", metavar="GUICHET", help="l’identifiant du guichet, quand il y en a plusieurs")
        parser.add_argument("--by", metavar="COURRIEL", help="l’opératrice au nom de qui l’import est fait")
        parser.add_argument("--sheet", metavar="FEUILLE", default="", help="la feuille, quand il y en a plusieurs")
        parser.add_argument("--yes-large", action="store_true", help="les très grandes quantités sont voulues")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "communes":
            call_command("import_communes", options["file"], apply=options["apply"], stdout=self.stdout)
            return
        file: Path = options["file"]
        raw = self._bytes(file)
        desk = self._desk(options["desk"])
        by = self._operator(options["by"], desk)
        try:
            imported = import_table(
                raw, what=options["what"], desk=desk, by=by, apply=options["apply"], partial=options["partial"],
                yes_large=options["yes_large"], sheet=options["sheet"], because=file.name,
            )  # fmt: skip
        except Unreadable as unreadable:
            raise CommandError(f"{file.name} : {unreadable}", returncode=WRONG) from unreadable
        self._tell(imported)
        self._end(imported, file, applied=options["apply"])

    def _bytes(self, file: Path) -> bytes:
        try:
            with file.open("rb") as handle:
                return handle.read(MOST_BYTES + 1)
        except FileNotFoundError as error:
            said = f"Ce fichier n’existe pas : {file}. Vérifiez son nom et son dossier."
            raise CommandError(said, returncode=WRONG) from error
        except IsADirectoryError as error:
            said = f"{file} est un dossier : donnez un fichier .csv, .xlsx ou .ods."
            raise CommandError(said, returncode=WRONG) from error
        except OSError as error:
            raise CommandError(f"Ce fichier ne se lit pas : {file}.", returncode=WRONG) from error

    def _desk(self, slug: str | None) -> Desk:
        desks = list(Desk.objects.select_related("territory").order_by("slug"))
        found = [desk for desk in desks if slug in {None, desk.slug}]
        if len(found) == 1:
            return found[0]
        names = ", ".join(desk.slug for desk in desks)
        if not desks:
            raise CommandError("Il n’y a pas encore de guichet : ouvrez-en un d’abord.", returncode=WRONG)
        if slug:
            raise CommandError(f"Aucun guichet « {slug} ». Guichets : {names}.", returncode=WRONG)
        raise CommandError(f"Il y a plusieurs guichets : ajoutez --desk ({names}).", returncode=WRONG)

    def _operator(self, email: str | None, desk: Desk) -> User | None:
        if not email:
            return None
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Aucun compte « {email} ».", returncode=WRONG)
        if not keeps(user, desk):
            raise CommandError(f"{user.display_name} ne tient pas {desk.name}.", returncode=WRONG)
        return user

    def _tell(self, imported: Imported) -> None:
        table = imported.table
        if table.sheet:
            self.stdout.write(f"Feuille « {table.sheet} », titres à la ligne {table.header_line}.")
        if table.unknown:
            self.stdout.write(f"Colonnes laissées de côté : {', '.join(table.unknown)}.")
        for one in imported.outcomes:
            self._line(one)
        counts = ", ".join(f"{result} {imported.counts[result]}" for result in Result if imported.counts[result])
        self.stdout.write(f"\n{counted(len(imported.outcomes), 'ligne')} : {counts or 'rien à lire'}.")

    def _line(self, one: Outcome) -> None:
        self.stdout.write(f"ligne {one.line.number:>5}  {one.result:<13} {one.said}".rstrip())
        for finding in one.errors:
            self.stdout.write(f"               erreur : {finding}")
        for finding in one.warnings:
            self.stdout.write(f"               à voir : {finding}")

    def _end(self, imported: Imported, file: Path, *, applied: bool) -> None:
        refused = len(imported.refused)
        if refused and not imported.is_written:
            raise CommandError(
                f"{counted(refused, 'ligne')} à corriger : rien n’est écrit."
                + (" Avec --partial, les bonnes lignes seraient écrites." if applied else ""),
                returncode=WRONG,
            )
        if not applied:
            self.stdout.write("Rien n’est écrit. Pour écrire : --apply")
            return
        self.stdout.write("C’est écrit.")
        if refused:
            beside = file.with_name(f"{file.name}.refus.csv")
            beside.write_bytes(refused_lines(imported))
            self.stdout.write(f"{counted(refused, 'ligne refusée', 'lignes refusées')}, à corriger dans {beside}")
            sys.exit(PARTLY)
