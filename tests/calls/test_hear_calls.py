"""What reaches the door becomes a call, a contact in the log, and what the desk owes."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from callcare.calls.actions import hear_pending, hearing, read_again, receive
from callcare.calls.actions.folding import Key, fold_calls
from callcare.calls.enums import CallVerb, Outcome, ParseState
from callcare.calls.models import Call, CallEvent, InboundEvent
from callcare.calls.rules.requests import Request
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk import actions as desk
from callcare.desk.enums import Disposition, InteractionState, ReminderState
from callcare.desk.models import Interaction, Reminder
from tests import cast
from tests.calls import stage
from tests.calls.stage import hear, said

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2021, 4, 6, 8, tzinfo=UTC)  # ten o’clock in Paris


def after(seconds: float) -> datetime:
    return TUESDAY + timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def ten_o_clock():
    with clock.at(TUESDAY + timedelta(minutes=3)):
        yield


def answered(call_id="call-1", **more):
    return [
        said("newCall", call_id, at=after(0), **more),
        said("ringing", call_id, at=after(1), user="Marion", **more),
        said("answer", call_id, at=after(6), user="Marion", **more),
        said("hangup", call_id, at=after(90), cause="normalClearing", **more),
    ]


def missed(call_id="call-1", *, begins=0, **more):
    return [
        said("newCall", call_id, at=after(begins), **more),
        said("hangup", call_id, at=after(begins + 20), cause="noAnswer", **more),
    ]


def test_a_ringing_call_is_in_the_log_at_once():
    cast.claire()
    hear(said("newCall", at=after(0)))
    call = Call.objects.get()
    assert (call.caller, call.outcome, call.in_hours) == (stage.CLAIRE, "", True)
    contact = call.interaction
    assert (contact.state, contact.operator, contact.organisation) == ("draft", None, cast.workshop())
    assert (contact.person, contact.raw_identity) == (cast.claire(), stage.CLAIRE)


def test_an_answered_call_is_a_draft_of_the_one_who_answered():
    cast.marion()
    hear(*answered())
    call = Call.objects.get()
    contact = call.interaction
    assert (call.outcome, call.operator, contact.operator) == (Outcome.ANSWERED, cast.marion(), cast.marion())
    assert (contact.state, contact.ended_at, contact.draft.saved_by) == ("draft", after(90), cast.marion())


def test_a_missed_call_is_final_and_owed_within_an_open_hour():
    hear(*missed())
    contact = Interaction.objects.get()
    assert (contact.state, contact.dispositions) == (InteractionState.FINAL, [Disposition.NO_ANSWER])
    owed = Reminder.objects.get()
    assert (owed.number, owed.missed, owed.due_at) == (stage.CLAIRE, 1, after(20) + timedelta(hours=1))


def test_who_rings_three_times_is_owed_one_call_and_keeps_her_place():
    hear(*missed("a"), *missed("b", begins=60), *missed("c", begins=120))
    owed = Reminder.objects.get()
    assert (owed.missed, owed.due_at) == (3, after(20) + timedelta(hours=1))
    assert Interaction.objects.count() == 3


def test_the_call_that_is_answered_settles_what_was_owed():
    cast.marion()
    hear(*missed("a"))
    hear(*answered("b"))
    assert Reminder.objects.get().state == ReminderState.DONE


def called_back(call_id="call-2", *, begins=60):
    outgoing = {"from": "0353010000", "to": "0353011201", "direction": "out"}
    return [
        said("newCall", call_id, at=after(begins), **outgoing),
        said("answer", call_id, at=after(begins + 5), user="Marion", **outgoing),
        said("hangup", call_id, at=after(begins + 90), cause="normalClearing", **outgoing),
    ]


def test_who_was_called_back_before_we_heard_of_it_is_owed_nothing():
    """A desk that was away hears the missed call and the call back in one breath, or the wrong way round."""
    hear(*missed(), *called_back())
    assert not Reminder.objects.planned().exists()
    hear(*called_back("call-4", begins=220))
    hear(*missed("call-3", begins=130))
    assert not Reminder.objects.planned().exists()


def test_who_rings_in_vain_after_having_been_spoken_to_is_owed_a_call():
    hear(*called_back("call-0", begins=0), *missed("call-1", begins=100))
    assert Reminder.objects.planned().get().number == stage.CLAIRE


def test_a_hang_up_heard_before_its_call_still_owes_and_recognises():
    cast.claire()
    call, hangup = missed()
    hear(hangup)
    assert not Reminder.objects.planned().exists()  # nobody knows of whom
    hear(call)
    assert Reminder.objects.planned().get().number == stage.CLAIRE
    contact = Interaction.objects.get()
    assert (contact.state, contact.person, contact.organisation) == ("final", cast.claire(), cast.workshop())
    assert contact.raw_identity == stage.CLAIRE


def test_a_late_answer_takes_the_missed_call_back():
    cast.marion()
    new, ringing, answer, hangup = answered()
    hear(new, hangup)
    assert Interaction.objects.get().state == InteractionState.FINAL
    hear(answer, ringing)
    contact = Interaction.objects.get()
    assert (contact.state, contact.dispositions, contact.operator) == ("draft", [], cast.marion())
    assert Reminder.objects.get().state == ReminderState.OVERTAKEN


def test_what_a_person_finished_is_never_opened_again():
    cast.marion()
    new, ringing, answer, hangup = answered()
    hear(new, answer)
    contact = Interaction.objects.get()
    desk.finish_interaction(contact, by=cast.marion(), dispositions=["information"], summary="Horaires.")
    hear(hangup, ringing, said("tags", at=after(200)))
    contact.refresh_from_db()
    assert (contact.state, contact.summary) == ("final", "Horaires.")
    assert Call.objects.get().outcome == Outcome.ANSWERED


def test_the_same_bytes_twice_are_one_event():
    hear(*missed(), *missed())
    assert (InboundEvent.objects.count(), CallEvent.objects.count(), Call.objects.count()) == (2, 2, 1)


def test_a_repeat_in_other_bytes_changes_nothing():
    hear(*missed())
    version = Call.objects.get().version
    hear(said("newCall", at=after(0), attempt=2))
    assert (InboundEvent.objects.count(), Call.objects.get().version) == (3, version)


def test_any_order_gives_the_same_rows():
    cast.marion()
    shown = "outcome", "caller", "operator", "started_at", "answered_at", "ended_at", "rang"
    results = set()
    for seed in range(6):
        requests = answered(f"call-{seed}")
        random.Random(seed).shuffle(requests)  # noqa: S311  # any order will do
        for request in requests:
            hear(request)
        results.add(str(Call.objects.filter(call_id=f"call-{seed}").values_list(*shown).get()))
    assert len(results) == 1


def test_a_transferred_call_is_one_contact():
    cast.marion()
    cast.nathalie()
    hear(
        said("newCall", "parent", at=after(0)),
        said("answer", "parent", at=after(5), user="Marion"),
        said("newCall", "child", at=after(40), origCallId="parent"),
        said("hangup", "parent", at=after(44), cause="forwarded"),
        said("answer", "child", at=after(46), user="Nathalie", origCallId="parent"),
        said("hangup", "child", at=after(99), cause="normalClearing", origCallId="parent"),
    )
    contact = Interaction.objects.get()
    assert (contact.calls.count(), contact.operator, contact.ended_at) == (2, cast.nathalie(), after(99))


def test_the_child_may_come_before_its_parent():
    hear(said("newCall", "child", at=after(40), origCallId="parent"))
    hear(said("newCall", "parent", at=after(0)))
    assert Interaction.objects.get().calls.count() == 2
    assert Interaction.objects.get().started_at == after(0)


def test_a_circle_of_origins_is_not_believed():
    hear(said("newCall", "a", at=after(0), origCallId="b"), said("newCall", "b", at=after(1), origCallId="a"))
    assert Call.objects.filter(parent=None).count() == 1


def test_the_same_id_a_day_later_is_another_call():
    hear(*missed("7"))
    with clock.at(after(2 * 86400)):
        hear(*missed("7", begins=2 * 86400 - 60))
    assert set(Call.objects.values_list("call_id", flat=True)) == {"7", "7#2"}
    assert Interaction.objects.count() == 2


def test_a_masked_number_owes_nothing_and_recognises_nobody():
    hear(*missed(**{"from": "anonymous"}))
    assert Call.objects.get().caller == ""
    assert not Reminder.objects.exists()


def test_a_call_of_years_ago_is_history_and_owes_nothing():
    with clock.at(TUESDAY + timedelta(days=30)):
        hear(*missed())
    assert Interaction.objects.get().dispositions == [Disposition.NO_ANSWER]
    assert not Reminder.objects.exists()


def test_an_outgoing_call_nobody_answered_owes_nothing():
    hear(*missed(direction="out", **{"from": "0353010000", "to": "0353011201"}))
    assert (Interaction.objects.get().direction, Reminder.objects.count()) == ("out", 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b"null",
        b'{"event": "newCall"}',
        b"\xff\xfe\x00",
        b"[" * 5000,
        b'{"event":"hangup","callId":[1]}',
    ],
)
def test_nonsense_is_kept_with_its_reason_and_makes_no_call(body):
    receive(stage.trunk(), Request(headers={"content-type": "application/json"}, body=body, received_at=TUESDAY))
    assert hear_pending() == 1
    kept = InboundEvent.objects.get()
    assert (kept.parse_state, bool(kept.parse_error)) == (ParseState.ERROR, True)
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"ts": "hier"}, {"ts": 1e300}, {"ts": -5}, {"ts": 4102444800}, {"ts": True}, {"from": None},
        {"from": 353011201},
        {"from": ["a"]}, {"from": "é" * 5000}, {"to": "\x00"}, {"user": {"a": 1}}, {"user": ["x"] * 500},
        {"direction": 7}, {"origCallId": 12}, {"queue": "\ud800"},
    ],
)  # fmt: skip
def test_odd_fields_never_stop_a_call(more):
    hear(said("newCall", at=after(0), **more))
    assert Call.objects.get().started_at is not None
    assert InboundEvent.objects.get().parse_state == ParseState.DONE


def test_one_that_cannot_be_read_does_not_hold_up_the_others(monkeypatch):
    kept = hearing._kept

    def stumbles(event, row):
        if event.call_id == "bad":
            raise RuntimeError("planted")
        return kept(event, row)

    monkeypatch.setattr(hearing, "_kept", stumbles)
    hear(*missed("good"), said("newCall", "bad", at=after(0)), *missed("fine"))
    for _ in range(3):
        hear_pending()
    assert Call.objects.count() == 2
    bad = InboundEvent.objects.get(parse_state=ParseState.ERROR)
    assert (bad.attempts, bad.parse_error) == (3, "RuntimeError")
    monkeypatch.undo()
    read_again(bad, by=None)
    assert hear_pending() == 1
    assert Call.objects.count() == 3


def test_folding_again_from_the_events_gives_the_same_rows():
    cast.marion()
    hear(*answered("a"), *missed("b"))
    before = list(Call.objects.order_by("pk").values())
    with deed(CallVerb.HEARD, by=None):
        trunk = stage.trunk()
        fold_calls({Key(trunk.pk, "a"), Key(trunk.pk, "b")}, trunks={trunk.pk: trunk})
    assert list(Call.objects.order_by("pk").values()) == before
