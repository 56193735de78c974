"""The next date of a thing under way is that of the first step somebody owes for it; it is never typed beside them.

A reminder says which fiches it moves forward (`moves`): an introduction's moves its need and its commitment too.
Whenever a step is planned, put off, done or overtaken, these fiches look again: their date is the earliest step still
planned, and a live fiche without any is asked, by the floor it belongs to, what comes next. So an open fiche always
has a reminder behind its date, and « en retard » means that something owed was not done.

Locks go need, commitment, introduction, allocation, then reminders; the lines of cases come before them all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.core.fields import RefField
from callcare.desk.enums import DeskVerb, ReminderStep
from callcare.desk.models import Desk, OutgoingMail, Reminder
from callcare.directory.models import Organisation, Person

AT_ONCE = 500  # fiches without a step that one run looks after


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A step that a fiche is waiting for."""

    step: ReminderStep
    due_at: datetime
    about: str
    organisation: Organisation | None = None
    person: Person | None = None
    number: str = ""
    note: str = ""
    owner: User | None = None


Asked = Callable[[Any, Sequence[Reminder]], Owed | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fiche that lives from step to step: which of its states are live, and what it waits for next.

    `owed(thing, planned)` answers None when what is planned is enough. `moves` are the fiches above which it lies.
    """

    model: type[Any]
    live: tuple[str, ...]
    owed: Asked
    moves: Callable[[Any], Iterable[Any]]


ORDER = "BEMA"  # need, commitment, introduction, allocation: the order of their locks
_kinds: dict[str, Kind] = {}


def offer(model: type[Any], *, live: Iterable[str], owed: Asked, moves: Callable[[Any], Iterable[Any]]) -> None:
    """Said by the app of a kind of fiche, in its `ready()`."""
    field = cast("RefField", model._meta.get_field("ref"))  # noqa: SLF001  # it knows the letter of its references
    _kinds[field.letter] = Kind(model, tuple(str(state) for state in live), owed, moves)


def nothing_above(thing: object) -> Iterable[Any]:
    """The `moves` of a fiche that lies above no other."""
    return ()


def moved_by(thing: models.Model) -> list[str]:
    """The references of the fiches that a step about this thing moves forward, itself included."""
    kind = _kinds.get(_letter(getattr(thing, "ref", "")))
    if kind is None:
        return []
    above = [one for one in kind.moves(thing) if one is not None and one.desk_id == thing.desk_id]  # type: ignore[attr-defined]
    return [one.ref for one in (*above, thing)]


def hold_still(*things: models.Model | str | None) -> None:
    """Lock fiches in the one order of the house, so that no two deeds wait for each other."""
    refs = {thing if isinstance(thing, str) else getattr(thing, "ref", "") for thing in things if thing}
    for letter in ORDER:
        if (kind := _kinds.get(letter)) and (mine := sorted(ref for ref in refs if ref.startswith(letter))):
            list(kind.model.objects.filter(ref__in=mine).order_by("pk").select_for_update(no_key=True, of=("self",)))


def follow(refs: Iterable[str]) -> None:
    """Give these fiches, locked by the caller, the date of the first step owed for them; plan the step they lack."""
    for ref in sorted(set(refs), key=lambda ref: (-ORDER.find(_letter(ref)), ref)):  # the highest floor first
        if kind := _kinds.get(_letter(ref)):
            _follow(kind, ref)


def _follow(kind: Kind, ref: str) -> None:
    thing = kind.model.objects.filter(ref=ref, state__in=kind.live).first()
    if thing is None:
        return
    planned = list(Reminder.objects.planned().filter(moves__contains=[ref]).order_by("due_at", "pk"))
    owed = kind.owed(thing, planned)
    dates = [one.due_at for one in planned] + ([owed.due_at] if owed else [])
    if owed:
        write(thing.desk, thing, owed, moved_by(thing))
    if dates and thing.next_action_at != min(dates):
        kind.model.objects.filter(pk=thing.pk).update(next_action_at=min(dates))


def look_after(thing: Any, *, at: datetime | None = None) -> None:
    """Plan the step this fiche itself waits for; `at` when somebody chose the day, and then it moves to that day."""
    hold_still(*moved_by(thing))
    kind = _kinds[_letter(thing.ref)]
    if at is not None and not _of(thing).update(due_at=at, claimed_by=None, claimed_until=None):
        fresh = kind.model.objects.get(pk=thing.pk)
        if owed := kind.owed(fresh, []):
            write(fresh.desk, fresh, owed, moved_by(fresh), due_at=at)
    follow(moved_by(thing))
    thing.refresh_from_db(fields=["next_action_at"])


def _of(thing: models.Model) -> Any:
    """The planned steps of the fiche itself, care afterwards excepted."""
    mine = Reminder.objects.planned().filter(
        subject_type=ContentType.objects.get_for_model(thing), subject_id=thing.pk
    )
    return mine.exclude(step__in=AFTERCARE)


AFTERCARE = frozenset({ReminderStep.OUTCOME_ASKED, ReminderStep.THANKS})  # owed, but they do not move a fiche forward


def write(
    desk: Desk, subject: models.Model, owed: Owed, moves: Iterable[str], *, due_at: datetime | None = None
) -> Reminder:
    """Write one step. Planned again while it is still open, the same step only moves its date and its words."""
    facts = {
        "about": owed.about[:200],
        "due_at": due_at or owed.due_at,
        "first_due_at": due_at or owed.due_at,
        "organisation": owed.organisation,
        "person": owed.person,
        "number": owed.number,
        "owner": owed.owner or getattr(subject, "owner", None),
        "note": owed.note[:300],
        "moves": sorted(set(moves)),
    }
    key = {
        "subject_type": ContentType.objects.get_for_model(subject), "subject_id": subject.pk, "step": owed.step,
    }  # fmt: skip
    with deed(DeskVerb.REMINDER_PLANNED, by=None):
        if known := Reminder.objects.planned().filter(**key).select_for_update(of=("self",)).first():
            for name, value in facts.items():
                setattr(known, name, value)
            known.save(update_fields=list(facts))
            return known
        # A letter is no fiche: what names it in addresses is made of its Message-ID, and nobody reads it aloud.
        ref = "" if isinstance(subject, OutgoingMail) else getattr(subject, "ref", "")
        return Reminder.objects.create(desk=desk, subject_ref=ref, **key, **facts)


def look_after_the_forgotten() -> int:
    """Live fiches with no step behind their date are given the one they lack. Returns how many there were.

    No deed of ours leaves one; a restored, imported or repaired database may.
    """
    return sum(_look_after_some(kind) for _, kind in sorted(_kinds.items(), key=lambda one: -ORDER.find(one[0])))


def _look_after_some(kind: Kind) -> int:
    table = connection.ops.quote_name(kind.model._meta.db_table)  # noqa: SLF001
    lonely = (
        f"SELECT f.ref FROM {table} f WHERE f.state = ANY(%s) AND NOT EXISTS (SELECT FROM desk_reminder r"  # noqa: S608
        " WHERE r.state = 'planned' AND r.moves @> ARRAY[f.ref]) ORDER BY f.id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(lonely, [list(kind.live), AT_ONCE])
        refs = [ref for (ref,) in cursor.fetchall()]
    for ref in refs:
        with deed(DeskVerb.REMINDER_PLANNED, by=None):
            moved = moved_by(kind.model.objects.get(ref=ref))
            hold_still(*moved)
            follow(moved)
    return len(refs)


def _letter(ref: str) -> str:
    return ref[:1] if ref[1:2] == "-" else ""


def now_or(at: datetime) -> datetime:
    """A step that should have been made already is due at once."""
    return max(at, clock.now())
