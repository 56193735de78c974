"""When to try again to reach somebody."""

from datetime import datetime, time

from callcare.desk.rules import hours
from callcare.desk.rules.hours import PARIS, Calendar

TRIES = 3  # attempts before one writes instead
BETWEEN = 120  # open minutes between two of them
NOON, AFTERNOON = time(13), time(14)


def half_day(at: datetime) -> tuple[object, bool]:
    """Which half of which day, in Paris."""
    here = at.astimezone(PARIS)
    return here.date(), here.time() < NOON


def next_try(now: datetime, *, first: datetime, tries: int, calendar: Calendar) -> datetime:
    """Two open hours after the attempt just made; the last one never in the half-day of the first.

    `tries` counts the attempts made so far, this one included.
    """
    later = hours.due(now, minutes=BETWEEN, calendar=calendar)
    if tries < TRIES - 1 or half_day(later) != half_day(first):
        return later
    here = later.astimezone(PARIS)
    if here.time() < NOON:
        return calendar.next_opening(datetime.combine(here.date(), AFTERNOON, PARIS))
    midnight = datetime.combine(here.date(), time(23, 59, 59), PARIS)
    return calendar.next_opening(midnight)
