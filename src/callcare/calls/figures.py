"""Questions to the rows that answer the figures of the telephone. Stored nowhere: the page asks each time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from callcare.accounts.models import User
from callcare.calls.enums import Outcome
from callcare.calls.models import Call, Presence
from callcare.calls.rules import counting
from callcare.calls.rules.counting import Measure, Owed, Received, Row
from callcare.core import clock
from callcare.desk.calendar import calendar_of
from callcare.desk.enums import Direction, InteractionChannel, InteractionState, ReminderState, ReminderStep
from callcare.desk.models import Desk, Interaction, Reminder
from callcare.desk.rules.hours import Calendar


@dataclass(frozen=True)
class Scope:
    """From the first day to the last, both included, in Paris; at these desks."""

    first: date
    last: date
    desks: Sequence[Desk]

    @cached_property
    def open_time(self) -> dict[int, list[tuple[datetime, datetime]]]:
        """When each desk was open, in stretches, until now at the latest; asked once."""
        return {desk.pk: _stretches(calendar_of(desk), self) for desk in self.desks}

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), clock.PARIS).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), clock.PARIS).astimezone(UTC)


def desks_of(user: User) -> list[Desk]:
    """Whose telephone she may count."""
    return list(Desk.objects.visible_to(user).order_by("name"))


def received(scope: Scope) -> list[Received]:
    """Every inbound contact of the period that came through a trunk, is over, and was neither a test nor rejected."""
    chains: dict[int, list[Call]] = {}
    calls = (
        Call.objects.real()
        .filter(desk__in=scope.desks, direction=Direction.IN, interaction__isnull=False)
        .filter(interaction__started_at__gte=scope.begins, interaction__started_at__lt=scope.ends)
        .select_related("interaction")
        .order_by("started_at", "pk")
    )
    for call in calls:
        chains.setdefault(call.interaction_id or 0, []).append(call)
    return [one for chain in chains.values() if (one := _received(chain)) is not None]


def _received(chain: Sequence[Call]) -> Received | None:
    first, contact = chain[0], chain[0].interaction
    if contact is None or any(call.ended_at is None for call in chain):
        return None  # still under way
    if {call.outcome for call in chain} == {Outcome.REJECTED}:
        return None
    answered = [call for call in chain if call.answered_at]
    is_final = contact.state == InteractionState.FINAL and contact.operator_id is not None
    return Received(
        started_at=first.started_at,
        ended_at=max(call.ended_at for call in chain if call.ended_at),
        in_hours=first.in_hours,
        answered_at=min((call.answered_at for call in answered if call.answered_at), default=None),
        cause=chain[-1].cause,
        operator=contact.operator_id if answered else None,
        caller=first.caller,
        final_at=contact.finished_at if is_final and answered else None,
        dispositions=frozenset(contact.dispositions),
    )


def by_hand(scope: Scope) -> int:
    """Calls noted without a trunk: counted apart, since nobody measured how long they waited."""
    noted = Interaction.objects.filter(
        desk__in=scope.desks, channel=InteractionChannel.PHONE, direction=Direction.IN, calls=None,
        started_at__gte=scope.begins, started_at__lt=scope.ends,
    )  # fmt: skip
    return noted.count()


def measures(scope: Scope, contacts: Sequence[Received]) -> list[Measure]:
    """Every figure of the page."""
    presences = _presences(scope)
    return counting.measures(
        counting.Period(
            contacts=contacts,
            owed=_owed(scope),
            reached=_reached(scope),
            open_hours=sum(_hours(stretches) for stretches in scope.open_time.values()),
            presence_hours=presence_hours(scope, presences),
            operators=len({one.operator for one in presences}) or len({one.operator for one in contacts} - {None}),
        )
    )


def _owed(scope: Scope) -> list[Owed]:
    due = Reminder.objects.filter(
        desk__in=scope.desks, step=ReminderStep.CALL_BACK, first_due_at__isnull=False
    ).filter(first_due_at__gte=scope.begins, first_due_at__lt=min(scope.ends, clock.now()))
    told = due.exclude(state__in=[ReminderState.OVERTAKEN, ReminderState.CANCELLED])
    dates = told.values_list("first_due_at", "first_tried_at")
    return [Owed(due_at=at, tried_at=tried) for at, tried in dates if at is not None]


def _reached(scope: Scope) -> list[tuple[str, datetime]]:
    spoken = Call.objects.real().filter(desk__in=scope.desks, answered_at__isnull=False).exclude(caller="")
    until = scope.ends + timedelta(days=4)  # whoever was missed on the last day is reached after it
    then = spoken.filter(answered_at__gte=scope.begins, answered_at__lt=until)
    return [(number, at) for number, at in then.values_list("caller", "answered_at") if at is not None]


def _stretches(calendar: Calendar, scope: Scope) -> list[tuple[datetime, datetime]]:
    until = min(scope.ends, clock.now())
    found = []
    for begin, end in calendar.stretches(scope.begins):
        if begin >= until:
            break
        found.append((begin, min(end, until)))
    return found


def _hours(stretches: Iterable[tuple[datetime, datetime]]) -> float:
    return sum((end - begin).total_seconds() for begin, end in stretches) / 3600


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody at a screen of a desk, from when to when."""

    desk: int
    operator: int
    began_at: datetime
    seen_at: datetime


