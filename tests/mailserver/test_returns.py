"""Letters of ours through a real Postfix: one comes back for good, one is answered by a holiday notice, and one meets
a program that answers everything as if it were a person."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk import jobs
from callcare.desk.actions import queue_letter
from callcare.desk.enums import MailManner, ReminderStep
from callcare.desk.models import Interaction, OutgoingMail, Reminder
from callcare.directory.models import Channel
from callcare.mailbox.actions.acknowledging import acknowledge_waiting
from callcare.mailbox.actions.answering import answer
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Mail
from tests import cast
from tests.mailbox.stage import written
from tests.mailserver import postfix
from tests.mailserver.dovecot import Dovecot
from tests.sink import SMTP
from tests.telephone.processes import LOOPBACK, free_port, wait_for

pytestmark = [
    pytest.mark.mailserver,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not postfix.is_possible(), reason="Postfix must be started by root"),
]
US = "lille@call-care.test"
AWAY = "vacation@canal.test"  # the user whose deliveries run through the script
SCRIPT = 'require ["vacation"];\nvacation :days 1 :addresses ["vacation@canal.test"] "Je suis absente jusqu’au 3.";\n'


@pytest.fixture
def servers() -> Iterator[tuple[Dovecot, postfix.Postfix]]:
    port = free_port()
    with (
        Dovecot(sieve=SCRIPT, smtp=port) as imap,
        postfix.running(lmtp=imap.lmtp, smtp=port) as smtp,
        override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST=LOOPBACK, EMAIL_PORT=port, EMAIL_USE_TLS=False),
    ):
        yield imap, smtp


def mails(n: int) -> list[Mail]:
    wait_for(lambda: Mail.objects.count() >= n, within=20, why=f"{Mail.objects.count()} mails of {n}")
    return list(Mail.objects.select_related("thread", "interaction").order_by("pk"))


def test_a_letter_to_a_dead_domain_comes_back_and_somebody_has_to_telephone(servers, connected, worker):
    imap, _ = servers
    connected(imap, address=US, login="lille")
    with deed(cast.CastVerb.ENTERS, by=None):
        noted = Channel.objects.create(kind="email", value="claire@disparu.test", raw="", person=cast.claire())
        letter = queue_letter(
            desk=cast.lille_desk(), key="k", to=noted.value, to_name="Claire", subject="Une piste", body="Bonjour"
        )
    jobs.deliver_letters()
    [back] = mails(1)
    assert (back.kind, back.interaction) == (MailKind.BOUNCE, None)
    assert back.failures[0]["message_id"] == letter.message_id
    wait_for(Reminder.objects.exists, within=5, why="nobody has to telephone")
    letter.refresh_from_db()
    noted.refresh_from_db()
    assert letter.sent_at
    assert letter.bounced_at
    assert letter.bounce_said.startswith("Ce qui suit le « @ » n’existe pas (5.1.2")
    assert noted.undeliverable_at
    assert Reminder.objects.get().step == ReminderStep.MAIL_BACK


def test_a_holiday_notice_joins_the_thread_and_asks_nothing_of_anybody(servers, connected, worker):
    imap, smtp = servers
    connected(imap, address=US, login="lille")
    smtp.send(written(sender=AWAY, to=US, message_id="<1@canal.test>"), US, sender=AWAY)
    [first] = mails(1)
    ours = answer(first, by=cast.marion(), to=AWAY, subject="Re : Des ordinateurs", body="Combien ?", seen=0)
    with clock.at(clock.now() + timedelta(minutes=1)):
        jobs.deliver_letters()
    _, notice = mails(2)
    assert (notice.kind, notice.thread, notice.interaction) == (MailKind.AUTO_REPLY, first.thread, None)
    assert notice.in_reply_to == [ours.letter.message_id]
    assert Interaction.objects.count() == 1
    with clock.at(clock.now() + timedelta(minutes=20)):
        assert acknowledge_waiting() == 0


class Rude:
    """Answers every mail it gets, to whoever wrote, with nothing that says « machine » and no thread."""

    def __init__(self, back: postfix.Postfix) -> None:
        self.back, self.heard = back, 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        heard = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default)
        self.heard += 1
        reply = EmailMessage()
        reply["From"], reply["To"] = "rude@bavard.test", str(heard["Reply-To"] or heard["From"])
        reply["Subject"], reply["Message-ID"] = f"Message {self.heard}", make_msgid(domain="bavard.test")
        reply.set_content(f"J’ai bien lu votre message {self.heard}.")
        to = reply["To"].addresses[0].addr_spec
        await asyncio.to_thread(self.back.send, reply.as_bytes(), to, sender="rude@bavard.test")
        return "250 OK"


def test_a_program_that_answers_everything_hears_two_letters_and_no_more(servers, connected, worker):
    imap, smtp = servers
    connected(imap, address=US, login="lille")
    rude, port = Rude(smtp), free_port()
    controller = Controller(rude, hostname=LOOPBACK, port=port)
    controller.start()
    try:
        with override_settings(EMAIL_PORT=port):
            began = written(sender="rude@bavard.test", to=US, message_id="<0@bavard.test>")
            smtp.send(began, US, sender="rude@bavard.test")
            came = 1
            mails(came)
            for minutes in (11, 22, 33, 120, 200, 400, 800, 1400):
                with clock.at(clock.now() + timedelta(minutes=minutes)):
                    written_now = acknowledge_waiting()
                    jobs.deliver_letters()
                came += written_now
                mails(came)  # each of our letters is answered at once
    finally:
        controller.stop()
    sent = OutgoingMail.objects.filter(manner=MailManner.RECEIPT)
    assert {one.to for one in sent} == {"rude@bavard.test"}
    assert rude.heard == sent.count() <= 2
    assert rude.heard >= 1
    assert Mail.objects.filter(kind=MailKind.HUMAN).count() == 1 + rude.heard  # its words are all there


def test_postfix_writes_to_nobody_outside(servers):
    """Mail for an unknown domain never leaves this machine."""
    _, smtp = servers
    smtp.send(written(to="quelqu-un@example.org"), "quelqu-un@example.org", sender=US)
    wait_for(lambda: "status=bounced" in smtp.said(), within=10, why=smtp.said())
    assert "status=sent" not in smtp.said().partition("status=bounced")[0]
