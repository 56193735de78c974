"""The generic CTI dialect, as Zammad and sipgate speak it, with the few words our own recipe for Kamailio adds.

`event` newCall, answer, hangup (and ringing, voicemailStart, voicemailAnswer); `from`, `to`, `direction`, `callId`,
`user`, `answeringNumber`, `cause`, `origCallId`, `queue`, `ts`. JSON or form. No signature: the secret stands in the
address.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from callcare.calls.rules.adapters.adapter import Adapter, Options, Sample, signed
from callcare.calls.rules.events import Cause, Event, Kind
from callcare.calls.rules.requests import (
    Request,
    Unreadable,
    fields_of,
    first_of,
    instant_of,
    seconds_of,
    text_of,
    texts_of,
)

KINDS = {
    "newcall": Kind.NEW_CALL,
    "ringing": Kind.RINGING,
    "answer": Kind.ANSWER,
    "voicemailanswer": Kind.VOICEMAIL,
    "voicemail": Kind.VOICEMAIL,
    "voicemailrecording": Kind.MEDIA,
    "media": Kind.MEDIA,
    "hangup": Kind.HANGUP,
}
NOT_CALLS = frozenset({"dtmf", "voicemailstart"})  # heard, kept, and of no consequence for the call
DIRECTIONS = {"in": "in", "inbound": "in", "incoming": "in", "out": "out", "outbound": "out", "outgoing": "out"}
_CAUSES = {cause.value.lower(): cause.value for cause in Cause}


def read(request: Request, options: Options) -> list[Event]:
    """The one event of a request of this dialect; none for what is of no consequence."""
    said = fields_of(request)
    name = text_of(said.get("event")).lower()
    if name in NOT_CALLS:
        return []
    kind = KINDS.get(name)
    call_id = text_of(first_of(said, "callId", "call_id", "callid"))
    if not call_id:
        raise Unreadable("L’évènement ne dit pas de quel appel il s’agit (callId).")
    if kind is None:
        return []  # a word of a later version of the dialect: kept with the request, to be read again one day
    return [
        Event(
            call_id=call_id,
            kind=kind,
            at=instant_of(said.get("ts")),
            number_from=text_of(said.get("from"), most=80),
            number_to=text_of(said.get("to"), most=80),
            direction=DIRECTIONS.get(text_of(said.get("direction")).lower(), ""),
            operators=operators_of(said),
            cause=cause_of(said) if kind == Kind.HANGUP else "",
            parent_id=text_of(first_of(said, "origCallId", "orig_call_id")),
            media_url=text_of(first_of(said, "mediaUrl", "media_url", "recordingUrl"), most=1000),
            media_seconds=seconds_of(first_of(said, "duration", "mediaSeconds")) if kind == Kind.MEDIA else None,
            queue=text_of(said.get("queue"), most=80),
        )
    ]


def operators_of(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Every name the request has for who is called or answers: extension, login, name, id."""
    names = (said.get(name) for name in ("answeringNumber", "user", "caller", "userId", "fullUserId"))
    return tuple(dict.fromkeys(text for some in names for text in texts_of(some)))


def cause_of(said: Mapping[str, Any]) -> str:
    text = text_of(said.get("cause"))
    return _CAUSES.get(text.lower(), Cause.UNKNOWN.value) if text else ""


def sample(sample: Sample, options: Options) -> Request:
    """A new call as a form."""
    said = {
        "event": "newCall", "callId": sample.call_id, "direction": "in",
        "from": sample.number_from, "to": sample.number_to, "ts": f"{sample.at.timestamp():.3f}",
    }  # fmt: skip
    return signed(urlencode(said), "application/x-www-form-urlencoded", sample.at)


ADAPTER = Adapter(provider="generic", read=read, sample=sample)
