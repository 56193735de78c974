"""`./callcare candidates B-7K3Q-2F4`: who could answer a need, or whom a commitment would help, and why."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcare.commitments.models import CommitmentLine
from callcare.core import refs
from callcare.matching.candidates import Found, candidates_for_need, needs_for_commitment
from callcare.matching.lines import offered_by, this_day, wanted_by
from callcare.needs.models import NeedLine


class Command(BaseCommand):
    help = "Dit qui pourrait répondre à chaque ligne d’une fiche, et pourquoi."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ref", metavar="RÉFÉRENCE")
        parser.add_argument("--limit", type=int, default=10, metavar="NOMBRE")

    def handle(self, *args: Any, **options: Any) -> None:
        ref, limit, today = refs.clean(options["ref"]) or "", options["limit"], this_day()
        needs = NeedLine.objects.filter(need__ref=ref).select_related("need__commune", "category", "unit")
        for line in needs.order_by("pk"):
            self.tell(line.category.label, candidates_for_need(wanted_by(line), today=today, limit=limit))
        offers = CommitmentLine.objects.filter(commitment__ref=ref)
        for offer in offers.select_related("commitment__commune", "category", "unit").order_by("pk"):
            self.tell(offer.category.label, needs_for_commitment(offered_by(offer), today=today, limit=limit))
        if not (needs or offers):
            raise CommandError(f"Aucun besoin ni engagement ne porte la référence « {options['ref']} ».")

    def tell(self, what: str, found: Found) -> None:
        self.stdout.write(what)
        for one in found.candidates:
            why = ", ".join(reason.text for reason in one.reasons)
            self.stdout.write(f"  {one.score:3}  {one.ref}  {one.organisation_name} · {one.commune} : {why}")
        for one in found.near_misses:
            self.stdout.write(f"    –  {one.ref}  {one.organisation_name} : {one.missed.text if one.missed else ''}")
        if found.removed:
            self.stdout.write(f"  Écartés : {found.cascade}.")
