"""OVHcloud's stream of events: our worker asks for them, in long requests, and each is kept as one request.

Lines ring, are answered and end; queues receive, offer and bridge. `Timestamp` is in nanoseconds, numbers begin by
0033. The mapping of lines is to be confirmed on a live one: an end of ringing ends a leg, never the call by itself.
"""

import json
from collections.abc import Mapping
from typing import Any

from callcare.calls.rules.adapters.adapter import Adapter, Options, Sample, Setting, signed
from callcare.calls.rules.events import Cause, Event, Kind
from callcare.calls.rules.requests import Request, Unreadable, fields_of, first_of, instant_of, text_of, within

LINE = {
    "start_ringing": (Kind.NEW_CALL, Kind.RINGING),
    "end_ringing": (Kind.LEG_END,),
    "start_calling": (Kind.ANSWER,),
    "end_calling": (Kind.HANGUP,),
    "member-queue-start": (Kind.NEW_CALL,),
    "agent-offering": (Kind.RINGING,),
    "bridge-agent-start": (Kind.ANSWER,),
    "bridge-agent-end": (Kind.HANGUP,),
    "member-queue-end": (Kind.HANGUP,),
}


def read(request: Request, options: Options) -> list[Event]:
    """The events of one OVH event; none for registrations, counts and what we do not know."""
    said = fields_of(request)
    data = within(said.get("Data"))
    name = text_of(first_of(said, "Event") or data.get("Event")).lower()
    kinds = LINE.get(name, ())
    if not kinds:
        return []
    call_id = text_of(first_of(data, "CallId", "Id") or within(said.get("Details")).get("Id"))
    if not call_id:
        raise Unreadable("L’évènement ne dit pas de quel appel il s’agit (CallId).")
    return [_event(kind, name, call_id, said, data) for kind in kinds]


def _event(kind: Kind, name: str, call_id: str, said: Mapping[str, Any], data: Mapping[str, Any]) -> Event:
    service = text_of(first_of(said, "Ressource", "Service"))
    names_somebody = kind in {Kind.RINGING, Kind.ANSWER, Kind.LEG_END}
    return Event(
        call_id=call_id,
        kind=kind,
        at=instant_of(first_of(said, "Timestamp") or first_of(data, "Ts", "DateStart")),
        number_from=text_of(data.get("Calling"), most=80),
        number_to=text_of(first_of(data, "Dialed", "Called"), most=80),
        operators=(text_of(data.get("Agent")) or service,) if names_somebody and service else (),
        cause=_cause(name) if kind == Kind.HANGUP else "",
        leg=service if kind == Kind.LEG_END else "",
        queue=service if name.startswith(("member", "agent", "bridge")) else "",
    )


def _cause(name: str) -> str:
    """A queue that lets its caller go without a bridge lost her; after a bridge the normal end is the surer cause."""
    return Cause.CANCEL.value if name == "member-queue-end" else Cause.NORMAL.value


def sample(sample: Sample, options: Options) -> Request:
    """A line that rings."""
    data = {"CallId": sample.call_id, "Calling": sample.number_from, "Called": sample.number_to}
    said = {"Event": "start_ringing", "Ressource": sample.number_to, "Timestamp": sample.at.timestamp(), "Data": data}
    return signed(json.dumps(said), "application/json", sample.at)


ADAPTER = Adapter(
    provider="ovh",
    read=read,
    sample=sample,
    settings=(
        Setting(
            "token",
            "jeton d’évènements",
            "Créé dans l’espace OVHcloud (eventToken), pour le compte ou pour la ligne.",
            is_secret=True,
        ),
    ),
    listens=True,
)
