"""Steps the deeds of this floor share: the locks, in the one order of the house, and the words.

Every deed locks commitment lines first, by id, then need lines by id, then allocations.
"""

from datetime import date, datetime

from callcare.accounts.models import User
from callcare.allocations.models import Allocation
from callcare.allocations.permissions import may_follow
from callcare.commitments.models import CommitmentLine
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.core.french import counted, euros
from callcare.desk.actions import plan_reminder
from callcare.desk.calendar import after_open_days
from callcare.desk.enums import ReminderStep
from callcare.needs.models import NeedLine

LATE_DAYS = 2  # open days after the promised date before the desk calls
NOT_YOURS = "Cette affectation n’est pas de votre guichet."


def said(line: NeedLine | CommitmentLine, measures: int) -> str:
    """A quantity of measures in the words of its line: « 4 pièces », « 2 demi-journées »."""
    if line.measure == "cent":
        return euros(measures)
    whole, rest = divmod(measures, line.factor)
    if rest:
        return f"{measures / line.factor:.2f}".replace(".", ",") + f" {line.unit.plural}"
    return counted(whole, line.unit.label, line.unit.plural)


def lock_lines(need_line: NeedLine, commitment_line: CommitmentLine) -> None:
    list(CommitmentLine.objects.filter(pk=commitment_line.pk).select_for_update(no_key=True, of=("self",)))
    list(NeedLine.objects.filter(pk=need_line.pk).select_for_update(no_key=True, of=("self",)))


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
