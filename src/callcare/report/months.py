"""The figures day by day: read from kept cells where nothing touched them, from the rows elsewhere.

What a figure is stands in `figures` alone: cells are counted, counted anew and checked by its own question.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Value

from callcare.core.replica import connection
from callcare.desk.models import Desk
from callcare.report.figures import (
    ANNOUNCED,
    COMMITMENTS,
    COMMITTED,
    COMPUTERS,
    CONFIRMED,
    CONTACTS,
    FULFILMENTS,
    FUNNEL,
    INTRODUCTIONS,
    LACKING,
    NEEDS,
    NO_PLACE,
    NOWHERE,
    PEOPLE,
    UNANSWERED,
    Figure,
    Rows,
    Scope,
    people_committed,
)
from callcare.report.models import Cell, Touched
from callcare.report.rules import Period, ends, left_out, month_of, week_of

EVERYWHERE = "*"  # the place of all places together
# What a mark is about, and the figures that are counted anew with it.
SUBJECTS: dict[str, dict[str, Figure]] = {
    "contacts": {CONTACTS.code: CONTACTS},
    "needs": {NEEDS.code: NEEDS, UNANSWERED.code: UNANSWERED, LACKING.code: LACKING},
    "commitments": {COMMITMENTS.code: COMMITMENTS, ANNOUNCED.code: ANNOUNCED, CONFIRMED.code: CONFIRMED},
    "introductions": {INTRODUCTIONS.code: INTRODUCTIONS},
    "deliveries": {FULFILMENTS.code: FULFILMENTS, COMPUTERS.code: COMPUTERS},
    "people": {PEOPLE.code: PEOPLE},
}
KEPT = {code: figure for subject in SUBJECTS.values() for code, figure in subject.items()}
ALWAYS = Period(date(1970, 1, 1), date(2199, 12, 31))
Key = tuple[date, int, str, int | None]  # month, desk, département, category
NOTHING = [0] * 31
ONE_AT_A_TIME = 7_104_002  # the advisory lock of who counts anew

# The touched days, and the sums of the cells without these and without the days of a month that the period leaves out:
# all seen at one instant. `what`: m by month, c by category, p by place, w by week, t touched.
READ = """
WITH touched AS MATERIALIZED (
    SELECT subject, day FROM report_touched_days() WHERE day IS NULL OR day BETWEEN %(first)s AND %(last)s),
asked AS MATERIALIZED (
    SELECT * FROM unnest(%(codes)s::text[], %(subjects)s::text[]) asked (figure, subject)
    WHERE subject NOT IN (SELECT subject FROM touched WHERE day IS NULL)),
cells AS NOT MATERIALIZED (
    SELECT c.* FROM report_cell c
    WHERE c.desk_id = ANY (%(desks)s) AND c.month BETWEEN %(first_month)s AND %(last)s
        AND c.figure = ANY (%(codes)s) AND c.figure IN (SELECT figure FROM asked)),
here AS ({here}),
there AS ({there})
SELECT 'm' AS what, figure, month, NULL AS departement, NULL::bigint AS category_id, sum(n)::bigint
    FROM here WHERE category_id IS NULL GROUP BY figure, month
UNION ALL
SELECT 'c', figure, NULL, NULL, category_id, sum(n)
    FROM here WHERE category_id IS NOT NULL GROUP BY figure, category_id
UNION ALL
SELECT 'p', figure, NULL, departement, NULL, sum(n) FROM there GROUP BY figure, departement
UNION ALL
SELECT 'w', c.figure, d.day - (extract(isodow FROM d.day)::int - 1), NULL, NULL, sum(u.n)
    FROM cells c, unnest(c.days) WITH ORDINALITY u (n, at), LATERAL (SELECT c.month + u.at::int - 1 AS day) d
    WHERE c.figure = %(weeks)s AND c.departement = %(place)s AND u.n <> 0
        AND d.day BETWEEN %(first)s AND %(last)s
        AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.subject = 'contacts' AND t.day = d.day)
    GROUP BY 2, 3
UNION ALL
SELECT 't', subject, day, NULL, NULL, NULL FROM touched
"""
KEPT_AT = """
SELECT c.figure, c.month, c.departement, c.category_id, c.n FROM cells c WHERE {where}
UNION ALL
SELECT c.figure, c.month, c.departement, c.category_id, {off} FROM cells c
    WHERE {where} AND c.month = ANY (%(ragged)s)
UNION ALL
SELECT c.figure, c.month, c.departement, c.category_id, - c.days[extract(day FROM t.day)::int]
    FROM touched t JOIN asked a USING (subject) JOIN cells c
        ON c.figure = a.figure AND c.month = date_trunc('month', t.day::timestamp)::date AND {where}
