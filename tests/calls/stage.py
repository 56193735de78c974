"""A trunk of the desk of Lille, and requests as a provider sends them."""

import json
from datetime import UTC, datetime

from callcare.calls.actions import hear_pending, open_trunk, receive
from callcare.calls.enums import Provider
from callcare.calls.models import Trunk
from callcare.calls.rules.requests import Request
from callcare.core import clock
from tests import cast

OURS = "+33353010000"
CLAIRE = "+33353011201"


def trunk(provider: Provider = Provider.GENERIC, slug: str = "lille") -> Trunk:
    known = Trunk.objects.filter(slug=slug).first()
    if known:
        return known
    return open_trunk(by=cast.ada(), desk=cast.lille_desk(), slug=slug, name="Ligne de Lille", provider=provider)[0]


def said(event: str, call_id: str = "call-1", *, at: datetime | None = None, **more: object) -> Request:
    """One event of the generic dialect, as JSON."""
    when = at or clock.now()
    fields: dict[str, object] = {
        "event": event, "callId": call_id, "from": "0353011201", "to": "0353010000", "direction": "in",
        "ts": when.timestamp(), **more,
    }  # fmt: skip
    return Request(
        headers={"content-type": "application/json"},
        body=json.dumps(fields).encode(),
        received_at=when.astimezone(UTC),
    )


def hear(*requests: Request, of: Trunk | None = None) -> None:
    """All of them received, then read."""
    for request in requests:
        receive(of or trunk(), request)
    while hear_pending():
        pass
