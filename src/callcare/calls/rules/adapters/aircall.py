"""Aircall: JSON `{resource, event, timestamp, token, data}`. It signs nothing: the token it gave when the hook was
made stands in each body; it is compared, and never kept. `duration` includes the ringing: the instants are used."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callcare.calls.rules.adapters.adapter import Adapter, Options, Sample, Setting, signed
from callcare.calls.rules.events import Cause, Event, Kind
from callcare.calls.rules.requests import Request, Unreadable, fields_of, instant_of, text_of, within

MISSED = {
    "out_of_opening_hours": Cause.NO_ANSWER, "short_abandoned": Cause.CANCEL, "abandoned_in_ivr": Cause.CANCEL,
    "abandoned_in_classic": Cause.CANCEL, "no_available_agent": Cause.BUSY, "agents_did_not_answer": Cause.NO_ANSWER,
}  # fmt: skip


def is_genuine(request: Request, options: Options) -> bool:
    """The token of the body is one of those typed on the trunk's page; without any there, the address is enough."""
    tokens = options.get("token", "").split()
    if not tokens:
        return True
    try:
        given = text_of(fields_of(request).get("token"), most=500).encode()
    except Unreadable:
        return False
    return any(hmac.compare_digest(token.encode(), given) for token in tokens)


def scrub(request: Request) -> Request:
    """The token is a credential: its digest is kept in its place."""
    try:
        said = fields_of(request)
    except Unreadable:
        return request
    if not (token := text_of(said.get("token"), most=500)):
        return request
    said["token"] = hashlib.sha256(token.encode()).hexdigest()
    return replace(request, body=json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))


def read(request: Request, options: Options) -> list[Event]:
    """The events of one notice. `call.ended` comes last and tells all of them again, with their instants."""
    said = fields_of(request)
    if text_of(said.get("resource")).lower() != "call":
        return []
    data = within(said.get("data"))
    call_id = text_of(data.get("id"))
    if not call_id:
        raise Unreadable("La notification ne dit pas de quel appel il s’agit (data.id).")
    name = text_of(said.get("event")).lower().removeprefix("call.")
    return [_event(kind, at, call_id, data) for kind, at in _what(name, data, said.get("timestamp"))]


def _what(name: str, data: Mapping[str, Any], now: Any) -> list[tuple[Kind, Any]]:
    started, answered, ended = (data.get(f"{what}_at") for what in ("started", "answered", "ended"))
    box = [(Kind.VOICEMAIL, ended or now), (Kind.MEDIA, ended or now)] if text_of(data.get("voicemail")) else []
    told: dict[str, list[tuple[Kind, Any]]] = {
        "created": [(Kind.NEW_CALL, started or now)],
        "ringing_on_agent": [(Kind.RINGING, now)],
        "answered": [(Kind.ANSWER, answered or now)],
        "hungup": [(Kind.HANGUP, ended or now)],
        "voicemail_left": box,
        "ended": [
            (Kind.NEW_CALL, started),
            *([(Kind.ANSWER, answered)] if answered else []),
            *box,
            (Kind.HANGUP, ended or now),
        ],
    }
    return told.get(name, [])


def _event(kind: Kind, at: Any, call_id: str, data: Mapping[str, Any]) -> Event:
    user, ours = within(data.get("user")), text_of(within(data.get("number")).get("digits"))
    names = tuple(text for name in ("email", "id", "name") if (text := text_of(user.get(name))))
    other = text_of(data.get("raw_digits"))
    is_out = text_of(data.get("direction")).lower() == "outbound"
    return Event(
        call_id=call_id,
        kind=kind,
        at=instant_of(at),
        number_from=ours if is_out else other,
        number_to=other if is_out else ours,
        direction="out" if is_out else "in",
        operators=names if kind in {Kind.RINGING, Kind.ANSWER} or (is_out and kind == Kind.NEW_CALL) else (),
        cause=_cause(data) if kind == Kind.HANGUP else "",
        media_url=text_of(data.get("voicemail"), most=1000) if kind == Kind.MEDIA else "",
    )


def _cause(data: Mapping[str, Any]) -> str:
    if reason := text_of(data.get("missed_call_reason")).lower():
        return MISSED.get(reason, Cause.UNKNOWN).value
    return Cause.NORMAL.value if data.get("answered_at") else ""


def sample(sample: Sample, options: Options) -> Request:
    """A created call, with the first token."""
    data = {
        "id": sample.call_id, "direction": "inbound", "raw_digits": sample.number_from,
        "number": {"digits": sample.number_to}, "started_at": sample.at.timestamp(),
    }  # fmt: skip
    token = next(iter(options.get("token", "").split()), "")
    said = {
        "resource": "call",
        "event": "call.created",
        "timestamp": sample.at.timestamp(),
        "token": token,
        "data": data,
    }
    return signed(json.dumps(said), "application/json", sample.at)


ADAPTER = Adapter(
    provider="aircall",
    read=read,
    sample=sample,
    is_genuine=is_genuine,
    scrub=scrub,
    settings=(
        Setting(
            "token",
            "jeton de la notification",
            "Donné par Aircall à la création de la notification ; il est vérifié à chaque requête.",
            is_secret=True,
        ),
    ),
)
