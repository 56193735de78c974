"""What the desk owes, taken, tried, done or put off. The machine writes, people call."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.actions.following import Owed, follow, hold_still, moved_by, write
from callcare.desk.enums import DeskVerb, ReminderState, ReminderStep
from callcare.desk.models import Desk, Reminder
from callcare.desk.permissions import keeps
from callcare.directory.models import Organisation, Person

HOLD = timedelta(minutes=15)  # how long a taken reminder stays with the one who took it


def plan_reminder(
    *,
    desk: Desk,
    subject: models.Model,
    step: ReminderStep,
    about: str,
    due_at: datetime,
    organisation: Organisation | None = None,
    person: Person | None = None,
    number: str = "",
    owner: User | None = None,
    note: str = "",
    by: User | None = None,
) -> Reminder:
    """Owe somebody a step. Planned again while it is still open, the same step only moves its date and its words."""
    owed = Owed(
        step=step, due_at=due_at, about=about, organisation=organisation, person=person, number=number, note=note,
        owner=owner,
    )  # fmt: skip
    with deed(DeskVerb.REMINDER_PLANNED, by=by):
        moved = moved_by(subject)
        hold_still(*moved)
        reminder = write(desk, subject, owed, moved)
        follow(moved)
        return reminder


def overtake_reminders(subject: models.Model, steps: Iterable[ReminderStep] | None = None) -> int:
    """Events were faster: the open steps about `subject` are not owed any more. Returns how many there were.

    What is owed now is planned in their place, for the subject and for the fiches it moves forward.
    """
    mine = Reminder.objects.planned().filter(
        subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk
    )
    if steps is not None:
        mine = mine.filter(step__in=list(steps))
    moved = moved_by(subject)
    hold_still(*moved)
    overtaken = mine.update(state=ReminderState.OVERTAKEN)
    follow(moved)
    return overtaken


def take_reminder(reminder: Reminder, *, by: User) -> None:
    """Keep a reminder to oneself for fifteen minutes, so that nobody is called twice."""
    with deed(DeskVerb.REMINDER_TAKEN, by=by):
        _must_keep(by, reminder)
        free = Q(claimed_until=None) | Q(claimed_until__lte=clock.now()) | Q(claimed_by=by)
        here = Reminder.objects.planned().filter(free, pk=reminder.pk)
        if not here.update(claimed_by=by, claimed_until=clock.now() + HOLD):
            reminder.refresh_from_db()
            raise Refused(_who_has(reminder))
        reminder.refresh_from_db()


def let_go_reminder(reminder: Reminder, *, by: User) -> None:
    """Give a taken reminder back to the list."""
    with deed(DeskVerb.REMINDER_TAKEN, by=by, because="rendue à la liste"):
        _must_keep(by, reminder)
        Reminder.objects.planned().filter(pk=reminder.pk, claimed_by=by).update(claimed_by=None, claimed_until=None)
        reminder.refresh_from_db()


def do_reminder(reminder: Reminder, *, by: User, note: str = "") -> None:
    """The step is done: the person was reached, the thing was said."""
    with deed(DeskVerb.REMINDER_DONE, by=by, because=note):
        must_be_free_for(by, reminder)
        now = clock.now()
        tried = reminder.first_tried_at or now
        hold_still(*reminder.moves)
        reminder.move(ReminderState.DONE, done_at=now, first_tried_at=tried, note=(note or reminder.note)[:300])
        follow(reminder.moves)


def snooze_reminder(reminder: Reminder, *, by: User, until: datetime, because: str = "") -> None:
    """Put a step off to another moment."""
    with deed(DeskVerb.REMINDER_SNOOZED, by=by, because=because):
        must_be_free_for(by, reminder)
        if until <= clock.now():
            raise Refused("Choisissez un moment à venir.")
        hold_still(*reminder.moves)
        put_off(reminder, due_at=until)


def put_off(reminder: Reminder, **facts: Any) -> None:
    """Another date for a step that is still to do; Refused once somebody was faster."""
    here = Reminder.objects.planned().filter(pk=reminder.pk)
    if not here.update(claimed_by=None, claimed_until=None, **facts):
        reminder.refresh_from_db()
        raise Refused(_who_has(reminder))
    follow(reminder.moves)
    reminder.refresh_from_db()


def _must_keep(by: User | None, reminder: Reminder) -> None:
    if not keeps(by, reminder.desk):
        raise Refused("Cette relance n’est pas de votre guichet.")


def must_be_free_for(by: User | None, reminder: Reminder) -> None:
    """Refused where a colleague has taken it; the house itself (None) waits for nobody."""
    _must_keep(by, reminder)
    if by is None:
        return
    taken = reminder.claimed_until is not None and reminder.claimed_until > clock.now()
    if taken and reminder.claimed_by_id != by.pk:
        raise Refused(_who_has(reminder))


def _who_has(reminder: Reminder) -> str:
    if reminder.state != ReminderState.PLANNED:
        return "Cette relance n’est plus à faire. Rechargez la page."
    return f"Cette relance est prise par {reminder.claimed_by or 'une collègue'} pour quelques minutes."
