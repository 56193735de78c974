"""The parts of a deed that needs and commitments have in common. Twins never meet; they share this floor.

Nothing here opens a deed: these are steps, taken inside the twins' own deeds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models

from callcare.accounts.models import User
from callcare.catalogue.enums import Kind, Measure, Mode, ReasonUse
from callcare.catalogue.models import Category, Reason, Unit
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.desk.actions.following import Owed, look_after
from callcare.desk.actions.reminders import overtake_reminders
from callcare.desk.calendar import after_open_days
from callcare.desk.enums import CaseState, Disposition, ReminderStep
from callcare.desk.models import Case, CaseLine, Consent, Desk, Draft, Interaction, Reminder
from callcare.desk.rules import quantities
from callcare.directory.models import Organisation, Person

NEXT_ACTION = 2  # open days before somebody must look at a fresh case again
LIVE = (CaseState.TO_QUALIFY, CaseState.OPEN, CaseState.ON_HOLD)
NOT_YOURS = "Cette fiche n’est pas de votre guichet."
LINE_CHANGED = "Cette ligne vient d’être modifiée par quelqu’un d’autre. Relisez-la : votre saisie est gardée."

Line = TypeVar("Line", bound=CaseLine)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One line as it is said: `quantity` in `unit` (the category's own unless said), not in measures."""

    category: Category
    quantity: Decimal | int = 1
    unit: Unit | None = None
    every: str = ""
    mode: str = Mode.GIFT
    specs: Mapping[str, Any] = field(default_factory=dict)
    min_useful: Decimal | int | None = None  # needs: less than that helps nobody; in the same unit
    is_countable: bool = True  # commitments: False is « selon les besoins »
    rtt: str = ""  # commitments: a day of RTT given in time or in money

    def in_measures(self, quantity: Decimal | int) -> int:
        """A quantity of this line in whole measures; Refused where it does not make a whole number."""
        return in_measures(quantity, self.unit or self.category.unit)

    def columns(self) -> dict[str, Any]:
        """The columns both kinds of line have; the factor of the unit is frozen here."""
        unit = self.unit or self.category.unit
        return {
            "category": self.category,
            # Euros for shoes are money: they meet those who give money, not those who give shoes.
            "kind": Kind.MONEY if unit.measure == Measure.CENT else self.category.kind,
            "measure": unit.measure,
            "unit": unit,
            "factor": unit.factor,
            "every": self.every,
            "mode": self.mode,
            "specs": dict(self.specs),
        }


def in_measures(quantity: Decimal | int, unit: Unit) -> int:
    """`quantity` units in whole measures; Refused where it does not make a whole number, or is less than nothing."""
    try:
        counted = quantities.measured(quantity, factor=unit.factor)
    except quantities.NotWhole as error:
        raise Refused(f"Une quantité en {unit.plural} ne se coupe pas ainsi : donnez un nombre entier.") from error
    if counted < 0:
        raise Refused("Une quantité n’est pas négative.")
    return counted


def next_action(desk: Desk, at: datetime | None = None) -> datetime:
    """When somebody must look at a case again: `at`, or two open days from now."""
    return at or after_open_days(desk, days=NEXT_ACTION)


def must_fit(
    *,
    desk: Desk,
    organisation: Organisation,
    person: Person | None,
    interaction: Interaction | None,
    consent: Consent | None,
) -> None:
    """Refuse a case whose parts do not belong together."""
    if organisation.merged_into_id:
        raise Refused("Cette organisation a été fondue dans une autre : choisissez celle qui reste.")
    if person and person.organisation_id != organisation.pk:
        raise Refused(f"{person} ne parle pas pour {organisation}.")
    if interaction and interaction.desk_id != desk.pk:
        raise Refused("Ce contact est d’un autre guichet.")
    if consent and (person is None or consent.person_id != person.pk):
        raise Refused("Cet accord n’est pas celui de l’interlocuteur choisi.")


