"""`./callcare calls ring`: make the telephone of the demo ring, to see what the screens show."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from callcare.config.demo import telephone
from callcare.directory.rules import phones

ANONYMOUS = "anonymous"
RINGS = 12  # seconds, unless said otherwise


class Command(BaseCommand):
    help = "Le téléphone : faire sonner la démonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True, metavar="ACTION")
        ring = does.add_parser("ring", help="faire sonner un appel dans la démonstration qui tourne")
        ring.add_argument("--from", dest="caller", help="numéro qui appelle, ou « masque » ; sinon Claire")
        ring.add_argument("--answer", metavar="QUI", help="décroché par : nom, courriel ou poste ; « ? » sans nom")
        ring.add_argument("--after", type=float, default=4, metavar="SECONDES", help="sonne avant d’être décroché")
        ring.add_argument("--for", dest="seconds", type=float, metavar="SECONDES", help="raccroche après ce temps")

    def handle(self, *args: Any, **options: Any) -> None:
        self.ring(options)

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