"""
WRITE = "COPY report_cell (figure, month, desk_id, departement, category_id, n, days) FROM STDIN"
TAKE = "WITH taken AS (DELETE FROM report_touched) SELECT subject, day FROM report_touched_days()"


class CellsDiffer(Exception):
    """A kept month does not say what its rows say."""


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a scope: by month, by place (INSEE code, "" for none), what lacks by category, the weeks."""

    by_month: Counter[tuple[date, str]] = field(default_factory=Counter)
    by_place: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_week: Counter[date] = field(default_factory=Counter)
    lacking: Counter[int] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)

    @property
    def weeks(self) -> list[tuple[date, int]]:
        return sorted((week, n) for week, n in self.by_week.items() if n)

    def add(self, code: str, day: date | None, place: str | None, category: int | None, n: int) -> None:
        """What the rows of a day say."""
        if category is not None:
            self.lacking[category] += n
            return
        self.total[code] += n
        if day:
            self.by_month[day.replace(day=1), code] += n
            if code == CONTACTS.code:
                self.by_week[week_of(day).first] += n
        if place is not None:
            self.by_place[place, code] += n


def table_of(scope: Scope) -> Table:
    """What the review shows, exact to the last deed: kept cells, and rows where they say nothing. Two queries."""
    table = Table()
    asked = _uncounted(KEPT, scope, _add_kept(KEPT, scope, table))
    lines = people_committed(scope)
    for code, day, _, place, category, n in lines.union(*asked, all=True) if asked else lines:
        table.add(code, day, place, category, n)
    return table


def value_of(figure: Figure, scope: Scope) -> int:
    """One figure of the review, as exactly."""
    if figure is COMMITTED:
        return sum(n for *_, n in people_committed(scope))
    table = Table()
    for rows in _uncounted([figure.code], scope, _add_kept([figure.code], scope, table)):
        for code, day, _, place, category, n in rows:
            table.add(code, day, place, category, n)
    return table.total[figure.code]


