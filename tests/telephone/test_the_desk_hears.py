"""Real calls, told by a real exchange to the desk as it is served: what is in the log, and what is owed."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from callcare.calls.actions import fetch_messages
from callcare.calls.enums import MessageState, ParseState
from callcare.calls.models import Call, CallEvent, InboundEvent, Refusal, Trunk, VoiceMessage
from callcare.desk.enums import InteractionState
from callcare.desk.models import Interaction
from tests import cast
from tests.telephone import sound
from tests.telephone.becomes import BECOMES, became, in_words, international, trunk_of
from tests.telephone.house import LiveDesk
from tests.telephone.pbx import Pbx
from tests.telephone.processes import wait_for
from tests.telephone.record import AT_ONCE
from tests.telephone.scenes import EVERY, PITCH, Line, finished, message_left, play
from tests.telephone.voicebox import VoiceBox

pytestmark = [pytest.mark.sip, pytest.mark.django_db(transaction=True)]


def heard(trunk: Trunk, events: int, *, within: float = 30) -> None:
    """Until so many requests of this trunk were received and read."""
    kept = InboundEvent.objects.filter(trunk=trunk)
    read = kept.exclude(parse_state=ParseState.PENDING)
    wait_for(
        lambda: read.count() >= events and read.count() == kept.count(),
        within=within,
        why=f"{trunk}: {read.count()} of {events} were read",
    )


def test_each_scene_becomes_calls_contacts_and_calls_owed(tmp_path: Path, subtests: pytest.Subtests):
    lines = {scene.name: trunk_of(scene.name) for scene in EVERY}
    with LiveDesk(tmp_path) as desk, ThreadPoolExecutor(AT_ONCE) as crew:
        played = [
            crew.submit(play, scene, tmp_path, f"{desk.url}/cti/{scene.name}/{lines[scene.name][1]}", line=number)
            for number, scene in enumerate(EVERY, start=1)
        ]
        for number, (scene, future) in enumerate(zip(EVERY, played, strict=True), start=1):
            with subtests.test(scene.name):
                future.result()
                trunk = lines[scene.name][0]
                heard(trunk, scene.events)
                assert became(trunk, line=number) == BECOMES[scene.name]
                assert not InboundEvent.objects.filter(trunk=trunk, parse_state=ParseState.ERROR).exists()
    answered = Call.objects.exclude(answered_at=None).select_related("interaction__operator")
    unanswered = Call.objects.filter(answered_at=None).select_related("interaction")
    assert {(call.interaction.state, call.interaction.operator) for call in answered} == {
        (InteractionState.DRAFT, cast.marion()),
        (InteractionState.DRAFT, cast.nathalie()),
    }
    assert {(call.interaction.state, call.interaction.operator) for call in unanswered} == {
        (InteractionState.FINAL, None)
    }
    assert Interaction.objects.count() == Call.objects.count()  # nobody was transferred: each call is one contact
    assert not Refusal.objects.exclude(trunk=None).exists()


def test_the_desk_is_killed_in_the_middle_of_three_hundred_calls_and_none_is_lost(tmp_path: Path):
    """Fifty calls a second; two seconds in, the power goes; two seconds later the desk is back."""
    trunk, secret = trunk_of("charge")
    with LiveDesk(tmp_path) as desk, Pbx(tmp_path, f"{desk.url}/cti/charge/{secret}") as pbx:
        line = Line(pbx)
        try:
            phone = line.phone("marion", "answers", calls=300, rings_for=100)
            calls = line.call(calls=300, rate=50)
            time.sleep(2)
            desk.kill()
            time.sleep(2)
            desk.start()
            finished(calls)
            phone.done()
            pbx.told_everything()
            heard(trunk, 1200, within=60)
        finally:
            line.stop()
    became_of_them = Counter(
        in_words(call, {}) for call in Call.objects.filter(trunk=trunk).select_related("operator")
    )
    number = international(0, 1)
    assert became_of_them == {f"in {number}: answered by Marion, rang marion": 300}
    kinds = Counter(CallEvent.objects.filter(trunk=trunk).values_list("kind", flat=True))
    assert kinds == dict.fromkeys(("newCall", "ringing", "answer", "hangup"), 300)


def test_a_message_is_fetched_kept_and_played_to_her_desk(tmp_path: Path, settings: Any, client: Client):
    """Both are busy, the voice box takes the call, and what was said comes out of the page of the task."""
    settings.MEDIA_ROOT, settings.FETCH_LOOPBACK = str(tmp_path / "media"), True
    trunk, secret = trunk_of("messagerie")
    with LiveDesk(tmp_path) as desk, VoiceBox(tmp_path, f"{desk.url}/cti/messagerie/{secret}") as box:
        with Pbx(tmp_path, box.hook, box=box.address) as pbx:
            line = Line(pbx)
            try:
                message_left(line)
                pbx.told_everything()
                heard(trunk, 5)
            finally:
                line.stop()
        assert fetch_messages() == 1
        [sent] = box.messages.values()
    message = VoiceMessage.objects.get()
    assert message.state == MessageState.KEPT
    client.force_login(cast.marion())
    page = client.get(reverse("calls:messages", args=[message.call.interaction.ref])).content.decode()
    assert f'<audio controls preload="none" src="{reverse("calls:sound", args=[message.ref])}"' in page
    played = client.get(reverse("calls:sound", args=[message.ref])).content
    assert played == sent
    rate, _, loudness = sound.heard(played)
    assert (rate, loudness > 1000) == (8000, True)
    assert abs(sound.pitch(played) - PITCH) < 20
