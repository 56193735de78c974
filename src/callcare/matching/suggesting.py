"""All open needs against all commitments: what the round of the night looks at. Reads only, a few hundred at a time.

Each need line is ranked by the engine that is there: the columns in memory where the house is large, else the statement.
What is asked of the database for one need at a time on a page is asked here once, for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.db.models import Count

from callcare.catalogue.models import Category
from callcare.desk.models import Desk
from callcare.matching import engines, sql
from callcare.matching.candidates import question
from callcare.matching.lines import RHYTHM, SETTINGS, solicited_since
from callcare.matching.models import Dismissal, OfferedLine, Solicitation, WantedLine
from callcare.matching.rules import scores
from callcare.matching.rules.facts import Day, Place, Wanted
from callcare.matching.rules.suggesting import Lack, Pair, Policy, Room, Stock, portions

BATCH = 500  # need lines, or commitment lines, read at once

Ranked = Iterable[tuple[int, int, bool]]  # commitment line, score in tenths, is it to be confirmed first?


class Ranker(Protocol):
    def __call__(self, wanted: Wanted, *, today: Day, limit: int) -> Ranked: ...


@dataclass(slots=True)
class Seen:
    """What a round found, for `rules.suggesting.spread` to choose from."""

    engine: str
    pairs: list[Pair] = field(default_factory=list)
    lacks: dict[int, Lack] = field(default_factory=dict)
    desks: dict[int, int] = field(default_factory=dict)  # of each need line
    stocks: dict[int, Stock] = field(default_factory=dict)
    room: Room = field(default_factory=Room)


def look(*, today: Day, policy: Policy, ranker: "Ranker | None" = None) -> Seen:
    """Rank every open need line, then read what the commitment lines that were found have left."""
    ranker = ranker or whichever()
    seen = Seen(engine=type(ranker).__name__)
    for wanted in open_lines():
        waiting = scores.waiting(wanted, today, SETTINGS)
        line = wanted.line or 0
        found = [
            Pair(line, offered, score, score - waiting, is_announced)
            for offered, score, is_announced in ranker(wanted, today=today, limit=policy.candidates)
        ]
        seen.lacks[line] = Lack(wanted.need or 0, wanted.open, wanted.min_useful, _times(wanted))
        seen.desks[line] = wanted.desk
        seen.pairs += found
    _read_stocks(seen)
    return seen


def _times(wanted: Wanted) -> int:
    return next(times for times, every in RHYTHM.items() if every == wanted.every)


def open_lines() -> Iterator[Wanted]:
    """Every line of an open need that still lacks something, in the order of its key: no statement is long."""
    paths = dict(Category.objects.values_list("pk", "path"))
    rows = WantedLine.objects.filter(is_open=True, open__gt=0).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            yield _wanted(row, paths)
        last = batch[-1].pk


def _wanted(row: WantedLine, paths: Mapping[int, list[str]]) -> Wanted:
    """The line as the rule knows it: all but the words for its unit, which no round says."""
    where = None if row.x is None or row.y is None or row.z is None else (row.x, row.y, row.z)
    return Wanted(
        category=row.category_id, path=tuple(paths.get(row.category_id, ())), kind=row.kind, measure=row.measure,
        open=row.open, mode=row.mode, every=RHYTHM[row.times], min_useful=row.min_useful, specs=row.specs,
        starts_on=row.starts_on, ends_on=row.ends_on, place=Place(row.commune_id, row.epci_id, where, row.is_rough),
        desk=row.desk_id, line=row.pk, need=row.need_id, asker=row.asker_id, revision=row.revision, is_open=True,
        opened_on=row.opened_on, served_percent=row.served_percent,
    )  # fmt: skip


def _read_stocks(seen: Seen) -> None:
    """What each commitment line that was found has left, and how many more introductions she who gives can take."""
    lately = Solicitation.objects.filter(at__gte=solicited_since()).values_list("giver").annotate(n=Count("pk"))
    solicited = dict(lately.order_by())
    for lines in portions(sorted({pair.commitment_line for pair in seen.pairs}), BATCH):
        for row in OfferedLine.objects.filter(pk__in=lines):
            seen.stocks[row.pk] = Stock(row.free, row.is_countable, row.times, row.commitment_id, row.giver_id)
            seen.room.of_commitment[row.commitment_id] = row.max_live - row.live
            seen.room.of_giver[row.giver_id] = SETTINGS.max_solicited - solicited.get(row.giver_id, 0)


class Statement:
    """One statement for each need line: the house's way."""

    def __call__(self, wanted: Wanted, *, today: Day, limit: int) -> Ranked:
        params = question(wanted, today=today, limit=limit, is_round=True)
        answer = engines.by_statement(wanted, params, today=today, with_misses=False)
        return [(card["line"], card["score"], card["part"] == 1) for card in answer.cards if card["part"] < 2]


