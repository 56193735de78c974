"""What time it is for the house. The demo replays a month of deeds, each at its own hour; everything else is live."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present instant, in UTC; inside `at`, the instant it was set to."""
    return _set_to.get() or datetime.now(UTC)  # noqa: TID251  # the one clock


def today() -> date:
    """The calendar day at the desk, in Paris."""
    return now().astimezone(PARIS).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Live a while at `instant` (aware): for the replayed month of the demo, and for tests."""
    if instant.tzinfo is None:
        raise ValueError("an instant without its time zone is not an instant")
    token = _set_to.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
