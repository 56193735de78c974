"""The kept days of the figures are counted anew, and a month of them is checked each night."""

import random

from procrastinate.contrib.django import app

from callcare.report.months import check_a_month, count_touched_days


@app.task(name="report.count_months", queue="house", queueing_lock="report.count_months")
def count_months(timestamp: int = 0) -> None:
    """Count what deeds touched since. Until then the review counts these days from their rows: nothing waits."""
    count_touched_days()


@app.task(name="report.check_month", queue="house", queueing_lock="report.check_month")
def check_month(timestamp: int = 0) -> None:
    """One month at random, counted from its rows and compared. A difference makes the job fail, and says where."""
    check_a_month(random.Random(timestamp))  # noqa: S311  # no secret