def _presences(scope: Scope) -> list[Stay]:
    here = Presence.objects.filter(desk__in=scope.desks, seen_at__gte=scope.begins, began_at__lt=scope.ends)
    rows = here.order_by("began_at").values_list("desk", "operator", "began_at", "seen_at")
    return [Stay(*row) for row in rows]


def presence_hours(scope: Scope, stays: Iterable[Stay]) -> float:
    """Hours at the screen within the opening hours; two screens of one operator count once."""
    until: dict[tuple[int, int], datetime] = {}
    total = timedelta()
    for stay in stays:
        key = (stay.desk, stay.operator)
        counted = max(stay.began_at, until.get(key, stay.began_at))
        until[key] = max(stay.seen_at, until.get(key, stay.seen_at))
        for begin, end in scope.open_time[stay.desk]:
            total += max(timedelta(), min(end, stay.seen_at) - max(begin, counted))
    return total.total_seconds() / 3600


def by_day(contacts: Sequence[Received]) -> list[Row]:
    return counting.rows_by(contacts, lambda one: one.started_at.astimezone(clock.PARIS).date())


def by_hour(contacts: Sequence[Received]) -> list[Row]:
    return counting.rows_by(contacts, lambda one: f"{one.started_at.astimezone(clock.PARIS):%H}")


def of_operator(contacts: Sequence[Received], operator: User) -> Row | None:
    """Her own line, for her alone: nobody is ranked."""
    mine = [one for one in contacts if one.operator == operator.pk]
    return counting.rows_by(mine, lambda one: one.operator)[0] if mine else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of one weekday: how many calls came, how many of them nobody answered; `level` 0 to 4 for the eye."""

    weekday: int
    hour: int
    n: int
    lost: int
    level: int


def week(contacts: Collection[Received]) -> list[list[Cell]]:
    """The heat map: a line for each weekday on which something came, a cell for each hour of the busiest span."""
    counts: dict[tuple[int, int], list[Received]] = {}
    for one in contacts:
        here = one.started_at.astimezone(clock.PARIS)
        counts.setdefault((here.weekday(), here.hour), []).append(one)
    if not counts:
        return []
    hours = range(min(8, *(hour for _, hour in counts)), max(18, *(hour for _, hour in counts)) + 1)
    days = range(max(4, *(day for day, _ in counts)) + 1)
    most = max(len(found) for found in counts.values())
    return [[_cell(day, hour, counts.get((day, hour), []), most) for hour in hours] for day in days]


def _cell(day: int, hour: int, found: Sequence[Received], most: int) -> Cell:
    lost = sum(one.answered_at is None and not one.is_short for one in found)
    return Cell(day, hour, len(found), lost, -(-4 * len(found) // most))
