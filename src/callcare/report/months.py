"""The figures month by month: read from kept cells where nothing touched them, from the rows elsewhere.

What a figure is stands in `figures` alone: cells are counted, counted anew and checked by its own question.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, OuterRef, Q, Sum, Value

from callcare.desk.models import Desk
from callcare.report.figures import (
    ANNOUNCED,
    COMPUTERS,
    CONFIRMED,
    CONTACTS,
    FUNNEL,
    NOWHERE,
    Figure,
    Rows,
    Scope,
    people_committed,
)
from callcare.report.models import Cell, Touched
from callcare.report.rules import PARIS, Period, around, holds_most, left_out, month_of, week_of

WEEK, WEEK_IN = "week", "week_in"  # contacts of a week: everywhere, and by département
WEEKS = {WEEK, WEEK_IN}
MINUS = "-"  # before the code of what is taken off
BY_MONTH = {figure.code: figure for figure in (*FUNNEL, COMPUTERS, ANNOUNCED, CONFIRMED)}
KEPT = BY_MONTH | {WEEK: CONTACTS, WEEK_IN: CONTACTS}
ALWAYS = Period(date(1970, 1, 1), date(2199, 12, 31))
ONE_AT_A_TIME = 7_104_002  # the advisory lock of who counts anew


class CellsDiffer(Exception):
    """A kept month does not say what its rows say."""


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a scope, by month, by département (INSEE code, "" for none), and the contacts by week."""

    by_month: Counter[tuple[date, str]] = field(default_factory=Counter)
    by_place: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_week: Counter[date] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)

    @property
    def weeks(self) -> list[tuple[date, int]]:
        return sorted(self.by_week.items())

    def add(self, code: str, since: datetime | None, place: str | None, n: int) -> None:
        if code.startswith(MINUS):
            code, n = code.removeprefix(MINUS), -n
        first = since.astimezone(PARIS).date() if since else None
        if code in WEEKS:
            if first:
                self.by_week[first] += n
            return
        if first or place is None:
            self.total[code] += n
        if first:
            self.by_month[first, code] += n
        if place is not None:
            self.by_place[place, code] += n


def table_of(scope: Scope) -> Table:
    """What the review shows, exact to the last deed: kept cells, and rows where they say nothing. Two queries."""
    table = Table()
    touched = _add_kept(scope, table)
    asked = [
        _cut(code, scope, parts, sign)
        for code in _codes(scope)
        for sign, parts in zip(("", MINUS), _uncounted(code, scope.period, touched[code]), strict=True)
        if parts
    ]
    for line in people_committed(scope).union(*asked, all=True):
        table.add(*line)
    return table


def _codes(scope: Scope) -> list[str]:
    return [*BY_MONTH, WEEK_IN if scope.departement else WEEK]


def _add_kept(scope: Scope, table: Table) -> dict[str, set[datetime | None]]:
    """Add the cells nothing touched; answers what was touched. One statement: both are seen at one instant."""
    wanted = Q(pk__in=[])
    for code in _codes(scope):
        if steps := [whole for whole, inside in around(scope.period, _step(code)) if holds_most(whole, inside)]:
            wanted |= Q(figure=code, since__gte=steps[0].since, since__lt=steps[-1].until)
    touching = Touched.objects.filter(Q(since=None) | Q(since=OuterRef("since")), figure=OuterRef("figure"))
    cells = Cell.objects.filter(wanted, ~Exists(touching), desk__in=scope.desks).order_by()
    if scope.departement:
        cells = cells.filter(departement="" if scope.departement == NOWHERE else scope.departement)
    nowhere, never = Value(None, CharField()), Value(None, DateTimeField())
    months = cells.annotate(place=nowhere).values_list("figure", "since", "place").annotate(total=Sum("n"))
    placed = cells.exclude(figure__in=WEEKS).annotate(never=never)
    places = placed.values_list("figure", "never", "departement").annotate(total=Sum("n"))
    marks = Touched.objects.order_by().values_list("figure", "since", nowhere, Value(None, BigIntegerField()))
    touched: dict[str, set[datetime | None]] = defaultdict(set)
    for figure, since, place, n in months.union(places, marks, all=True):
        if n is None:
            touched[figure].add(since)
        else:
            table.add(figure, since, place, int(n))
    return touched


