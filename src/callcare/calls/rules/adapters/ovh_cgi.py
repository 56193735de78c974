"""An OVHcloud line that calls an address of ours, with who calls, who is called and what happens in the query.

No identifier, no time, no signature: the pair of numbers names the call, and one that rings more than two seconds
after the last word about the pair is another call. Best effort: the page « Téléphonie » says so.
"""

import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

from callcare.calls.rules.adapters.adapter import Adapter, Options, Sample
from callcare.calls.rules.adapters.ovh import LINE
from callcare.calls.rules.events import Cause, Event, Kind
from callcare.calls.rules.requests import Request, Unreadable, text_of

ADDRESS = "?calling=*CALLING*&called=*CALLED*&event=*EVENT*"  # what follows our address on OVH's page


def read(request: Request, options: Options) -> list[Event]:
    """One event by its three words."""
    said = {name: text_of(values[0], most=80) for name, values in parse_qs(request.query).items()}
    calling, called, name = (said.get(word, "") for word in ("calling", "called", "event"))
    if not (calling or called) or not name:
        raise Unreadable(f"L’adresse notée chez OVH doit finir par {ADDRESS}")
    return [
        Event(
            call_id=f"{calling}>{called}",
            kind=kind,
            number_from=calling,
            number_to=called,
            operators=(called,) if kind in {Kind.RINGING, Kind.ANSWER} else (),
            cause=Cause.NORMAL.value if kind == Kind.HANGUP else "",
        )
        for kind in LINE.get(name.lower(), ())
    ]


def always_new(request: Request) -> str:
    return hashlib.sha256(f"{request.received_at.isoformat()}\x1f{request.query}".encode()).hexdigest()


def sample(sample: Sample, options: Options) -> Request:
    """A line that rings; the call's name is in the number called, since nothing else is told."""
    said = {"calling": sample.call_id, "called": sample.number_to, "event": "start_ringing"}
    return Request(method="GET", query=urlencode(said), received_at=sample.at)


ADAPTER = Adapter(
    provider="ovh_cgi",
    read=read,
    sample=sample,
    after_address=ADDRESS,
    dedupe=always_new,
    methods=("GET", "POST"),
    recycled_after=timedelta(seconds=2),
)
