"""The capture line with its words: the catalogue and communes of the database, or those that ship with the house."""

from collections.abc import Collection
from functools import cache, lru_cache

from django.db.models import Count, Sum

from callcare.catalogue import data
from callcare.catalogue.models import Category
from callcare.core import clock
from callcare.desk.rules.capture import Captured, Vocabulary, Word, read
from callcare.territories.gazetteer import gazetteer
from callcare.territories.rules import Gazetteer


def capture(line: str, *, near: Collection[str] = ()) -> Captured:
    """Read a line said today, with the words of the database. `near`: départements preferred among homonyms."""
    return read(line, today=clock.today(), words=vocabulary(), places=gazetteer(), near=near)


def vocabulary() -> Vocabulary:
    """The catalogue of the database. One small query says whether a steward has changed it since it was read."""
    stamp = Category.objects.aggregate(Count("pk"), Sum("version"))
    return _read_again((stamp["pk__count"], stamp["version__sum"] or 0))


@lru_cache(maxsize=1)
def _read_again(stamp: tuple[int, int]) -> Vocabulary:
    rows = Category.objects.in_use().select_related("unit").order_by("pk")
    return Vocabulary.of(
        Word(row.code, row.label, row.kind, row.unit.code, tuple(row.synonyms), _is_vague(row.parent_id, row.kind))
        for row in rows
    )


@cache
def founding_vocabulary() -> Vocabulary:
    """The catalogue as it ships: no database is asked."""
    return Vocabulary.of(
        Word(row.code, row.label, row.kind, row.unit, row.synonyms, _is_vague(row.parent, row.kind))
        for row in data.categories()
    )


@cache
def packaged_places() -> Gazetteer:
    """The communes as they ship: no database is asked."""
    return Gazetteer.from_package()


def _is_vague(parent: object, kind: str) -> bool:
    """The roots of the tree say little; but « transport de 40 bureaux » asks for transport, not for desks."""
    return parent is None and kind != "transport"
