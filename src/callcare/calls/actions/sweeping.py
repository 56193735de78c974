"""What nobody will tell us any more: calls that never ended, bodies and numbers kept long enough."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from callcare.calls.actions.folding import Key, any_of, fold_calls
from callcare.calls.enums import CallVerb, Outcome, ParseState
from callcare.calls.models import Call, CallEvent, InboundEvent, Trunk
from callcare.calls.rules.events import Event, Kind
from callcare.core import clock
from callcare.core.deeds import deed

SILENT_AFTER = timedelta(hours=4)  # a call nobody said anything about since is over
RANG_OUT = timedelta(minutes=2)  # every telephone stopped ringing, and nobody answered
BODIES_KEPT = timedelta(days=30)
BATCH = 500


def sweep_calls() -> int:
    """End the calls of which nothing more will be heard, and settle transfers that never came; how many."""
    now = clock.now()
    swept = _silent(now)
    passed_on = list(_waiting_transfers(now))
    if not swept and not passed_on:
        return 0
    with deed(CallVerb.SWEPT, by=None):
        events = [_sweep(call, at) for call, at in swept]
        CallEvent.objects.bulk_create(events, ignore_conflicts=True)
        return _fold_again([*(call for call, _ in swept), *passed_on])


def _silent(now: datetime) -> list[tuple[Call, datetime]]:
    """Calls of which nothing more will be heard, and when something was last heard of them.

    No look at the events of a call that began a moment ago, and one question for those of all the others.
    """
    live = {
        Key(call.trunk_id, call.call_id): call
        for call in Call.objects.filter(ended_at=None, started_at__lt=now - RANG_OUT)
        .select_related("trunk__desk")
        .order_by("pk")
    }
    if not live:
        return []
    latest = CallEvent.objects.filter(any_of(live, "call_id")).order_by("trunk", "call_id", "-at", "-pk")
    latest = latest.distinct("trunk", "call_id")
    said = latest.values_list("trunk", "call_id", "at", "kind")
    heard = {Key(trunk, call_id): (at, kind) for trunk, call_id, at, kind in said}
    silent = [(call, heard[key][0]) for key, call in live.items() if key in heard and _is_over(call, *heard[key], now)]
    return silent[:BATCH]


def _is_over(call: Call, last_at: datetime, kind: str, now: datetime) -> bool:
    rang_out = kind == Kind.LEG_END and call.answered_at is None and not call.is_voicemail
    return last_at < now - (RANG_OUT if rang_out else SILENT_AFTER)


def _sweep(call: Call, at: datetime) -> CallEvent:
    event = Event(call_id=call.call_id, kind=Kind.SWEEP, at=at)
    return CallEvent(
        trunk_id=call.trunk_id,
        received_id=call.call_id,
        call_id=call.call_id,
        kind=Kind.SWEEP,
        at=at,
        event_key=event.key,
    )


def _waiting_transfers(now: datetime) -> Iterable[Call]:
    """Calls passed on whose next call did not come, and whose contact still waits for it."""
    followed = Exists(Call.objects.filter(parent=OuterRef("pk")))
    return (
        Call.objects.filter(
            ~followed,
            outcome=Outcome.TRANSFERRED,
            ended_at__lt=now - timedelta(minutes=10),
            interaction__ended_at=None,
        )
        .select_related("trunk__desk")
        .order_by("pk")[:BATCH]
    )


def _fold_again(calls: Iterable[Call]) -> int:
    trunks: dict[int, Trunk] = {call.trunk_id: call.trunk for call in calls}
    keys = {Key(call.trunk_id, call.call_id) for call in calls}
    return len(fold_calls(keys, trunks=trunks, again=True))


def empty_bodies() -> int:
    """After a month the bytes received go: they hold numbers, and what they said is kept in the normal form."""
    old = InboundEvent.objects.filter(
        Q(parse_state=ParseState.DONE) | Q(parse_state=ParseState.ERROR), emptied_at=None,
        received_at__lt=clock.now() - BODIES_KEPT,
    )  # fmt: skip
    chosen = list(old.order_by("pk").values_list("pk", flat=True)[: 20 * BATCH])
    return InboundEvent.objects.filter(pk__in=chosen).update(emptied_at=clock.now(), body=b"", query="", headers={})
