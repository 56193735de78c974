"""`./callcare calls ring` makes the telephone of the demo ring; `calls replay` plays recorded requests again."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcare.calls.rules.adapters import ADAPTERS
from callcare.config import replay
from callcare.config.bench import scratch
from callcare.config.demo import telephone
from callcare.core import clock
from callcare.directory.rules import phones

ANONYMOUS = "anonymous"
RINGS = 12  # seconds, unless said otherwise


class Command(BaseCommand):
    help = "Le téléphone : faire sonner la démonstration, rejouer ce qu’un opérateur a envoyé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True, metavar="ACTION")
        ring = does.add_parser("ring", help="faire sonner un appel dans la démonstration qui tourne")
        ring.add_argument("--from", dest="caller", help="numéro qui appelle, ou « masque » ; sinon Claire")
        ring.add_argument("--answer", metavar="QUI", help="décroché par : nom, courriel ou poste ; « ? » sans nom")
        ring.add_argument("--after", type=float, default=4, metavar="SECONDES", help="sonne avant d’être décroché")
        ring.add_argument("--for", dest="seconds", type=float, metavar="SECONDES", help="raccroche après ce temps")

        replay = does.add_parser("replay", help="rejouer des requêtes enregistrées, dans une base à part")
        replay.add_argument("file", metavar="FICHIER", help="une requête par ligne, en JSON : headers, body…")
        replay.add_argument("--provider", required=True, choices=sorted(ADAPTERS), help="l’opérateur téléphonique")
        replay.add_argument("--number", action="append", default=[], metavar="NUMÉRO", help="un numéro du guichet")
        replay.add_argument("--set", action="append", default=[], metavar="NOM=VALEUR", help="secret, jeton…")

    def handle(self, *args: Any, **options: Any) -> None:
        does: Callable[[dict[str, Any]], None] = {"ring": self.ring, "replay": self.replay}[options["does"]]
        does(options)

    def replay(self, options: dict[str, Any]) -> None:
        """The calls on standard output, as JSON; what was not understood on the other."""
        try:
            lines = Path(options["file"]).read_text("utf-8", "surrogateescape").splitlines()
            requests = list(replay.requests_in(lines, now=clock.now()))
        except OSError as error:
            raise CommandError(f"{options['file']} : ce fichier ne peut pas être lu.") from error
        except replay.Unplayable as error:
            raise CommandError(str(error)) from error
        settings = dict(pair.partition("=")[::2] for pair in options["set"])
        numbers = [phones.parse(number).value or number for number in options["number"]]
        scratch.enter(scratch.REPLAY)
        scratch.empty()
        scratch.prepare()
        played = replay.play(requests, provider=options["provider"], numbers=numbers, options=settings)
        self.stdout.write(json.dumps(replay.calls_as_json(), ensure_ascii=False, indent=2))
        said = f"{played.requests} requêtes, {played.repeats} répétitions, {played.forged} signatures refusées"
        self.stderr.write(f"{said}, {len(played.unreadable)} illisibles.")
        for why in dict.fromkeys(played.unreadable):
            self.stderr.write(f"· {why}")

    def ring(self, options: dict[str, Any]) -> None:
        """It rings, is answered or not, and ends."""
        caller = options["caller"] or telephone.number_of_claire()
        caller = ANONYMOUS if caller.startswith("masqu") else caller
        call = telephone.new_call()
        telephone.happens("newCall", call, caller=caller)
        self.stdout.write(f"Ça sonne : {phones.shown(phones.parse(caller).value or caller)}.")
        if options["answer"]:
            time.sleep(max(0.0, options["after"]))
            who = {} if options["answer"] == "?" else {"user": options["answer"]}
            telephone.happens("answer", call, caller=caller, **who)
            self.stdout.write("Décroché.")
        seconds = options["seconds"] if options["seconds"] is not None else 60 if options["answer"] else RINGS
        time.sleep(max(0.0, seconds))
        cause = "normalClearing" if options["answer"] else "cancel"
        telephone.happens("hangup", call, caller=caller, cause=cause)
        self.stdout.write("Raccroché." if options["answer"] else "Personne n’a décroché : un rappel est prévu.")
