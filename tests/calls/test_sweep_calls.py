"""Calls of which nothing more will be heard, transfers that never came, bodies kept long enough."""

from datetime import UTC, datetime, timedelta

import pytest

from callcare.calls.actions import empty_bodies, sweep_calls
from callcare.calls.enums import Outcome
from callcare.calls.models import Call, CallEvent, InboundEvent
from callcare.calls.rules.events import Kind
from callcare.core import clock
from callcare.desk.models import Interaction, Reminder
from tests import cast
from tests.calls.stage import hear, said, trunk

pytestmark = pytest.mark.django_db
TEN = datetime(2021, 4, 6, 8, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


def test_a_call_silent_for_four_hours_is_over():
    cast.marion()
    with clock.at(TEN):
        hear(said("newCall", "a"), said("newCall", "b"), said("answer", "b", user="Marion"))
    with clock.at(at(200)):
        assert sweep_calls() == 0
    with clock.at(at(260)):
        assert sweep_calls() == 2
        assert sweep_calls() == 0
    assert dict(Call.objects.values_list("call_id", "outcome")) == {"a": Outcome.MISSED, "b": Outcome.ANSWERED}
    assert Reminder.objects.get().number == "+33353011201"


def test_twenty_calls_under_way_cost_as_many_questions_as_one(django_assert_num_queries):
    with clock.at(TEN):
        hear(said("newCall", "a"))
    with clock.at(at(5)), django_assert_num_queries(3):
        assert sweep_calls() == 0
    with clock.at(TEN):
        hear(*(said("newCall", f"b{n}") for n in range(20)))
    with clock.at(at(5)), django_assert_num_queries(3):
        assert sweep_calls() == 0


def test_a_call_that_rang_out_is_over_two_minutes_later():
    with clock.at(TEN):
        hear(said("newCall", "a"), said("newCall", "b"))
        CallEvent.objects.create(
            trunk=trunk(), received_id="a", call_id="a", kind=Kind.LEG_END, at=at(0.5), event_key="leg"
        )
    with clock.at(at(2.4)):
        assert sweep_calls() == 0
    with clock.at(at(2.6)):
        assert sweep_calls() == 1
    assert Call.objects.get(outcome=Outcome.MISSED).call_id == "a"


def test_an_end_heard_after_the_sweep_is_the_end():
    with clock.at(TEN):
        hear(said("newCall", "a"))
    with clock.at(at(300)):
        sweep_calls()
        hear(said("hangup", "a", at=at(3), cause="cancel"))
    assert (Call.objects.get().ended_at, Call.objects.get().cause) == (at(3), "cancel")


def test_a_transfer_that_never_comes_is_a_missed_call():
    with clock.at(TEN):
        hear(said("newCall", "a"), said("hangup", "a", cause="forwarded"))
        assert not Reminder.objects.exists()
        assert Interaction.objects.get().state == "draft"
    with clock.at(at(9)):
        assert sweep_calls() == 0
    with clock.at(at(12)):
        assert sweep_calls() == 1
        assert sweep_calls() == 0
    assert Interaction.objects.get().dispositions == ["no_answer"]
    assert Reminder.objects.count() == 1


def test_after_a_month_the_bodies_go_and_the_calls_stay():
    with clock.at(TEN):
        hear(said("newCall", "a"))
    with clock.at(TEN + timedelta(days=29)):
        assert empty_bodies() == 0
    with clock.at(TEN + timedelta(days=31)):
        assert empty_bodies() == 1
        assert empty_bodies() == 0
    kept = InboundEvent.objects.get()
    assert (bytes(kept.body), kept.headers, Call.objects.count()) == (b"", {}, 1)
