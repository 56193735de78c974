"""The ladder of follow-up: what is owed, and when, while nothing happens. Data first; pure.

The machine writes, people call. A rung counts from the moment the introduction entered its state, in open days of
the desk (or in calendar days, moved to the next opening). An event takes the introduction off the rung it stands on;
a rung that was made leads to the next; after the last one, the last is owed again.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of one state. `asked` is None where it does not matter whether a side was asked by letter."""

    step: str
    open_days: int = 0
    days: int = 0
    asked: bool | None = None


LADDER: dict[str, tuple[Rung, ...]] = {
    "proposed": (
        Rung("giver_silent", open_days=2, asked=True),  # the machine writes once more, with a fresh link
        Rung("consent_missing", open_days=4, asked=True),  # then somebody calls
        Rung("consent_missing", open_days=2, asked=False),
        Rung("expires", days=21),  # the machine closes what nobody answered
    ),
    "sent": (
        Rung("not_taken", open_days=5),  # somebody calls
        Rung("second_nudge", open_days=9),  # the machine writes to the giver
        Rung("last_chance", days=21),  # somebody calls, and looks elsewhere
    ),
    "in_progress": (
        Rung("no_news", open_days=5),  # the machine writes to both
        Rung("still_no_news", open_days=10),  # somebody calls
    ),
}
AGAIN = 5  # open days before the last rung is owed once more


def next_rung(state: str, *, made: Collection[str], asked: bool) -> Rung:
    """The first rung of this state not made yet; the last one again where all were."""
    rungs = [rung for rung in LADDER[state] if rung.asked in (None, asked)]
    for rung in rungs:
        if rung.step not in made:
            return rung
    return Rung(rungs[-1].step)
