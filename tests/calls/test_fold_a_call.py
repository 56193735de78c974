"""A call is a function of the set of its events: neither their order nor their repetition changes it."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from callcare.calls.rules import fold as folding
from callcare.calls.rules.events import Cause, Kind
from callcare.calls.rules.fold import Told, fold

TEN = datetime(2021, 4, 6, 8, tzinfo=UTC)


def told(kind: Kind, second: float, **more) -> Told:
    facts = {"number_from": "0353011201", "number_to": "0353010000", "direction": "in"} | more
    return Told(kind=kind, at=TEN + timedelta(seconds=second), key=f"{kind}-{second}-{more}", **facts)


ANSWERED = (
    told(Kind.NEW_CALL, 0),
    told(Kind.RINGING, 0.2, operators=("12",)),
    told(Kind.RINGING, 0.2, operators=("14",)),
    told(Kind.ANSWER, 6, operators=("14",)),
    told(Kind.HANGUP, 95, number_from="14", number_to="0353011201", direction="out", cause="normalClearing"),
)
SENT_TO_THE_BOX = (
    told(Kind.NEW_CALL, 0),
    told(Kind.RINGING, 1, operators=("12",)),
    told(Kind.VOICEMAIL, 20),
    told(Kind.HANGUP, 45, cause="normalClearing"),
    told(Kind.MEDIA, 60, media_url="https://pbx.test/1.wav", media_seconds=21),
)
PASSED_ON = (
    told(Kind.NEW_CALL, 0, parent_id="call-0"),
    told(Kind.LEG_END, 4, operators=("12",)),
    told(Kind.HANGUP, 9, cause="forwarded"),
    told(Kind.SWEEP, 20_000),
)


@pytest.mark.parametrize("history", [ANSWERED, SENT_TO_THE_BOX, PASSED_ON])
def test_every_order_and_repetition_gives_the_same_call(history):
    expected = fold(history)
    for order in itertools.permutations(history):
        assert fold(order) == expected
        assert fold([*order, *order[::2]]) == expected


def test_an_answered_call():
    call = fold(ANSWERED)
    assert (call.outcome, call.cause, call.rang, call.answered_by) == (
        "answered", "normalClearing", ("12", "14"), ("14",),
    )  # fmt: skip
    assert (call.number_from, call.number_to, call.direction) == ("0353011201", "0353010000", "in")
    assert (call.answered_at - call.started_at, call.ended_at - call.answered_at) == (
        timedelta(seconds=6), timedelta(seconds=89),
    )  # fmt: skip


def test_those_who_rang_are_not_all_those_the_call_was_sent_to():
    """One is engaged: the call was sent to two, and rang at one. Where nobody tells it, the first word counts."""
    sent = told(Kind.NEW_CALL, 0, operators=("12", "14"))
    assert fold([sent]).rang == ("12", "14")
    assert fold([sent, told(Kind.RINGING, 1, operators=("14",))]).rang == ("14",)
    assert fold([sent, told(Kind.RINGING, 1)]).rang == ("12", "14")


def test_a_message_left_and_its_recording():
    call = fold(SENT_TO_THE_BOX)
    assert (call.outcome, call.media_url, call.media_seconds) == ("voicemail", "https://pbx.test/1.wav", 21)


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [("cancel", "missed"), ("busy", "missed"), ("rejected", "rejected"), ("forwarded", "transferred"), ("", "missed")],
)
def test_what_becomes_of_a_call_nobody_answered(cause, outcome):
    assert fold([told(Kind.NEW_CALL, 0), told(Kind.HANGUP, 5, cause=cause)]).outcome == outcome


def test_a_leg_that_ends_does_not_end_the_call():
    assert fold([told(Kind.NEW_CALL, 0), told(Kind.LEG_END, 3)]).outcome == ""


def test_a_sweep_ends_only_what_nobody_ended():
    swept = fold([*ANSWERED[:-1], told(Kind.SWEEP, 20_000)])
    assert swept.ended_at == TEN + timedelta(seconds=20_000)
    assert fold([*ANSWERED, told(Kind.SWEEP, 20_000)]).ended_at == TEN + timedelta(seconds=95)


def test_the_direction_is_seen_from_our_numbers_where_nobody_says_it():
    out = [told(Kind.NEW_CALL, 0, number_from="us", number_to="them", direction="")]
    assert fold(out, own_numbers=["us"]).direction == "out"
    assert fold(out, own_numbers=["them"]).direction == "in"


def test_a_call_that_names_itself_as_its_origin_has_none():
    assert fold([told(Kind.NEW_CALL, 0, parent_id="a")], call_id="a").parent_id == ""


events = st.builds(
    Told,
    kind=st.sampled_from(Kind),
    at=st.integers(0, 50).map(lambda second: TEN + timedelta(seconds=second)),
    key=st.text("abcdef", min_size=3, max_size=6),
    number_from=st.sampled_from(["", "0353011201", "anonymous"]),
    number_to=st.sampled_from(["", "0353010000"]),
    direction=st.sampled_from(["", "in", "out"]),
    operators=st.lists(st.sampled_from(["12", "14", "16"]), max_size=2).map(tuple),
    cause=st.sampled_from(["", *Cause, "odd"]),
    parent_id=st.sampled_from(["", "p"]),
    media_url=st.sampled_from(["", "https://pbx.test/1.wav"]),
    media_seconds=st.none() | st.integers(0, 99),
)
histories = st.lists(events, min_size=1, max_size=8, unique_by=lambda event: event.key)


@settings(max_examples=3000, deadline=None)
@given(histories, st.randoms(use_true_random=False))
def test_the_fold_forgets_order_and_repetition(history, luck):
    expected = fold(history)
    again = [*history, *luck.choices(history, k=len(history))]
    luck.shuffle(again)
    assert fold(again) == expected


def test_a_fold_that_trusts_the_order_is_caught(monkeypatch):
    """The negative control: the last event heard wins."""
    monkeypatch.setattr(folding, "_first", lambda events, kinds, says: list(events)[-1])
    monkeypatch.setattr(folding, "sorted", lambda events, key=None: list(events), raising=False)
    expected = fold(ANSWERED)
    assert any(fold(order) != expected for order in itertools.permutations(ANSWERED))
