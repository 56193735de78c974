"""`./callcare candidates B-7K3Q-2F4`: who could answer a need, or whom a commitment would help, and why."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from callcare.commitments.models import CommitmentLine
from callcare.core import refs
from callcare.matching.candidates import Candidate, Found, candidates_for_need, needs_for_commitment
from callcare.matching.engines import ENGINES, NoMemory, whichever
from callcare.matching.lines import offered_by, this_day, wanted_by
from callcare.needs.models import NeedLine


class Command(BaseCommand):
    help = "Dit qui pourrait répondre à chaque ligne d’une fiche, et pourquoi."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ref", metavar="RÉFÉRENCE")
        parser.add_argument("--limit", type=int, default=10, metavar="NOMBRE")
        parser.add_argument("--json", action="store_true", help="tout dire en JSON, avec les parts de chaque score")
        parser.add_argument(
            "--engine", choices=list(ENGINES),
            help="par l’instruction SQL, par la copie en mémoire, ou paire par paire : les trois répondent de même",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        ref, limit = refs.clean(options["ref"]) or "", options["limit"]
        if limit < 1:
            raise CommandError("--limit : un nombre d’au moins 1.")
        try:
            found = self.found(ref, limit, options["engine"])
        except NoMemory:
            raise CommandError(
                "Le moteur en mémoire demande numpy : installez le complément « engine », ou prenez --engine sql."
            ) from None
        if not found:
            raise CommandError(f"Aucun besoin ni engagement ne porte la référence « {options['ref']} ».")
        if options["json"]:
            lines = [{"line": pk, "category": what, **_as_json(one)} for pk, what, one in found]
            engine = options["engine"] or "auto"
            self.stdout.write(json.dumps({"ref": ref, "engine": engine, "lines": lines}, ensure_ascii=False, indent=2))
            return
        for _, what, one in found:
            self.tell(what, one)

    def found(self, ref: str, limit: int, engine: str | None) -> list[tuple[int, str, Found]]:
        """Each line of the case with its answer."""
        today = this_day()
        needs = NeedLine.objects.filter(need__ref=ref).select_related("need__commune", "category", "unit")
        by = ENGINES[engine] if engine else whichever
        answers = [
            (line.pk, line.category.label, candidates_for_need(wanted_by(line), today=today, limit=limit, engine=by))
            for line in needs.order_by("pk")
        ]
        offers = CommitmentLine.objects.filter(commitment__ref=ref)
        offers = offers.select_related("commitment__commune", "category", "unit").order_by("pk")
        if offers and engine not in (None, "sql"):
            raise CommandError("Pour un engagement, seul --engine sql répond.")
        return answers + [
            (line.pk, line.category.label, needs_for_commitment(offered_by(line), today=today, limit=limit))
            for line in offers
        ]

    def tell(self, what: str, found: Found) -> None:
        self.stdout.write(what)
        for one in found.candidates:
            why = ", ".join(reason.text for reason in one.reasons)
            self.stdout.write(f"  {one.score:3}  {one.ref}  {one.organisation_name} · {one.commune} : {why}")
        for one in found.near_misses:
            self.stdout.write(f"    –  {one.ref}  {one.organisation_name} : {one.missed.text if one.missed else ''}")
        if found.removed:
            self.stdout.write(f"  Écartés : {found.cascade}.")


def _as_json(found: Found) -> dict[str, Any]:
    return {
        "looked_at": found.looked_at,
        "candidates": [_one(one) for one in found.candidates],
        "near_misses": [_one(one) for one in found.near_misses],
        "removed": [
            {"filter": str(one.stop.name).lower(), "count": one.count, "and_more": one.and_more, "said": str(one)}
            for one in found.removed
        ],
    }


def _one(one: Candidate) -> dict[str, Any]:
    parts = {name: getattr(one.parts, name) for name in one.parts.__slots__}
    missed = {"filter": str(one.missed.stop.name).lower(), "said": one.missed.text} if one.missed else None
    return {
        "line": one.line, "ref": one.ref, "organisation": one.organisation_name, "commune": one.commune,
        "km": one.km, "quantity": one.quantity, "score": one.score, "tenths": one.tenths, "parts": parts,
        "announced": one.is_announced, "reasons": [reason.text for reason in one.reasons], "missed": missed,
        "after": one.after,
    }  # fmt: skip
