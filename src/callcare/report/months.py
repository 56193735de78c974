"""The figures month by month: read from kept cells where nothing touched them, from the rows elsewhere.

What a figure is stands in `figures` alone: cells are counted, counted anew and checked by its own question.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Q, Sum, Value

from callcare.desk.models import Desk
from callcare.report.figures import COMMITTED, COMPUTERS, CONTACTS, FUNNEL, NOWHERE, Figure, Rows, Scope
from callcare.report.models import Cell, Touched
from callcare.report.rules import PARIS, Period, month_of, week_of, wholly_in

WEEK = "week"
KEPT = {figure.code: figure for figure in (*FUNNEL, COMPUTERS)} | {WEEK: CONTACTS}
ALWAYS = Period(date(1970, 1, 1), date(2199, 12, 31))
ONE_AT_A_TIME = 7_104_002  # the advisory lock of who counts anew

Line = tuple[str, datetime, str, int]


class CellsDiffer(Exception):
    """A kept month does not say what its rows say."""


def table_and_weeks(scope: Scope) -> tuple[list[Line], list[tuple[datetime, int]]]:
    """The funnel by month and département, and the contacts of each week from its Monday: two queries."""
    cells, touched = _kept(scope)
    found = [line for line in cells if line[1] not in touched[line[0]] and None not in touched[line[0]]]
    asked = [_cut(code, scope, parts) for code in KEPT if (parts := _uncounted(code, scope.period, touched[code]))]
    first, *others = [COMMITTED.cells(scope), *asked]
    found += list(first.union(*others, all=True))
    weeks: dict[datetime, int] = defaultdict(int)
    for code, monday, _, n in found:
        if code == WEEK:
            weeks[monday] += n
    return [line for line in found if line[0] != WEEK], sorted(weeks.items())


def _kept(scope: Scope) -> tuple[list[Line], dict[str, set[datetime | None]]]:
    """The cells of the months wholly in the period, and what was touched since: seen at one instant, in one query."""
    wanted = Q(pk__in=[])
    for code in KEPT:
        if steps := wholly_in(scope.period, _step(code)):
            wanted |= Q(figure=code, since__gte=steps[0].since, since__lt=steps[-1].until)
    cells = Cell.objects.filter(wanted, desk__in=scope.desks)
    if scope.departement:
        cells = cells.filter(departement="" if scope.departement == NOWHERE else scope.departement)
    summed = cells.order_by().values_list("figure", "since", "departement").annotate(total=Sum("n"))
    marks = Touched.objects.order_by().values_list("figure", "since", Value(""), Value(None, BigIntegerField()))
    lines: list[Line] = []
    touched: dict[str, set[datetime | None]] = defaultdict(set)
    for figure, since, departement, n in summed.union(marks, all=True):
        if n is None:
            touched[figure].add(since)
        else:
            lines.append((figure, since, departement, int(n)))
    return lines, touched


def _step(code: str) -> Any:
    return week_of if code == WEEK else month_of


def _uncounted(code: str, period: Period, touched: set[datetime | None]) -> list[Period]:
    """The parts of the period that must be counted from the rows: its ragged ends, and what was touched."""
    steps = wholly_in(period, _step(code))
    if not steps or None in touched:
        return [period]
    parts = [step for step in steps if step.since in touched]
    first, last = steps[0].first, steps[-1].last
    if period.first < first:
        parts.append(Period(period.first, date.fromordinal(first.toordinal() - 1)))
    if last < period.last:
        parts.append(Period(date.fromordinal(last.toordinal() + 1), period.last))
    return parts


def _cut(code: str, scope: Scope, parts: Iterable[Period]) -> Rows:
    figure: Figure = KEPT[code]
    return figure.cells(scope, parts=parts, code=code, by_week=code == WEEK)


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
        months = list(Cell.objects.exclude(figure=WEEK).order_by("since").values_list("since", flat=True).distinct())
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
        cursor.execute(f"SELECT {how}(%s)", [ONE_AT_A_TIME])  # noqa: S608  # one of our two words
        return cursor.fetchone()[0] is not False


