"""`./callcare mail read FILE.eml...` prints what intake understands of mails, one JSON object a line. No database.

`./callcare mail domain [DOMAIN]` says whether our letters will be believed.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from callcare.mailbox import domain
from callcare.mailbox.reader import Unreadable, read_guarded
from callcare.mailbox.rules import identifiers
from callcare.mailbox.rules.reading import LARGEST_MAIL
from callcare.mailbox.rules.readings import Ours, domains_of
from callcare.mailbox.shown import laid_out

NOT_READ = 2
STANDARD_INPUT = "-"


class Command(BaseCommand):
    help = "La boîte aux lettres : dire ce que la maison comprend d’un courriel."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True, metavar="ACTION")
        read = does.add_parser("read", help="lire des courriels (.eml) et dire en JSON ce qui est compris")
        read.add_argument("files", nargs="+", metavar="FICHIER", help="un courriel ; « - » : l’entrée standard")
        of_domain = does.add_parser(
            "domain", help="dire si les lettres du domaine seront crues : MX, SPF, DKIM, DMARC"
        )
        of_domain.add_argument("domain", nargs="?", default="", metavar="DOMAINE", help="un domaine, ou une adresse")
        of_domain.add_argument("--selector", action="append", default=[], metavar="SÉLECTEUR", help="de la clé DKIM")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["does"] == "domain":
            name = options["domain"].rpartition("@")[2].strip().rstrip(".").lower() or settings.MAIL_DOMAIN
            sys.exit(self.tell_domain(name, options["selector"] or ["default"]))
        if not self.read(options["files"]):
            sys.exit(NOT_READ)

    def tell_domain(self, name: str, selectors: list[str]) -> int:
        """What is right and wrong with a domain; the exit status: 1 when something must be put right."""
        try:
            found = domain.findings(name, selectors=selectors, asked=domain.ask)
        except domain.NoNetwork:
            self.stderr.write(f"{name} : aucun serveur de noms ne répond. Vérifiez la connexion, puis recommencez.")
            return NOT_READ
        self.stdout.write(f"Domaine {name}")
        for one in found:
            self.stdout.write(f"  {one.what} : {one.mark}. {one.said}")
            if one.todo:
                self.stdout.write(f"      {one.todo}")
        return int(domain.is_wrong(found))

    def read(self, names: list[str]) -> bool:
        """Each file that can be read, on standard output; is it all of them?"""
        ours = of_the_house()
        is_complete = True
        for name in names:
            try:
                raw = content(name)
            except Missing as error:
                self.stderr.write(f"{name} : {error}")
                is_complete = False
                continue
            answer = read_guarded(raw, ours)
            said = {"kind": "unreadable", "why": answer.reason} if isinstance(answer, Unreadable) else laid_out(answer)
            self.stdout.write(json.dumps({"file": name} | said, ensure_ascii=not _speaks_unicode()))
        return is_complete


class Missing(Exception):
    """There is no mail there; the French sentence says why."""


def content(name: str) -> bytes:
    """The bytes of a file. Raises Missing."""
    try:
        data = sys.stdin.buffer.read(LARGEST_MAIL + 1) if name == STANDARD_INPUT else _file(Path(name))
    except FileNotFoundError as error:
        raise Missing("ce fichier n’existe pas.") from error
    except PermissionError as error:
        raise Missing("vous n’avez pas le droit de lire ce fichier.") from error
    except (OSError, ValueError) as error:
        raise Missing("ce fichier ne peut pas être lu.") from error
    if not data.strip():
        raise Missing("ce fichier est vide.")
    return data


def of_the_house() -> Ours:
    """What the rules must know about us, from the settings alone."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [identifiers.key_of(str(secret)) for secret in secrets]
    domain = settings.MAIL_DOMAIN
    domains = domains_of(domain, ())
    return Ours(domain=domain, is_signed=lambda one: identifiers.verified(one, keys, domains) is not None)


def _file(path: Path) -> bytes:
    if path.is_dir():
        raise Missing("c’est un dossier, pas un courriel.")
    if path.exists() and not path.is_file():
        raise Missing("ce n’est pas un fichier ordinaire.")
    with path.open("rb") as file:
        return file.read(LARGEST_MAIL + 1)


def _speaks_unicode() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
