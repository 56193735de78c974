"""`./callcare calls replay`: recorded requests, in any order and with repeats, give the calls as JSON."""

import base64
import json
import random
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from callcare.config import replay
from callcare.config.bench import scratch
from callcare.config.replay import Unplayable, requests_in
from callcare.core import clock
from tests.calls.test_hear_calls import TUESDAY, answered, missed

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def recorded(requests) -> list[str]:
    return [
        json.dumps({
            "headers": {"Content-Type": "application/json"}, "body": one.body.decode(),
            "received_at": one.received_at.isoformat(),
        })
        for one in requests
    ]  # fmt: skip


@pytest.mark.django_db
def test_any_order_with_repeats_gives_the_same_calls():
    with clock.at(TUESDAY):
        lines = recorded([*answered("a"), *missed("b", begins=100)])
    lines = lines * 2
    random.Random(7).shuffle(lines)  # noqa: S311
    played = replay.play(requests_in(lines, now=NOW), provider="generic", numbers=["+33353010000"], options={})
    assert (played.requests, played.repeats, played.unreadable) == (12, 6, [])
    first, second = replay.calls_as_json()
    assert (first["call_id"], first["outcome"], first["wait_seconds"], first["talk_seconds"]) == (
        "a",
        "answered",
        6,
        84,
    )
    assert (second["outcome"], second["cause"], second["caller"]) == ("missed", "noAnswer", "+33353011201")
    assert second["contact"] == "rejeu:b"


@pytest.mark.django_db
def test_forged_requests_are_told_and_left_out():
    lines = recorded(answered("a"))
    played = replay.play(requests_in(lines, now=NOW), provider="placetel", numbers=[], options={"secret": "s"})
    assert (played.forged, replay.calls_as_json()) == (4, [])


def test_a_body_may_be_text_bytes_or_an_object():
    lines = [
        json.dumps({"body": "a=1"}),
        json.dumps({"body_base64": base64.b64encode(b"\xff\x00").decode()}),
        json.dumps({"body": {"event": "newCall"}, "method": "get", "query": "x=1"}),
        "",
    ]
    first, second, third = requests_in(lines, now=NOW)
    assert (first.body, second.body, json.loads(third.body)) == (b"a=1", b"\xff\x00", {"event": "newCall"})
    assert (third.method, third.query, third.received_at > first.received_at) == ("GET", "x=1", True)


@pytest.mark.parametrize("line", ["{", "[1]", '"x"', "null", '{"headers": 3}', '{"body_base64": "é"}'])
def test_a_line_that_is_no_request_is_named(line):
    with pytest.raises(Unplayable, match="Ligne 2"):
        list(requests_in(["{}", line], now=NOW))


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        call_command("calls", "replay", str(tmp_path / "none.jsonl"), "--provider", "generic")


def test_the_scratch_database_is_never_a_real_one(monkeypatch):
    monkeypatch.setattr(scratch, "is_ours", lambda: False)
    monkeypatch.setattr(scratch, "is_blank", lambda: True)
    monkeypatch.setitem(scratch.connection.settings_dict, "NAME", "callcare")
    with pytest.raises(CommandError, match="reste telle quelle"):
        scratch.empty()
