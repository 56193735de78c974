"""Work of the house that calls the deeds of the floors below. Safe to run twice."""

from procrastinate.contrib.django import app

from callcare.allocations.actions import release_lapsed
from callcare.calls.actions import delete_old_messages, empty_bodies, fetch_messages, hear_pending, sweep_calls


@app.task(name="house.release_holds", queue="house", queueing_lock="house.release_holds")
def release_holds(timestamp: int = 0) -> None:
    """Release the holds whose time is over."""
    release_lapsed()


@app.task(name="house.hear_calls", queue="house", queueing_lock="house.hear_calls")
def hear_calls(timestamp: int = 0) -> None:
    """Read what a web process received and could not read itself: it died, or the request failed then."""
    while hear_pending():
        pass


@app.task(name="house.fetch_messages", queue="house", queueing_lock="house.fetch_messages")
def fetch_waiting_messages(timestamp: int = 0) -> None:
    """Fetch the voice messages that wait: the provider's address lives an hour."""
    fetch_messages()


@app.task(name="house.sweep_calls", queue="house", queueing_lock="house.sweep_calls")
def sweep(timestamp: int = 0) -> None:
    """End the calls of which nothing more will be heard."""
    sweep_calls()


@app.task(name="house.forget_calls", queue="house", queueing_lock="house.forget_calls")
def forget_calls(timestamp: int = 0) -> None:
    """Every night: recordings and received bodies that were kept long enough."""
    delete_old_messages()
    while empty_bodies():
        pass
