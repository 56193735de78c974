"""A mail that waits too long for its answer becomes a step the desk owes; answered, or treated, it is owed no more."""

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.actions import overtake_reminders, plan_reminder
from callcare.desk.calendar import calendar_of
from callcare.desk.enums import InteractionState, MailState, ReminderState, ReminderStep
from callcare.desk.models import Reminder
from callcare.desk.rules.hours import Calendar, NeverOpen, due
from callcare.mailbox.enums import MailboxVerb
from callcare.mailbox.models import Answer, Mail, MailQuerySet, Thread

ANSWER_WITHIN = 4 * 60  # open minutes
WARNED_AFTER = 3 * 60  # three quarters of it: owed for today, before it is late
KEPT = timedelta(days=30)  # what waits longer was not waiting for this
AT_ONCE = 200


def answer_due(received_at: datetime, calendar: Calendar, *, minutes: int = ANSWER_WITHIN) -> datetime | None:
    """When an answer was promised; None where the desk has no hours."""
    try:
        return due(received_at, minutes=minutes, calendar=calendar)
    except NeverOpen:
        return None


def remind_of_waiting() -> int:
    """Owe an answer to those who wait long, and no more to those who have it; how many steps are new.

    Written while the desk of a mail is open. A step that somebody called done is not owed anew.
    """
    _forget_answered()
    now = clock.now()
    calendars: dict[int, Calendar] = {}
    new = 0
    late = _unanswered().filter(received_at__range=(now - KEPT, now - timedelta(minutes=WARNED_AFTER)))
    for mail in late.exclude(Exists(_steps())).select_related("desk").order_by("received_at", "pk")[:AT_ONCE]:
        if mail.desk_id not in calendars:
            calendars[mail.desk_id] = calendar_of(mail.desk)
        calendar = calendars[mail.desk_id]
        warned = answer_due(mail.received_at, calendar, minutes=WARNED_AFTER)
        if warned and warned <= now and calendar.is_open(now):
            new += _owe(mail.pk, calendar)
    return new


def answered(thread: Thread) -> None:
    """Inside the deed under way: somebody answered in this thread, and whoever wrote in it waits no more."""
    for mail in Mail.objects.filter(Exists(_steps(ReminderState.PLANNED)), thread=thread):
        overtake_reminders(mail, [ReminderStep.MAIL_WAITS])


def _unanswered() -> MailQuerySet:
    """Mails of people whose contact is open, and to whom nobody has written since; an acknowledgement is no answer."""
    mine = Answer.objects.filter(thread=OuterRef("thread"), by__isnull=False, created_at__gte=OuterRef("received_at"))
    rows = Mail.objects.of_people().filter(interaction__state=InteractionState.DRAFT)
    return rows.exclude(Exists(mine.exclude(letter__state=MailState.HELD)))


def _steps(*states: ReminderState) -> "QuerySet[Reminder]":
    """The steps about a mail, in an outer question about mails: those that still count, where no state is said."""
    kind = ContentType.objects.get_for_model(Mail)
    mine = Reminder.objects.filter(subject_type=kind, subject_id=OuterRef("pk"), step=ReminderStep.MAIL_WAITS)
    return mine.filter(state__in=states) if states else mine.exclude(state=ReminderState.OVERTAKEN)


def _owe(pk: int, calendar: Calendar) -> bool:
    with deed(MailboxVerb.MAIL_WAITS, by=None):
        mail = (
            _unanswered()
            .exclude(Exists(_steps()))
            .select_related("desk", "interaction__organisation", "interaction__person", "interaction__operator")
            .select_for_update(of=("self",))
            .filter(pk=pk)
            .first()
        )
        if mail is None or mail.interaction is None:  # somebody was faster
            return False
        contact = mail.interaction
        plan_reminder(
            desk=mail.desk,
            subject=mail,
            step=ReminderStep.MAIL_WAITS,
            about=f"{mail.from_name or mail.from_address or 'Expéditeur inconnu'} : {mail}"[:200],
            due_at=answer_due(mail.received_at, calendar) or clock.now(),
            organisation=contact.organisation,
            person=contact.person,
            owner=contact.operator,
        )
        return True


def _forget_answered() -> None:
    """Steps whose mail waits no more: its contact was recorded, or it was found to be a machine's, or a copy."""
    kind = ContentType.objects.get_for_model(Mail)
    open_steps = Reminder.objects.planned().filter(subject_type=kind, step=ReminderStep.MAIL_WAITS)
    waiting = _unanswered().filter(pk=OuterRef("subject_id"))
    for pk in open_steps.exclude(Exists(waiting)).values_list("subject_id", flat=True)[:AT_ONCE]:
        with deed(MailboxVerb.MAIL_WAITS, by=None):
            mail = Mail.objects.select_for_update(of=("self",)).get(pk=pk)
            if not _unanswered().filter(pk=pk).exists():
                overtake_reminders(mail, [ReminderStep.MAIL_WAITS])
