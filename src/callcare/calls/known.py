"""What the floors above know of who calls, counted beside her name while the telephone rings.

    known.offer("besoin ouvert", open_needs_of, order=10)

A count answers for many organisations at once, by desk and organisation: one question to the database.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import models

from callcare.desk.enums import CaseState
from callcare.desk.models import Case

Counts = dict[tuple[int, int], int]  # (desk, organisation) → how many
Count = Callable[[Collection[int], Collection[int]], Counts]


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that is counted: its French word, « singulier » or « singulier,pluriel »."""

    word: str
    count: Count
    order: int


_offered: dict[str, Known] = {}


def offer(word: str, count: Count, *, order: int = 50) -> None:
    _offered[word] = Known(word, count, order)


def counts(desks: Collection[int], organisations: Collection[int]) -> list[tuple[str, Counts]]:
    """Each thing with its counts, in their order."""
    if not organisations:
        return []
    return [
        (one.word, one.count(desks, organisations)) for one in sorted(_offered.values(), key=lambda one: one.order)
    ]


def open_cases(model: type[Case]) -> Count:
    """How many of these are open: the count both twins offer."""

    def count(desks: Collection[int], organisations: Collection[int]) -> Counts:
        rows = model._default_manager.filter(  # noqa: SLF001  # the way Django offers for a model not known here
            desk__in=desks, organisation__in=organisations, state=CaseState.OPEN
        )
        counted = rows.order_by().values_list("desk", "organisation").annotate(n=models.Count("pk"))
        return {(desk, organisation): n for desk, organisation, n in counted}

    return count
