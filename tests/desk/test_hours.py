"""Open time, by rule: the examples of the desk's policy, and a minute-by-minute oracle."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from callcare.desk.rules.hours import PARIS, Calendar, NeverOpen, after_open_days, due


def paris(*parts):
    return datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        (paris(2021, 4, 2, 17, 50), 60, paris(2021, 4, 6, 9, 50)),  # over Easter Monday
        (paris(2021, 4, 1, 17, 0), 60, paris(2021, 4, 1, 18, 0)),  # the end of the day, not the next morning
        (paris(2021, 7, 14, 10, 0), 30, paris(2021, 7, 15, 9, 30)),
        (paris(2026, 5, 13, 17, 30), 240, paris(2026, 5, 15, 12, 30)),  # Ascension
        (paris(2026, 3, 28, 11, 0), 60, paris(2026, 3, 30, 10, 0)),  # clocks change on the Sunday
    ],
)
def test_only_open_time_counts(start, minutes, expected):
    assert due(start, minutes=minutes, calendar=Calendar()) == expected


@pytest.mark.parametrize(
    "far",
    [
        datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=PARIS),
        datetime.min.replace(tzinfo=PARIS), paris(9999, 12, 31, 12), paris(1, 1, 1, 12), paris(4999, 6, 1, 9),
    ],
)  # fmt: skip
def test_a_year_nobody_lives_in_is_only_far_away(far):
    calendar = Calendar()
    assert isinstance(calendar.is_open(far), bool)
    found = [calendar.next_opening(far), due(far, minutes=600, calendar=calendar)]
    found += [after_open_days(far, days=2, calendar=calendar)]
    assert all(one.year in {1900, 4000} for one in found)


def test_an_exceptional_opening_wins_over_a_closure_and_a_holiday():
    whit_monday = date(2021, 5, 24)
    calendar = Calendar(closures=((whit_monday, whit_monday),), openings=((whit_monday, whit_monday),))
    assert calendar.is_open(paris(2021, 5, 24, 10))
    assert not Calendar().is_open(paris(2021, 5, 24, 10))


def test_at_closing_time_the_desk_is_closed():
    assert Calendar().is_open(paris(2021, 4, 1, 17, 59, 59))
    assert not Calendar().is_open(paris(2021, 4, 1, 18))


def test_open_days_keep_the_time_of_day():
    assert after_open_days(paris(2021, 4, 2, 17, 50), days=2, calendar=Calendar()) == paris(2021, 4, 7, 17, 50)
    assert after_open_days(paris(2021, 4, 3, 11), days=1, calendar=Calendar()) == paris(2021, 4, 7, 9)


def test_a_desk_that_never_opens_says_so():
    with pytest.raises(NeverOpen):
        due(paris(2021, 4, 1, 9), minutes=1, calendar=Calendar(closures=((date(2021, 1, 1), date(2023, 1, 1)),)))


CALENDARS = st.builds(
    lambda days, lunch, closed: Calendar(
        hours={day: ((time(9), time(12)), (time(14), time(17))) if lunch else ((time(9), time(18)),) for day in days},
        closures=((closed, closed + timedelta(days=3)),),
    ),
    days=st.sets(st.integers(0, 6), min_size=1),
    lunch=st.booleans(),
    closed=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
)


YEAR = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1))  # noqa: DTZ001  # hypothesis asks for naive bounds


@settings(max_examples=60, deadline=None)
@given(calendar=CALENDARS, start=YEAR, minutes=st.integers(1, 900))
def test_it_agrees_with_counting_the_minutes_one_by_one(calendar, start, minutes):
    at = start.replace(second=0, microsecond=0, tzinfo=UTC)
    expected, left = at, minutes
    while left:
        left -= calendar.is_open(expected)
        expected += timedelta(minutes=1)
    assert due(at, minutes=minutes, calendar=calendar) == expected
