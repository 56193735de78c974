"""The calendar of one desk, read from its rows; the arithmetic is in `rules.hours`."""

from collections import defaultdict
from datetime import datetime, time

from callcare.core import clock
from callcare.desk.models import Desk
from callcare.desk.rules import hours
from callcare.desk.rules.hours import Calendar


def calendar_of(desk: Desk) -> Calendar:
    """The desk's hours, closures and exceptional openings; Monday to Friday 9 to 18 while none are set."""
    by_day: dict[int, list[tuple[time, time]]] = defaultdict(list)
    for line in desk.hours.order_by("weekday", "opens"):
        by_day[line.weekday].append((line.opens, line.closes))
    exceptions = list(desk.closures.order_by("first_on"))
    return Calendar(
        hours={day: tuple(spans) for day, spans in by_day.items()} or hours.USUAL,
        closures=tuple((one.first_on, one.last_on) for one in exceptions if not one.is_opening),
        openings=tuple((one.first_on, one.last_on) for one in exceptions if one.is_opening),
    )


def next_opening(desk: Desk, at: datetime) -> datetime:
    """`at` itself when the desk is open then, otherwise the moment it opens."""
    return calendar_of(desk).next_opening(at)


def after_open_days(desk: Desk, start: datetime | None = None, *, days: int) -> datetime:
    """`days` open days of the desk after `start` (now when not said)."""
    return hours.after_open_days(start or clock.now(), days=days, calendar=calendar_of(desk))


def after_open_minutes(desk: Desk, start: datetime | None = None, *, minutes: int) -> datetime:
    """`minutes` of the desk's open time after `start` (now when not said)."""
    return hours.due(start or clock.now(), minutes=minutes, calendar=calendar_of(desk))
