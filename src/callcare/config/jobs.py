"""Work of the house that calls the deeds of the floors below. Safe to run twice."""

from procrastinate.contrib.django import app

from callcare.allocations.actions import release_lapsed


@app.task(name="house.release_holds", queue="house", queueing_lock="house.release_holds")
def release_holds(timestamp: int = 0) -> None:
    """Release the holds whose time is over."""
    release_lapsed()