def _step(code: str) -> Any:
    return week_of if code in WEEKS else month_of


def _uncounted(code: str, period: Period, touched: set[datetime | None]) -> tuple[list[Period], list[Period]]:
    """What to count from the rows, to add and to take off: touched months, and the ragged ends of the period.

    Of a month of which the period holds most, the cell is read and the rest of it taken off: today's is still empty.
    """
    if None in touched:
        return [period], []
    more: list[Period] = []
    less: list[Period] = []
    for whole, inside in around(period, _step(code)):
        if whole.since in touched or not holds_most(whole, inside):
            more.append(inside)
        else:
            less += left_out(whole, inside)
    return more, less


def _cut(code: str, scope: Scope, parts: list[Period], sign: str = "") -> Rows:
    figure: Figure = KEPT[code]
    inside = replace(scope, period=Period(min(p.first for p in parts), max(p.last for p in parts)))
    return figure.cells(inside, parts=parts, code=sign + code, by_week=code in WEEKS, placed=code != WEEK)


def count_touched_months() -> int:
    """Count anew what was touched; answers how many months. Who comes while another counts goes away."""
    with transaction.atomic():
        if not _lock("pg_try_advisory_xact_lock"):
            return 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM report_touched RETURNING figure, since")
            marks = set(cursor.fetchall())
        always = {code for code, since in marks if since is None}
        periods = [(code, ALWAYS) for code in sorted(always)]
        periods += [(code, _around(code, since)) for code, since in marks if code not in always]
        for code, period in periods:
            Cell.objects.filter(figure=code, since__gte=period.since, since__lt=period.until).delete()
            Cell.objects.bulk_create(_counted(code, period), batch_size=2000)
        return len(periods)


def _around(code: str, since: datetime) -> Period:
    period: Period = _step(code)(since.astimezone(PARIS).date())
    return period


def _counted(code: str, period: Period) -> list[Cell]:
    """What the rows say of a period, desk by desk."""
    return [
        Cell(figure=code, desk_id=desk, since=since, departement=departement, n=n)
        for desk in Desk.objects.order_by("pk").values_list("pk", flat=True)
        for _, since, departement, n in _cut(code, Scope(period, frozenset([desk])), [period])
    ]


def check_a_month(pick: random.Random) -> date | None:
    """Compare the kept cells of one month with its rows. Raises CellsDiffer; the month is then read from its rows."""
    with transaction.atomic():
        _lock("pg_advisory_xact_lock")  # nobody counts meanwhile: a change under way leaves its mark
        months = list(
            Cell.objects.exclude(figure__in=WEEKS).order_by("since").values_list("since", flat=True).distinct()
        )
        if not months:
            return None
        month = pick.choice(months)
        wrong = [code for code in KEPT if not _agrees(code, _around(code, month))]
        for code in wrong:
            Touched.objects.create(figure=code, since=_around(code, month).since)
    first = month.astimezone(PARIS).date()
    if wrong:
        raise CellsDiffer(f"Les comptes gardés de {first:%m/%Y} diffèrent de leurs lignes : {', '.join(wrong)}.")
    return first


def _agrees(code: str, period: Period) -> bool:
    cells = Cell.objects.filter(figure=code, since__gte=period.since, since__lt=period.until)
    kept = {(cell.desk_id, cell.since, cell.departement): cell.n for cell in cells}
    said = {(cell.desk_id, cell.since, cell.departement): cell.n for cell in _counted(code, period)}
    touched = Touched.objects.filter(Q(since=None) | Q(since=period.since), figure=code)
    return kept == said or touched.exists()


def _lock(how: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s)", [ONE_AT_A_TIME])  # one of our two words
        return cursor.fetchone()[0] is not False
