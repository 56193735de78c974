"""Recorded requests of a provider, played through its adapter into a database of their own."""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from callcare.calls.actions import hear_pending, open_trunk, receive
from callcare.calls.enums import ParseState, Provider
from callcare.calls.models import Call, InboundEvent
from callcare.calls.rules.requests import Request, instant_of
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.models import Desk


class ReplayVerb(models.TextChoices):
    BEGUN = "replay.begun", "a rejoué des appels"


class Unplayable(Exception):
    """A line of the file is no recorded request."""


@dataclass
class Played:
    """What became of the requests."""

    requests: int = 0
    repeats: int = 0
    forged: int = 0
    unreadable: list[str] = field(default_factory=list)


def requests_in(lines: Iterable[str], *, now: datetime) -> Iterator[Request]:
    """The requests of a file of JSON lines: `headers`, `body` (or `body_base64`), `query`, `method`, `received_at`.

    Without `received_at` they are a second apart, the last one now: the order of the file is that of receipt.
    """
    written = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    for place, (number, line) in enumerate(written):
        at = now - timedelta(seconds=len(written) - place)
        try:
            yield _request(json.loads(line), at)
        except (ValueError, TypeError, AttributeError, binascii.Error) as error:
            raise Unplayable(
                f"Ligne {number} : ce n’est pas une requête enregistrée ({type(error).__name__})."
            ) from error


def _request(said: Mapping[str, Any], otherwise: datetime) -> Request:
    body = said.get("body", "")
    raw = base64.b64decode(said["body_base64"], validate=True) if "body_base64" in said else _bytes(body)
    headers = {str(name).lower(): str(text) for name, text in dict(said.get("headers") or {}).items()}
    return Request(
        headers=headers,
        body=raw,
        query=str(said.get("query", "")),
        method=str(said.get("method", "POST")).upper(),
        received_at=instant_of(said.get("received_at")) or otherwise,
    )


def _bytes(body: Any) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode("utf-8", "surrogateescape")


def play(requests: Iterable[Request], *, provider: str, numbers: list[str], options: Mapping[str, str]) -> Played:
    """Receive them at a new trunk, and read them all. In the scratch database only: it opens a desk."""
    with deed(ReplayVerb.BEGUN, by=None):
        desk = Desk.objects.create(slug="rejeu", name="Rejeu", numbers=numbers)
    trunk, _ = open_trunk(by=None, desk=desk, slug="rejeu", name="Rejeu", provider=Provider(provider), options=options)
    played = Played()
    for request in requests:
        played.requests += 1
        if not trunk.adapter.is_genuine(request, trunk.settings):
            played.forged += 1
        elif not receive(trunk, request):
            played.repeats += 1
    while hear_pending():
        pass
    errors = InboundEvent.objects.filter(trunk=trunk, parse_state=ParseState.ERROR).order_by("pk")
    played.unreadable = list(errors.values_list("parse_error", flat=True))
    return played


def calls_as_json() -> list[dict[str, Any]]:
    """The calls that resulted, in the order in which they began."""
    calls = Call.objects.select_related("parent", "interaction").order_by("started_at", "call_id")
    return [_as_json(call) for call in calls]


def _as_json(call: Call) -> dict[str, Any]:
    waited = (call.answered_at or call.ended_at or clock.now()) - call.started_at
    talked = call.ended_at - call.answered_at if call.ended_at and call.answered_at else None
    return {
        "call_id": call.call_id,
        "direction": call.direction,
        "from": call.number_from,
        "to": call.number_to,
        "caller": call.caller or None,
        "started_at": _instant(call.started_at),
        "answered_at": _instant(call.answered_at),
        "ended_at": _instant(call.ended_at),
        "rang": call.rang,
        "answered_by": call.answered_by,
        "outcome": call.outcome or None,
        "cause": call.cause or None,
        "in_hours": call.in_hours,
        "wait_seconds": round(waited.total_seconds(), 3),
        "talk_seconds": round(talked.total_seconds(), 3) if talked is not None else None,
        "voicemail": call.is_voicemail,
        "media_url": call.media_url or None,
        "media_seconds": call.media_seconds,
        "parent": call.parent.call_id if call.parent else None,
        "contact": call.interaction.external_id if call.interaction else None,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
