"""Quantities promised, held, given back. The database counts; we hold the locks and say the words."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from callcare.accounts.models import User
from callcare.allocations.actions.steps import late_from, lock, lock_lines, said
from callcare.allocations.enums import AllocationState, AllocationVerb, RenegedBy
from callcare.allocations.models import Allocation
from callcare.allocations.permissions import may_promise
from callcare.catalogue.models import Reason
from callcare.commitments.models import CommitmentLine
from callcare.core import clock
from callcare.core.deeds import Refused, constraint_of, deed
from callcare.desk.actions import overtake_reminders
from callcare.desk.actions.following import follow, moved_by
from callcare.desk.calendar import after_open_days
from callcare.desk.enums import ReminderStep
from callcare.introductions.models import Introduction
from callcare.needs.models import NeedLine

HOLD_DAYS = 5  # open days a hold lasts unless it is confirmed


def hold(
    *,
    need_line: NeedLine,
    commitment_line: CommitmentLine,
    qty: int,
    by: User | None,
    introduction: Introduction | None = None,
    until: datetime | None = None,
) -> Allocation:
    """Keep `qty` measures aside for a need line; lapses by itself after five open days unless confirmed.

    Raises Refused, with the number that is left, when there is not enough.
    """
    with deed(AllocationVerb.HELD, by=by):
        last = until or after_open_days(need_line.desk, days=HOLD_DAYS)
        facts = {"state": AllocationState.HELD, "held_until": last, "next_action_at": last}
        return _allocate(need_line, commitment_line, qty, by=by, introduction=introduction, **facts)


def promise(
    *,
    need_line: NeedLine,
    commitment_line: CommitmentLine,
    qty: int,
    by: User | None,
    introduction: Introduction | None = None,
    promised_for: date | None = None,
) -> Allocation:
    """Promise `qty` measures of a commitment line to a need line, for a day when one is known.

    Raises Refused, with the number that is left, when there is not enough.
    """
    with deed(AllocationVerb.CONFIRMED, by=by):
        due = late_from(need_line, promised_for)
        facts = {"state": AllocationState.CONFIRMED, "promised_for": promised_for, "next_action_at": due}
        return _allocate(need_line, commitment_line, qty, by=by, introduction=introduction, **facts)


def confirm(allocation: Allocation, *, by: User | None, promised_for: date | None = None) -> None:
    """A held quantity is now promised."""
    with deed(AllocationVerb.CONFIRMED, by=by):
        lock(allocation, by)
        due = late_from(allocation.need_line, promised_for)
        allocation.move(AllocationState.CONFIRMED, held_until=None, promised_for=promised_for, next_action_at=due)
        overtake_reminders(allocation, [ReminderStep.HOLD_ENDS])
        allocation.refresh_from_db(fields=["next_action_at"])


def release(allocation: Allocation, *, by: User | None, reason: Reason | None, because: str = "") -> None:
    """Give back what is not handed over yet. What was handed over stays."""
    with deed(AllocationVerb.RELEASED, by=by, because=because or (reason.label if reason else "")):
        lock(allocation, by)
        _give_back(allocation, AllocationState.RELEASED, reason=reason)


def fail(allocation: Allocation, *, by: User | None, side: RenegedBy, reason: Reason | None, because: str) -> None:
    """A promise is not kept: the rest is free again, and it is written down on which side it failed."""
    with deed(AllocationVerb.FAILED, by=by, because=because):
        lock(allocation, by)
        _give_back(allocation, AllocationState.FAILED, reason=reason, reneged_by=side)


def release_lapsed(*, by: User | None = None) -> int:
    """Release the holds whose time is over. Returns how many."""
    lapsed = Allocation.objects.filter(state=AllocationState.HELD, held_until__lte=clock.now()).order_by("pk")
    for allocation in lapsed:
        with deed(AllocationVerb.LAPSED, by=by):
            lock(allocation, by)
            if allocation.state == AllocationState.HELD:
                _give_back(allocation, AllocationState.RELEASED, reason=None)
    return len(lapsed)


def _allocate(
    need_line: NeedLine, commitment_line: CommitmentLine, qty: int, *, by: User | None, **facts: object
) -> Allocation:
    if not may_promise(by, need_line):
        raise Refused("Ce besoin n’est pas de votre guichet.")
    lock_lines(need_line, commitment_line)
    return allocate_locked(need_line, commitment_line, qty, by=by, **facts)


def allocate_locked(
    need_line: NeedLine, commitment_line: CommitmentLine, qty: int, *, by: User | None, **facts: object
) -> Allocation:
    """The same where the caller holds the locks of both cases and asked who she is."""

    def create() -> Allocation:
        with transaction.atomic():
            return Allocation.objects.create(
                desk=need_line.desk,
                need_line=need_line,
                commitment_line=commitment_line,
                qty=qty,
                owner=by or need_line.need.owner,
                **facts,
            )

    allocation = _unless_too_much(create, need_line, commitment_line)
    follow(moved_by(allocation))
    overtake_reminders(need_line.need, [ReminderStep.NO_CANDIDATE])
    allocation.refresh_from_db(fields=["next_action_at"])
    return allocation


def _unless_too_much(
    create: Callable[[], Allocation], need_line: NeedLine, commitment_line: CommitmentLine
) -> Allocation:
    """Try; free the lapsed holds of the line and try once more; then say how much is left."""
    for is_last in (False, True):
        try:
            return create()
        except IntegrityError as error:
            rule = constraint_of(error)
            if rule not in {"never_over_promise", "never_over_serve"}:
                raise
            if not is_last and rule == "never_over_promise" and _free_lapsed(commitment_line):
                continue
            raise Refused(_what_is_left(rule, need_line, commitment_line)) from error
    raise AssertionError("unreachable")


def _free_lapsed(line: CommitmentLine) -> bool:
    lapsed = line.allocations.filter(state=AllocationState.HELD, held_until__lte=clock.now()).order_by("pk")
    for allocation in lapsed:
        _give_back(allocation, AllocationState.RELEASED, reason=None)
    return bool(lapsed)


def _what_is_left(rule: str, need_line: NeedLine, commitment_line: CommitmentLine) -> str:
    line: NeedLine | CommitmentLine = commitment_line if rule == "never_over_promise" else need_line
    line.refresh_from_db()
    left = line.qty_free if isinstance(line, CommitmentLine) else line.qty_open
    if isinstance(line, CommitmentLine):
        return f"Il n’en reste que {said(line, left)}." if left else "Il n’en reste plus : tout est déjà promis."
    return f"Ce besoin n’attend plus que {said(line, left)}." if left else "Ce besoin est déjà entièrement pourvu."


def _give_back(allocation: Allocation, to: AllocationState, **facts: object) -> None:
    rest = allocation.qty - allocation.qty_fulfilled
    if allocation.qty_released == rest:
        raise Refused("Il n’y a plus rien à libérer sur cette affectation.")
    # Partly handed over and the rest given back: what was promised and kept is honoured, unless somebody failed.
    if allocation.qty_fulfilled and to == AllocationState.RELEASED:
        to = AllocationState.FULFILLED
    allocation.move(to, qty_released=rest, held_until=None, next_action_at=None, **facts)
    overtake_reminders(allocation)
