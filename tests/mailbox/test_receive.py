"""From the bytes received to a card: kept first, read next, and nothing that fails holds up the rest."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.enums import InteractionChannel, InteractionState, MailState, ReminderStep
from callcare.desk.models import Interaction, OutgoingMail, Reminder
from callcare.desk.postbox import message_id
from callcare.directory.models import Channel
from callcare.mailbox import actions, raw
from callcare.mailbox.actions import reading
from callcare.mailbox.actions.answering import answer
from callcare.mailbox.enums import MailboxVerb, MailKind, ParseState
from callcare.mailbox.models import Mail, RawMail
from callcare.mailbox.reader import Unreadable
from tests import cast
from tests.mailbox.stage import CLAIRE, arrive, box, bring, written

pytestmark = pytest.mark.django_db


def test_a_mail_is_a_contact_to_treat():
    (mail,) = arrive(written(message_id="<a@atelier.test>"))
    assert (mail.kind, mail.subject, mail.from_address) == (MailKind.HUMAN, "Des ordinateurs", CLAIRE)
    contact = mail.interaction
    assert (contact.channel, contact.state, contact.direction) == (
        InteractionChannel.MAIL,
        InteractionState.DRAFT,
        "in",
    )
    assert (contact.raw_identity, contact.desk, contact.operator) == (CLAIRE, cast.lille_desk(), None)
    assert contact.draft.content == {}
    assert RawMail.objects.get().parse_state == ParseState.DONE


def test_the_one_who_writes_is_recognised():
    claire = cast.claire()
    address = claire.channels.get(kind="email").value
    (mail,) = arrive(written(sender=f"Claire <{address}>"))
    assert (mail.interaction.person, mail.interaction.organisation) == (claire, claire.organisation)


def test_a_shared_address_names_the_organisation_only():
    claire = cast.claire()
    with deed(MailboxVerb.MAILBOX_SET, by=None):
        Channel.objects.filter(person=claire, kind="email").update(use="shared")
    (mail,) = arrive(written(sender=claire.channels.get(kind="email").value))
    assert (mail.interaction.person, mail.interaction.organisation) == (None, claire.organisation)


def test_the_domain_names_its_one_organisation_and_a_free_provider_nobody():
    claire = cast.claire()
    domain = claire.channels.get(kind="email").value.partition("@")[2]
    with deed(MailboxVerb.MAILBOX_SET, by=None):
        Channel.objects.create(organisation=claire.organisation, kind="email", value="atelier@gmail.com")
    by_domain, free = arrive(written(sender=f"nouvelle@{domain}"), written(sender="quelquun@gmail.com"))
    assert (by_domain.interaction.organisation, by_domain.interaction.person) == (claire.organisation, None)
    assert free.interaction.organisation is None


def test_the_same_number_of_the_server_is_one_row():
    here, mail = box(), raw.Fetched(7, written(), clock.now())
    assert raw.keep(here.pk, 1, [mail]) == 1
    assert raw.keep(here.pk, 1, [mail]) == 0
    assert RawMail.objects.count() == 1
    assert raw.keep(here.pk, 2, [mail]) == 1  # the server numbers anew: another row


def test_what_was_received_does_not_change():
    arrive(written())
    for change in ({"raw": b"other"}, {"sha256": "0" * 64}, {"uid": 0}, {"raw": b"x", "emptied_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RawMail.objects.update(**change)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        RawMail.objects.all().delete()
    with pgtrigger.ignore("mailbox.RawMail:raw_mail_as_received"):  # with the rule off, it would
        RawMail.objects.update(raw=b"other")
    assert bytes(RawMail.objects.get().raw) == b"other"


def test_the_same_bytes_are_shown_once():
    body = written(message_id="<a@atelier.test>")
    first, second = arrive(body, body)
    (third,) = arrive(body)
    assert (second.copy_of, third.copy_of) == (first, first)
    assert {second.thread, third.thread} == {first.thread}
    assert Interaction.objects.count() == 1


def test_the_same_mail_by_another_way_is_shown_once():
    """Two deliveries differ in their Received lines."""
    one = written(message_id="<a@atelier.test>", Received="from here")
    first, second = arrive(one, written(message_id="<a@atelier.test>", Received="from there"))
    assert second.copy_of == first
    with clock.at(clock.now() + timedelta(days=40)):
        (late,) = arrive(written(message_id="<a@atelier.test>", Received="from elsewhere"))
    assert late.copy_of is None
    assert late.warnings


def test_an_identifier_used_again_is_accepted_with_a_remark():
    first, second = arrive(
        written("Un.", message_id="<a@atelier.test>"), written("Deux.", message_id="<a@atelier.test>")
    )
    assert second.copy_of is None
    assert first.warnings == []
    assert any("déjà vu" in one for one in second.warnings)
    assert second.thread != first.thread


def test_one_mail_in_two_boxes_is_two_rows_in_one_thread():
    body = written(message_id="<a@atelier.test>", to="contact@call-care.test, lille@call-care.test")
    (first,) = arrive(body)
    (second,) = arrive(body, into=box("lille@call-care.test"))
    assert (second.copy_of, second.thread) == (None, first.thread)


def dead(raw, ours):
    return Unreadable("La lecture a duré trop longtemps.")


def test_a_mail_that_kills_its_reader_is_tried_again_then_shown(monkeypatch):
    really = reading.read_guarded
    monkeypatch.setattr(
        reading, "read_guarded", lambda raw, ours: dead(raw, ours) if b"Bombe" in raw else really(raw, ours)
    )
    bring(written(subject="Bombe"), written(subject="Une demande"))
    now = clock.now()
    assert actions.read_pending() == 2
    assert Mail.objects.get().subject == "Une demande"  # it does not wait for the other
    assert actions.read_pending() == 0
    for hours in (1, 2, 3):
        assert Mail.objects.filter(is_readable=False).count() == 0
        with clock.at(now + timedelta(hours=hours)):
            actions.read_pending()
    card = Mail.objects.get(is_readable=False)
    assert (card.kind, card.subject, card.from_address) == (MailKind.HUMAN, "Bombe", CLAIRE)
    assert card.interaction.state == InteractionState.DRAFT
    assert card.raw.parse_state == ParseState.UNREADABLE
    monkeypatch.setattr(reading, "read_guarded", really)
    assert actions.read_again(card, by=cast.marion())
    assert (card.is_readable, card.text.strip()) == (True, "Bonjour, il nous faudrait des ordinateurs.")


def test_reading_again_leaves_what_people_decided():
    (mail,) = arrive(written(message_id="<a@atelier.test>", List_Id="<liste.test>"))
    assert mail.kind == MailKind.BULK
    with deed(MailboxVerb.MAIL_BY_PERSON, by=None):
        Mail.objects.update(kind=MailKind.HUMAN, subject="changé")
    mail.refresh_from_db()
    actions.read_again(mail, by=cast.marion())
    assert (mail.kind, mail.read_kind, mail.subject) == (MailKind.HUMAN, MailKind.BULK, "Des ordinateurs")


def test_a_failure_of_ours_delays_one_mail_only(monkeypatch):
    really = reading.file_arrivals

    def stumbles(arrivals):
        if any(one.mail.subject == "Pierre" for one in arrivals):
            raise ValueError("a stone")
        really(arrivals)

    monkeypatch.setattr(reading, "file_arrivals", stumbles)
    bring(written(subject="Pierre"), written(subject="Une demande"))
    actions.read_pending()
    assert Mail.objects.get().subject == "Une demande"
    assert RawMail.objects.get(parse_state=ParseState.PENDING).attempts == 1


def letter(to=CLAIRE, **over):
    facts = {
        "desk": cast.lille_desk(), "key": "test", "message_id": message_id("test"), "to": to,
        "subject": "Votre demande", "body": "…", "state": MailState.SENT, "sent_at": clock.now(),
    }  # fmt: skip
    with deed(MailboxVerb.ANSWERED, by=None):
        return OutgoingMail.objects.create(**{**facts, **over})


def bounce(of, *, status="5.1.1", action="failed", to=CLAIRE):
    report = f"""From: MAILER-DAEMON@atelier.test
