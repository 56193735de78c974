"""Calls written from their events, and the contacts they open in the log. Callable again at any time."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q

from callcare.calls.actions.contacts import follow
from callcare.calls.actions.messages import expect_messages
from callcare.calls.enums import Channel
from callcare.calls.models import Call, CallEvent, Extension, Trunk
from callcare.calls.rules.events import TEST, Kind
from callcare.calls.rules.fold import CallFacts, Told, fold
from callcare.core import clock
from callcare.core.many import bring_many, put_many
from callcare.desk.calendar import calendar_of
from callcare.desk.enums import Direction
from callcare.desk.models import Desk
from callcare.desk.rules.hours import Calendar
from callcare.directory.rules import phones

MOST_TRANSFERS = 8  # links of a chain that are followed
FRESH = timedelta(hours=1)  # screens are told of calls that began since; older ones are history
FOLDED = [
    "rank", "number_from", "number_to", "caller", "direction", "queue", "started_at", "in_hours", "rang",
    "answered_at", "answered_by", "operator", "is_voicemail", "media_url", "media_seconds", "ended_at", "cause",
    "outcome", "parent_id_received",
]  # fmt: skip
TOLD = [
    "at", "event_key", "number_from", "number_to", "direction", "cause", "parent_id", "media_url", "media_seconds",
    "queue",
]  # fmt: skip
TOLD_AS = ["key" if name == "event_key" else name for name in TOLD]
LINKS = ["parent", "interaction", "version"]


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which call: the trunk it came by, and the id it has there."""

    trunk: int
    call_id: str


def fold_calls(keys: Collection[Key], *, trunks: Mapping[int, Trunk], again: bool = False) -> list[Call]:
    """Write these calls anew from all their events, with their relatives by transfer. Returns those that changed.

    `again`: their contacts are looked at although no event is new, since time has passed.

    Inside the deed under way. Rows are locked in the order of their keys: two folders never wait for each other.
    """
    if not keys:
        return []
    put_many(
        Call,
        [
            Call(trunk_id=key.trunk, call_id=key.call_id, desk=trunks[key.trunk].desk, is_test=TEST in key.call_id)
            for key in sorted(keys)
        ],
        once=["trunk", "call_id"],
    )
    family = Call.objects.filter(any_of(_relatives(keys), "call_id")).select_related("parent")
    calls = list(family.order_by("trunk", "call_id").select_for_update(of=("self",)))
    for call in calls:  # a few trunks, thousands of calls: they are not read anew with each
        call.trunk = trunks[call.trunk_id]
        if call.desk_id == call.trunk.desk_id:
            call.desk = call.trunk.desk
    changed = _written(calls, _told(calls))
    moved = follow(calls, calls if again else changed)
    for call in moved:
        call.version += 1
    bring_many(Call, moved, [*FOLDED, *LINKS])
    expect_messages(moved)
    tell(moved)
    return moved


def any_of(keys: Iterable[Key], name: str) -> Q:
    """The rows of these calls; `name` is the column of the received id."""
    by_trunk: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        by_trunk[key.trunk].append(key.call_id)
    return reduce(or_, (Q(**{"trunk_id": trunk, f"{name}__in": ids}) for trunk, ids in by_trunk.items()))


def _relatives(keys: Collection[Key]) -> set[Key]:
    """These calls, those they were transferred from, those transferred from them."""
    found = frontier = set(keys)
    for _ in range(MOST_TRANSFERS):
        parents = CallEvent.objects.filter(any_of(frontier, "call_id")).exclude(parent_id="")
        above = {Key(*key) for key in parents.values_list("trunk_id", "parent_id").distinct()}
        children = Call.objects.filter(any_of(frontier, "parent_id_received"))
        frontier = (above | {Key(*key) for key in children.values_list("trunk_id", "call_id")}) - found
        if not frontier:
            break
        found = found | frontier
    return found


def _told(calls: Iterable[Call]) -> dict[Key, list[Told]]:
    told: dict[Key, list[Told]] = defaultdict(list)
    events = CallEvent.objects.filter(any_of({Key(call.trunk_id, call.call_id) for call in calls}, "call_id"))
    for trunk, call_id, kind, *facts, operators in events.values_list("trunk", "call_id", "kind", *TOLD, "operators"):
        said = Told(kind=Kind(kind), operators=tuple(operators), **dict(zip(TOLD_AS, facts, strict=True)))
        told[Key(trunk, call_id)].append(said)
    return told


def _written(calls: Iterable[Call], told: Mapping[Key, list[Told]]) -> list[Call]:
    """Each call set to what its events say; those that changed by it."""
    operators = _operators({call.trunk_id for call in calls})
    calendars: dict[int, Calendar] = {}
    changed = []
    for call in calls:
        events = told.get(Key(call.trunk_id, call.call_id))
        if not events:
            continue
        facts = fold(events, own_numbers=call.desk.numbers, call_id=call.call_id)
        if _set(call, facts, operators[call.trunk_id], calendars):
            changed.append(call)
    return changed


def _set(call: Call, facts: CallFacts, operators: Mapping[str, int], calendars: dict[int, Calendar]) -> bool:
    before = _state(call)
    call.rank, call.number_from, call.number_to = facts.rank, facts.number_from, facts.number_to
    call.direction, call.queue, call.started_at = facts.direction, facts.queue, facts.started_at
    call.rang, call.answered_by = list(facts.rang), list(facts.answered_by)
    call.answered_at, call.ended_at = facts.answered_at, facts.ended_at
    call.is_voicemail, call.media_url, call.media_seconds = facts.is_voicemail, facts.media_url, facts.media_seconds
    call.cause, call.outcome, call.parent_id_received = facts.cause, facts.outcome, facts.parent_id
    other = call.number_to if call.direction == Direction.OUT else call.number_from
    call.caller = phones.parse(other).value[:20]
    found = (operators.get(name.casefold()) for name in facts.answered_by)
    call.operator_id = next((one for one in found if one), call.operator_id)
    call.in_hours = _calendar(call.desk, calendars).is_open(call.started_at)
    return _state(call) != before or call.version == 0


def _state(call: Call) -> tuple[object, ...]:
    return tuple(call.operator_id if name == "operator" else getattr(call, name) for name in FOLDED)


def _calendar(desk: Desk, known: dict[int, Calendar]) -> Calendar:
    if desk.pk not in known:
        known[desk.pk] = calendar_of(desk)
    return known[desk.pk]


def _operators(trunks: Collection[int]) -> dict[int, dict[str, int]]:
    """Who each name of a trunk is: by extension first, then by e-mail address, then by the name shown."""
    found: dict[int, dict[str, int]] = {trunk: {} for trunk in trunks}
    keepers = Desk.operators.through.objects.filter(desk__trunks__in=trunks).values_list(
        "desk__trunks", "user", "user__email", "user__display_name"
    )
    for trunk, user, email, name in keepers:
        found.setdefault(trunk, {}).setdefault(name.casefold(), user)
        found[trunk][email.casefold()] = user
    for trunk, user, value in Extension.objects.filter(trunk__in=trunks).values_list("trunk", "operator", "value"):
        found[trunk][value.casefold()] = user
    return found


def tell(calls: Iterable[Call], *, now: datetime | None = None) -> None:
    """Say to whoever listens which calls changed: leaves with the commit, ids only."""
    since = (now or clock.now()) - FRESH
    said = [
        json.dumps({"desk": call.desk_id, "call": call.pk, "version": call.version})
        for call in calls
        if call.started_at >= since and not call.is_test
    ]
    if said:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, said) FROM unnest(%s::text[]) AS said", [Channel.CALLS.value, said])
