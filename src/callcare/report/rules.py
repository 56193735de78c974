"""Periods and paces of the review. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Period:
    """Paris days, the first included, the last too: what people mean by « du 8 février au 30 juin »."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), PARIS)

    @property
    def until(self) -> datetime:
        """Half open: the midnight after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), PARIS)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def each(self) -> list[date]:
        """Its days, in order."""
        return [self.first + timedelta(days=at) for at in range(self.days)]


def month_of(day: date) -> Period:
    """The whole calendar month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(first, following - timedelta(days=1))


def week_of(day: date) -> Period:
    """The week of a day, from its Monday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def ends(period: Period) -> list[tuple[Period, Period]]:
    """The first and the last month a period touches (once if they are one), each with what the period holds of it."""
    wholes = {whole.first: whole for whole in (month_of(period.first), month_of(period.last))}
    return [(one, Period(max(one.first, period.first), min(one.last, period.last))) for one in wholes.values()]


def left_out(whole: Period, inside: Period) -> list[Period]:
    """The days of a month before and after a part of it."""
    day = timedelta(days=1)
    parts = [(whole.first, inside.first - day), (inside.last + day, whole.last)]
    return [Period(first, last) for first, last in parts if first <= last]


def months(period: Period) -> list[date]:
    """The first days of the months a period touches, in order."""
    found, day = [], period.first.replace(day=1)
    while day <= period.last:
        found.append(day)
        day = month_of(day).last + timedelta(days=1)
    return found


def pace(*, value: int, target: int, period: Period, today: date) -> int:
    """Where one should be today to reach the target on a straight line; the whole target once its time is over."""
    days = (period.last - period.first).days + 1
    gone = min(max((today - period.first).days + 1, 0), days)
    return round(target * gone / days)


def forecast(*, value: int, period: Period, today: date) -> int | None:
    """The value at the end at the present speed; None before a week has passed, when it would mean nothing."""
    gone = (min(today, period.last) - period.first).days + 1
    if gone < 7:
        return None
    return round(value * ((period.last - period.first).days + 1) / gone)
