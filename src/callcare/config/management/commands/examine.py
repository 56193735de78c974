"""The inner half of `./callcare doctor`, and what `./callcare serve` asks before it opens."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from callcare.config.diagnosis import examine


class Command(BaseCommand):
    help = "Dit ce qui ne va pas dans la maison, et le remède."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--serving", action="store_true", help="seulement ce qui interdit d’ouvrir le site")

    def handle(self, *args: Any, **options: Any) -> None:
        ill = 0
        for finding in examine(before_serving=options["serving"]):
            ill += bool(finding.mend)
            if finding.mend or not options["serving"]:
                self.stdout.write(str(finding))
        if ill:
            sys.exit(1)
