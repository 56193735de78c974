"""Ringover: JSON `{resource, event, timestamp, data}`. Signed by a JWT in HS512, or by a hex HMAC-SHA256 of the body.

Internal calls are not ours to log. `attempt` grows with each repeat, so the events' own keys notice a repeat.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from callcare.calls.rules.adapters.adapter import Adapter, Options, Sample, Setting, signed
from callcare.calls.rules.events import Cause, Event, Kind
from callcare.calls.rules.requests import (
    Request,
    Unreadable,
    fields_of,
    first_of,
    instant_of,
    seconds_of,
    text_of,
    within,
)

JWT_HEADER, HMAC_HEADER = "x-ringover-webhook-signature", "x-ringover-signature"
HORIZON, SLACK = timedelta(days=1), timedelta(minutes=5)
MISSED = {
    "caller_hangup": Cause.CANCEL, "abandoned": Cause.CANCEL, "busy": Cause.BUSY, "no_answer": Cause.NO_ANSWER,
    "noanswer": Cause.NO_ANSWER, "timeout": Cause.NO_ANSWER, "blocked": Cause.REJECTED,
}  # fmt: skip


def is_genuine(request: Request, options: Options) -> bool:
    """Every secret of the trunk's page is tried: Ringover has one per kind of hook. Without any, all is let in."""
    secrets = [secret for secret in options.get("secret", "").split() if secret]
    if not secrets:
        return True
    token = request.headers.get(JWT_HEADER, "")
    digest = request.headers.get(HMAC_HEADER, "")
    return any(_is_signed(token, secret) or _is_digest(digest, request.body, secret) for secret in secrets)


def is_fresh(request: Request, options: Options) -> bool:
    """A token that has expired, or was made more than a day before or after, is a request sent again (RFC 7519 § 4.1).

    The day is the horizon of late repeats; a token without times says nothing.
    """
    _, _, rest = request.headers.get(JWT_HEADER, "").partition(".")
    try:
        said = within(json.loads(_unpadded(rest.partition(".")[0])))
    except (ValueError, binascii.Error):
        return True
    expires, made = instant_of(said.get("exp")), instant_of(said.get("iat"))
    is_live = expires is None or expires >= request.received_at - SLACK
    return is_live and (made is None or abs(made - request.received_at) <= HORIZON)


def _is_signed(token: str, secret: str) -> bool:
    """A JWT whose header says HS512 and nothing else, with the right signature (RFC 7515, RFC 7518 § 3.2)."""
    head, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    try:
        said = json.loads(_unpadded(head))
        given = _unpadded(signature)
    except (ValueError, binascii.Error):
        return False
    if not isinstance(said, dict) or said.get("alg") != "HS512" or not payload:
        return False
    expected = hmac.new(secret.encode(), f"{head}.{payload}".encode(), hashlib.sha512).digest()
    return hmac.compare_digest(expected, given)


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _is_digest(given: str, body: bytes, secret: str) -> bool:
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode("utf-8", "replace"))


def read(request: Request, options: Options) -> list[Event]:
    """The events of one notice; none for contacts, requests of routing, tags, and calls between colleagues."""
    said = fields_of(request)
    data = within(said.get("data"))
    if text_of(said.get("resource")).lower() != "call" or data.get("is_internal") is True:
        return []
    call_id = text_of(first_of(data, "call_id", "id"))
    if not call_id:
        raise Unreadable("La notification ne dit pas de quel appel il s’agit (call_id).")
    return [_event(kind, at, call_id, data) for kind, at in _what(text_of(said.get("event")).lower(), data, said)]


def _what(name: str, data: Mapping[str, Any], said: Mapping[str, Any]) -> list[tuple[Kind, Any]]:
    now, begun = said.get("timestamp"), data.get("start_time")
    told: dict[str, list[tuple[Kind, Any]]] = {
        "ringing": [(Kind.NEW_CALL, begun or now), (Kind.RINGING, begun or now)],
        "answered": [(Kind.ANSWER, data.get("answered_time") or now)],
        "hangup": [(Kind.HANGUP, data.get("hangup_time") or now)],
        "missed": [(Kind.HANGUP, data.get("hangup_time") or now)],
        "voicemail": [(Kind.VOICEMAIL, now), (Kind.MEDIA, now)],
        "voicemail_available": [(Kind.MEDIA, now)],
    }
    return told.get(name, [])


def _event(kind: Kind, at: Any, call_id: str, data: Mapping[str, Any]) -> Event:
    user = within(data.get("user"))
    name = f"{text_of(user.get('firstname'))} {text_of(user.get('lastname'))}".strip()
    names = (text_of(user.get("email")), text_of(first_of(data, "user_id") or user.get("user_id")), name)
    is_in = text_of(data.get("direction")).lower() != "outbound"
    return Event(
        call_id=call_id,
        kind=kind,
        at=instant_of(at),
        number_from="anonymous" if data.get("is_anonymous") is True and is_in else text_of(data.get("from_number")),
        number_to=text_of(data.get("to_number")),
        direction="in" if is_in else "out",
        operators=tuple(text for text in names if text) if kind in {Kind.RINGING, Kind.ANSWER} else (),
        cause=_cause(data) if kind == Kind.HANGUP else "",
        leg=text_of(data.get("channel_id")) if kind == Kind.RINGING else "",
        media_url=text_of(data.get("voicemail_link"), most=1000) if kind == Kind.MEDIA else "",
        media_seconds=seconds_of(data.get("voicemail_duration")) if kind == Kind.MEDIA else None,
    )


def _cause(data: Mapping[str, Any]) -> str:
    if data.get("answered_time"):
        return Cause.NORMAL.value
    return MISSED.get(text_of(data.get("reason")).lower(), Cause.NO_ANSWER).value


def sample(sample: Sample, options: Options) -> Request:
    """A ringing call, signed by the first secret where there is one."""
    data = {
        "call_id": sample.call_id, "direction": "inbound", "from_number": sample.number_from,
        "to_number": sample.number_to, "start_time": sample.at.isoformat(),
    }  # fmt: skip
    body = json.dumps({"resource": "call", "event": "ringing", "timestamp": sample.at.timestamp(), "data": data})
    secret = next(iter(options.get("secret", "").split()), "")
    digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    return signed(body, "application/json", sample.at, **{HMAC_HEADER: digest})


ADAPTER = Adapter(
    provider="ringover",
    read=read,
    sample=sample,
    is_genuine=is_genuine,
    is_fresh=is_fresh,
    settings=(
        Setting(
            "secret", "secret de signature", "Un par notification chez Ringover : séparez-les par une espace.",
            is_secret=True,
        ),
    ),
)  # fmt: skip
