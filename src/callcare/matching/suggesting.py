"""All open needs against all commitments: what the round of the night looks at. Reads only, a few hundred at a time.

Each need line is ranked by the engine that is there: the columns in memory where the house is large, else the
statement. What a page asks the database for one need is asked here once, for all of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings as site
from django.db.models import Count

from callcare.catalogue.models import Category
from callcare.matching import engines
from callcare.matching.candidates import question
from callcare.matching.lines import RHYTHM, solicited_since
from callcare.matching.models import OfferedLine, Solicitation, WantedLine
from callcare.matching.rules import scores
from callcare.matching.rules.facts import Day, Place, Settings, Wanted
from callcare.matching.rules.suggesting import Lack, Pair, Room, Stock, portions
from callcare.matching.weights import in_force

try:
    from callcare.matching.columns import Columns
except ModuleNotFoundError:  # the complement « engine » is not installed
    if engines.HAS_NUMPY:
        raise

BATCH = 500  # need lines, or commitment lines, read at once

Ranked = Iterable[tuple[int, int, bool]]  # commitment line, score in tenths, is it to be confirmed first?


class Ranker(Protocol):
    def __call__(self, wanted: Wanted, *, today: Day, limit: int, settings: Settings) -> Ranked: ...


@dataclass(slots=True)
class Seen:
    """What a round found, for `rules.suggesting.Spread` to choose from."""

    today: Day
    ranker: Ranker
    settings: Settings
    lacks: dict[int, Lack] = field(default_factory=dict)
    desks: dict[int, int] = field(default_factory=dict)  # of each need line
    stocks: dict[int, Stock] = field(default_factory=dict)
    room: Room = field(default_factory=Room)
    found: dict[int, int] = field(default_factory=dict)  # how many commitment lines, for each need line

    def look(self, *, limit: int, only: Collection[int] | None = None) -> list[Pair]:
        """Rank every open need line (or some of them), then read what the lines that were found have left."""
        pairs: list[Pair] = []
        for wanted in open_lines(only):
            line, waiting = wanted.line or 0, scores.waiting(wanted, self.today, self.settings)
            ranked = list(self.ranker(wanted, today=self.today, limit=limit, settings=self.settings))
            pairs += [Pair(line, offered, score, score - waiting, apart) for offered, score, apart in ranked]
            self.lacks.setdefault(line, Lack(wanted.need or 0, wanted.open, wanted.min_useful, _times(wanted)))
            self.desks[line], self.found[line] = wanted.desk, len(ranked)
        self._read_stocks({pair.commitment_line for pair in pairs} - set(self.stocks))
        return pairs

    def _read_stocks(self, lines: Collection[int]) -> None:
        """What each line has left, and how many more introductions she who gives can take; each is read once."""
        lately = Solicitation.objects.filter(at__gte=solicited_since()).values_list("giver").annotate(n=Count("pk"))
        solicited = dict(lately.order_by()) if lines else {}
        for some in portions(sorted(lines), BATCH):
            for row in OfferedLine.objects.filter(pk__in=some):
                self.stocks[row.pk] = Stock(row.free, row.is_countable, row.times, row.commitment_id, row.giver_id)
                self.room.of_commitment.setdefault(row.commitment_id, row.max_live - row.live)
                asked = solicited.get(row.giver_id, 0)
                self.room.of_giver.setdefault(row.giver_id, self.settings.max_solicited - asked)


def begin(*, today: Day, ranker: Ranker | None = None) -> Seen:
    """A round about to look, by the weights in force."""
    return Seen(today, ranker or whichever(), in_force())


def _times(wanted: Wanted) -> int:
    return next(times for times, every in RHYTHM.items() if every == wanted.every)


def open_lines(only: Collection[int] | None = None) -> Iterator[Wanted]:
    """Every line of an open need that still lacks something, by category and desk: a few hundred in a statement."""
    paths = dict(Category.objects.values_list("pk", "path"))
    rows = WantedLine.objects.filter(is_open=True, open__gt=0)
    if only is not None:
        rows = rows.filter(pk__in=only)
    keys = list(rows.order_by("category", "desk", "pk").values_list("pk", flat=True))
    for some in portions(keys, BATCH):
        here = rows.in_bulk(some)
        yield from (_wanted(here[key], paths) for key in some if key in here)


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


class Statement:
    """One statement for each need line: the house's way."""

    def __call__(self, wanted: Wanted, *, today: Day, limit: int, settings: Settings) -> Ranked:
        params = question(wanted, today=today, limit=limit, settings=settings, is_round=True)
        answer = engines.by_statement(wanted, params, today=today, with_misses=False)
        return [(card["line"], card["score"], card["part"] == 1) for card in answer.cards if card["part"] < 2]


def by_columns() -> Ranker:
    """The copy in memory. Raises NoMemory without numpy, or where this transaction has written what may be undone."""
    if not engines.HAS_NUMPY:
        raise engines.NoMemory
    return Columns()


def whichever() -> Ranker:
    """The columns for a large house, where numpy is installed and this transaction has written nothing."""
    least: int = site.MEMORY_FROM
    if least and OfferedLine.objects.count() >= least:
        try:
            return by_columns()
        except engines.NoMemory:
            pass
    return Statement()
