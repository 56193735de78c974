"""What nobody will tell us any more: calls that never ended, bodies and numbers kept long enough."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery

from callcare.calls.actions.folding import Key, fold_calls
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
    last = CallEvent.objects.filter(trunk=OuterRef("trunk"), call_id=OuterRef("call_id")).order_by("-at", "-pk")
    live = Call.objects.filter(ended_at=None).select_related("trunk__desk")
    told = live.annotate(last_at=Subquery(last.values("at")[:1]), last_kind=Subquery(last.values("kind")[:1]))
    is_silent = Q(last_at__lt=now - SILENT_AFTER)
    rang_out = Q(last_at__lt=now - RANG_OUT, last_kind=Kind.LEG_END, answered_at=None, is_voicemail=False)
    swept = list(told.filter(is_silent | rang_out).order_by("pk")[:BATCH])
    passed_on = list(_waiting_transfers(now))
    if not swept and not passed_on:
        return 0
    with deed(CallVerb.SWEPT, by=None):
        events = [_sweep(call, call.last_at) for call in swept]  # type: ignore[attr-defined]  # annotated above
        CallEvent.objects.bulk_create(events, ignore_conflicts=True)
        return _fold_again([*swept, *passed_on])


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
