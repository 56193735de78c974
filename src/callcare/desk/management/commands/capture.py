"""Read lines of French and print what was understood, one JSON object each. Needs no database unless asked."""

import io
import json
import sys
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from callcare.core import clock
from callcare.desk.capture import founding_vocabulary, packaged_places, vocabulary
from callcare.desk.rules.capture import read
from callcare.territories.gazetteer import gazetteer


class Command(BaseCommand):
    help = "Lit des lignes de saisie et écrit ce qu’elles disent, un objet JSON par ligne."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lines", nargs="*", metavar="LIGNE", help="sans ligne : lit l’entrée standard")
        parser.add_argument("--on", metavar="AAAA-MM-JJ", help="le jour où la ligne est dite (aujourd’hui sinon)")
        parser.add_argument("--database", action="store_true", help="avec le catalogue et les communes de la base")

    def handle(self, *args: Any, **options: Any) -> None:
        today = _day(options["on"])
        try:
            words = vocabulary() if options["database"] else founding_vocabulary()
            places = gazetteer() if options["database"] else packaged_places()
        except DatabaseError as error:
            raise CommandError(
                "La base de données ne répond pas ; sans --database, elle n’est pas nécessaire."
            ) from error
        for line in options["lines"] or _typed():
            said = read(line, today=today, words=words, places=places).as_json()
            self.stdout.write(json.dumps(said, ensure_ascii=False))


def _day(said: str | None) -> date:
    if said is None:
        return clock.today()
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise CommandError(f"« {said} » n’est pas un jour : écrivez AAAA-MM-JJ, par exemple 2021-04-06.") from error


def _typed() -> Iterable[str]:
    """The lines of standard input, in UTF-8 whatever the terminal says; a byte that is none becomes �."""
    source = getattr(sys.stdin, "buffer", None)
    lines = io.TextIOWrapper(source, encoding="utf-8", errors="replace") if source else sys.stdin
    for line in lines:
        yield line.rstrip("\r\n")
