"""Who is let in at `/cti/…`, what is answered, and what is kept: by the ASGI application itself."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator

from callcare.calls.actions import open_trunk, rotate_secret
from callcare.calls.door import LARGEST, Door
from callcare.calls.enums import Provider
from callcare.calls.models import Call, InboundEvent, Refusal
from callcare.core import clock
from tests import cast, loops

pytestmark = pytest.mark.django_db(transaction=True)
NEW_CALL = {"event": "newCall", "callId": "a-1", "from": "0353011201", "to": "0353010000", "direction": "in"}


async def nobody(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"pages"})


class Knocks:
    """A provider: posts to one door, within one loop."""

    def __init__(self):
        self.sent = []

    def post(self, path, body=b"", *, method="POST", kind="application/json"):
        self.sent.append((path, body if isinstance(body, bytes) else json.dumps(body).encode(), method, kind))

    def answers(self):
        """All that was posted, at once; then whatever was left to read is read."""
        return loops.run(self._all())

    async def _all(self):
        door = Door(nobody)
        answers = await asyncio.gather(*(self._one(door, *one) for one in self.sent))
        if door.hearing:
            await door.hearing
        await door._hear_all()
        await door._write_refusals()
        door.threads.shutdown()
        self.sent = []
        return answers

    async def _one(self, door, path, body, method, kind):
        scope = {
            "type": "http", "method": method, "path": path, "query_string": b"", "scheme": "http",
            "headers": [(b"content-type", kind.encode()), (b"host", b"desk.test"), (b"authorization", b"Basic x")],
        }  # fmt: skip
        line = ApplicationCommunicator(door, scope)
        for at in range(0, max(len(body), 1), 50_000):
            await line.send_input(
                {"type": "http.request", "body": body[at : at + 50_000], "more_body": at + 50_000 < len(body)}
            )
        start = await line.receive_output(10)
        answer = await line.receive_output(10)
        return start["status"], answer["body"]


@pytest.fixture
def provider():
    return Knocks()


@pytest.fixture
def secret():
    return open_trunk(by=cast.ada(), desk=cast.lille_desk(), slug="lille", name="Ligne", provider=Provider.GENERIC)[1]


def test_a_call_is_let_in_kept_and_folded(provider, secret):
    provider.post(f"/cti/lille/{secret}", NEW_CALL)
    assert provider.answers() == [(200, b"{}")]
    assert Call.objects.get().caller == "+33353011201"
    kept = InboundEvent.objects.get()
    assert (json.loads(bytes(kept.body)), "authorization" in kept.headers) == (NEW_CALL, False)


def test_a_repeat_is_answered_like_the_first(provider, secret):
    for _ in range(5):
        provider.post(f"/cti/lille/{secret}", NEW_CALL)
    assert provider.answers() == [(200, b"{}")] * 5
    assert InboundEvent.objects.count() == 1


def test_many_at_once_are_all_kept(provider, secret):
    for number in range(300):
        provider.post(f"/cti/lille/{secret}", NEW_CALL | {"callId": f"call-{number}"})
    assert {status for status, _ in provider.answers()} == {200}
    assert (InboundEvent.objects.count(), Call.objects.count()) == (300, 300)


@pytest.mark.parametrize(
    "path", ["/cti/lille/wrong", "/cti/lille/", "/cti/nobody/x", "/cti/", "/cti/lille/a/b", "/cti/é/ü"]
)
def test_a_wrong_secret_is_turned_away_before_anything_is_read(provider, secret, path):
    provider.post(path, b"{not json")
    [(status, _)] = provider.answers()
    assert (status, InboundEvent.objects.count()) == (401, 0)
    assert Refusal.objects.get().count == 1


def test_refusals_are_counted_by_reason_and_day(provider, secret):
    for _ in range(3):
        provider.post("/cti/lille/wrong", NEW_CALL)
    provider.post("/cti/nobody/wrong", NEW_CALL)
    provider.post(f"/cti/lille/{secret}", NEW_CALL, method="DELETE")
    provider.post(f"/cti/lille/{secret}", b"x" * (LARGEST + 1))
    assert sorted(status for status, _ in provider.answers()) == [401, 401, 401, 401, 405, 413]
    counted = dict(Refusal.objects.filter(day=clock.today()).values_list("reason", "count"))
    assert counted == {"secret": 3, "unknown": 1, "method": 1, "too_large": 1}


def test_ten_megabytes_are_turned_away(provider, secret):
    provider.post(f"/cti/lille/{secret}", b"x" * 10_000_000)
    provider.post(f"/cti/lille/{secret}", NEW_CALL)
    assert [status for status, _ in provider.answers()] == [413, 200]
    assert InboundEvent.objects.count() == 1


def test_nonsense_is_acknowledged_and_shown_rather_than_sent_again_for_ever(provider, secret):
    provider.post(f"/cti/lille/{secret}", b"\x00\xff nonsense")
    assert provider.answers() == [(200, b"{}")]
    assert InboundEvent.objects.get().parse_state == "error"


def test_both_secrets_open_while_one_replaces_the_other(provider, secret):
    trunk = InboundEvent._meta.get_field("trunk").related_model.objects.get()
    new = rotate_secret(trunk, by=cast.ada())
    provider.post(f"/cti/lille/{secret}", NEW_CALL)
    provider.post(f"/cti/lille/{new}", NEW_CALL | {"callId": "a-2"})
    assert [status for status, _ in provider.answers()] == [200, 200]
    newest = rotate_secret(trunk, by=cast.ada(), because="vu sur une capture", at_once=True)
    provider.post(f"/cti/lille/{new}", NEW_CALL)
    provider.post(f"/cti/lille/{newest}", NEW_CALL)
    assert [status for status, _ in provider.answers()] == [401, 200]


def test_what_could_not_be_kept_is_not_acknowledged(provider, secret, monkeypatch):
    def away(kept):
        raise OSError("the database is away")

    monkeypatch.setattr("callcare.calls.door.keep", away)
    provider.post(f"/cti/lille/{secret}", NEW_CALL)
    assert provider.answers() == [(503, b"")]


def test_other_addresses_are_for_the_pages(provider):
    provider.post("/guichet/")
    assert provider.answers() == [(404, b"pages")]
