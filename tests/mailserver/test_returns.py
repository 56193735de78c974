"""Letters of ours through a real Postfix: one comes back for good, one is answered by a machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from callcare.core.deeds import deed
from callcare.desk import jobs
from callcare.desk.actions import queue_letter
from callcare.desk.enums import DeskVerb, ReminderStep
from callcare.desk.models import Interaction, Reminder
from callcare.directory.models import Channel
from callcare.mailbox.actions.reading import thread_keys
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Mail
from callcare.mailbox.rules import identifiers
from tests import cast
from tests.mailbox.stage import US, written
from tests.mailserver import postfix
from tests.mailserver.dovecot import Dovecot
from tests.sink import SMTP
from tests.telephone.processes import free_port, wait_for

pytestmark = [
    pytest.mark.mailserver,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not postfix.is_possible(), reason="Postfix must be started by root"),
]

AWAY = "vacation@canal.test"  # whose mails the machine answers
HOLIDAY = 'require ["vacation"];\nvacation :days 1 "Je suis absente.";\n'

Servers = tuple[Dovecot, postfix.Postfix]


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    port = free_port()
    with (
        Dovecot(tmp_path, sieve=HOLIDAY, smtp=port) as imap,
        postfix.running(lmtp=imap.lmtp, smtp=port) as smtp,
        override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False),
    ):
        yield imap, smtp


def cards(count: int) -> list[Mail]:
    wait_for(lambda: Mail.objects.count() >= count, within=20, why=f"{Mail.objects.count()} of {count} came")
    return list(Mail.objects.select_related("thread").order_by("pk"))


def test_a_letter_to_a_dead_domain_comes_back_and_marks_the_address(servers: Servers, connected, worker):
    imap, _ = servers
    person = cast.claire()
    with deed(cast.CastVerb.ENTERS, by=None):
        noted = Channel.objects.create(kind="email", value="claire@disparu.test", raw="", person=person)
    connected(imap)
    with override_settings(DEFAULT_FROM_EMAIL=US), deed(DeskVerb.MAIL_SENT, by=None):
        desk = cast.lille_desk()
        desk.mailboxes = [US]
        desk.save()
        letter = queue_letter(
            desk=desk, key="k", to=noted.value, to_name="Claire", subject="Une piste", body="Bonjour"
        )
    jobs.deliver_letters()
    [mail] = cards(1)
    letter.refresh_from_db()
    noted.refresh_from_db()
    assert (mail.kind, mail.interaction) == (MailKind.BOUNCE, None)
    assert mail.failures[0]["message_id"] == letter.message_id
    assert letter.bounced_at
    assert letter.bounce_said
    assert noted.undeliverable_at
    assert Reminder.objects.get().step == ReminderStep.MAIL_FAILED


def test_a_holiday_notice_is_attached_and_opens_nothing(servers: Servers, connected, worker):
    imap, smtp = servers
    connected(imap)
    smtp.send(written(sender=AWAY, message_id="<1@canal.test>"), US, sender=AWAY)
    [first] = cards(1)
    signed = identifiers.signed(first.thread.token, 1, thread_keys()[0], settings.MAIL_DOMAIN)
    smtp.send(written(sender=US, to=AWAY, message_id=signed), AWAY, sender=US)  # as a person writes
    _, notice = cards(2)
    assert notice.kind == MailKind.AUTO_REPLY
    assert (notice.thread, notice.interaction) == (first.thread, None)
    assert Interaction.objects.count() == 1