class Columns:
    """The copy in memory, and beside it what a page asks for each need: read once for the whole round."""

    def __init__(self, copy: Any = None, *, is_private: bool = False) -> None:
        if not engines.HAS_NUMPY:
            raise engines.NoMemory
        self.copy = copy or engines.memory.HELD
        with self.copy.turn:
            if not self.copy.catch_up(is_private=is_private):
                raise engines.NoMemory
        self.families: dict[int, dict[int, int]] = {}
        self.neighbours: dict[int, list[int]] = {}
        for desk, other in Desk.neighbours.through.objects.values_list("from_desk", "to_desk"):
            self.neighbours.setdefault(desk, []).append(other)
        live = WantedLine.objects.filter(is_open=True)
        self.met: dict[int, list[int]] = {}
        asked = Solicitation.objects.filter(need__in=live.values("need"))
        for need, giver in asked.values_list("need", "giver"):
            self.met.setdefault(need, []).append(giver)
        self.aside: dict[int, list[tuple[int | None, int | None]]] = {}
        held = Dismissal.objects.holding().filter(need_line__in=live.values("pk"))
        for need_line, line, giver in held.values_list("need_line", "commitment_line", "giver"):
            self.aside.setdefault(need_line, []).append((line, giver))
        lately = Solicitation.objects.filter(at__gte=solicited_since()).values_list("giver").annotate(n=Count("pk"))
        givers = sorted(lately.order_by())
        self.givers = engines.np.array([giver for giver, _ in givers], "i8")
        self.asked = engines.np.array([times for _, times in givers], "i4")

    def __call__(self, wanted: Wanted, *, today: Day, limit: int) -> Ranked:
        params = question(wanted, today=today, limit=limit, is_round=True)
        with self.copy.turn:
            best = engines.ranking.ranked(self.copy, params, self.around(wanted), with_misses=False)
        picked = best.picked
        return [
            (line, score, part == 1)
            for line, score, part in zip(picked["line_id"], picked["score"], picked["part"], strict=True)
            if part < 2
        ]

    def around(self, wanted: Wanted) -> "engines.ranking.Around":
        aside = self.aside.get(wanted.line or 0, ())
        closed = [giver for _, giver in aside if giver is not None]
        return engines.ranking.Around(
            self.family(wanted.category), tuple(self.neighbours.get(wanted.desk, ())), self.givers, self.asked,
            tuple(line for line, _ in aside if line is not None),
            (*closed, *self.met.get(wanted.need or 0, ())),
        )  # fmt: skip

    def family(self, category: int) -> dict[int, int]:
        if category not in self.families:
            with connection.cursor() as cursor:
                cursor.execute(sql.FAMILY_OF, {"category": category})
                self.families[category] = dict(cursor.fetchall())
        return self.families[category]


def whichever() -> Ranker:
    """The columns for a large house, where numpy is installed and this transaction has written nothing."""
    least: int = settings.MEMORY_FROM
    if least and engines.HAS_NUMPY and OfferedLine.objects.count() >= least:
        try:
            return Columns()
        except engines.NoMemory:
            pass
    return Statement()