To: contact@call-care.test
Subject: Undelivered Mail
Message-ID: <bounce-{status}-{action}@atelier.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Nobody here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; atelier.test

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {of.message_id}
Subject: {of.subject}
--b--
"""
    return report.replace("\n", "\r\n").encode()


def test_a_bounce_marks_the_address_and_owes_one_call():
    claire = cast.claire()
    address = claire.channels.get(kind="email").value
    sent = letter(to=address)
    (mail,) = arrive(bounce(sent, to=address))
    assert (mail.kind, mail.interaction) == (MailKind.BOUNCE, None)
    sent.refresh_from_db()
    assert sent.bounced_at is not None
    assert sent.bounce_said == "Cette adresse n’existe pas (5.1.1 550 no such user)."
    assert claire.channels.get(kind="email").undeliverable_at is not None
    arrive(bounce(sent, to=address).replace(b"bounce-", b"again-"))
    owed = Reminder.objects.get(step=ReminderStep.MAIL_BACK)
    assert (owed.subject, owed.person) == (mail, claire)
    assert owed.number == claire.channels.get(kind="phone").value  # one click, and it rings
    assert owed.about == f"Claire Delattre ({address}) n’a pas reçu « {sent.subject} » : cette adresse n’existe pas"
    assert owed.note == "Le serveur a dit : 5.1.1 550 no such user"


def test_a_returned_answer_owes_a_call(client):
    """Its Message-ID is signed, and longer than the reference of any fiche."""
    (first,) = arrive(written())
    ours = answer(first, by=cast.marion(), to=CLAIRE, subject="Re : x", body="Combien ?", seen=0).letter
    OutgoingMail.objects.filter(pk=ours.pk).update(state=MailState.SENT, sent_at=clock.now())
    (back,) = arrive(bounce(ours))
    assert (back.kind, back.thread) == (MailKind.BOUNCE, first.thread)
    owed = Reminder.objects.get(step=ReminderStep.MAIL_BACK)
    assert (owed.subject, owed.subject_ref) == (back, back.ref)
    client.force_login(cast.marion())
    page = client.get("/guichet/relances/").text
    assert f"{CLAIRE} n’a pas reçu « Re : x » : cette adresse n’existe pas" in page
    assert "courrier revenu : téléphoner" in page
    assert "non parti" not in page
    thread = client.get(reverse("mailbox:mail", args=[back.ref]), follow=True)
    assert f'href="{reverse("mailbox:mail", args=[back.ref])}"' in page  # the thread, where the return stands
    assert f'href="{reverse("desk:letter", args=[ours.ref])}"' in thread.text  # and from there the letter
    letter_page = client.get(reverse("desk:letter", args=[ours.ref])).text
    assert "Ce courrier est revenu" in letter_page
    assert f'href="{reverse("mailbox:thread", args=[first.thread.ref])}"' in letter_page


def test_a_long_subject_leaves_room_for_the_reason():
    sent = letter(to=CLAIRE, subject="Des ordinateurs " * 12)
    arrive(bounce(sent, status="5.2.2"))
    owed = Reminder.objects.get()
    assert len(owed.about) <= 200
    assert owed.about.endswith("… » : sa boîte est pleine")


@pytest.mark.parametrize("more", [{"status": "4.4.1", "action": "delayed"}, {"status": "4.2.2"}])
def test_a_delay_is_only_noted(more):
    sent = letter(to=CLAIRE)
    arrive(bounce(sent, **more))
    sent.refresh_from_db()
    assert sent.bounced_at is None
    assert not Reminder.objects.exists()


def test_a_bounce_of_a_letter_we_never_wrote_marks_nothing():
    claire = cast.claire()
    address = claire.channels.get(kind="email").value
    forged = letter(to=address)
    forged.message_id = "<cc.somethingelse@call-care.test>"
    arrive(bounce(forged, to=address))
    assert claire.channels.get(kind="email").undeliverable_at is None


def test_a_batch_asks_no_more_for_fifty_than_for_five(django_assert_max_num_queries):
    box()
    bring(*(written(message_id=f"<{n}@a.test>", sender=f"p{n}@a.test") for n in range(5)))
    actions.read_pending()
    bring(*(written(message_id=f"<b{n}@a.test>", sender=f"q{n}@a.test") for n in range(50)))
    with django_assert_max_num_queries(45):
        assert actions.read_pending() == 50
    assert Mail.objects.count() == 55
