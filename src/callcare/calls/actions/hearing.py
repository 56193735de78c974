"""From the bytes received to calls. Raw first: what is read here was committed before the provider was answered."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F, Max

from callcare.accounts.models import User
from callcare.calls.actions.folding import Key, fold_calls
from callcare.calls.enums import CallVerb, ParseState
from callcare.calls.models import CallEvent, InboundEvent, Trunk
from callcare.calls.rules.events import Event, Kind, believed
from callcare.calls.rules.requests import Request, Unreadable
from callcare.core import clock
from callcare.core.again import is_by_chance
from callcare.core.deeds import deed
from callcare.core.many import put_many

BATCH = 300  # requests read in one transaction, while somebody waits for them
BACKLOG = 40_000  # requests of the past read in one transaction: nobody waits for them
ATTEMPTS = 3  # times a request may fail for a reason of ours before somebody has to look

logger = logging.getLogger(__name__)


def receive(trunk: Trunk, request: Request) -> bool:
    """Keep one request as it came; False where it is a repeat. For those who bring requests without the door."""
    adapter = trunk.adapter
    key, request = adapter.dedupe(request), adapter.scrub(request)
    kept = InboundEvent(
        trunk=trunk,
        dedupe_key=key,
        received_at=request.received_at,
        method=request.method,
        query=request.query,
        headers=dict(request.headers),
        body=request.body,
    )
    known = InboundEvent.objects.filter(trunk=trunk, dedupe_key=kept.dedupe_key).exists()
    InboundEvent.objects.bulk_create([kept], ignore_conflicts=True)
    return not known


def hear_pending(limit: int = BATCH, *, since: datetime | None = None) -> int:
    """Read what was received (`since`, else ever) and fold it into calls; how many requests were read.

    Safe to run twice, and at once. A request that cannot be read is marked with its reason; one that fails for a
    reason of ours is tried three times. The more are read at a time, the fewer times a call is folded.
    """
    waiting = InboundEvent.objects.filter(parse_state=ParseState.PENDING)
    if since is not None:
        waiting = waiting.filter(received_at__gte=since)
    return _hear_each(list(waiting.order_by("pk").values_list("pk", flat=True)[:limit]))


def _hear_each(chosen: Sequence[int], *, again: bool = True) -> int:
    """All at once; where that fails, in two halves, down to the one that fails for a reason of ours."""
    if not chosen:
        return 0
    try:
        return _hear(chosen)
    except Exception as error:  # whatever it is, it must not hold up the others
        if again and is_by_chance(error):
            return _hear_each(chosen, again=False)
        if len(chosen) == 1:
            logger.exception("request %d failed", chosen[0])
            _note_failure(chosen[0], error)
            return 0
        logger.warning("a batch of %d requests failed; each half is tried", len(chosen))
    half = len(chosen) // 2
    return _hear_each(chosen[:half]) + _hear_each(chosen[half:])


def read_again(inbound: InboundEvent, *, by: User | None) -> None:
    """Read a request once more, after its adapter has learnt something."""
    with deed(CallVerb.HEARD, by=by):
        InboundEvent.objects.filter(pk=inbound.pk, emptied_at=None).update(
            parse_state=ParseState.PENDING, parse_error="", attempts=0
        )


def _hear(chosen: Sequence[int]) -> int:
    with deed(CallVerb.HEARD, by=None):
        rows = list(
            InboundEvent.objects.filter(pk__in=chosen, parse_state=ParseState.PENDING)
            .order_by("pk")
            .select_for_update(skip_locked=True)
        )
        known = Trunk.objects.select_related("desk").filter(pk__in={row.trunk_id for row in rows})
        trunks = {trunk.pk: trunk for trunk in known}
        told: list[CallEvent] = []
        for row in rows:
            row.trunk = trunks[row.trunk_id]
            told += _events_of(row)
        put_many(CallEvent, _under_their_call(told, trunks), once=["trunk", "event_key"])
        fold_calls({Key(event.trunk_id, event.call_id) for event in told}, trunks=trunks)
        _note_read(rows)
        for trunk in trunks.values():
            Trunk.objects.filter(pk=trunk.pk).update(heard_at=clock.now())
        return len(rows)


def _note_read(rows: Sequence[InboundEvent]) -> None:
    """How far each was read: nearly all of them to the end, so that is one statement."""
    done = [row.pk for row in rows if row.parse_state == ParseState.DONE]
    here = InboundEvent.objects.filter(pk__in=done)
    here.update(parse_state=ParseState.DONE, parse_error="", attempts=F("attempts") + 1)
    for row in rows:
        if row.parse_state != ParseState.DONE:
            row.save(update_fields=["parse_state", "parse_error", "attempts"])


def request_of(row: InboundEvent) -> Request:
    return Request(
        headers=row.headers, body=bytes(row.body), query=row.query, method=row.method, received_at=row.received_at
    )


def _events_of(row: InboundEvent) -> list[CallEvent]:
    """What the adapter reads in a request; the row learns how that went."""
    row.attempts += 1
    row.parse_state, row.parse_error = ParseState.DONE, ""
    try:
        read = row.trunk.adapter.read(request_of(row), row.trunk.settings)
    except Unreadable as error:
        row.parse_state, row.parse_error = ParseState.ERROR, str(error)[:300]
        return []
    except Exception as error:  # an adapter that stumbles over one request must not hold up the others
        logger.exception("adapter %s stumbled over request %d", row.trunk.provider, row.pk)
        row.parse_state, row.parse_error = ParseState.ERROR, f"Lecture impossible ({type(error).__name__})."
        return []
    return [_kept(event, row) for event in read]


def _kept(event: Event, row: InboundEvent) -> CallEvent:
    return CallEvent(
        trunk_id=row.trunk_id,
        inbound=row,
        received_id=event.call_id,
        call_id=event.call_id,
        kind=event.kind,
        at=believed(event.at, received_at=row.received_at),
        event_key=event.key,
        number_from=event.number_from[:80],
        number_to=event.number_to[:80],
        direction=event.direction,
        operators=list(event.operators),
        cause=event.cause,
        parent_id=event.parent_id,
        media_url=event.media_url,
        media_seconds=event.media_seconds,
        queue=event.queue,
    )


def _under_their_call(told: list[CallEvent], trunks: Mapping[int, Trunk]) -> list[CallEvent]:
    """A new call long after the last word of its id is another call, « id#2 »: small PBXs use their ids again.

    Other late words (tags, recordings) belong to the latest call of their id.
    """
    latest: dict[tuple[int, str], tuple[int, datetime]] = {}  # which life of the id, and its last word
    for trunk in {event.trunk_id for event in told}:
        ids = {event.received_id for event in told if event.trunk_id == trunk}
        known = CallEvent.objects.filter(trunk_id=trunk, received_id__in=ids)
        for received_id, call_id, at in known.values_list("received_id", "call_id").annotate(last=Max("at")):
            life = int(call_id[len(received_id) + 1 :] or 1)
            latest[trunk, received_id] = max(latest.get((trunk, received_id), (0, at)), (life, at))
    for event in told:
        life, at = latest.get((event.trunk_id, event.received_id), (1, event.at))
        recycled_after = trunks[event.trunk_id].adapter.recycled_after
        if event.kind == Kind.NEW_CALL and event.at - at > recycled_after:
            life, at = life + 1, event.at
        latest[event.trunk_id, event.received_id] = (life, max(at, event.at))
        if life > 1:
            event.call_id, event.event_key = f"{event.received_id}#{life}", f"{life}:{event.event_key}"[:64]
    return told


def _note_failure(pk: int, error: Exception) -> None:
    row = InboundEvent.objects.filter(pk=pk)
    row.update(attempts=F("attempts") + 1, parse_error=f"{type(error).__name__}"[:300])
    row.filter(attempts__gte=ATTEMPTS).update(parse_state=ParseState.ERROR)
