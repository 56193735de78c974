"""Steps the deeds of this floor share: the locks, in the one order of the house, and the words.

Every deed locks commitment lines first, by id, then need lines by id, then both cases, then allocations.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

from callcare.accounts.models import User
from callcare.allocations.enums import AllocationState
from callcare.allocations.models import Allocation
from callcare.allocations.permissions import may_follow
from callcare.commitments.models import CommitmentLine
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.desk.actions import plan_reminder
from callcare.desk.actions.following import Owed, hold_still, now_or
from callcare.desk.calendar import after_open_days
from callcare.desk.enums import ReminderStep
from callcare.desk.models import Reminder
from callcare.introductions.enums import IntroductionState
from callcare.introductions.models import Introduction
from callcare.needs.models import Need, NeedLine

LATE_DAYS = 2  # open days after the promised date before the desk calls
NOT_YOURS = "Cette affectation n’est pas de votre guichet."


def said(line: NeedLine | CommitmentLine, measures: int) -> str:
    """A quantity of measures in the words of its line: « 4 pièces », « 2 demi-journées »."""
    return line.said(measures)


def lock_lines(need_line: NeedLine, commitment_line: CommitmentLine) -> None:
    """All the lines of both cases: whether a case is over is asked of all of them, once they stand still."""
    for lines in (
        CommitmentLine.objects.filter(commitment=commitment_line.commitment_id),
        NeedLine.objects.filter(need=need_line.need_id),
    ):
        list(lines.order_by("pk").select_for_update(no_key=True, of=("self",)))
    hold_still(*_waiting(commitment_line), need_line.need, commitment_line.commitment)


def _waiting(commitment_line: CommitmentLine) -> list[Need]:
    """The needs that wait for an answer from this commitment: they are told when its last unit leaves."""
    proposed = Introduction.objects.filter(commitment=commitment_line.commitment_id, state=IntroductionState.PROPOSED)
    return cast("list[Need]", list(Need.objects.filter(pk__in=proposed.values("need")).order_by("pk")))


def lock(allocation: Allocation, by: User | None) -> None:
    """Take the locks of one allocation in the order of the house, then read it again."""
    if not may_follow(by, allocation):
        raise Refused(NOT_YOURS)
    lock_lines(allocation.need_line, allocation.commitment_line)
    list(Allocation.objects.filter(pk=allocation.pk).select_for_update(no_key=True, of=("self",)))
    allocation.refresh_from_db()


def late_from(line: NeedLine, promised_for: date | None) -> datetime:
    start = clock.now()
    if promised_for:
        start = max(start, datetime.combine(promised_for, start.timetz()))
    return after_open_days(line.desk, start, days=LATE_DAYS)


def remind(allocation: Allocation, step: ReminderStep, *, at: datetime) -> None:
    need = allocation.need_line.need
    plan_reminder(
        desk=allocation.desk,
        subject=allocation,
        step=step,
        about=need.title,
        due_at=at,
        organisation=need.organisation,
        person=need.person,
        owner=allocation.owner,
    )


def owed_for(allocation: Allocation, planned: Sequence[Reminder]) -> Owed | None:
    """What a promise waits for: that its hold is confirmed or let go, or that it is handed over in time."""
    if allocation.state == AllocationState.HELD and allocation.held_until:
        step, due = ReminderStep.HOLD_ENDS, now_or(allocation.held_until - timedelta(days=1))
    else:
        step, due = ReminderStep.LATE_DELIVERY, late_from(allocation.need_line, allocation.promised_for)
    if any(one.step == step for one in planned):
        return None
    need = allocation.need_line.need
    return Owed(
        step=step, due_at=due, about=need.title, organisation=need.organisation, person=need.person,
        owner=allocation.owner,
    )  # fmt: skip
