"""The acknowledgement: the machine says that a mail arrived, rarely, and never to a machine."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.calendar import calendar_of
from callcare.desk.enums import InteractionState, MailManner, MailState
from callcare.desk.models import Desk, OutgoingMail
from callcare.directory.enums import ChannelKind
from callcare.directory.models import Channel
from callcare.mailbox import mails
from callcare.mailbox.actions.answering import write
from callcare.mailbox.enums import MailboxVerb
from callcare.mailbox.models import Answer, Mail, Mailbox, MailQuerySet, Thread

AFTER = timedelta(minutes=10)  # while the desk is open, somebody may be quicker
TOO_OLD = timedelta(hours=24)  # after that only a person's answer makes sense
MOST_TO_ONE, WITHIN = 2, timedelta(hours=3)
MOST, HOUR = 60, timedelta(hours=1)
COUNTING = 0x0CA14


def acknowledge_waiting() -> int:
    """Acknowledge what waits, oldest first; how many left. Stops when the house has written enough for this hour."""
    done = 0
    for mail in _waiting().select_related("desk", "raw__mailbox", "thread").order_by("received_at")[: MOST * 2]:
        if is_tripped():
            break
        done += acknowledge(mail) is not None
    return done


def _waiting() -> MailQuerySet:
    """Mails of people nobody has answered or acknowledged, and whose sender may be written to by a machine."""
    now = clock.now()
    mine = Answer.objects.filter(thread=OuterRef("thread"), by__isnull=False, created_at__gte=OuterRef("received_at"))
    answered = mine.exclude(letter__state=MailState.HELD)
    rows = Mail.objects.of_people().filter(
        wants_no_reply=False,
        thread__acknowledged_at=None,
        interaction__state=InteractionState.DRAFT,
        received_at__range=(now - TOO_OLD, now),
    )
    # A sender our own server could not verify may be forged: the machine would write to somebody else.
    return rows.exclude(is_verified=False).exclude(from_address="").filter(~Exists(answered))


def acknowledge(mail: Mail) -> Answer | None:
    """Acknowledge one mail; None where a limit says no. Once for a thread, whatever happens at once."""
    now = clock.now()
    if now - mail.received_at < AFTER and calendar_of(mail.desk).is_open(now):
        return None
    with deed(MailboxVerb.ACKNOWLEDGED, by=None):
        _one_at_a_time()
        if is_tripped() or not _may_be_written_to(mail.answer_address, asked_at=mail.received_at):
            return None
        Thread.objects.select_for_update().get(pk=mail.thread_id)
        if not _waiting().filter(pk=mail.pk).exists():  # another run, or a person, was faster
            return None
        Thread.objects.filter(pk=mail.thread_id).update(acknowledged_at=now)
        subject, text = mails.answer_subject(mail), mails.receipt_text(mail)
        return write(mail, by=None, to=mail.answer_address, subject=subject, body=text)


def _one_at_a_time() -> None:
    """Until the commit nobody else counts: two runs at once would each see room for one more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [COUNTING])


def is_tripped() -> bool:
    """Has the house acknowledged so much within the hour that something is wrong? It says so on the page."""
    since = clock.now() - HOUR
    return OutgoingMail.objects.filter(manner=MailManner.RECEIPT, queued_at__gt=since).count() >= MOST


def _may_be_written_to(address: str, *, asked_at: datetime) -> bool:
    """Counted back from when its mail came, not from now: what a machine answered to our two letters waits for a
    person, and does not get a third one as soon as the three hours are over."""
    if not address or _is_ours(address):
        return False
    since = asked_at - WITHIN
    lately = OutgoingMail.objects.filter(manner=MailManner.RECEIPT, to=address, queued_at__gt=since).count()
    lost = Channel.objects.filter(kind=ChannelKind.EMAIL, value=address, undeliverable_at__isnull=False)
    bounced = OutgoingMail.objects.filter(to=address, bounced_at__isnull=False)
    return lately < MOST_TO_ONE and not lost.exists() and not bounced.exists()


def _is_ours(address: str) -> bool:
    local, _, domain = address.lower().partition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return (
        domain == settings.MAIL_DOMAIN.lower()
        or Mailbox.objects.filter(address__iexact=plain).exists()
        or Desk.objects.filter(mailboxes__contains=[plain]).exists()
    )
