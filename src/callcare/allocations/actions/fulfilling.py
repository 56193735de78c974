"""What really happened: handed over, taken back, corrected."""

from datetime import date, datetime, timedelta

from callcare.accounts.models import User
from callcare.allocations.actions.promising import confirm
from callcare.allocations.actions.steps import late_from, lock, remind, said
from callcare.allocations.enums import AllocationState, AllocationVerb, FulfilmentKind, Proof
from callcare.allocations.models import Allocation, Fulfilment
from callcare.catalogue.enums import Mode
from callcare.catalogue.models import Reason
from callcare.commitments.actions import close_commitment, reopen_commitment
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock, french
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import overtake_reminders
from callcare.desk.actions.following import follow, moved_by
from callcare.desk.enums import CaseState, ReminderStep
from callcare.needs.actions import close_need, reopen_need
from callcare.needs.models import Need, NeedLine

OUTCOME_AFTER = timedelta(days=10)
GIVEN = "C’est un don : il ne revient pas. Si la remise n’a pas eu lieu, corrigez-la."


def deliver(
    allocation: Allocation,
    *,
    qty: int,
    by: User | None,
    proof: Proof,
    at: datetime | None = None,
    place: str = "",
    note: str = "",
) -> Fulfilment:
    """Note that `qty` measures were really handed over, or done. The last one makes the allocation honoured."""
    with deed(AllocationVerb.DELIVERED, by=by):
        lock(allocation, by)
        if allocation.state == AllocationState.HELD:
            confirm(allocation, by=by)
        if allocation.state != AllocationState.CONFIRMED:
            raise Refused("Cette affectation n’attend plus de remise.")
        left = allocation.qty - allocation.qty_fulfilled - allocation.qty_released
        if qty > left:
            raise Refused(f"Il ne reste que {said(allocation.need_line, left)} à remettre sur cette affectation.")
        if at and at > clock.now() + timedelta(minutes=5):
            raise Refused("Une remise se note une fois faite : sa date ne peut pas être à venir.")
        if at and _day(at) < _day(allocation.made_at):
            raise Refused(f"C’est avant la promesse, faite le {french.day(_day(allocation.made_at))}.")
        done = Fulfilment.objects.create(
            desk=allocation.desk, allocation=allocation, qty=qty, at=at or clock.now(), place=place, proof=proof,
            by=by, note=note,
        )  # fmt: skip
        allocation.refresh_from_db()
        if qty == left:
            allocation.move(AllocationState.FULFILLED, next_action_at=None)
            overtake_reminders(allocation, [ReminderStep.LATE_DELIVERY])
        remind(allocation, ReminderStep.OUTCOME_ASKED, at=clock.now() + OUTCOME_AFTER)
        _close_what_is_over(allocation, by)
        return done


def _day(at: datetime) -> date:
    return at.astimezone(clock.PARIS).date()


def _close_what_is_over(allocation: Allocation, by: User | None) -> None:
    """The deed of the last delivery closes the need it serves, and the commitment it exhausts."""
    need = Need.objects.get(pk=allocation.need_line.need_id)
    is_served = need.state == CaseState.OPEN and all(_is_served(line) for line in need.lines.all())
    if is_served and (served := Reason.objects.filter(code="served").first()):
        close_need(need, by=by, reason=served)
    commitment = Commitment.objects.get(pk=allocation.commitment_line.commitment_id)
    is_ours = commitment.desk_id == allocation.desk_id and commitment.state == CaseState.OPEN
    is_exhausted = is_ours and all(_is_exhausted(line) for line in commitment.lines.all())
    if is_exhausted and (exhausted := Reason.objects.filter(code="exhausted").first()):
        close_commitment(commitment, by=by, reason=exhausted)


def _reopen_what_is_due(allocation: Allocation, by: User | None, because: str) -> None:
    """What is still to be handed over stands on an open need and an open commitment, or it is not corrected at all."""
    commitment = Commitment.objects.get(pk=allocation.commitment_line.commitment_id)
    if commitment.is_closed and commitment.desk_id != allocation.desk_id:
        raise Refused(
            f"L’engagement {commitment.ref} est clos par un autre guichet : demandez-lui de le rouvrir d’abord."
        )
    if commitment.is_closed:
        reopen_commitment(commitment, by=by, because=because)
    need = Need.objects.get(pk=allocation.need_line.need_id)
    if need.is_closed:
        reopen_need(need, by=by, because=because)


def _is_served(line: NeedLine) -> bool:
    return line.qty_fulfilled >= line.qty_requested - line.qty_cancelled


def _is_exhausted(line: CommitmentLine) -> bool:
    """Nothing is free and nothing is still to be handed over. What is lent comes back: it is never exhausted."""
    if not line.is_countable or line.every or line.mode != Mode.GIFT or line.qty_free:
        return False
    live = [AllocationState.HELD, AllocationState.CONFIRMED]
    return not line.allocations.filter(state__in=live).exists()


def take_back(allocation: Allocation, *, qty: int, by: User | None, proof: Proof, note: str = "") -> Fulfilment:
    """A loan comes back: the quantity is free for a second borrower, the need it served stays served."""
    with deed(AllocationVerb.RETURNED, by=by):
        lock(allocation, by)
        if allocation.commitment_line.mode == Mode.GIFT:
            raise Refused(GIVEN)
        kind = FulfilmentKind.RETURN
        back = Fulfilment.objects.create(
            desk=allocation.desk, allocation=allocation, kind=kind, qty=qty, at=clock.now(), proof=proof, by=by,
            note=note,
        )  # fmt: skip
        allocation.refresh_from_db()
        return back


def correct(fulfilment: Fulfilment, *, qty: int, by: User | None, because: str) -> Fulfilment:
    """Take back `qty` of what was noted by mistake. The mistake stays readable; the quantity is due again.

    A need or a commitment closed by that mistake is open again in the same deed: what is due is never on a closed one.
    Raises Refused without a reason, or beyond what was noted.
    """
    if not because.strip():
        raise Refused("Dites pourquoi cette remise est corrigée.")
    with deed(AllocationVerb.CORRECTED, by=by, because=because):
        allocation = fulfilment.allocation
        lock(allocation, by)
        if allocation.state not in {AllocationState.CONFIRMED, AllocationState.FULFILLED}:
            raise Refused(
                "Cette affectation est close : ce qui restait est déjà rendu. Promettez de nouveau ce qui manque."
            )
        _reopen_what_is_due(allocation, by, because)
        if allocation.state == AllocationState.FULFILLED:
            due = late_from(allocation.need_line, None)
            allocation.move(AllocationState.CONFIRMED, next_action_at=due)
        undone = Fulfilment.objects.create(
            desk=allocation.desk, allocation=allocation, kind=FulfilmentKind.CORRECTION, qty=qty, at=clock.now(),
            proof=Proof.ORAL, by=by, corrects=fulfilment, note=because[:300],
        )  # fmt: skip
        follow(moved_by(allocation))
        allocation.refresh_from_db()
        return undone
