"""Three ways to rank the offered lines, with one answer: the statement, the copy in memory, and the rule pair by pair.

The statement is the house's way. The copy serves large families where numpy is installed (`CALLCARE_MEMORY_FROM`); the
rule itself, slow and plain, is what both are held against.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

from django.conf import settings

from callcare.core.replica import connection
from callcare.matching import sql
from callcare.matching.lines import offered_from
from callcare.matching.rules import filters, scores
from callcare.matching.rules.facts import Day, Wanted
from callcare.matching.rules.filters import Stop

try:
    import numpy as np

    from callcare.matching import memory, ranking
except ModuleNotFoundError:  # the complement « engine » is not installed
    HAS_NUMPY = False
else:
    HAS_NUMPY = True

SIZE_HOLDS = 600.0  # seconds the number of lines of the house is believed


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows to show, how many lines each filter was the first to stop (0: none did), and how many there are."""

    cards: list[dict[str, Any]]
    counts: Mapping[int, int]
    pool: int


class Engine(Protocol):
    def __call__(self, wanted: Wanted, params: dict[str, Any], *, today: Day, with_misses: bool) -> Answer: ...


class NoMemory(Exception):
    """The copy cannot answer: numpy is not installed, or this transaction has written what may yet be undone."""


def answered(statement: str, params: Mapping[str, Any]) -> Answer:
    row = _row(statement, params)
    return Answer(_json(row[0]), {int(stop): count for stop, count in _json(row[1]).items()}, row[2])


def told(statement: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cards a statement of one column tells."""
    cards: list[dict[str, Any]] = _json(_row(statement, params)[0])
    return cards


def by_statement(wanted: Wanted, params: dict[str, Any], *, today: Day, with_misses: bool) -> Answer:
    return answered(sql.offers(with_specs=bool(wanted.specs), with_misses=with_misses), params)


def by_memory(wanted: Wanted, params: dict[str, Any], *, today: Day, with_misses: bool) -> Answer:
    """From the copy of this process, as of now."""
    if not HAS_NUMPY:
        raise NoMemory
    return from_copy(memory.HELD, params, with_misses=with_misses)


def from_copy(copy: "memory.Copy", params: dict[str, Any], *, with_misses: bool, is_private: bool = False) -> Answer:
    """The columns rank, the database tells the few rows that are shown."""
    with copy.turn:
        if not copy.catch_up(is_private=is_private):
            raise NoMemory
        best = ranking.ranked(copy, params, around(params), with_misses=with_misses)
    return shown(best, params)


def around(params: dict[str, Any]) -> "ranking.Around":
    """What the copy does not hold, as of now."""
    family, neighbours, givers, asked, lines, closed = _row(sql.AROUND_OFFERS, params)
    return ranking.Around(
        {int(one): breadth for one, breadth in _json(family).items()}, tuple(neighbours),
        np.frombuffer(givers, ">i8").astype("i8"), np.frombuffer(asked, ">i4").astype("i4"),
        tuple(lines), tuple(closed),
    )  # fmt: skip


def shown(best: "ranking.Ranked", params: dict[str, Any]) -> Answer:
    """The rows that were picked, told by the database."""
    cards = _row(sql.CARDS_OF_OFFERS, params | dict(best.picked))
    return Answer(_json(cards[0]), best.counts, cards[2])


def by_rule(wanted: Wanted, params: dict[str, Any], *, today: Day, with_misses: bool) -> Answer:
    """The oracle: each line this desk may propose, asked of the rule one after the other."""
    told, settings = answered(sql.EVERY_OFFER, params), params["settings"]
    counts: dict[int, int] = {}
    for card in told.cards:
        offered = offered_from(card)
        no = filters.stops(wanted, offered, today=today, settings=settings, pair=card["pair"])
        card["stops"] = int(no)
        card["score"] = scores.fit(wanted, offered, today=today, settings=settings).parts.total
        card["part"] = 2 if no else int(not offered.is_confirmed)
        if not no & Stop.OTHER:
            counts[no & -no] = counts.get(no & -no, 0) + 1
    ranked = sorted(told.cards, key=lambda card: (card["part"], -card["score"], card["line"]))
    near = [card for card in ranked if card["part"] == 2 and card["stops"] & (card["stops"] - 1) == 0]
    misses = [card for card in near if card["stops"] != Stop.OTHER][: params["misses"]]
    sure, apart = ([card for card in ranked if card["part"] == part] for part in (0, 1))
    shown = [*sure[: params["limit"]], *apart[: params["apart"]]]
    if with_misses and (params["all_misses"] or not shown):
        shown += misses
    return Answer(shown, counts, told.pool)


def whichever(wanted: Wanted, params: dict[str, Any], *, today: Day, with_misses: bool) -> Answer:
    """The copy where it is quicker: many lines in the house, and in the family; else the statement."""
    if _is_large(wanted):
        try:
            return by_memory(wanted, params, today=today, with_misses=with_misses)
        except NoMemory:
            pass
    return by_statement(wanted, params, today=today, with_misses=with_misses)


@dataclass
class Size:
    """When the lines of the house were last counted, and how many there were."""

    at: float = -SIZE_HOLDS
    lines: int = 0


HOUSE = Size()


def _is_large(wanted: Wanted) -> bool:
    least: int = settings.MEMORY_FROM
    if not least or not HAS_NUMPY:
        return False
    if monotonic() - HOUSE.at > SIZE_HOLDS:
        size = _row("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'matching_offered'::regclass", {})
        HOUSE.at, HOUSE.lines = monotonic(), size[0]
    if HOUSE.lines < least:
        return False
    # Of its category alone, before anything is asked: a family is at least that large. The first time, nobody knows.
    return not memory.HELD.lines or memory.HELD.size_of({wanted.category: 1}) >= least


def _row(statement: str, params: Mapping[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return tuple(cursor.fetchone())


def _json(said: Any) -> Any:
    return json.loads(said) if isinstance(said, str) else said


ENGINES: Mapping[str, Engine] = {"sql": by_statement, "memory": by_memory, "brute": by_rule}
