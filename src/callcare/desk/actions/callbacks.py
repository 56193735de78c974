"""Calls the desk owes: one task for one number, however often it rang in vain."""

from datetime import datetime

from django.db.models import F

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.actions.reminders import plan_reminder
from callcare.desk.calendar import after_open_minutes
from callcare.desk.enums import DeskVerb, ReminderState, ReminderStep
from callcare.desk.models import Interaction, Reminder

CALL_BACK_WITHIN = 60  # open minutes after a call that nobody answered


def owe_call_back(interaction: Interaction, *, number: str, since: datetime, note: str = "") -> Reminder:
    """Somebody rang in vain: she is owed a call within an hour of open time.

    A number that is already owed one keeps its place in the list; it only counts one more call.
    """
    with deed(DeskVerb.REMINDER_PLANNED, by=None):
        owed = Reminder.objects.planned().filter(
            desk_id=interaction.desk_id, step=ReminderStep.CALL_BACK, number=number
        )
        if known := owed.select_for_update(of=("self",)).order_by("due_at").first():
            Reminder.objects.filter(pk=known.pk).update(missed=F("missed") + 1, note=note or known.note)
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
            note=note,
        )
        Reminder.objects.filter(pk=planned.pk).update(missed=1)
        return planned


def settle_call_backs(interaction: Interaction, *, number: str, note: str) -> int:
    """Whoever is spoken to is not owed a call any more. Those this contact promised itself stay.

    Returns how many were settled.
    """
    owed = Reminder.objects.planned().filter(desk_id=interaction.desk_id, step=ReminderStep.CALL_BACK, number=number)
    return owed.exclude(subject_id=interaction.pk, subject_type__model="interaction").update(
        state=ReminderState.DONE, done_at=clock.now(), note=note
    )
