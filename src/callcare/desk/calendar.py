"""The calendar of one desk, read from its rows; the arithmetic is in `rules.hours`."""

from collections import defaultdict
from datetime import date, datetime, time
from typing import Any

from django.db.models import BooleanField, DateField, Field, SmallIntegerField, TimeField, Value

from callcare.core import clock
from callcare.desk.models import Desk
from callcare.desk.rules import hours
from callcare.desk.rules.hours import Calendar


def calendar_of(desk: Desk) -> Calendar:
    """The desk's hours, closures and exceptional openings; Monday to Friday 9 to 18 while none are set.

    One question for both tables: the line under the menu asks it on the first page of each minute.
    """
    usual = desk.hours.order_by().values_list(
        "weekday", "opens", "closes", *_nothing(DateField, DateField, BooleanField)
    )
    others = desk.closures.order_by().values_list(
        *_nothing(SmallIntegerField, TimeField, TimeField), "first_on", "last_on", "is_opening"
    )
    by_day: dict[int, list[tuple[time, time]]] = defaultdict(list)
    exceptions: dict[bool, list[tuple[date, date]]] = {False: [], True: []}
    for day, opens, closes, first, last, is_opening in usual.union(others, all=True):
        if day is None:
            exceptions[is_opening].append((first, last))
        else:
            by_day[day].append((opens, closes))
    return Calendar(
        hours={day: tuple(sorted(by_day[day])) for day in sorted(by_day)} or hours.USUAL,
        closures=tuple(sorted(exceptions[False])),
        openings=tuple(sorted(exceptions[True])),
    )


def _nothing(*kinds: "type[Field[Any, Any]]") -> list[Value]:
    """Columns that the other table of the question fills."""
    return [Value(None, output_field=kind()) for kind in kinds]


def next_opening(desk: Desk, at: datetime) -> datetime:
    """`at` itself when the desk is open then, otherwise the moment it opens."""
    return calendar_of(desk).next_opening(at)


def after_open_days(desk: Desk, start: datetime | None = None, *, days: int) -> datetime:
    """`days` open days of the desk after `start` (now when not said)."""
    return hours.after_open_days(start or clock.now(), days=days, calendar=calendar_of(desk))


def after_open_minutes(desk: Desk, start: datetime | None = None, *, minutes: int) -> datetime:
    """`minutes` of the desk's open time after `start` (now when not said)."""
    return hours.due(start or clock.now(), minutes=minutes, calendar=calendar_of(desk))
