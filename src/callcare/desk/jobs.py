"""The letter carrier: takes the letters that are due, one transaction each, and says plainly what could not leave."""

import smtplib
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from procrastinate.contrib.django import app

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk import postbox
from callcare.desk.actions.following import look_after_the_forgotten
from callcare.desk.actions.outbox import CARRIER, MAIL
from callcare.desk.enums import DeskVerb, MailState, ReminderState, ReminderStep
from callcare.desk.models import OutgoingMail, Reminder

WAITS = (1, 5, 15, 60, 120, 240, 480)  # minutes after each failed attempt; there is no wait after the last
ATTEMPTS = len(WAITS) + 1


@app.task(name="desk.look_after", queue="house", queueing_lock="desk.look_after")
def look_after(timestamp: int = 0) -> None:
    """No open fiche without a step behind its date: a restored or repaired database may hold some."""
    while look_after_the_forgotten():
        pass


@app.task(queue=MAIL, name=CARRIER, pass_context=False)
def deliver_letters(timestamp: int | None = None) -> None:
    """Send what is due. Deferred with each letter, and every minute in case a run was lost. May run twice at once."""
    while _deliver_one():
        pass


def _deliver_one() -> bool:
    """Send the oldest letter due; False when there is none left, or when the mail server is away."""
    letter: OutgoingMail | None = None
    try:
        # The row stays locked while we talk to the mail server. Killed in between, the lock vanishes and the
        # letter is still due: it may leave twice (with one Message-ID), it is never lost.
        with deed(DeskVerb.MAIL_SENT, by=None):
            letter = _claim()
            if letter is None:
                return False
            postbox.send(letter)
            letter.note_sent()
    except (OSError, smtplib.SMTPException) as error:
        if letter is None:
            raise
        _note_failure(letter, error)
        return not postbox.is_about_server(error)
    return True


def _claim() -> OutgoingMail | None:
    due = OutgoingMail.objects.due().select_related("desk")
    return due.select_for_update(of=("self",), skip_locked=True).first()


def _note_failure(letter: OutgoingMail, error: Exception) -> None:
    """Try again later; after the last attempt, or for an address that will never do, a person telephones."""
    attempts = letter.attempts + 1
    is_over = attempts >= ATTEMPTS or postbox.is_for_good(error)
    wait = timedelta(minutes=WAITS[min(attempts, len(WAITS)) - 1])
    with deed(DeskVerb.MAIL_FAILED, by=None):
        here = OutgoingMail.objects.filter(pk=letter.pk, state=MailState.QUEUED, attempts=letter.attempts)
        noted = here.update(
            attempts=attempts,
            state=MailState.FAILED if is_over else MailState.QUEUED,
            last_error=postbox.in_plain_words(error)[:300],
            next_try_at=clock.now() + wait,
        )
        if noted and is_over:
            _ask_for_a_call(letter)


def _ask_for_a_call(letter: OutgoingMail) -> None:
    Reminder.objects.get_or_create(
        subject_type=ContentType.objects.get_for_model(letter),
        subject_id=letter.pk,
        step=ReminderStep.MAIL_FAILED,
        state=ReminderState.PLANNED,
        defaults={
            "desk": letter.desk,
            "about": f"{letter.to_name or letter.to} : {letter.subject}"[:200],
            "due_at": clock.now(),
        },
    )
