"""What our Kamailio tells of real calls, before a receiver that keeps every request."""

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.telephone.pbx import PASSWORDS, RECIPE, Pbx
from tests.telephone.phones import Phone
from tests.telephone.processes import LOOPBACK, STRANGER, free_port
from tests.telephone.receiver import SECRET, Received, Receiver
from tests.telephone.record import play_all
from tests.telephone.scenes import BOX_SCENES, NORMAL, PITCH, SCENES, STORM, Line, Scene, message_left, story
from tests.telephone.sound import heard, pitch
from tests.telephone.voicebox import VoiceBox

pytestmark = pytest.mark.sip


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[..., Line]]:
    """`connect(hook, box=…)`: an exchange that tells this address of its calls, ended with the test."""
    with ExitStack() as stack:

        def open_line(hook: str, **how: Any) -> Line:
            line = Line(stack.enter_context(Pbx(tmp_path, hook, **how)))
            stack.callback(line.stop)
            return line

        yield open_line


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Received]]:
    """Every scene, played once, a few at a time: what its receiver got."""
    return play_all(tmp_path_factory.mktemp("scenes"), [*SCENES, *BOX_SCENES])


@pytest.mark.parametrize("scene", [*SCENES, *BOX_SCENES], ids=lambda scene: scene.name)
def test_the_exchange_tells_what_happened(scene: Scene, played: dict[str, list[Received]]):
    assert story(request.said for request in played[scene.name]) == [list(call) for call in scene.told]


def test_the_voice_box_records_what_is_said(receiver: Receiver, connect: Callable[..., Line], tmp_path: Path):
    with VoiceBox(tmp_path, receiver.hook) as box:
        message_left(connect(receiver.hook, box=box.address))
        receiver.wait(5)
        [recording] = [event for event in receiver.events() if event["event"] == "voicemailRecording"]
        with urllib.request.urlopen(recording["mediaUrl"], timeout=5) as reply:  # noqa: S310  # loopback
            content = reply.read()
    rate, seconds, loudness = heard(content)
    assert rate == 8000
    assert 0.5 < seconds < 3
    assert loudness > 1000
    assert abs(pitch(content) - PITCH) < 20  # it is what she said, not the greeting


def test_a_message_no_box_takes_keeps_the_reason_of_the_telephones(receiver: Receiver, connect: Callable[..., Line]):
    line = connect(receiver.hook, box=f"sip:box@{LOOPBACK}:{free_port()}", reached_within=1000)  # nobody there
    line.phone("marion", "refuses")
    line.call_and_wait("caller-in-vain", code=408)
    receiver.wait(3)
    assert story(receiver.events()) == [["newCall in marion", "voicemailStart", "hangup busy"]]


def test_three_hundred_calls_and_none_is_lost(receiver: Receiver, connect: Callable[..., Line]):
    """Fifty calls a second; a desk has three an hour."""
    line = connect(receiver.hook)
    phone = line.phone("marion", "answers", calls=300, rings_for=100)
    line.call_and_wait(calls=300, rate=50)
    phone.done()
    receiver.wait(1200, within=60)
    bodies = dict.fromkeys(request.body for request in receiver.requests)  # a slow moment says one twice
    assert len(bodies) == 1200
    told = story(json.loads(body) for body in bodies)
    assert len(told) == 300
    assert {tuple(call) for call in told} == {("newCall in marion", *NORMAL)}


def test_what_happens_while_the_desk_is_away_is_told_when_it_is_back(receiver: Receiver, connect: Callable[..., Line]):
    line = connect(receiver.hook)
    phone = line.phone("marion", calls=3)
    receiver.close()
    away_at = time.monotonic()
    for caller in (1, 2, 3):
        line.call_and_wait(caller=line.number(caller))  # the telephone does not notice
    phone.done()
    time.sleep(max(0.0, 5 - (time.monotonic() - away_at)))
    assert receiver.requests == []
    back_at = time.time()
    receiver.open()
    receiver.wait(12)
    assert story(receiver.events()) == [["newCall in marion", *NORMAL]] * 3
    instants = [float(event["ts"]) for event in receiver.events()]
    assert instants == sorted(instants)
    assert max(request.at for request in receiver.requests) - back_at < 3