def led_to(interaction: Interaction | None, disposition: Disposition) -> None:
    """Write on the contact what it led to, once."""
    if interaction is None:
        return
    here = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    # What was typed is a row now: the line of the console is free for the next one.
    if draft := Draft.objects.filter(interaction=here).first():
        draft.content.pop(disposition.value, None)
        Draft.objects.filter(pk=draft.pk).update(content=draft.content)
    if disposition not in here.dispositions:
        Interaction.objects.filter(pk=here.pk).update(dispositions=[*here.dispositions, disposition])


def locked(lines: models.QuerySet[Line]) -> list[Line]:
    """Take the lines of a case, always in the order of their ids, so that two deeds never wait for each other."""
    return list(lines.select_for_update(of=("self",), no_key=True).order_by("pk"))


def must_be_open(case: Case) -> None:
    if case.is_closed:
        raise Refused("Cette fiche est close. Rouvrez-la pour la modifier.")


def edit_case(case: Case, *, seen: int, allowed: Iterable[str], changes: Mapping[str, Any]) -> None:
    """Write what a page changed, if nobody was faster (Outdated otherwise)."""
    if unknown := set(changes) - set(allowed):
        raise TypeError(f"not for a page to change: {', '.join(sorted(unknown))}")
    case.refresh_from_db(fields=["state"])
    must_be_open(case)
    changes = dict(changes)
    chosen = changes.pop("next_action_at", None)
    after = {name: changes.get(name, getattr(case, name)) for name in ("organisation", "person", "consent")}
    must_fit(desk=case.desk, interaction=None, **after)
    case.edit(seen=seen, **changes)
    if chosen:
        look_after(case, at=chosen)


def open_case(case: Case, *, by: User | None, lines: Iterable[CaseLine], next_action_at: datetime | None) -> None:
    """A case to qualify, or on hold, is worked on (again)."""
    if case.is_closed:
        raise Refused("Cette fiche est close : rouvrez-la avec un motif.")
    if not list(lines):
        raise Refused("Dites d’abord ce qui est demandé ou offert : ajoutez une ligne.")
    _owned(case, by, CaseState.OPEN, next_action_at=next_action(case.desk, next_action_at))
    overtake_reminders(case)
    look_after(case, at=next_action_at)


def hold_case(case: Case, *, by: User | None, because: str, until: datetime) -> None:
    """Nothing is looked for until a date, for a reason."""
    must_say_why(because)
    if until <= clock.now():
        raise Refused("Choisissez une date de reprise à venir.")
    _owned(case, by, CaseState.ON_HOLD, next_action_at=until)
    overtake_reminders(case)
    look_after(case, at=until)


def close_case(case: Case, *, reason: Reason, use: ReasonUse, **facts: Any) -> None:
    """The case is over. Its lines are locked by the caller, so no allocation slips in meanwhile.

    Closing while something is still promised is refused by the floor of allocations, in the database.
    """
    if use not in reason.used_for:
        raise Refused(f"« {reason.label} » n’est pas un motif pour {use.label}.")
    now = clock.now()
    first = {} if case.first_closed_at else {"first_closed_at": now}
    case.move(CaseState.CLOSED, closed_at=now, close_reason=reason, next_action_at=None, **first, **facts)
    overtake_reminders(case)


def reopen_case(case: Case, *, by: User | None, because: str, next_action_at: datetime | None, **facts: Any) -> None:
    """A closed case is worked on again; its first dates stay."""
    must_say_why(because)
    if not case.is_closed:
        raise Refused("Cette fiche n’est pas close.")
    again = {"closed_at": None, "close_reason": None, "next_action_at": next_action(case.desk, next_action_at)}
    _owned(case, by, CaseState.OPEN, **again, **facts)
    look_after(case, at=next_action_at)


