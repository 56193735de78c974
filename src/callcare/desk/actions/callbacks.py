"""Calls the desk owes: one task for one number, however often it rang in vain."""

from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.actions.following import hold_still
from callcare.desk.actions.outbox import queue_letter
from callcare.desk.actions.reminders import must_be_free_for, plan_reminder, put_off
from callcare.desk.calendar import after_open_minutes, calendar_of
from callcare.desk.enums import DeskVerb, ReminderState, ReminderStep
from callcare.desk.mails import unreached
from callcare.desk.models import Desk, Interaction, Reminder
from callcare.desk.rules.callbacks import BETWEEN, TRIES, next_try

CALL_BACK_WITHIN = 60  # open minutes after a call that nobody answered


def owed_to(desk: Desk | int, number: str) -> QuerySet[Reminder]:
    """The call this number is owed, if any: there is one at most."""
    return Reminder.objects.planned().filter(desk=desk, step=ReminderStep.CALL_BACK, number=number)


def owe_call_back(interaction: Interaction, *, number: str, since: datetime, has_message: bool = False) -> Reminder:
    """Somebody rang in vain: she is owed a call within an hour of open time.

    A number that is already owed one keeps its place in the list; it only counts one more call.
    """
    with deed(DeskVerb.CALL_BACK_OWED, by=None):
        known = owed_to(interaction.desk_id, number).select_for_update(of=("self",)).first()
        if known:
            here = Reminder.objects.filter(pk=known.pk)
            here.update(missed=F("missed") + 1, has_message=known.has_message or has_message)
            known.refresh_from_db()
            return known
        who = interaction.person or interaction.organisation
        planned = plan_reminder(
            desk=interaction.desk,
            subject=interaction,
            step=ReminderStep.CALL_BACK,
            about=f"Rappeler {who or 'un numéro inconnu'}",
            due_at=after_open_minutes(interaction.desk, since, minutes=CALL_BACK_WITHIN),
            organisation=interaction.organisation,
            person=interaction.person,
            number=number,
        )
        Reminder.objects.filter(pk=planned.pk).update(missed=1, has_message=has_message)
        planned.refresh_from_db()
        return planned


def owe_listening(interaction: Interaction, *, since: datetime) -> Reminder:
    """A message from a hidden number: nobody can be called back, but it is listened to within an open hour."""
    with deed(DeskVerb.CALL_BACK_OWED, by=None):
        planned = plan_reminder(
            desk=interaction.desk,
            subject=interaction,
            step=ReminderStep.LISTEN,
            about="Écouter un message laissé par un numéro masqué",
            due_at=after_open_minutes(interaction.desk, since, minutes=CALL_BACK_WITHIN),
        )
        Reminder.objects.filter(pk=planned.pk).update(has_message=True)
        planned.refresh_from_db()
        return planned


def settle_call_backs(interaction: Interaction, *, number: str, note: str) -> int:
    """Whoever is spoken to is not owed a call any more. Those this contact promised itself stay.

    Returns how many were settled.
    """
    now = clock.now()
    with deed(DeskVerb.CALL_BACK_SETTLED, by=None):
        owed = owed_to(interaction.desk_id, number)
        return owed.exclude(subject_id=interaction.pk, subject_type__model="interaction").update(
            state=ReminderState.DONE, done_at=now, first_tried_at=Coalesce("first_tried_at", now), note=note
        )


def try_reminder(reminder: Reminder, *, by: User | None) -> None:
    """Called, nobody answered. Three attempts at least two open hours apart, not all in one half-day; then we write.

    Without an address the call-back is closed as unanswered after the third: a figure tells how many.
    """
    with deed(DeskVerb.REMINDER_TRIED, by=by):
        must_be_free_for(by, reminder)
        now = clock.now()
        first, tries = reminder.first_tried_at or now, reminder.tries + 1
        if reminder.step == ReminderStep.CALL_BACK and tries >= TRIES:
            _write_instead(reminder, tries=tries, first=first)
            return
        calendar = calendar_of(reminder.desk)
        later = next_try(now, first=first, tries=tries, calendar=calendar)
        hold_still(*reminder.moves)
        put_off(reminder, tries=F("tries") + 1, due_at=later, first_tried_at=first)


def _write_instead(reminder: Reminder, *, tries: int, first: datetime) -> None:
    letter = unreached(reminder)
    if letter:
        queue_letter(
            desk=reminder.desk,
            key=f"unreached:{reminder.ref}",
            to=letter.to,
            to_name=letter.to_name,
            subject=letter.subject,
            body=letter.body,
        )
    written = "nous avons écrit." if letter else "pas d’adresse où écrire."
    note = f"Trois essais sans réponse : {written}"
    reminder.move(ReminderState.DONE, done_at=clock.now(), tries=tries, first_tried_at=first, note=note)


def note_attempt(desk: Desk, *, number: str, by: User | None) -> None:
    """An outgoing call to this number was not answered: an attempt, unless one was noted within the last two hours."""
    with deed(DeskVerb.REMINDER_TRIED, by=by):
        owed = owed_to(desk, number).select_related("desk", "person", "organisation").first()
        if owed is None:
            return
        soon = owed.first_tried_at and owed.tries and owed.due_at > after_open_minutes(desk, minutes=BETWEEN - 5)
        if not soon:
            try_reminder(owed, by=None)