def test_a_slow_desk_hears_some_things_twice_and_nothing_is_lost(receiver: Receiver, connect: Callable[..., Line]):
    receiver.slow, receiver.pause = 1, 2.6
    line = connect(receiver.hook)
    line.phone("marion")
    line.call_and_wait()
    receiver.wait(5)
    bodies = [request.body for request in receiver.requests]
    assert (len(bodies), len(set(bodies))) == (5, 4)
    assert [event["event"] for event in receiver.events()][:2] == ["newCall", "newCall"]
    once = [json.loads(body) for body in dict.fromkeys(bodies)]
    assert story(once) == [["newCall in marion", *NORMAL]]


@pytest.mark.parametrize("status", [401, 503])
def test_what_is_refused_for_now_is_said_again(status: int, receiver: Receiver, connect: Callable[..., Line]):
    receiver.statuses = [status, status]
    line = connect(receiver.hook)
    line.call_and_wait("caller-in-vain", code=480)
    receiver.wait(4)
    assert [event["event"] for event in receiver.events()] == ["newCall", "newCall", "newCall", "hangup"]


def test_what_will_never_be_taken_does_not_stop_the_rest(receiver: Receiver, connect: Callable[..., Line]):
    receiver.statuses = [413]
    line = connect(receiver.hook)
    line.call_and_wait("caller-in-vain", code=480)
    receiver.wait(2)
    assert [event["event"] for event in receiver.events()] == ["newCall", "hangup"]
    assert "the desk refuses (413)" in line.pbx.program.said()


def test_an_exchange_that_calls_itself_tells_hundreds_of_lines_of_three_calls(
    receiver: Receiver, connect: Callable[..., Line]
):
    line = connect(receiver.hook, guarded=False)
    STORM.play(line)
    receiver.quiet(least=200)
    told = story(receiver.events())
    assert len(told) == 3
    assert all(len(call) > 100 for call in told), [len(call) for call in told]


def test_a_telephone_may_not_give_the_address_of_the_exchange(receiver: Receiver, connect: Callable[..., Line]):
    """What forbids the storm; the test above is the same without it."""
    line = connect(receiver.hook)
    nathalie = Phone("nathalie", line.pbx.folder)
    nathalie.register(line.pbx.port, PASSWORDS["nathalie"], contact=f"{LOOPBACK}:{line.pbx.port}", expect=403)
    line.call_and_wait("caller-in-vain", code=480)
    receiver.wait(2)
    assert story(receiver.events()) == [["newCall in", "hangup notFound"]]


def test_a_wrong_password_registers_nothing(receiver: Receiver, connect: Callable[..., Line]):
    line = connect(receiver.hook)
    Phone("marion", line.pbx.folder, port=free_port()).register(line.pbx.port, "un autre mot", expect=401)
    line.call_and_wait("caller-in-vain", code=480)
    receiver.wait(2)
    assert story(receiver.events()) == [["newCall in", "hangup notFound"]]


def test_a_stranger_cannot_call(receiver: Receiver, connect: Callable[..., Line]):
    """Only the carrier brings calls: what anybody may send from elsewhere is no call."""
    line = connect(receiver.hook)
    line.phone("marion")
    line.call_and_wait("caller-in-vain", code=403, host=STRANGER)
    time.sleep(0.3)
    assert receiver.requests == []


def test_the_secret_stands_in_the_address_alone(receiver: Receiver, connect: Callable[..., Line]):
    line = connect(receiver.hook)
    line.call_and_wait("caller-in-vain", code=480)
    receiver.wait(2)
    assert {request.path for request in receiver.requests} == {f"/cti/kamailio/{SECRET}"}
    assert SECRET not in str([(request.headers, request.body) for request in receiver.requests])
    assert {request.headers["Content-Type"] for request in receiver.requests} == {"application/json"}


def test_the_settings_we_give_as_an_example_are_accepted(tmp_path: Path):
    """With the lines that are commented out, too; only the address must be one of this machine."""
    shutil.copy(RECIPE, tmp_path)
    example = (RECIPE.parent / "desk.cfg").read_text().replace("192.0.2.10", LOOPBACK)
    for settings in (example, re.sub(r"^##!", "#!", example, flags=re.MULTILINE)):
        (tmp_path / "desk.cfg").write_text(settings)
        command = ["kamailio", "-c", "-E", "-f", tmp_path / "kamailio.cfg"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0, done.stderr
        assert "config file ok" in done.stdout + done.stderr
        assert "ERROR" not in done.stderr
    (tmp_path / "desk.cfg").write_text(example.replace("#!define RINGS_FOR 30000", "#!define RINGS_FOR trente"))
    assert subprocess.run(command, capture_output=True, timeout=20, check=False).returncode != 0
