"""Lay the founding catalogue. May be run again: what a steward has changed stays."""

from typing import Any

from django.core.management.base import BaseCommand

from callcare.catalogue.actions import found_catalogue
from callcare.core.french import counted


class Command(BaseCommand):
    help = "Pose le catalogue fondateur : unités, catégories et motifs."

    def handle(self, *args: Any, **options: Any) -> None:
        done = found_catalogue(by=None)
        self.stdout.write(f"Ajoutés : {counted(done.categories, 'catégorie')}, {counted(done.reasons, 'motif')}.")
