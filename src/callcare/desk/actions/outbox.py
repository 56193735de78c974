"""Letters: written in the deed that causes them, sent by the job once the deed is committed.

A letter of the house has no undo window: it leaves within seconds, and the preview comes before the deed. An answer
somebody typed may say when it `leaves_at`; until then it can be held back.
"""

import textwrap
from collections.abc import Iterable
from datetime import datetime

from procrastinate.contrib.django import app

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed, under_way
from callcare.desk import postbox
from callcare.desk.actions.reminders import overtake_reminders
from callcare.desk.enums import DeskVerb, MailManner, MailState, ReminderStep
from callcare.desk.models import Desk, OutgoingMail
from callcare.desk.permissions import keeps

WIDTH = 76  # columns of a plain letter
CARRIER, MAIL = "desk.deliver_letters", "mail"  # the job, called by its name and queue: jobs stand above actions


def queue_letter(
    *,
    desk: Desk,
    key: str,
    to: str,
    to_name: str = "",
    sender: str = "",
    reply_to: str = "",
    subject: str,
    body: str,
    consent_ids: Iterable[int] = (),
    leaves_at: datetime | None = None,
    manner: MailManner = MailManner.NOTICE,
    in_reply_to: str = "",
    references: Iterable[str] = (),
    message_id: str = "",
) -> OutgoingMail:
    """Write a letter inside the deed under way; it leaves after the commit, or not at all.

    `key` says which letter it is (« introduced:M-7K3Q-2F4:asker »): the same key is the same letter, written once.
    `sender` is an address of the desk, its first one where none is said.
    `consent_ids` are the consents under which details of somebody else stand in its text. `message_id` is said by who
    has a better one than the key gives; it must be as constant as the key.
    """
    if under_way() is None:
        raise RuntimeError("a letter is written inside the deed that causes it")
    if known := OutgoingMail.objects.filter(key=key).first():
        return known
    at = clock.now()
    letter = OutgoingMail.objects.create(
        desk=desk,
        key=key,
        message_id=message_id or postbox.message_id(key),
        to=to,
        to_name=postbox.one_line(to_name)[:200],
        sender=sender,
        reply_to=reply_to,
        subject=postbox.one_line(subject)[:200],
        body=wrapped(body),
        manner=manner,
        in_reply_to=in_reply_to,
        references=list(references),
        consent_ids=list(consent_ids),
        state=MailState.SENT if postbox.keeps_inside() else MailState.QUEUED,
        sent_at=at if postbox.keeps_inside() else None,
        next_try_at=leaves_at or at,
        queued_at=at,
    )
    if letter.state == MailState.QUEUED:
        _call_the_carrier(leaves_at)
    return letter


def hold_letter(letter: OutgoingMail) -> None:
    """« Retenir »: inside the deed under way, a letter that has not left does not leave.

    Raises Refused when the carrier has it in his hands, or was faster.
    """
    mine = OutgoingMail.objects.select_for_update(skip_locked=True).filter(pk=letter.pk).first()
    if mine is None:
        raise Refused("Ce courrier est en train de partir : il ne peut plus être retenu.")
    if mine.state != MailState.QUEUED:
        raise Refused(f"Ce courrier ne peut plus être retenu : il est « {mine.get_state_display()} ».")
    OutgoingMail.objects.filter(pk=letter.pk, state=MailState.QUEUED).update(state=MailState.HELD)
    letter.refresh_from_db()


def resend_letter(letter: OutgoingMail, *, by: User) -> None:
    """« Renvoyer »: a letter that could not leave is tried again, from the first attempt."""
    with deed(DeskVerb.MAIL_RETRIED, by=by):
        if not keeps(by, letter.desk):
            raise Refused("Ce courrier n’est pas de votre guichet.")
        failed = OutgoingMail.objects.filter(pk=letter.pk, state=MailState.FAILED)
        if not failed.update(state=MailState.QUEUED, attempts=0, next_try_at=clock.now()):
            raise Refused("Ce courrier n’est pas en échec. Rechargez la page.")
        overtake_reminders(letter, [ReminderStep.MAIL_FAILED])
        letter.refresh_from_db()
        _call_the_carrier()


def wrapped(body: str) -> str:
    """Lines of a readable width. Addresses and indented lines keep theirs, so that a link is never cut."""
    lines = [line.rstrip() for line in body.strip().splitlines()]
    return "\n".join(_folded(line) for line in lines) + "\n"


def _folded(line: str) -> str:
    if len(line) <= WIDTH or "://" in line or line.startswith("    "):
        return line
    hang = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def _call_the_carrier(at: datetime | None = None) -> None:
    # In this same transaction: the job appears with the letter, or neither does. No queueing lock here: held until
    # the commit, it would make two deeds wait for each other. A run that finds nothing costs one query.
    app.configure_task(CARRIER, queue=MAIL, schedule_at=at).defer()
