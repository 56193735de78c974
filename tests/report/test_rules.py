from datetime import UTC, date, datetime

from callcare.report.rules import Period, forecast, month_of, months, pace

SPRING = Period(date(2021, 2, 8), date(2021, 6, 30))


def test_a_period_holds_its_last_day_in_paris_time():
    assert SPRING.since == datetime(2021, 2, 7, 23, tzinfo=UTC)
    assert SPRING.until == datetime(2021, 6, 30, 22, tzinfo=UTC)


def test_the_months_a_period_touches():
    assert months(SPRING) == [date(2021, month, 1) for month in range(2, 7)]
    assert month_of(date(2021, 12, 31)) == Period(date(2021, 12, 1), date(2021, 12, 31))


def test_the_pace_is_a_straight_line():
    week = Period(date(2021, 3, 1), date(2021, 3, 10))
    assert [pace(value=0, target=100, period=week, today=date(2021, 3, day)) for day in (1, 5, 10, 20)] == [
        10,
        50,
        100,
        100,
    ]
    assert pace(value=0, target=100, period=week, today=date(2021, 2, 1)) == 0


def test_no_forecast_from_the_first_days():
    assert forecast(value=10, period=SPRING, today=date(2021, 2, 10)) is None
    assert forecast(value=143, period=SPRING, today=SPRING.last) == 143
    assert forecast(value=70, period=Period(date(2021, 3, 1), date(2021, 3, 20)), today=date(2021, 3, 10)) == 140
