"""A call is a function of the set of its events: their order and their repetition change nothing.

Each column is a minimum, a maximum or a union over the set, so that folding again after one more event is always safe.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callcare.calls.rules.events import Cause, Kind

RANK = {Kind.NEW_CALL: 1, Kind.RINGING: 2, Kind.ANSWER: 3, Kind.VOICEMAIL: 3, Kind.HANGUP: 4, Kind.SWEEP: 4}
_PRECEDENCE = {cause.value: place for place, cause in enumerate(Cause)}
# Who calls whom is never read from a hang-up: a BYE sent by the one called has From and To swapped.
_SAYS_WHO = (Kind.NEW_CALL, Kind.RINGING, Kind.ANSWER, Kind.VOICEMAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event as kept: its instant is resolved, its key breaks ties."""

    kind: Kind
    at: datetime
    key: str
    number_from: str = ""
    number_to: str = ""
    direction: str = ""
    operators: tuple[str, ...] = ()
    cause: str = ""
    parent_id: str = ""
    media_url: str = ""
    media_seconds: int | None = None
    queue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What the events of one call say together. `outcome` is "" while it is under way."""

    rank: int
    number_from: str
    number_to: str
    direction: str
    queue: str
    started_at: datetime
    rang: tuple[str, ...]
    answered_at: datetime | None
    answered_by: tuple[str, ...]
    is_voicemail: bool
    media_url: str
    media_seconds: int | None
    ended_at: datetime | None
    cause: str
    outcome: str
    parent_id: str


def fold(events: Collection[Told], *, own_numbers: Collection[str] = (), call_id: str = "") -> CallFacts:
    """The call these events tell. `own_numbers` decide the direction where no event says it.

    Raises ValueError for no event at all: nobody asks about a call that nobody heard of.
    """
    told = sorted({event.key: event for event in events}.values(), key=lambda one: (one.at, one.key))
    if not told:
        raise ValueError("a call has at least one event")
    who = _first(told, _SAYS_WHO, lambda one: one.number_from or one.number_to)
    direction = _direction(told, who, own_numbers)
    answer = next((one for one in told if one.kind == Kind.ANSWER), None)
    voicemail = any(one.kind in {Kind.VOICEMAIL, Kind.MEDIA} for one in told)
    ended_at = _earliest(told, Kind.HANGUP) or _earliest(told, Kind.SWEEP)
    cause = min((one.cause for one in told if one.cause), key=lambda said: _PRECEDENCE.get(said, 99), default="")
    media = [one for one in told if one.kind == Kind.MEDIA and one.media_url]
    return CallFacts(
        rank=max(RANK.get(one.kind, 0) for one in told),
        number_from=who.number_from if who else "",
        number_to=who.number_to if who else "",
        direction=direction,
        queue=_any(told, lambda one: one.queue),
        started_at=_earliest(told, Kind.NEW_CALL, Kind.RINGING) or told[0].at,
        rang=() if direction == "out" else _named(told, Kind.RINGING) or _named(told, Kind.NEW_CALL),
        answered_at=answer.at if answer else None,
        answered_by=_ours(told, direction),
        is_voicemail=voicemail,
        media_url=media[0].media_url if media else "",
        media_seconds=next((one.media_seconds for one in media if one.media_seconds is not None), None),
        ended_at=ended_at,
        cause=cause,
        outcome=_outcome(ended_at, cause, is_answered=answer is not None, is_voicemail=voicemail),
        parent_id=_any(told, lambda one: one.parent_id if one.parent_id != call_id else ""),
    )


def _first(told: Iterable[Told], kinds: tuple[Kind, ...], says: Callable[[Told], Any]) -> Told | None:
    """The first event that says it, the surest kind before the earliest instant."""
    found = [one for one in told if one.kind in kinds and says(one)]
    return min(found, key=lambda one: (kinds.index(one.kind), one.at, one.key), default=None)


def _earliest(told: Iterable[Told], *kinds: Kind) -> datetime | None:
    return min((one.at for one in told if one.kind in kinds), default=None)


def _any(told: Iterable[Told], says: Callable[[Told], str]) -> str:
    return next((text for one in told if (text := says(one))), "")


def _direction(told: Iterable[Told], who: Told | None, own_numbers: Collection[str]) -> str:
    """As said by the surest event, else seen from our numbers: a call from one of them goes out."""
    said = _first(told, (*_SAYS_WHO, Kind.HANGUP), lambda one: one.direction)
    if said:
        return said.direction
    is_out = who is not None and who.number_from in own_numbers and who.number_to not in own_numbers
    return "out" if is_out else "in"


def _named(told: Iterable[Told], kind: Kind) -> tuple[str, ...]:
    """Whom a new call names is whom it was sent to: those who rang, only where no ringing was told of anybody."""
    return tuple(sorted({name for one in told if one.kind == kind for name in one.operators}))


def _ours(told: Iterable[Told], direction: str) -> tuple[str, ...]:
    """The names of our side: of whoever answered, or of whoever dialled when the call goes out."""
    kinds = (Kind.NEW_CALL, Kind.RINGING, Kind.ANSWER) if direction == "out" else (Kind.ANSWER,)
    found = _first(told, kinds, lambda one: one.operators)
    return found.operators if found else ()


def _outcome(ended_at: datetime | None, cause: str, *, is_answered: bool, is_voicemail: bool) -> str:
    if ended_at is None:
        return ""
    if cause == Cause.REJECTED:
        return "rejected"
    if is_answered:
        return "answered"
    if is_voicemail:
        return "voicemail"
    return "transferred" if cause == Cause.FORWARDED else "missed"
