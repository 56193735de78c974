"""What the clock does for calls. Safe to run twice."""

from procrastinate.contrib.django import app

from callcare.calls.actions import (
    BACKLOG,
    delete_old_messages,
    empty_bodies,
    fetch_messages,
    hear_pending,
    sweep_calls,
)


@app.task(name="calls.hear", queue="house", queueing_lock="calls.hear")
def hear_calls(timestamp: int = 0) -> None:
    """Read what a web process received and could not read itself: it died, or the request failed then."""
    while hear_pending(BACKLOG):
        pass


@app.task(name="calls.fetch_messages", queue="house", queueing_lock="calls.fetch_messages")
def fetch_waiting_messages(timestamp: int = 0) -> None:
    """Fetch the voice messages that wait: the provider's address lives an hour."""
    fetch_messages()


@app.task(name="calls.sweep", queue="house", queueing_lock="calls.sweep")
def sweep(timestamp: int = 0) -> None:
    """End the calls of which nothing more will be heard."""
    sweep_calls()


@app.task(name="calls.forget", queue="house", queueing_lock="calls.forget")
def forget_calls(timestamp: int = 0) -> None:
    """Every night: recordings and received bodies that were kept long enough."""
    delete_old_messages()
    while empty_bodies():
        pass
