"""Providers the house goes and asks: OVHcloud by long requests, Asterisk’s manager. Real sockets, on loopback."""

import asyncio
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from callcare.calls import listening
from callcare.calls.actions import note_listening, open_trunk
from callcare.calls.enums import Provider
from callcare.calls.listening import Lost, events_of
from callcare.calls.models import Call, Trunk
from tests import cast, loops

pytestmark = pytest.mark.django_db(transaction=True)

OVH = [
    {"Event": name, "Timestamp": 1617696000 + second, "Ressource": "marion@call-care.test",
     "Data": {"CallId": "x1", "Calling": "0033353011201", "Called": "0033353010000"}}
    for name, second in (("start_ringing", 0), ("start_calling", 5), ("end_calling", 65))
]  # fmt: skip
AMI = [
    "Event: QueueCallerJoin\r\nUniqueid: 7.1\r\nLinkedid: 7.1\r\nCallerIDNum: 0353011201\r\nQueue: guichet\r\n\r\n",
    "Event: RTCPSent\r\nChannel: x\r\n\r\n",
    "Event: AgentConnect\r\nUniqueid: 7.1\r\nLinkedid: 7.1\r\nInterface: PJSIP/12\r\nMemberName: Marion\r\n\r\n",
    "Event: AgentComplete\r\nUniqueid: 7.1\r\nLinkedid: 7.1\r\nReason: caller\r\n\r\n",
]


def opened(provider: Provider, **options: str) -> Trunk:
    cast.marion()
    return open_trunk(by=None, desk=cast.lille_desk(), slug="ligne", name="Ligne", provider=provider, options=options)[
        0
    ]


def listen(trunk: Trunk, until, *, seconds: float = 15) -> None:
    """Listen for real until something is so, bounded in time."""

    async def bounded() -> None:
        task = asyncio.create_task(listening._keep(trunk))
        for _ in range(int(seconds / 0.1)):
            if await listening._in_thread(until):
                break
            await asyncio.sleep(0.1)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    loops.run(bounded())
    assert until()


@pytest.fixture
def ovh(settings):
    settings.FETCH_LOOPBACK = True
    asked = []

    class Provided(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(OVH[len(asked) - 1 : len(asked)]).encode())

        def log_message(self, format, *args):  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provided)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_ovh_is_asked_one_long_request_after_the_other(ovh, monkeypatch):
    address, asked = ovh
    monkeypatch.setattr(listening, "OVH_EVENTS", address)
    trunk = opened(Provider.OVH, token="j3ton")
    listen(trunk, lambda: Call.objects.filter(outcome="answered").exists())
    assert Call.objects.get().operator == cast.marion()
    assert set(asked) == {"/?token=j3ton"}


def exchange(packets: list[str], *, accepts: bool = True):
    """A manager interface that greets, answers one login and tells what happened; its address while it runs."""

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"Asterisk Call Manager/5.0\r\n")
            login = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert "Username: callcare" in login
            assert "Secret: s3cret" in login
            writer.write(f"Response: {'Success' if accepts else 'Error'}\r\n\r\n".encode())
            for packet in packets if accepts else []:
                writer.write(packet.encode())
            await writer.drain()
            await asyncio.sleep(0.5)
        finally:
            writer.close()

    return asyncio.start_server(met, "127.0.0.1", 0)


async def shut(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.05)  # the transports close in the next turn of the loop


@contextlib.contextmanager
def asterisk(**how):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(exchange(AMI, **how), loop).result(5)
    try:
        yield str(server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(shut(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def test_asterisk_tells_of_a_call():
    with asterisk() as port:
        trunk = opened(Provider.ASTERISK, host="127.0.0.1", port=port, user="callcare", secret="s3cret")
        listen(trunk, lambda: Call.objects.filter(outcome="answered").exists())
    call = Call.objects.get()
    assert (call.caller, call.operator, call.queue) == ("+33353011201", cast.marion(), "guichet")


def test_what_cannot_be_heard_is_said_and_taken_back():
    with asterisk(accepts=False) as port:
        trunk = opened(Provider.ASTERISK, host="127.0.0.1", port=port, user="callcare", secret="s3cret")
        listen(trunk, lambda: Trunk.objects.filter(trouble__contains="refuse").exists())
    note_listening(trunk, "")
    assert Trunk.objects.get().trouble == ""


def test_a_closed_port_is_a_trouble_not_a_crash():
    trunk = opened(Provider.ASTERISK, host="127.0.0.1", port="1", user="callcare", secret="s3cret")
    listen(trunk, lambda: Trunk.objects.filter(trouble__contains="Connexion impossible").exists())


@pytest.mark.parametrize(
    ("body", "n"), [(b"", 0), (b"[]", 0), (b"{}", 0), (b'{"Event": "x"}', 1), (b'{"1": {}, "2": {}}', 2), (b"3", 0)]
)
def test_an_answer_of_ovh_in_any_of_its_forms(body, n):
    assert len(events_of(body)) == n


def test_an_answer_that_is_no_json_is_a_trouble():
    with pytest.raises(Lost):
        events_of(b"<html>")
