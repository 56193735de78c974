"""The same scenes where there is no Kamailio: what our exchange told of real calls, kept as lines, is heard again."""

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from callcare.calls.models import Call, InboundEvent
from callcare.calls.rules.requests import Request
from callcare.config import replay
from callcare.core import clock
from callcare.desk.models import Interaction, Reminder
from tests.calls.stage import hear
from tests.telephone.becomes import BECOMES, became, trunk_of
from tests.telephone.receiver import SECRET, Received
from tests.telephone.record import TRACES, read
from tests.telephone.scenes import BOX_SCENES, EVERY, SCENES, STORM, Scene, story

pytestmark = pytest.mark.django_db
each_scene = pytest.mark.parametrize("scene", EVERY, ids=lambda scene: scene.name)


def trace(scene: Scene) -> list[Received]:
    return read(TRACES / f"{scene.name}.jsonl")


def as_requests(received: Iterable[Received], *, later: timedelta = timedelta()) -> list[Request]:
    """As the door hands them on; `later` moves the whole story in time."""
    return [
        Request(
            headers=one.headers,
            body=json.dumps(one.said | {"ts": float(one.said["ts"]) + later.total_seconds()}).encode(),
            received_at=datetime.fromtimestamp(one.at, UTC) + later,
        )
        for one in received
    ]


def batched(requests: list[Request], size: int) -> Iterable[list[Request]]:
    return (requests[at : at + size] for at in range(0, len(requests), size))


def line_of(scene: Scene) -> int:
    return EVERY.index(scene) + 1


def test_each_scene_has_its_trace_and_no_other():
    assert {path.stem for path in TRACES.glob("*.jsonl")} == {scene.name for scene in EVERY}
    assert SECRET not in "".join(path.read_text() for path in TRACES.glob("*.jsonl"))


@pytest.mark.parametrize("scene", [*SCENES, *BOX_SCENES], ids=lambda scene: scene.name)
def test_the_traces_tell_what_the_scenes_tell(scene: Scene):
    assert story(one.said for one in trace(scene)) == [list(call) for call in scene.told]


@each_scene
def test_a_trace_becomes_the_calls_of_its_scene(scene: Scene):
    requests = as_requests(trace(scene))
    trunk, _ = trunk_of("rejoue")
    with clock.at(requests[-1].received_at):
        hear(*requests, of=trunk)
    assert became(trunk, line=line_of(scene)) == BECOMES[scene.name]
    assert Interaction.objects.count() == Call.objects.count()


def test_a_territory_can_replay_our_traces():
    """`./callcare calls replay` reads the very files."""
    lines = (TRACES / "two-and-two.jsonl").read_text().splitlines()
    requests = list(replay.requests_in(lines, now=clock.now()))
    received = [datetime.fromtimestamp(one.at, UTC) for one in read(TRACES / "two-and-two.jsonl")]
    assert [request.received_at for request in requests] == received
    with clock.at(received[-1]):
        played = replay.play(requests, provider="generic", numbers=["+33353010000"], options={})
    assert (played.requests, played.repeats, played.unreadable) == (9, 0, [])
    assert [(call["outcome"], call["answered_by"]) for call in replay.calls_as_json()] == [
        ("answered", ["marion"]),
        ("answered", ["nathalie"]),
    ]


@each_scene
def test_the_same_in_any_order_and_with_repeats(scene: Scene):
    """A slow desk is told some things twice; a queue that was blocked brings them late."""
    requests = as_requests(trace(scene))
    shuffled = [*requests, *random.Random(3).sample(requests, len(requests) // 2)]  # noqa: S311  # a fixed shuffle
    random.Random(7).shuffle(shuffled)  # noqa: S311
    trunk, _ = trunk_of("rejoue")
    with clock.at(requests[-1].received_at):
        for few in batched(shuffled, 10 if scene is STORM else 1):
            hear(*few, of=trunk)
    assert became(trunk, line=line_of(scene)) == BECOMES[scene.name]
    assert InboundEvent.objects.count() == len({request.body for request in requests})


def moved_to(begin: datetime, name: str) -> list[Request]:
    """A scene whose first line comes at `begin`."""
    [scene] = [scene for scene in EVERY if scene.name == name]
    received = trace(scene)
    return as_requests(received, later=begin - datetime.fromtimestamp(float(received[0].said["ts"]), UTC))


PARIS = clock.PARIS


@pytest.mark.parametrize(
    ("begin", "in_hours", "due"),
    [
        (datetime(2026, 11, 24, 17, 59, 59, tzinfo=PARIS), True, datetime(2026, 11, 25, 10, 0, tzinfo=PARIS)),
        (datetime(2026, 7, 14, 10, 0, tzinfo=PARIS), False, datetime(2026, 7, 15, 10, 0, tzinfo=PARIS)),
        (datetime(2026, 11, 25, 2, 0, tzinfo=PARIS), False, datetime(2026, 11, 25, 10, 0, tzinfo=PARIS)),
        (datetime(2026, 11, 24, 10, 0, tzinfo=PARIS), True, datetime(2026, 11, 24, 11, 0, tzinfo=PARIS)),
    ],
    ids=["ends-after-closing", "bastille-day", "at-night", "in-the-morning"],
)
def test_who_rang_in_vain_is_called_within_an_hour_of_open_time(begin: datetime, in_hours: bool, due: datetime):
    requests = moved_to(begin, "rings-out")
    trunk, _ = trunk_of("heures")
    with clock.at(requests[-1].received_at):
        hear(*requests, of=trunk)
    assert Call.objects.get().in_hours is in_hours
    assert abs(Reminder.objects.get().due_at - due) < timedelta(seconds=10)