def owed_before_opening(case: Case, planned: Sequence[Reminder]) -> Owed | None:
    """What a case that is to qualify, or on hold, waits for, unless it is planned already."""
    steps = {CaseState.TO_QUALIFY: ReminderStep.QUALIFY, CaseState.ON_HOLD: ReminderStep.RESUME}
    step = steps[CaseState(case.state)]
    if any(one.step == step for one in planned):
        return None
    return owed_by(case, step)


def owed_by(case: Case, step: ReminderStep, *, due_at: datetime | None = None) -> Owed:
    """A step about the case itself, in the words of the case; in two open days unless said."""
    return Owed(
        step=step,
        due_at=next_action(case.desk, due_at),
        about=case.title,
        organisation=case.organisation,
        person=case.person,
        owner=case.owner,
    )


def _owned(case: Case, by: User | None, state: CaseState, **facts: Any) -> None:
    """Go to a state in which somebody must act next: the one who has it, or the one who does it now."""
    case.move(state, owner=case.owner or by, **facts)


def must_say_why(because: str) -> None:
    if not because.strip():
        raise Refused("Dites pourquoi, en quelques mots.")


def touch(case: Case) -> None:
    """A line changed: the case's own life shows it, and a page open on the case is told."""
    here = type(case)._default_manager  # noqa: SLF001  # whichever twin it is
    here.filter(pk=case.pk).update(version=models.F("version") + 1)
    case.refresh_from_db(fields=["version"])


def change_line(line: CaseLine, *, seen: int, because: str, facts: LineFacts) -> None:
    """Write a locked line anew. Nobody loses what is already promised to her; a change of quantity says why."""
    if line.revision != seen:
        raise Refused(LINE_CHANGED)
    columns = facts.columns()
    if line.qty_reserved or line.qty_fulfilled:
        _must_stay_what_it_is(line, columns)
    whole = facts.in_measures(facts.quantity)
    if whole != getattr(line, line.WHOLE):
        must_say_why(because)
    must_leave_promised(line, whole - getattr(line, line.TAKEN_BACK))
    _write(line, **columns, **{line.WHOLE: whole})


def take_back(line: CaseLine, *, quantity: Decimal | int, because: str) -> None:
    """Ask or offer less, without forgetting what was first said."""
    must_say_why(because)
    less = quantities_of(line, quantity)
    if less == 0:
        raise Refused("Donnez une quantité d’au moins un.")
    must_leave_promised(line, line.whole - less)
    _write(line, **{line.TAKEN_BACK: getattr(line, line.TAKEN_BACK) + less})


def quantities_of(line: CaseLine, quantity: Decimal | int) -> int:
    """A quantity said in the unit of the line, in measures of its frozen factor."""
    frozen = Unit(measure=line.measure, factor=line.factor, plural=line.unit.plural)
    return in_measures(quantity, frozen)


def must_leave_promised(line: CaseLine, whole: int) -> None:
    """Refuse to go under what is promised, with the numbers. The database keeps the same rule behind."""
    if whole < line.qty_reserved:
        raise Refused(
            f"{already(line)} : la quantité ne peut pas descendre plus bas. Libérez d’abord une affectation."
        )


def already(line: CaseLine) -> str:
    """« Il y en a déjà 12 d’affectés » for pieces, « 2 demi-journées sont déjà affectées » for the rest."""
    if line.factor == 1:
        one = line.qty_reserved < 2
        return f"Il y en a déjà {line.in_units(line.qty_reserved):g} d’{'affecté' if one else 'affectés'}"
    return f"Déjà affecté : {line.reserved_said}"


def _must_stay_what_it_is(line: CaseLine, columns: Mapping[str, Any]) -> None:
    if columns["category"].pk != line.category_id or columns["measure"] != line.measure:
        raise Refused(f"{already(line)} : la catégorie ne change plus. Ajoutez plutôt une ligne.")


def _write(line: CaseLine, **columns: Any) -> None:
    """Save these columns only (the counters belong to the database), and let what was dismissed « for now » return."""
    for name, value in {**columns, "revision": line.revision + 1}.items():
        setattr(line, name, value)
    line.save(update_fields=[*columns, "revision"])
