"""What people do with needs. One function, one deed: who, why, all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from callcare.accounts.models import User
from callcare.catalogue.enums import ReasonUse
from callcare.catalogue.models import Reason
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import cases, record_consent
from callcare.desk.actions.cases import NOT_YOURS, LineFacts
from callcare.desk.actions.following import AFTERCARE, Owed, look_after
from callcare.desk.enums import CaseState, Disposition, ReminderStep
from callcare.desk.models import Consent, Desk, Interaction, Reminder
from callcare.directory.models import Organisation, Person
from callcare.needs.enums import InteractionRole, NeedVerb
from callcare.needs.models import Need, NeedInteraction, NeedLine
from callcare.needs.permissions import may_change_need, may_record_need
from callcare.needs.signals import need_closed
from callcare.territories.models import Territory

EDITABLE = frozenset(
    {
        "organisation", "person", "title", "public_text", "description", "commune", "starts_on", "ends_on", "consent",
        "owner", "next_action_at", "audience", "priority", "people_expected", "givers_wanted",
    }
)  # fmt: skip
PROMISED = frozenset({ReminderStep.HOLD_ENDS, ReminderStep.LATE_DELIVERY})
DUPLICATE = "duplicate"  # the code of the reason of the catalogue


def record_need(
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
    audience: str = "",
    priority: int = 2,
    people_expected: int | None = None,
    givers_wanted: int = 1,
    consent: Consent | None = None,
    state: CaseState = CaseState.OPEN,
    owner: User | None = None,
    next_action_at: datetime | None = None,
    import_digest: str | None = None,
    gives: Mapping[str, Any] | None = None,
    because: str = "",
) -> Need:
    """Write down what an asker lacks. `typed` is her line as it was heard; nothing of it is ever lost.

    `gives` is what the person allows to pass on, said now: {"gives_name": True, "gives_phone": True, …}.
    Without `next_action_at` it comes back to its owner (`by` unless said) in two open days.
    """
    with deed(NeedVerb.RECORDED, by=by, because=because):
        if not may_record_need(by, desk):
            raise Refused("Vous ne tenez pas ce guichet.")
        cases.must_fit(desk=desk, organisation=organisation, person=person, interaction=interaction, consent=consent)
        lines = list(lines)
        if state == CaseState.OPEN and not lines:
            raise Refused("Dites ce qui est demandé : il manque une catégorie.")
        need = Need.objects.create(
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
            audience=audience,
            priority=priority,
            people_expected=people_expected,
            givers_wanted=givers_wanted,
            consent=consent,
            state=state,
            owner=owner or by,
            next_action_at=cases.next_action(desk, next_action_at),
            import_digest=import_digest,
        )
        for facts in lines:
            _new_line(need, facts)
        if interaction:
            _speak_of(need, interaction, InteractionRole.CREATED)
            cases.led_to(interaction, Disposition.NEED)
        if gives and person:
            record_consent(desk=desk, person=person, by=by, case=need, interaction=interaction, **gives)
        look_after(need, at=next_action_at)
        return need


def edit_need(need: Need, *, by: User | None, seen: int, because: str = "", **changes: Any) -> None:
    """Change what a page may change (EDITABLE). Raises Outdated if the need changed since version `seen`."""
    with deed(NeedVerb.EDITED, by=by, because=because):
        _must_change(by, need)
        cases.edit_case(need, seen=seen, allowed=EDITABLE, changes=changes)


def add_line(need: Need, *, by: User | None, facts: LineFacts, because: str = "") -> NeedLine:
    """Ask for one thing more."""
    with deed(NeedVerb.LINE_ADDED, by=by, because=because):
        _must_change(by, need)
        cases.must_be_open(need)
        line = _new_line(need, facts)
        cases.touch(need)
        return line


def edit_line(line: NeedLine, *, by: User | None, seen: int, facts: LineFacts, because: str = "") -> NeedLine:
    """Say a line anew: more, less, of another kind. `seen` is the revision the person read."""
    with deed(NeedVerb.LINE_EDITED, by=by, because=because):
        here = _taken(line, by)
        cases.change_line(here, seen=seen, because=because, facts=facts)
        here.min_useful = _min_useful(facts)
        here.save(update_fields=["min_useful"])
        cases.touch(line.need)
        return here


def cancel_quantity(line: NeedLine, *, by: User | None, quantity: Decimal | int, because: str) -> NeedLine:
    """Part of what was asked is not needed any more; what was first asked stays readable."""
    with deed(NeedVerb.LINE_CANCELLED, by=by, because=because):
        here = _taken(line, by)
        cases.take_back(here, quantity=quantity, because=because)
        cases.touch(line.need)
        return here


def open_need(need: Need, *, by: User | None, next_action_at: datetime | None = None) -> None:
    """Work on a need that was to qualify, or on hold."""
    with deed(NeedVerb.OPENED, by=by):
        _must_change(by, need)
        lines = cases.locked(need.lines.all())
        cases.open_case(need, by=by, lines=lines, next_action_at=next_action_at)


def hold_need(need: Need, *, by: User | None, because: str, until: datetime) -> None:
    """Look for nothing until a date, for a reason."""
    with deed(NeedVerb.HELD, by=by, because=because):
        _must_change(by, need)
        cases.locked(need.lines.all())
        cases.hold_case(need, by=by, because=because, until=until)


def close_need(need: Need, *, by: User | None, reason: Reason, because: str = "") -> None:
    """The need is over: served, withdrawn, out of scope, unanswered, expired."""
    with deed(NeedVerb.CLOSED, by=by, because=because or reason.label):
        _must_change(by, need)
        if reason.code == DUPLICATE:
            raise Refused("Dites de quel besoin celui-ci est le doublon.")
        cases.locked(need.lines.all())
        cases.close_case(need, reason=reason, use=ReasonUse.CLOSE_NEED)
        need_closed.send(Need, need=need, by=by)


def close_as_duplicate(need: Need, *, by: User | None, of: Need, because: str = "") -> None:
    """The same need was recorded twice: this one leaves the figures, and stays readable behind the other."""
    with deed(NeedVerb.DUPLICATE, by=by, because=because or f"doublon de {of.ref}"):
        _must_change(by, need)
        _must_be_a_duplicate(need, of)
        if any(line.qty_reserved or line.qty_fulfilled for line in cases.locked(need.lines.all())):
            raise Refused("Ce besoin a déjà des affectations : poursuivez depuis lui, et fermez l’autre.")
        reason = Reason.objects.filter(code=DUPLICATE).first()
        if reason is None:
            raise Refused("Le motif « doublon » manque au catalogue : demandez-le au pilote du collectif.")
        cases.close_case(need, reason=reason, use=ReasonUse.CLOSE_NEED, duplicate_of=of)
        need_closed.send(Need, need=need, by=by)


def reopen_need(need: Need, *, by: User | None, because: str, next_action_at: datetime | None = None) -> None:
    """Work again on a closed need. When it was first opened and first closed is kept."""
    with deed(NeedVerb.REOPENED, by=by, because=because):
        _must_change(by, need)
        cases.locked(need.lines.all())
        cases.reopen_case(need, by=by, because=because, next_action_at=next_action_at, duplicate_of=None)


def repeat_need(
    need: Need, *, by: User | None, interaction: Interaction | None = None, priority: int | None = None
) -> None:
    """The same thing is asked again: no new need, one more repeat; it may become more urgent, never less."""
    with deed(NeedVerb.REPEATED, by=by):
        _must_change(by, need)
        cases.must_be_open(need)
        more = {"priority": min(need.priority, priority)} if priority else {}
        Need.objects.filter(pk=need.pk).update(repeats=F("repeats") + 1, **more)
        if interaction:
            if interaction.desk_id != need.desk_id:
                raise Refused("Ce contact est d’un autre guichet.")
            _speak_of(need, interaction, InteractionRole.REPEATED)
            cases.led_to(interaction, Disposition.REPEAT)
        need.refresh_from_db()


def _must_change(by: User | None, need: Need) -> None:
    if not may_change_need(by, need):
        raise Refused(NOT_YOURS)


def _must_be_a_duplicate(need: Need, of: Need) -> None:
    if of.pk == need.pk or of.desk_id != need.desk_id:
        raise Refused("Un doublon renvoie à un autre besoin du même guichet.")
    if of.duplicate_of_id:
        raise Refused("Cet autre besoin est lui-même un doublon : renvoyez à celui qui reste.")


def _taken(line: NeedLine, by: User | None) -> NeedLine:
    """The line, locked, if she may change it."""
    _must_change(by, line.need)
    line.need.refresh_from_db(fields=["state"])
    cases.must_be_open(line.need)
    [here] = cases.locked(NeedLine.objects.filter(pk=line.pk).select_related("unit", "category"))
    return here


def _new_line(need: Need, facts: LineFacts) -> NeedLine:
    quantity = facts.in_measures(facts.quantity)
    return NeedLine.objects.create(
        need=need, desk=need.desk, qty_requested=quantity, min_useful=_min_useful(facts), **facts.columns()
    )


def _min_useful(facts: LineFacts) -> int:
    return 1 if facts.min_useful is None else max(1, facts.in_measures(facts.min_useful))


def _speak_of(need: Need, interaction: Interaction, role: InteractionRole) -> None:
    NeedInteraction.objects.create(desk=need.desk, need=need, interaction=interaction, role=role)


def owed_for(need: Need, planned: Sequence[Reminder]) -> Owed | None:
    """What a need waits for: to be said precisely, to be taken up again, or that somebody looks for help.

    While somebody is asked, that is what the need waits for; a promise is enough when it covers all that is open.
    """
    if need.state != CaseState.OPEN:
        return cases.owed_before_opening(need, planned)
    steps = {ReminderStep(one.step) for one in planned} - AFTERCARE
    if steps - PROMISED or (steps and not need.lines.filter(qty_open__gt=0).exists()):
        return None
    return cases.owed_by(need, ReminderStep.NO_CANDIDATE)
