"""When the desk is open, and when something is due if only open time counts. Days are Paris days, instants are UTC."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

PARIS = ZoneInfo("Europe/Paris")
Span = tuple[time, time]
WORKDAY: tuple[Span, ...] = ((time(9), time(18)),)
USUAL: Mapping[int, tuple[Span, ...]] = dict.fromkeys(range(5), WORKDAY)
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(4000, 1, 1, tzinfo=UTC)  # what is farther is as far
FARTHEST = 400  # days looked at before giving up: a desk closed for more than a year owes nothing


class NeverOpen(Exception):
    """The calendar has no open time within the next year."""


@cache
def french_holiday(day: date) -> str:
    """The name of the public holiday (Code du travail, art. L3133-1), "" on an ordinary day."""
    return str(holidays.country_holidays("FR", language="fr", years=day.year).get(day, ""))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours by weekday (0 = Monday, half open), closed days, and days open although they would be closed."""

    hours: Mapping[int, tuple[Span, ...]] = field(default_factory=lambda: USUAL)
    closures: tuple[tuple[date, date], ...] = ()
    openings: tuple[tuple[date, date], ...] = ()

    def spans(self, day: date) -> tuple[Span, ...]:
        """The open hours of a day. An exceptional opening wins over a closure, a closure over a holiday."""
        usual = self.hours.get(day.weekday(), ())
        if any(first <= day <= last for first, last in self.openings):
            return usual or next(iter(self.hours.values()), WORKDAY)
        closed = any(first <= day <= last for first, last in self.closures)
        return () if closed or french_holiday(day) else usual

    def is_open(self, instant: datetime) -> bool:
        here = _within(instant).astimezone(PARIS)
        return any(opens <= here.time() < closes for opens, closes in self.spans(here.date()))

    def stretches(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open time from `start` on, as UTC instants: subtraction is then right on days when clocks change.

        A year nobody lives in is counted from the nearest that has a calendar.
        """
        start = _within(start)
        first = start.astimezone(PARIS).date()
        for number in range(FARTHEST):
            day = first + timedelta(days=number)
            for opens, closes in self.spans(day):
                begin = datetime.combine(day, opens, PARIS).astimezone(UTC)
                end = datetime.combine(day, closes, PARIS).astimezone(UTC)
                if end > start:
                    yield max(begin, start.astimezone(UTC)), end

    def next_opening(self, start: datetime) -> datetime:
        """`start` itself when the desk is open, otherwise the next instant at which it opens."""
        for begin, _ in self.stretches(start):
            return begin
        raise NeverOpen


def _within(instant: datetime) -> datetime:
    return min(max(instant, EARLIEST), LATEST)


def due(start: datetime, *, minutes: int, calendar: Calendar) -> datetime:
    """The instant at which `minutes` of open time have passed since `start`.

    Exactly at closing time counts as the end of that day, not as the next morning.
    """
    left = timedelta(minutes=minutes)
    for begin, end in calendar.stretches(start):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise NeverOpen


def after_open_days(start: datetime, *, days: int, calendar: Calendar) -> datetime:
    """The same time of day, `days` open days later; inside that day's hours when they are shorter."""
    begin = calendar.next_opening(start).astimezone(PARIS)
    day = begin.date()
    for _ in range(days):
        day = _next_open_day(day, calendar)
    opens, closes = calendar.spans(day)[0][0], calendar.spans(day)[-1][1]
    return datetime.combine(day, min(max(begin.time(), opens), closes), PARIS).astimezone(UTC)


def _next_open_day(day: date, calendar: Calendar) -> date:
    for number in range(1, FARTHEST):
        if calendar.spans(later := day + timedelta(days=number)):
            return later
    raise NeverOpen
