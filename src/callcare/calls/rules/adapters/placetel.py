"""Placetel: a form per event, signed by a hex HMAC-SHA256 of the raw body. It gives no time: ours is used."""

import hashlib
import hmac
from urllib.parse import urlencode

from callcare.calls.rules.adapters.adapter import Adapter, Options, Sample, Setting, signed
from callcare.calls.rules.events import Cause, Event, Kind
from callcare.calls.rules.requests import Request, Unreadable, fields_of, text_of

HEADER = "x-placetel-signature"
KINDS = {
    "IncomingCall": (Kind.NEW_CALL, "in"),
    "OutgoingCall": (Kind.NEW_CALL, "out"),
    "CallAccepted": (Kind.ANSWER, ""),
    "HungUp": (Kind.HANGUP, ""),
}
CAUSES = {
    "accepted": Cause.NORMAL, "missed": Cause.CANCEL, "voicemail": Cause.NORMAL, "blocked": Cause.REJECTED,
}  # fmt: skip


def is_genuine(request: Request, options: Options) -> bool:
    """Signed with the secret of the trunk's page; without one, the address is enough."""
    secret = options.get("secret", "").strip()
    if not secret:
        return True
    expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    given = request.headers.get(HEADER, "").strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(expected.encode(), given)


def read(request: Request, options: Options) -> list[Event]:
    """One event; two where the hang-up says that the voice box took the call."""
    said = fields_of(request)
    kind, direction = KINDS.get(text_of(said.get("event")), (None, ""))
    if kind is None:
        return []
    call_id = text_of(said.get("call_id"))
    if not call_id:
        raise Unreadable("L’évènement ne dit pas de quel appel il s’agit (call_id).")
    ended_as = text_of(said.get("type")).lower()
    peer = text_of(said.get("peer"))
    kinds = [Kind.VOICEMAIL, kind] if kind == Kind.HANGUP and ended_as == "voicemail" else [kind]
    return [
        Event(
            call_id=call_id,
            kind=one,
            number_from=text_of(said.get("from"), most=80),
            number_to=text_of(said.get("to"), most=80),
            direction=direction,
            operators=(peer,) if peer and kind != Kind.HANGUP else (),
            cause=CAUSES.get(ended_as, Cause.UNKNOWN).value if one == Kind.HANGUP else "",
        )
        for one in kinds
    ]


def sample(sample: Sample, options: Options) -> Request:
    """A call that comes in, signed."""
    said = {
        "event": "IncomingCall", "from": sample.number_from, "to": sample.number_to, "call_id": sample.call_id,
    }  # fmt: skip
    body = urlencode(said)
    digest = hmac.new(options.get("secret", "").strip().encode(), body.encode(), hashlib.sha256).hexdigest()
    return signed(body, "application/x-www-form-urlencoded", sample.at, **{HEADER: digest})


ADAPTER = Adapter(
    provider="placetel",
    read=read,
    sample=sample,
    is_genuine=is_genuine,
    settings=(
        Setting("secret", "secret de signature", "Le même que dans l’espace Placetel.", is_secret=True),
    ),
)  # fmt: skip
