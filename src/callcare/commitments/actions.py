"""What people do with commitments. One function, one deed: who, why, all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from callcare.accounts.models import User
from callcare.catalogue.enums import ReasonUse
from callcare.catalogue.models import Reason
from callcare.commitments.enums import CommitmentVerb, Level, Sharing, Travel
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.commitments.permissions import may_change_commitment, may_record_commitment
from callcare.commitments.signals import commitment_closed
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import cases, overtake_reminders, record_consent
from callcare.desk.actions.cases import NOT_YOURS, LineFacts
from callcare.desk.actions.following import Owed, look_after, now_or
from callcare.desk.calendar import next_opening
from callcare.desk.enums import CaseState, Disposition, ReminderStep
from callcare.desk.models import Consent, Desk, Interaction, Reminder
from callcare.directory.models import Organisation, Person
from callcare.territories.models import Territory

RECONFIRM_AFTER = timedelta(days=90)  # a giver is asked again whether her offer stands
EDITABLE = frozenset(
    {
        "organisation", "person", "title", "public_text", "description", "commune", "starts_on", "ends_on", "consent",
        "owner", "next_action_at", "radius_km", "travel", "max_open_introductions", "may_be_named", "receipt_wanted",
        "conditions",
    }
)  # fmt: skip


def record_commitment(
    *,
    by: User | None,
    desk: Desk,
    organisation: Organisation,
    lines: Iterable[LineFacts] = (),
    typed: str = "",
    title: str = "",
    person: Person | None = None,
    interaction: Interaction | None = None,
    public_text: str = "",
    description: str = "",
    commune: Territory | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    level: Level = Level.ANNOUNCED,
    sharing: Sharing = Sharing.DESK,
    radius_km: int | None = None,
    travel: Travel = Travel.EITHER,
    max_open_introductions: int = 3,
    may_be_named: bool = False,
    receipt_wanted: bool = False,
    conditions: str = "",
    consent: Consent | None = None,
    state: CaseState = CaseState.OPEN,
    owner: User | None = None,
    next_action_at: datetime | None = None,
    import_digest: str | None = None,
    gives: Mapping[str, Any] | None = None,
    because: str = "",
) -> Commitment:
    """Write down what a giver offers. `typed` is her line as it was heard; nothing of it is ever lost.

    `gives` is what the person allows to pass on, said now: {"gives_name": True, "gives_phone": True, …}.
    Without `next_action_at` an announced one is to confirm in two open days, a confirmed one to check in 90 days.
    """
    with deed(CommitmentVerb.RECORDED, by=by, because=because):
        if not may_record_commitment(by, desk):
            raise Refused("Vous ne tenez pas ce guichet.")
        cases.must_fit(desk=desk, organisation=organisation, person=person, interaction=interaction, consent=consent)
        lines = list(lines)
        if state == CaseState.OPEN and not lines:
            raise Refused("Dites ce qui est offert : il manque une catégorie.")
        commitment = Commitment.objects.create(
            desk=desk,
            organisation=organisation,
            person=person,
            interaction=interaction,
            typed=typed,
            title=(title or typed).strip()[:200],
            public_text=public_text.strip(),
            description=description.strip(),
            commune=commune,
            starts_on=starts_on,
            ends_on=ends_on,
            level=level,
            confirmed_at=clock.now() if level == Level.CONFIRMED else None,
            sharing=sharing,
            radius_km=radius_km,
            travel=travel,
            max_open_introductions=max_open_introductions,
            may_be_named=may_be_named,
            receipt_wanted=receipt_wanted,
            conditions=conditions.strip(),
            consent=consent,
            state=state,
            owner=owner or by,
            next_action_at=cases.next_action(desk, next_action_at),
            import_digest=import_digest,
        )
        for facts in lines:
            _new_line(commitment, facts)
        cases.led_to(interaction, Disposition.COMMITMENT)
        if gives and person:
            record_consent(desk=desk, person=person, by=by, case=commitment, interaction=interaction, **gives)
        look_after(commitment, at=next_action_at)
        return commitment


def edit_commitment(commitment: Commitment, *, by: User | None, seen: int, because: str = "", **changes: Any) -> None:
    """Change what a page may change (EDITABLE). Raises Outdated if it changed since version `seen`."""
    with deed(CommitmentVerb.EDITED, by=by, because=because):
        _must_change(by, commitment)
        cases.edit_case(commitment, seen=seen, allowed=EDITABLE, changes=changes)


def add_line(commitment: Commitment, *, by: User | None, facts: LineFacts, because: str = "") -> CommitmentLine:
    """Offer one thing more."""
    with deed(CommitmentVerb.LINE_ADDED, by=by, because=because):
        _must_change(by, commitment)
        cases.must_be_open(commitment)
        line = _new_line(commitment, facts)
        cases.touch(commitment)
        return line


def edit_line(
    line: CommitmentLine, *, by: User | None, seen: int, facts: LineFacts, because: str = ""
) -> CommitmentLine:
    """Say a line anew: more, less, of another kind. `seen` is the revision the person read."""
    with deed(CommitmentVerb.LINE_EDITED, by=by, because=because):
        here = _taken(line, by)
        cases.change_line(here, seen=seen, because=because, facts=facts)
        here.is_countable, here.rtt = facts.is_countable, facts.rtt
        here.save(update_fields=["is_countable", "rtt"])
        cases.touch(line.commitment)
        return here


def withdraw_quantity(
    line: CommitmentLine, *, by: User | None, quantity: Decimal | int, because: str
) -> CommitmentLine:
    """Part of what was offered is offered no more; what was first offered stays readable."""
    with deed(CommitmentVerb.LINE_WITHDRAWN, by=by, because=because):
        here = _taken(line, by)
        cases.take_back(here, quantity=quantity, because=because)
        cases.touch(line.commitment)
        return here


def confirm_commitment(commitment: Commitment, *, by: User | None, because: str = "") -> None:
    """The desk checked with the giver that the offer stands: for the first time, or once more."""
    again = commitment.level == Level.CONFIRMED
    with deed(CommitmentVerb.RECONFIRMED if again else CommitmentVerb.CONFIRMED, by=by, because=because):
        _must_change(by, commitment)
        commitment.refresh_from_db(fields=["state"])
        cases.must_be_open(commitment)
        Commitment.objects.filter(pk=commitment.pk).update(level=Level.CONFIRMED, confirmed_at=clock.now())
        commitment.refresh_from_db()
        overtake_reminders(commitment, [ReminderStep.CONFIRM_OFFER, ReminderStep.RECONFIRM])
        commitment.refresh_from_db()


def share_commitment(commitment: Commitment, *, by: User | None, sharing: Sharing) -> None:
    """Let neighbouring desks, or all of them, propose this offer to their askers; or keep it to oneself again."""
    with deed(CommitmentVerb.SHARED, by=by, because=sharing.label):
        _must_change(by, commitment)
        commitment.refresh_from_db(fields=["state"])
        cases.must_be_open(commitment)
        Commitment.objects.filter(pk=commitment.pk).update(sharing=sharing)
        commitment.refresh_from_db()


def open_commitment(commitment: Commitment, *, by: User | None, next_action_at: datetime | None = None) -> None:
    """Work on a commitment that was to qualify, or on hold."""
    with deed(CommitmentVerb.OPENED, by=by):
        _must_change(by, commitment)
        lines = cases.locked(commitment.lines.all())
        cases.open_case(commitment, by=by, lines=lines, next_action_at=next_action_at)


def hold_commitment(commitment: Commitment, *, by: User | None, because: str, until: datetime) -> None:
    """Propose it to nobody until a date, for a reason."""
    with deed(CommitmentVerb.HELD, by=by, because=because):
        _must_change(by, commitment)
        cases.locked(commitment.lines.all())
        cases.hold_case(commitment, by=by, because=because, until=until)


def close_commitment(commitment: Commitment, *, by: User | None, reason: Reason, because: str = "") -> None:
    """The commitment is over: exhausted, withdrawn, out of scope, expired."""
    with deed(CommitmentVerb.CLOSED, by=by, because=because or reason.label):
        _must_change(by, commitment)
        cases.locked(commitment.lines.all())
        commitment_closed.send(Commitment, commitment=commitment, by=by)
        cases.close_case(commitment, reason=reason, use=ReasonUse.CLOSE_COMMITMENT)


def reopen_commitment(
    commitment: Commitment, *, by: User | None, because: str, next_action_at: datetime | None = None
) -> None:
    """Work again on a closed commitment. When it was first opened and first closed is kept."""
    with deed(CommitmentVerb.REOPENED, by=by, because=because):
        _must_change(by, commitment)
        cases.locked(commitment.lines.all())
        cases.reopen_case(commitment, by=by, because=because, next_action_at=next_action_at)


def _must_change(by: User | None, commitment: Commitment) -> None:
    if not may_change_commitment(by, commitment):
        raise Refused(NOT_YOURS)


def _taken(line: CommitmentLine, by: User | None) -> CommitmentLine:
    """The line, locked, if she may change it."""
    _must_change(by, line.commitment)
    line.commitment.refresh_from_db(fields=["state"])
    cases.must_be_open(line.commitment)
    [here] = cases.locked(CommitmentLine.objects.filter(pk=line.pk).select_related("unit", "category"))
    return here


def _new_line(commitment: Commitment, facts: LineFacts) -> CommitmentLine:
    quantity = facts.in_measures(facts.quantity) if facts.is_countable else 0
    if facts.is_countable and not quantity:
        raise Refused("Dites combien, ou cochez « selon les besoins ».")
    return CommitmentLine.objects.create(
        commitment=commitment,
        desk=commitment.desk,
        qty_offered=quantity,
        is_countable=facts.is_countable,
        rtt=facts.rtt,
        **facts.columns(),
    )


def owed_for(commitment: Commitment, planned: Sequence[Reminder]) -> Owed | None:
    """What an offer waits for: to be said precisely, taken up again, confirmed, or confirmed once more in 90 days."""
    if commitment.state != CaseState.OPEN:
        return cases.owed_before_opening(commitment, planned)
    step, due_at = ReminderStep.CONFIRM_OFFER, None
    if commitment.confirmed_at:
        again = next_opening(commitment.desk, now_or(commitment.confirmed_at + RECONFIRM_AFTER))
        step, due_at = ReminderStep.RECONFIRM, again
    if any(one.step == step for one in planned):
        return None
    return cases.owed_by(commitment, step, due_at=due_at)
