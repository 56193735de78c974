"""A message left on the voice box: fetched at once, played in the task, deleted after its time."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from callcare.calls import recordings
from callcare.calls.actions import delete_old_messages, fetch_messages, note_heard
from callcare.calls.enums import MessageState
from callcare.calls.models import Call, VoiceMessage
from callcare.core import clock
from callcare.core.fetch import NotFetched, fetch, may_reach
from callcare.desk.enums import Disposition, ReminderState, ReminderStep
from callcare.desk.models import Interaction, Reminder
from tests import cast
from tests.calls import stage
from tests.calls.stage import hear, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.FETCH_LOOPBACK = True


class Recorder(BaseHTTPRequestHandler):
    """A provider's store of recordings."""

    answers = {"/1.wav": (200, stage.wav()), "/gone.wav": (404, b""), "/page.wav": (200, b"<html>link expired</html>")}

    def do_GET(self):
        status, body = self.answers.get(self.path, (302, b""))
        self.send_response(status)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):  # noqa: A002
        pass


@pytest.fixture(scope="module")
def provider():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def left(url: str, call_id: str = "box", **more: object) -> VoiceMessage:
    now = clock.now()
    hear(
        said("newCall", call_id, at=now - timedelta(seconds=60), **more),
        said("voicemailAnswer", call_id, at=now - timedelta(seconds=40), **more),
        said("hangup", call_id, at=now - timedelta(seconds=5), cause="normalClearing", **more),
        said("media", call_id, at=now, mediaUrl=url, duration=21, **more),
    )
    return VoiceMessage.objects.get(call__call_id=call_id)


def test_a_message_is_fetched_and_stored_apart(provider):
    message = left(f"{provider}/1.wav")
    assert Interaction.objects.get().dispositions == [Disposition.VOICEMAIL]
    assert fetch_messages() == 1
    message.refresh_from_db()
    assert (message.state, message.content_type, message.size) == (MessageState.KEPT, "audio/wav", len(stage.wav()))
    path = recordings.path_of(message.stored_name)
    assert (path.read_bytes(), oct(path.stat().st_mode)[-3:]) == (stage.wav(), "600")
    assert fetch_messages() == 0


def test_the_task_has_the_message_and_only_its_desk_hears_it(provider, client):
    message = left(f"{provider}/1.wav")
    fetch_messages()
    client.force_login(cast.marion())
    assert "Message vocal" in client.get("/guichet/relances/").content.decode()
    panel = client.get(f"/guichet/messages/contacts/{message.call.interaction.ref}/", headers={"HX-Request": "true"})
    assert f"/guichet/messages/{message.ref}/son/" in panel.content.decode()
    sound = client.get(f"/guichet/messages/{message.ref}/son/")
    assert (sound.content, sound["Content-Type"]) == (stage.wav(), "audio/wav")
    assert "no-store" in sound["Cache-Control"]
    client.post(f"/guichet/messages/{message.ref}/ecoute/")
    message.refresh_from_db()
    assert message.heard_at is not None
    client.force_login(cast.amelie())
    assert client.get(f"/guichet/messages/{message.ref}/son/").status_code == 404


def test_a_second_message_of_the_number_stands_in_the_same_task(provider, client):
    first = left(f"{provider}/1.wav")
    second = left(f"{provider}/1.wav", "again")
    fetch_messages()
    owed = Reminder.objects.get()
    assert (owed.missed, owed.has_message, owed.subject_ref) == (2, True, first.call.interaction.ref)
    client.force_login(cast.marion())
    page = client.get(f"/guichet/messages/contacts/{owed.subject_ref}/").content.decode()
    assert first.ref in page
    assert second.ref in page


def test_a_hidden_number_is_owed_an_ear(provider):
    message = left(f"{provider}/1.wav", **{"from": "anonymous"})
    owed = Reminder.objects.get()
    assert (owed.step, owed.number) == (ReminderStep.LISTEN, "")
    note_heard(message, by=cast.marion())
    owed.refresh_from_db()
    assert owed.state == ReminderState.DONE


@pytest.mark.parametrize(("path", "why"), [("/gone.wav", "404"), ("/page.wav", "enregistrement"), ("/moved", "302")])
def test_what_cannot_be_fetched_is_tried_for_an_hour_and_then_said(provider, path, why):
    message = left(f"{provider}{path}")
    for minutes in (0, 2, 5, 11, 22, 43, 84):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            fetch_messages()
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.LOST, 7)
    assert why in message.last_error


def test_a_recording_goes_a_month_after_its_call_back_and_not_before(provider):
    message = left(f"{provider}/1.wav")
    fetch_messages()
    message.refresh_from_db()
    name = message.stored_name
    with clock.at(clock.now() + timedelta(days=40)):
        assert delete_old_messages() == 0  # still owed
    with clock.at(clock.now() + timedelta(days=10)):
        hear(said("newCall", "b"), said("answer", "b"), said("hangup", "b", cause="normalClearing"))
    with clock.at(clock.now() + timedelta(days=39)):
        assert delete_old_messages() == 0
    with clock.at(clock.now() + timedelta(days=41)):
        assert delete_old_messages() == 1
    message.refresh_from_db()
    assert (message.state, message.source, recordings.path_of(name).exists()) == (MessageState.DELETED, "", False)


def test_a_test_call_leaves_no_message(provider):
    hear(said("media", "essai-1", mediaUrl=f"{provider}/1.wav"))
    assert (Call.objects.count(), VoiceMessage.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
         "224.0.0.1", "100.64.0.1",
        "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:0a00:0001::",
        "ff02::1",
    ],
)  # fmt: skip
def test_no_address_inside_a_network_is_reached(settings, address):
    settings.FETCH_LOOPBACK = False
    assert not may_reach(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are_reached(settings, address):
    settings.FETCH_LOOPBACK = False
    assert may_reach(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://1.1.1.1/", "file:///etc/passwd", "ftp://1.1.1.1/", "https://user:secret@1.1.1.1/", "https://", "",
        "https://localhost/",
        "https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "//1.1.1.1",
        "https://[::ffff:127.0.0.1]/", "https://1.1.1.1:99999/", "gopher://1.1.1.1", "https://\u2460.1.1.1\x00/",
    ],
)  # fmt: skip
def test_no_form_of_an_inner_address_is_fetched(settings, url):
    settings.FETCH_LOOPBACK = False
    with pytest.raises(NotFetched):
        fetch(url, most=10, patience=0.2)


def test_too_large_is_not_kept(provider):
    with pytest.raises(NotFetched, match="trop grand"):
        fetch(f"{provider}/1.wav", most=10)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", "a.wav"])
def test_a_stored_name_never_leaves_its_folder(name):
    with pytest.raises(ValueError, match=name[:3] or "^$"):
        recordings.path_of(name)
