"""Work of the house that calls the deeds of the floors below. Safe to run twice."""

from procrastinate.contrib.django import app

from callcare.allocations.actions import release_lapsed
from callcare.calls.actions import hear_pending


@app.task(name="house.release_holds", queue="house", queueing_lock="house.release_holds")
def release_holds(timestamp: int = 0) -> None:
    """Release the holds whose time is over."""
    release_lapsed()


@app.task(name="house.hear_calls", queue="house", queueing_lock="house.hear_calls")
def hear_calls(timestamp: int = 0) -> None:
    """Read what a web process received and could not read itself: it died, or the request failed then."""
    while hear_pending():
        pass
