"""The machine says that a mail arrived: rarely, to people only, and never so that a machine answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk import jobs
from callcare.desk.actions import finish_interaction, queue_letter
from callcare.desk.enums import MailManner
from callcare.desk.models import OutgoingMail
from callcare.directory.models import Channel
from callcare.mailbox.actions import acknowledging, answering
from callcare.mailbox.actions.acknowledging import acknowledge_waiting
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Thread
from tests import cast, sink
from tests.mailbox import desk_stage as stage

pytestmark = pytest.mark.django_db
OPEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday at 10 in Lille
CLOSED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)  # the Sunday before


def mail(at=OPEN, number: int = 1, *, sender: str = "claire@canal.test", **over):
    raw = stage.eml(message_id=f"<a{number}@canal.test>", sender=sender, text=f"Message {number}")
    return stage.arrived(raw, received_at=at, **over)


def at(when, minutes: int = 0):
    return clock.at(when + timedelta(minutes=minutes))


def test_ten_minutes_after_it_says_so_as_a_machine_from_nobody():
    first = mail()
    with at(OPEN, 9):
        assert acknowledge_waiting() == 0
    with at(OPEN, 11), sink.listening() as box:
        assert acknowledge_waiting() == 1
        assert acknowledge_waiting() == 0
        jobs.deliver_letters()
    [letter] = box.letters
    assert box.senders == ["<>"]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert letter["Precedence"] == "bulk"
    assert (letter["In-Reply-To"], letter["References"]) == ("<a1@canal.test>", "<a1@canal.test>")
    assert letter["From"] == "Guichet de Lille <lille@call-care.test>"
    assert "dans les quatre heures" in " ".join(letter.get_content().split())
    assert first.answers.get().by is None


def test_an_ordinary_letter_keeps_its_sender_on_the_envelope():
    with deed(cast.CastVerb.ENTERS, by=None):
        queue_letter(desk=cast.lille_desk(), key="x", to="a@b.test", subject="x", body="x")
    with sink.listening() as box:
        jobs.deliver_letters()
    assert box.senders == ["lille@call-care.test"]


def test_while_the_desk_is_closed_it_says_so_at_once():
    mail(CLOSED)
    with at(CLOSED):
        assert acknowledge_waiting() == 1


def test_once_a_person_answered_the_machine_keeps_quiet_unless_the_answer_was_held_back():
    one = mail()
    with at(OPEN, 1):
        answer = answering.answer(one, by=cast.marion(), to="claire@canal.test", subject="Re", body="Oui", seen=0)
    with at(OPEN, 11):
        assert acknowledge_waiting() == 0
    with at(OPEN, 1):
        answering.withdraw_answer(answer, by=cast.marion())
    with at(OPEN, 11):
        assert acknowledge_waiting() == 1


def test_a_contact_already_recorded_is_not_acknowledged():
    one = mail()
    finish_interaction(one.interaction, by=cast.marion(), dispositions=["information"])
    with at(OPEN, 11):
        assert acknowledge_waiting() == 0


def test_once_in_a_thread_however_many_mails():
    one = mail()
    mail(number=2, thread=one.thread)
    with at(OPEN, 11):
        assert acknowledge_waiting() == 1


def test_twice_to_one_address_in_three_hours():
    for number in range(4):
        mail(number=number)
    with at(OPEN, 11):
        assert acknowledge_waiting() == 2
    with at(OPEN, 11 + 181):  # what came too fast waits for a person
        assert acknowledge_waiting() == 0
    mail(OPEN + timedelta(minutes=11 + 179), number=5)
    with at(OPEN, 11 + 200):
        assert acknowledge_waiting() == 0
    mail(OPEN + timedelta(minutes=11 + 181), number=6)
    with at(OPEN, 11 + 200):
        assert acknowledge_waiting() == 1


def test_a_responder_without_threads_gets_two_machine_letters_in_its_life():
    """Each of its answers looks like a new message of a person, and comes a minute after our letter."""
    mail()
    for minute in range(0, 24 * 60, 5):
        with at(OPEN, minute):
            for number in range(acknowledge_waiting()):
                mail(OPEN + timedelta(minutes=minute + 1), number=10 * minute + number + 2)
    assert OutgoingMail.objects.filter(manner=MailManner.RECEIPT).count() == 2


@pytest.mark.parametrize(
    "over",
    [
        {"wants_no_reply": True},
        {"is_verified": False},
        {"kind": MailKind.BULK},
        {"kind": MailKind.AUTO_REPLY},
        {"kind": MailKind.BOUNCE},
        {"from_address": ""},
        {"reply_to": "amiens@call-care.test"},
        {"reply_to": "lille+abc@call-care.test"},
    ],
    ids=str,
)
def test_machines_forgers_and_ourselves_are_not_written_to(over):
    mail(**over)
    with at(OPEN, 11):
        assert acknowledge_waiting() == 0


def test_an_address_that_is_lost_is_not_written_to():
    cast.claire()
    mail()
    with deed(cast.CastVerb.ENTERS, by=None):
        assert Channel.objects.filter(value="claire@canal.test").update(undeliverable_at=OPEN) == 1
    with at(OPEN, 11):
        assert acknowledge_waiting() == 0
    with deed(cast.CastVerb.ENTERS, by=None):
        Channel.objects.update(undeliverable_at=None)
    with at(OPEN, 11):
        assert acknowledge_waiting() == 1


def test_a_mail_found_the_day_after_is_a_person_s_affair():
    mail()
    with at(OPEN, 25 * 60):
        assert acknowledge_waiting() == 0


def receipts(count: int) -> None:
    with deed(cast.CastVerb.ENTERS, by=None):
        for number in range(count):
            queue_letter(
                desk=cast.amiens_desk(), key=f"r:{number}", to=f"x{number}@y.test", subject="x", body="x",
                manner=MailManner.RECEIPT,
            )  # fmt: skip


def test_after_sixty_in_an_hour_the_house_stops_says_so_and_starts_again(client):
    mail()
    with at(OPEN, 11):
        receipts(acknowledging.MOST)
        assert acknowledge_waiting() == 0
        client.force_login(cast.marion())
        assert "Les accusés de réception sont suspendus" in client.get("/guichet/courriels/").content.decode()
    assert not Thread.objects.exclude(acknowledged_at=None).exists()
    with at(OPEN, 72):
        assert acknowledge_waiting() == 1
        assert "suspendus" not in client.get("/guichet/courriels/").content.decode()


def test_one_less_than_sixty_does_not_stop_it():
    mail()
    with at(OPEN, 11):
        receipts(acknowledging.MOST - 1)
        assert acknowledge_waiting() == 1


def test_a_responder_that_answers_everything_gets_one_machine_letter():
    """Its answers look human: they come back into the thread, which was acknowledged."""
    one = mail()
    with at(OPEN, 11):
        acknowledge_waiting()
    for number in range(2, 6):
        mail(OPEN + timedelta(minutes=number), number=number, thread=one.thread)
    with at(OPEN, 40):
        assert acknowledge_waiting() == 0
    assert OutgoingMail.objects.filter(manner=MailManner.RECEIPT, to=F("to")).count() == 1
