"""Quantities held for nothing are given back by the clock."""

from procrastinate.contrib.django import app

from callcare.allocations.actions import release_lapsed


@app.task(name="allocations.release_holds", queue="house", queueing_lock="allocations.release_holds")
def release_holds(timestamp: int = 0) -> None:
    """Release the holds whose time is over. May run twice at once: each hold is locked, and looked at again."""
    release_lapsed()
