"""What each provider's requests mean, in the normal form and then as calls. Their bodies are written from the
providers' own documents."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings, strategies as st

from callcare.calls.enums import Provider
from callcare.calls.rules.adapters import ADAPTERS
from callcare.calls.rules.events import Event, Kind, believed
from callcare.calls.rules.fold import Told, fold
from callcare.calls.rules.requests import Request, Unreadable

AT = datetime(2021, 4, 6, 8, tzinfo=UTC)
UNIX = int(AT.timestamp())


def as_json(said: object, **headers: str) -> Request:
    return Request(
        headers={"content-type": "application/json", **headers}, body=json.dumps(said).encode(), received_at=AT
    )


def as_form(said: object, **headers: str) -> Request:
    return Request(
        headers={"content-type": "application/x-www-form-urlencoded", **headers},
        body=urlencode(said, doseq=True).encode(),
        received_at=AT,
    )


def read(provider: str, *requests: Request, **options: str) -> list[Event]:
    return [event for request in requests for event in ADAPTERS[provider].read(request, options)]


def call_of(events: list[Event]):
    told = [
        Told(
            kind=one.kind, at=believed(one.at, received_at=AT), key=one.key, number_from=one.number_from,
            number_to=one.number_to, direction=one.direction, operators=one.operators, cause=one.cause,
            parent_id=one.parent_id, media_url=one.media_url, media_seconds=one.media_seconds, queue=one.queue,
        )
        for one in events
    ]  # fmt: skip
    return fold(told, own_numbers=["33353010000"], call_id=events[0].call_id)


# --- the generic dialect -------------------------------------------------------------------------------------------


def multipart(said: dict[str, str]) -> Request:
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in said.items()
    )
    return Request(
        headers={"content-type": "multipart/form-data; boundary=x"}, body=f"{parts}--x--\r\n".encode(), received_at=AT
    )


@pytest.mark.parametrize("written", [as_json, as_form, multipart])
def test_the_generic_dialect_is_json_or_a_form(written):
    said = {"event": "newCall", "callId": "1", "from": "0353011201", "to": "0353010000", "direction": "in"}
    [event] = read("generic", written(said))
    assert (event.kind, event.call_id, event.number_from, event.direction) == (Kind.NEW_CALL, "1", "0353011201", "in")


def test_users_come_as_a_text_a_list_or_a_repeated_field():
    one = {"event": "answer", "callId": 7, "user": "Marion"}
    for request in (as_json(one), as_json(one | {"user": ["Marion"]}), as_form({**one, "user[]": ["Marion"]})):
        [event] = read("generic", request)
        assert (event.operators[0], event.call_id) == ("Marion", "7")


def test_an_unknown_word_is_no_event_and_no_error():
    assert read("generic", as_json({"event": "newCallV9", "callId": "1"})) == []
    assert read("generic", as_json({"event": "dtmf", "callId": "1", "dtmf": "4"})) == []


def test_a_cause_nobody_knows_is_unknown():
    [event] = read("generic", as_json({"event": "hangup", "callId": "1", "cause": "solarFlare"}))
    assert event.cause == "unknown"


# --- sipgate -------------------------------------------------------------------------------------------------------


def test_sipgate_is_asked_to_tell_what_follows_a_new_call():
    sipgate = ADAPTERS["sipgate"]
    new = as_form({"event": "newCall", "callId": "1", "from": "33353011201", "to": "33353010000", "direction": "in"})
    said = sipgate.reply(new, {}, "https://desk.test/cti/lille/s&e<c>ret")
    assert said.content_type == "application/xml"
    assert b'onAnswer="https://desk.test/cti/lille/s&amp;e&lt;c&gt;ret"' in said.body
    assert b"onHangup=" in said.body
    assert b"onAnswer" not in sipgate.reply(as_form({"event": "answer", "callId": "1"}), {}, "x").body
    assert b"<Response/>" in sipgate.reply(as_form({}), {}, "x").body


def test_sipgate_names_the_call_itself_where_nothing_was_transferred():
    events = read(
        "sipgate", as_form({"event": "newCall", "callId": "1", "origCallId": "1", "user[]": ["Alice", "Bob"]})
    )
    call = call_of(events)
    assert (call.parent_id, call.rang) == ("", ("Alice", "Bob"))


# --- Ringover ------------------------------------------------------------------------------------------------------


def ringover(event: str, **data: object) -> dict[str, object]:
    return {
        "resource": "call", "event": event, "timestamp": UNIX, "attempt": 1,
        "data": {
            "call_id": "881", "channel_id": "c1", "direction": "inbound", "from_number": "33353011201",
            "to_number": "33353010000", "start_time": "2021-04-06T08:00:00Z", **data,
        },
    }  # fmt: skip


def test_ringover_a_call_is_answered():
    user = {"user_id": 12, "firstname": "Marion", "lastname": "Duval", "email": "marion@call-care.test"}
    call = call_of(
        read(
            "ringover",
            as_json(ringover("ringing", user=user)),
            as_json(ringover("answered", user=user, answered_time=UNIX + 7)),
            as_json(ringover("hangup", user=user, answered_time=UNIX + 7, hangup_time=UNIX + 60)),
        )
    )
    assert (call.outcome, call.cause, call.answered_by[0]) == ("answered", "normalClearing", "marion@call-care.test")
    assert (call.answered_at - call.started_at).seconds == 7


def test_ringover_a_call_is_missed_or_goes_to_the_box():
    events = read("ringover", as_json(ringover("ringing")), as_json(ringover("missed", reason="caller_hangup")))
    assert (call_of(events).outcome, call_of(events).cause) == ("missed", "cancel")
    box = read(
        "ringover",
        as_json(ringover("ringing")),
        as_json(ringover("voicemail", voicemail_link="https://cdn.test/v.mp3", voicemail_duration=14)),
        as_json(ringover("hangup", hangup_time=UNIX + 60)),
    )
    assert (call_of(box).outcome, call_of(box).media_url, call_of(box).media_seconds) == (
        "voicemail", "https://cdn.test/v.mp3", 14,
    )  # fmt: skip


def test_ringover_hidden_numbers_are_hidden_and_colleagues_are_left_alone():
    [new, _] = read("ringover", as_json(ringover("ringing", is_anonymous=True)))
    assert new.number_from == "anonymous"
    assert read("ringover", as_json(ringover("ringing", is_internal=True))) == []
    assert read("ringover", as_json({"resource": "contact", "event": "created", "data": {}})) == []


def jwt(secret: str, *, alg: str = "HS512", payload: str = "{}") -> str:
    def text(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    signed = f"{text(json.dumps({'alg': alg}).encode())}.{text(payload.encode())}"
    return f"{signed}.{text(hmac.new(secret.encode(), signed.encode(), hashlib.sha512).digest())}"


def test_ringover_signs_by_hs512_and_by_nothing_else():
    genuine = ADAPTERS["ringover"].is_genuine
    body = ringover("ringing")

    def request(token: str) -> Request:
        return as_json(body, **{"x-ringover-webhook-signature": token})

    options = {"secret": "first second"}
    assert genuine(request(jwt("second")), options)
    forged = [
        jwt("third"),
        jwt("second", alg="none"),
        jwt("second", alg="HS256"),
        "",
        "a.b.c",
        "é.é.é",
        jwt("second") + "x",
    ]
    for token in forged:
        assert not genuine(request(token), options), token
    digest = hmac.new(b"first", as_json(body).body, hashlib.sha256).hexdigest()
    assert genuine(as_json(body, **{"x-ringover-signature": digest}), options)
    assert not genuine(as_json(body | {"attempt": 2}, **{"x-ringover-signature": digest}), options)


def test_ringover_a_token_of_another_day_is_a_request_sent_again():
    def request(**times: float) -> Request:
        return as_json(ringover("ringing"), **{"x-ringover-webhook-signature": jwt("s", payload=json.dumps(times))})

    is_fresh = ADAPTERS["ringover"].is_fresh
    assert is_fresh(request(iat=UNIX - 3600), {})
    assert is_fresh(request(iat=UNIX, exp=UNIX + 60), {})
    assert is_fresh(as_json(ringover("ringing")), {})
    for stale in ({"iat": UNIX - 90_000}, {"iat": UNIX + 90_000}, {"exp": UNIX - 3600}):
        assert not is_fresh(request(**stale), {})


# --- Aircall -------------------------------------------------------------------------------------------------------


def aircall(event: str, **data: object) -> dict[str, object]:
    return {
        "resource": "call", "event": event, "timestamp": UNIX, "token": "t0ken",
        "data": {
            "id": 812, "direction": "inbound", "status": "done", "raw_digits": "+33 3 53 01 12 01", "started_at": UNIX,
            "number": {"digits": "+33 3 53 01 00 00"}, "user": None, "voicemail": None, **data,
        },
    }  # fmt: skip


def test_aircall_tells_all_again_at_the_end():
    marion = {"id": 4, "name": "Marion Duval", "email": "marion@call-care.test"}
    at_once = read(
        "aircall",
        as_json(aircall("call.created")),
        as_json(aircall("call.answered", user=marion, answered_at=UNIX + 8)),
        as_json(aircall("call.hungup", user=marion, answered_at=UNIX + 8, ended_at=UNIX + 70)),
    )
    ended = read("aircall", as_json(aircall("call.ended", user=marion, answered_at=UNIX + 8, ended_at=UNIX + 70)))
    assert call_of(at_once) == call_of(ended) == call_of(at_once + ended)
    assert call_of(ended).outcome == "answered"


def test_aircall_missed_for_a_reason_and_a_message():
    events = read("aircall", as_json(aircall("call.ended", ended_at=UNIX + 5, missed_call_reason="short_abandoned")))
    assert (call_of(events).outcome, call_of(events).cause) == ("missed", "cancel")
    box = read("aircall", as_json(aircall("call.ended", ended_at=UNIX + 50, voicemail="https://cdn.test/v.mp3")))
    assert (call_of(box).outcome, call_of(box).media_url) == ("voicemail", "https://cdn.test/v.mp3")


def test_aircall_token_is_compared_and_never_kept():
    adapter = ADAPTERS["aircall"]
    request = as_json(aircall("call.created"))
    assert adapter.is_genuine(request, {"token": "other t0ken"})
    assert not adapter.is_genuine(request, {"token": "other"})
    assert not adapter.is_genuine(Request(body=b"nonsense", received_at=AT), {"token": "other"})
    kept = adapter.scrub(request)
    assert b"t0ken" not in kept.body
    assert adapter.read(kept, {}) == adapter.read(request, {})


# --- Placetel ------------------------------------------------------------------------------------------------------


def placetel(event: str, **more: str) -> dict[str, str]:
    return {"event": event, "from": "0353011201", "to": "0353010000", "call_id": "ab" * 32, **more}


@pytest.mark.parametrize(
    ("ended_as", "outcome", "cause"),
    [
        ("missed", "missed", "cancel"),
        ("voicemail", "voicemail", "normalClearing"),
        ("blocked", "rejected", "rejected"),
    ],
)
def test_placetel_says_how_a_call_ended(ended_as, outcome, cause):
    events = read("placetel", as_form(placetel("IncomingCall")), as_form(placetel("HungUp", type=ended_as)))
    assert (call_of(events).outcome, call_of(events).cause) == (outcome, cause)


def test_placetel_an_accepted_call_names_the_peer():
    events = read(
        "placetel",
        as_form(placetel("IncomingCall")),
        as_form(placetel("CallAccepted", peer="7777abc@fpbx.de")),
        as_form(placetel("HungUp", type="accepted")),
    )
    assert (call_of(events).outcome, call_of(events).answered_by) == ("answered", ("7777abc@fpbx.de",))


def test_placetel_signs_the_raw_body():
    request = as_form(placetel("IncomingCall"))
    digest = hmac.new(b"secret", request.body, hashlib.sha256).hexdigest()
    genuine = ADAPTERS["placetel"].is_genuine
    assert genuine(as_form(placetel("IncomingCall"), **{"x-placetel-signature": digest}), {"secret": "secret"})
    assert not genuine(as_form(placetel("OutgoingCall"), **{"x-placetel-signature": digest}), {"secret": "secret"})
    assert not genuine(request, {"secret": "secret"})


# --- OVHcloud ------------------------------------------------------------------------------------------------------


def ovh(event: str, at: int = 0, **data: object) -> Request:
    return as_json(
        {
            "Event": event, "Ressource": "0033353010000", "Timestamp": (UNIX + at) * 1_000_000_000,
            "Data": {"CallId": "x1", "Calling": "0033353011201", "Called": "0033353010000", **data},
        }
    )  # fmt: skip


def test_ovh_a_line_rings_and_is_answered():
    calls = ("start_ringing", 0), ("end_ringing", 5), ("start_calling", 5), ("end_calling", 65)
    call = call_of(read("ovh", *(ovh(name, at) for name, at in calls)))
    assert (call.outcome, (call.answered_at - call.started_at).seconds) == ("answered", 5)


def test_ovh_a_queue_loses_its_caller():
    call = call_of(read("ovh", ovh("member-queue-start"), ovh("agent-offering", 2), ovh("member-queue-end", 30)))
    assert (call.outcome, call.cause) == ("missed", "cancel")
    assert read("ovh", ovh("registered")) == []


def test_ovh_cgi_names_the_call_by_its_two_numbers():
    def get(event: str) -> Request:
        query = urlencode({"calling": "0033353011201", "called": "0033353010000", "event": event})
        return Request(method="GET", query=query, received_at=AT)

    events = read("ovh_cgi", get("start_ringing"), get("start_calling"), get("end_calling"))
    assert {event.call_id for event in events} == {"0033353011201>0033353010000"}
    assert call_of(events).outcome == "answered"
    with pytest.raises(Unreadable, match="doit finir par"):
        read("ovh_cgi", Request(method="GET", query="", received_at=AT))


# --- Asterisk ------------------------------------------------------------------------------------------------------


def ami(event: str, **more: str) -> Request:
    fields = {"Event": event, "Uniqueid": "1617.1", "Linkedid": "1617.1", "CallerIDNum": "0353011201"}
    fields["Queue"] = "guichet"
    return Request(
        body="".join(f"{name}: {text}\r\n" for name, text in (fields | more).items()).encode(), received_at=AT
    )


def test_asterisk_a_queue_connects_its_caller():
    call = call_of(
        read(
            "asterisk",
            ami("QueueCallerJoin"),
            ami("DialBegin", DialString="marion", DestUniqueid="1617.2"),
            ami("AgentConnect", MemberName="Marion", Interface="PJSIP/12"),
            ami("AgentComplete", Reason="caller"),
            ami("Hangup", Uniqueid="1617.2"),
            ami("Hangup"),
        )
    )
    assert (call.outcome, call.rang, call.queue) == ("answered", ("marion",), "guichet")
    assert {"Marion", "PJSIP/12", "12"} <= set(call.answered_by)


def test_asterisk_a_caller_gives_up():
    call = call_of(read("asterisk", ami("QueueCallerJoin"), ami("QueueCallerAbandon", HoldTime="12")))
    assert (call.outcome, call.cause) == ("missed", "cancel")
    assert read("asterisk", ami("RTCPSent")) == []


# --- all of them ---------------------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["event", "callId", "call_id", "data", "Data", "resource", "timestamp", "from", "to", "user", "token",
     "Event", "id", "direction", "cause", "ts", "start_time", "number", "voicemail", "type", "peer",
     "Timestamp", "CallId"]
)  # fmt: skip
words = st.sampled_from(
    ["newCall", "call", "hangup", "call.ended", "HungUp", "start_ringing", "ringing", "IncomingCall"]
)
bodies = st.dictionaries(names, anything | words, max_size=10).map(lambda said: json.dumps(said).encode()) | st.binary(
    max_size=300
)
kinds = st.sampled_from(["application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""])


@pytest.mark.parametrize("provider", ADAPTERS)
@settings(max_examples=300, deadline=None)
@given(body=bodies, kind=kinds)
def test_no_body_makes_an_adapter_stumble(provider, body, kind):
    request = Request(headers={"content-type": kind}, body=body, query=body.decode("latin-1"), received_at=AT)
    adapter = ADAPTERS[provider]
    adapter.is_genuine(request, {"secret": "s", "token": "t"})
    adapter.reply(request, {}, "https://desk.test/")
    adapter.scrub(request)
    try:
        events = adapter.read(request, {})
    except Unreadable:
        return
    for event in events:
        event.key.encode()
        f"{event}".encode()
        assert event.call_id


def test_every_provider_has_its_adapter():
    assert set(ADAPTERS) == set(Provider.values)
