"""The second half of `./callcare demo`: a month of the desks, once."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from callcare.config import demo_database
from callcare.config.demo import accounts, story, telephone
from callcare.core import french
from callcare.core.owner import as_owner
from callcare.directory.models import Organisation
from callcare.matching.actions import make_round


class Command(BaseCommand):
    help = "Joue l’histoire de démonstration dans une base vide : un mois de contacts, de besoins et d’engagements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=story.SEED, help="graine du hasard (même graine, même mois)")
        parser.add_argument("--days", type=int, default=story.DAYS, help="jours rejoués, jusqu’à aujourd’hui")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Les comptes de la démonstration ne s’ouvrent qu’avec CALLCARE_DEMO=1.")
        if demo_database.is_played():
            accounts.write_accounts()
            telephone.open_line()
            self.stdout.write("  déjà jouée")
            return
        if not demo_database.is_empty() or Organisation.objects.exists():
            raise CommandError(
                "Cette base n’est pas vide : l’histoire n’y est pas jouée. "
                "Si elle a été interrompue, ./callcare demo --reset la recommence."
            )
        begun = time.monotonic()
        with connection.cursor() as cursor:
            # Thousands of small commits: a story cut short by a power failure is begun again anyway.
            cursor.execute("SET synchronous_commit TO off")
        for day in story.play(seed=options["seed"], days=options["days"]):
            self.stdout.write(f"  {french.day(day)}")
            self.stdout.flush()
        make_round(by=None)  # the night before who opens the demo
        accounts.write_accounts()
        telephone.open_line()
        with as_owner():
            demo_database.note_played()
        self.stdout.write(f"  fin de l’histoire ({time.monotonic() - begun:.0f} s)")
