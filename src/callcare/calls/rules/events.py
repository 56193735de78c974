"""The normal form: what any provider's request says, in one vocabulary. Adapters write it, the fold reads it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BELIEVED = timedelta(hours=24)  # a provider's time farther than that from ours is a broken clock
TEST = "essai-"  # how the ids of test calls begin: they open no contact and are counted nowhere


class Kind(StrEnum):
    """What happened to a call, in the order in which it can happen."""

    NEW_CALL = "newCall"
    RINGING = "ringing"
    ANSWER = "answer"
    VOICEMAIL = "voicemail"  # the voice box answered
    MEDIA = "media"  # the message it took can be fetched
    LEG_END = "leg_end"  # one telephone stopped ringing; it never ends a call
    HANGUP = "hangup"
    SWEEP = "sweep"  # ours: nothing more will be heard of this call


class Cause(StrEnum):
    """Why a call ended. The order is that of precedence when several events give one."""

    REJECTED = "rejected"
    NORMAL = "normalClearing"
    FORWARDED = "forwarded"
    CANCEL = "cancel"
    BUSY = "busy"
    NO_ANSWER = "noAnswer"
    CONGESTION = "congestion"
    NOT_FOUND = "notFound"
    UNKNOWN = "unknown"


TECHNICAL = frozenset({Cause.CONGESTION, Cause.NOT_FOUND})  # the line's fault, not a choice of anybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one call, in the provider's own texts; `at` is None where it gave no time."""

    call_id: str
    kind: Kind
    at: datetime | None = None
    number_from: str = ""
    number_to: str = ""
    direction: str = ""  # "in", "out", "" where not said
    operators: tuple[str, ...] = ()  # names, logins or extensions, as the provider knows them
    cause: str = ""  # a Cause, "" where not said
    parent_id: str = ""
    leg: str = ""  # which telephone, where several ring
    media_url: str = ""
    media_seconds: int | None = None
    queue: str = ""

    @property
    def key(self) -> str:
        """The same fact told twice has the same key, even in requests whose bytes differ (a counter of attempts)."""
        at = self.at.isoformat() if self.at else ""
        who = self.leg or ",".join(self.operators)
        said = [self.call_id, self.kind, who, at, self.cause, self.media_url]
        return hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()


def believed(at: datetime | None, *, received_at: datetime) -> datetime:
    """The instant to reckon with: the provider's where it is within a day of ours, else when we received it."""
    return at if at is not None and abs(at - received_at) <= BELIEVED else received_at
