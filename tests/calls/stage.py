"""A trunk of the desk of Lille, and requests as a provider sends them."""

import io
import json
import wave
from datetime import UTC, datetime, timedelta

from callcare.calls import recordings
from callcare.calls.actions import hear_pending, open_trunk, receive
from callcare.calls.enums import Provider
from callcare.calls.models import Trunk, VoiceMessage
from callcare.calls.rules.requests import Request
from callcare.core import clock
from callcare.core.deeds import deed
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


def wav(seconds: float = 0.1) -> bytes:
    """A little silence, as a telephone records it: 8 kHz, mono, 16 bits."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(16000 * seconds)))
    return written.getvalue()


def voice_message(call_id: str = "box") -> VoiceMessage:
    """Somebody left a message, and it was fetched."""
    known = VoiceMessage.objects.filter(call__call_id=call_id).first()
    if known:
        return known
    now = clock.now()
    hear(
        said("newCall", call_id, at=now - timedelta(seconds=60)),
        said("voicemailAnswer", call_id, at=now - timedelta(seconds=40)),
        said("hangup", call_id, at=now - timedelta(seconds=5), cause="normalClearing"),
        said("media", call_id, at=now, mediaUrl="https://pbx.test/1.wav", duration=21),
    )
    message = VoiceMessage.objects.get(call__call_id=call_id)
    stored = recordings.store(wav())
    with deed(cast.CastVerb.ENTERS, by=None):
        VoiceMessage.objects.filter(pk=message.pk).update(
            state="kept", stored_name=stored.name, content_type=stored.content_type, fetched_at=now
        )
    message.refresh_from_db()
    return message