def _add_kept(codes: Collection[str], scope: Scope, table: Table) -> dict[str, set[date | None]]:
    """Add what the untouched cells say; answers the touched days by subject. One statement, seen at one instant."""
    period, off = scope.period, _left_out(scope.period)
    subjects = {code: subject for subject, figures in SUBJECTS.items() for code in figures}
    facts: dict[str, Any] = {
        "codes": [*codes], "subjects": [subjects[code] for code in codes], "weeks": CONTACTS.code,
        "columns": [figure.code for figure in FUNNEL], "desks": [*scope.desks], "first": period.first,
        "last": period.last, "first_month": month_of(period.first).first, "ragged": [*off],
        "place": _place(scope),
    }  # fmt: skip
    taken_off = " ".join(f"WHEN c.month = '{month}' THEN {days}" for month, days in off.items())
    each = "c.departement = %(place)s" if scope.departement else f"c.departement <> '{EVERYWHERE}'"
    here, there = (
        KEPT_AT.format(where=where, off=f"CASE {taken_off} END" if off else "0")
        for where in ("c.departement = %(place)s", f"c.figure = ANY (%(columns)s) AND {each}")
    )
    touched: dict[str, set[date | None]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(READ.format(here=here, there=there), facts)
        for what, code, day, place, category, n in cursor.fetchall():
            if what == "t":
                touched[code].add(day)
            elif not n:  # a line for each place where something is, and no other
                continue
            elif what == "m":
                table.by_month[day, code] += n
                table.total[code] += n
            elif what == "c":
                table.lacking[category] += n
            elif what == "p":
                table.by_place[place, code] += n
            else:
                table.by_week[day] += n
    return touched


def _left_out(period: Period) -> dict[date, str]:
    """Of a month that the period holds in part, the other days, to be taken off."""
    return {
        whole.first: "".join(f" - c.days[{day.day}]" for part in rest for day in part.each())
        for whole, inside in ends(period)
        if (rest := left_out(whole, inside))
    }


def _uncounted(codes: Iterable[str], scope: Scope, touched: dict[str, set[date | None]]) -> list[Rows]:
    """The questions to the rows that are left: the touched days of each figure."""
    asked = []
    for subject, figures in SUBJECTS.items():
        days = touched[subject]
        for code in codes:
            if code in figures and days:
                place = None if figures[code] in FUNNEL else NO_PLACE  # the others are shown for all places together
                asked.append(_by_day(code, scope, days, Value(_place(scope)) if scope.departement else place))
    return asked


def _place(scope: Scope) -> str:
    """The place of the cells that are read."""
    return {"": EVERYWHERE, NOWHERE: ""}.get(scope.departement, scope.departement)


def _by_day(code: str, scope: Scope, days: Collection[date | None], place: Any = None) -> Rows:
    known = sorted(day for day in days if day)
    if None not in days:
        scope = replace(scope, period=Period(known[0], known[-1]))
    return KEPT[code].by_day(scope, () if None in days else known, place=place)


def count_touched_days() -> int:
    """Count anew what was touched; answers how many days and subjects. Who comes while another counts goes away."""
    with transaction.atomic():
        if not _lock("pg_try_advisory_xact_lock"):
            return 0
        touched: dict[str, set[date | None]] = defaultdict(set)
        with connection.cursor() as cursor:
            cursor.execute(TAKE)
            for subject, day in cursor.fetchall():
                touched[subject].add(day)
        for subject, days in touched.items():
            for code in SUBJECTS[subject]:
                _count(code, days)
        return sum(map(len, touched.values()))


def _count(code: str, days: Collection[date | None]) -> None:
    """Write what the rows say of these days in the cells of their months."""
    cells, kept = Cell.objects.filter(figure=code), defaultdict[Key, list[int]](lambda: [0] * 31)
    if None not in days:
        cells = cells.filter(month__in={day.replace(day=1) for day in days if day})
        for cell in cells:
            kept[_key(cell)] = [0 if _day(cell.month, at) in days else n for at, n in enumerate(cell.days)]
    for _, day, desk, place, category, n in _by_day(code, Scope(ALWAYS, _everywhere()), days):
        for where in (place, EVERYWHERE):
            kept[day.replace(day=1), desk, where, category][day.day - 1] += n
    cells.delete()
    with connection.cursor() as cursor, cursor.copy(WRITE) as copying:
        for key, ns in kept.items():
            if any(ns):
                copying.write_row((code, *key, sum(ns), ns))


def _key(cell: Cell) -> Key:
    return cell.month, cell.desk_id, cell.departement, cell.category_id


def _day(month: date, at: int) -> date:
    return month + timedelta(days=at)


def _everywhere() -> frozenset[int]:
    return frozenset(Desk.objects.values_list("pk", flat=True))


def check_a_month(pick: random.Random) -> date | None:
    """Compare the kept cells of one month with its rows. Raises CellsDiffer; the month is then read from its rows."""
    with transaction.atomic():
        _lock("pg_advisory_xact_lock")  # nobody counts meanwhile: a change under way leaves its mark
        months = list(Cell.objects.order_by("month").values_list("month", flat=True).distinct())
        if not months:
            return None
        month = month_of(pick.choice(months))
        wrong = [code for code in KEPT if not _agrees(code, month)]
        Cell.objects.filter(figure__in=wrong, month=month.first).delete()
        for subject, figures in SUBJECTS.items():
            if not figures.keys().isdisjoint(wrong):
                Touched.objects.bulk_create([Touched(subject=subject, day=day) for day in month.each()])
    if wrong:
        raise CellsDiffer(f"Les comptes gardés de {month.first:%m/%Y} diffèrent de leurs lignes : {', '.join(wrong)}.")
    return month.first


def _agrees(code: str, month: Period) -> bool:
    """Do the cells of a month say what its rows say, but for the days that are touched?"""
    kept = {_key(cell): (cell.n, cell.days) for cell in Cell.objects.filter(figure=code, month=month.first)}
    said = defaultdict[Key, list[int]](lambda: [0] * 31)
    for _, day, desk, place, category, n in KEPT[code].by_day(Scope(month, _everywhere())):
        for where in (place, EVERYWHERE):
            said[day.replace(day=1), desk, where, category][day.day - 1] += n
    if None in (touched := _touched(code)):  # read last: a deed of meanwhile has its mark
        return True
    known = [at for at in range(31) if _day(month.first, at) not in touched]
    return all(n == sum(ns) for n, ns in kept.values()) and all(
        kept.get(key, (0, NOTHING))[1][at] == said.get(key, NOTHING)[at] for key in {*kept, *said} for at in known
    )


def _touched(code: str) -> set[date | None]:
    subject = next(subject for subject, figures in SUBJECTS.items() if code in figures)
    with connection.cursor() as cursor:
        cursor.execute("SELECT day FROM report_touched_days() WHERE subject = %s", [subject])
        return {day for (day,) in cursor.fetchall()}


def _lock(how: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s)", [ONE_AT_A_TIME])  # one of our two words
        return cursor.fetchone()[0] is not False
