"""Answering from the card: the letter leaves in the thread of whoever wrote, half a minute later, unless held back."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk import jobs
from callcare.desk.enums import MailManner, MailState
from callcare.desk.models import OutgoingMail
from callcare.mailbox import mails
from callcare.mailbox.actions import answering
from callcare.mailbox.enums import MailKind, ThreadedBy
from callcare.mailbox.models import Answer, Mailbox, Thread
from callcare.mailbox.rules import identifiers
from tests import cast, sink
from tests.mailbox import desk_stage as stage, stage as intake

pytestmark = pytest.mark.django_db


def answered(mail=None, *, by=None, seen=0, **over):
    mail = mail or stage.arrived()
    facts = {"to": "claire@canal.test", "subject": "Re : Des ordinateurs", "body": "Bonjour,\n\nOui."} | over
    return answering.answer(mail, by=by or cast.marion(), seen=seen, **facts)


def later(seconds: int = 31):
    return clock.at(clock.now() + timedelta(seconds=seconds))


def posted(client, mail, **over):
    facts = {"to": "claire@canal.test", "subject": "Re : x", "body": "Bonjour,\r\n\r\nOui.", "sent": 0} | over
    return client.post(reverse("mailbox:answer", args=[mail.ref]), facts)


def test_the_answer_leaves_in_the_thread_of_whoever_wrote(client, settings):
    mail = stage.arrived(stage.eml(References="<root@canal.test>", In_Reply_To="<root@canal.test>"))
    client.force_login(cast.marion())
    page = client.get(reverse("mailbox:answer", args=[mail.ref]))
    form = page.context["form"]
    assert form["subject"].value() == "Re : Des ordinateurs"
    assert form["body"].value().startswith("Bonjour Claire Delattre,")
    assert form["body"].value().rstrip().endswith("Marion, Guichet de Lille")
    reply = posted(client, mail, subject="Re : Des ordinateurs")
    assert reply.url == reverse("desk:contact", args=[mail.interaction.ref])
    with sink.listening() as box:
        jobs.deliver_letters()
        assert box.letters == []  # the half minute
        with later():
            jobs.deliver_letters()
    [letter] = box.letters
    assert letter["To"] == "Claire Delattre <claire@canal.test>"
    assert letter["Subject"] == "Re : Des ordinateurs"
    assert letter["In-Reply-To"] == "<m1@canal.test>"
    assert letter["References"].split() == ["<root@canal.test>", "<m1@canal.test>"]
    assert letter["Auto-Submitted"] is None
    assert letter["Reply-To"] == f"lille+{mail.thread.token}@call-care.test"
    key = identifiers.key_of(settings.SECRET_KEY)
    assert identifiers.verified(letter["Message-ID"], [key], frozenset({"call-care.test"})) == (mail.thread.token, 1)
    assert letter["Message-ID"] == mails.message_id(mail.thread, 1, stage.box())
    mail.interaction.refresh_from_db()
    assert mail.interaction.operator == cast.marion()


def test_a_monthlong_thread_keeps_its_first_and_last_identifiers_and_no_line_is_too_long():
    many = [f"<{number}.{'x' * 60}@canal.test>" for number in range(60)]
    mail = stage.arrived(stage.eml(References=" ".join(many)))
    letter = answered(mail).letter
    assert letter.references[0] == many[0]
    assert letter.references[-2:] == [many[-1], "<m1@canal.test>"]
    assert len(letter.references) == mails.MOST_REFERENCES + 1
    with sink.listening() as box, later():
        jobs.deliver_letters()
    head = box.raw[0].partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) < 998
    assert box.letters[0]["References"].split() == letter.references


@pytest.mark.parametrize("bad", ["", "<a b@c.test>", "<é@c.test>", "<x@canal.test> <y", "<x@sans.invalid>"])
def test_an_identifier_that_cannot_stand_in_a_header_is_left_out(bad):
    mail = stage.arrived(message_id=bad, references=["<ok@canal.test>", "pas un identifiant"])
    assert mails.thread_headers(mail) == ("", ["<ok@canal.test>"])


def test_the_same_form_sent_twice_writes_one_letter_and_tells(client):
    mail = stage.arrived()
    client.force_login(cast.marion())
    posted(client, mail)
    again = posted(client, mail)
    assert again.status_code == 422
    assert "pendant que vous écriviez" in again.content.decode()
    assert OutgoingMail.objects.count() == 1
    # The text is kept, and sent again on purpose it leaves.
    form = again.context["form"]
    assert form["body"].value() == "Bonjour,\r\n\r\nOui."
    assert form["sent"].value() == "1"
    posted(client, mail, sent=1)
    assert list(OutgoingMail.objects.order_by("pk").values_list("message_id", flat=True)) == [
        mails.message_id(mail.thread, 1, stage.box()), mails.message_id(mail.thread, 2, stage.box()),
    ]  # fmt: skip


def test_an_answer_goes_to_a_known_address_only(client):
    mail = stage.arrived()
    with pytest.raises(Refused, match="adresse connue"):
        answered(mail, to="autre@ailleurs.test")
    client.force_login(cast.marion())
    assert posted(client, mail, to="autre@ailleurs.test").status_code == 422
    assert posted(client, mail, body="  \n ").status_code == 422
    assert not OutgoingMail.objects.exists()


def test_what_is_noted_for_the_recognised_person_is_offered_too():
    cast.claire()
    mail = stage.arrived(stage.eml(Reply_To="accueil@canal.test"))
    assert mail.interaction.organisation == cast.workshop()
    assert answering.addresses_for(mail) == ["accueil@canal.test", "claire@canal.test"]


def test_a_line_break_in_what_she_typed_is_no_header():
    mail = stage.arrived()
    answered(mail, subject="Objet\r\nBcc: tous@x.test")
    with sink.listening() as box, later():
        jobs.deliver_letters()
    [letter] = box.letters
    assert letter["Bcc"] is None


def test_held_back_it_never_leaves_and_its_text_is_in_the_form_again(client):
    mail = stage.arrived()
    answer = answered(mail, body="Un texte unique.")
    client.force_login(cast.marion())
    reply = client.post(reverse("mailbox:withdraw", args=[answer.letter.ref]))
    page = client.get(reply.url)
    assert "Un texte unique." in page.context["form"]["body"].value()
    with sink.listening() as box, later(3600):
        jobs.deliver_letters()
    assert box.letters == []
    answer.letter.refresh_from_db()
    assert answer.letter.state == MailState.HELD


LONG = (
    "Bonjour,\n\n" + "un texte d’une seule ligne, bien plus longue que la largeur d’un courrier, " * 3 + "\n\n  Merci."
)


def test_held_back_it_comes_back_exactly_as_it_was_typed(client):
    mail = stage.arrived()
    client.force_login(cast.marion())
    posted(client, mail, body=LONG.replace("\n", "\r\n"))
    answer = Answer.objects.get()
    assert LONG.strip() not in answer.letter.body  # the letter has its lines broken
    page = client.get(client.post(reverse("mailbox:withdraw", args=[answer.letter.ref])).url)
    assert page.context["form"]["body"].value() == LONG


def a_second_box(address="aide@asso.test", **over):
    facts = {"desk": cast.lille_desk(), "host": "127.0.0.1", "login": "aide"} | over
    with deed(cast.CastVerb.ENTERS, by=None):
        return Mailbox.objects.create(address=address, **facts)


def test_an_answer_leaves_from_the_box_its_mail_came_to_and_comes_back_there(settings):
    other = a_second_box()
    [mail] = intake.arrive(intake.written(to=other.address, message_id="<q@canal.test>"), into=other)
    answered(mail, to=mail.from_address)
    with sink.listening() as box, later():
        jobs.deliver_letters()
    [letter] = box.letters
    assert letter["From"] == "Guichet de Lille <aide@asso.test>"
    assert box.senders == ["aide@asso.test"]
    assert letter["Reply-To"] == f"aide+{mail.thread.token}@asso.test"
    assert letter["Message-ID"].endswith("@asso.test>")
    key = identifiers.key_of(settings.SECRET_KEY)
    assert identifiers.verified(letter["Message-ID"], [key], frozenset({"asso.test"})) == (mail.thread.token, 1)
    # Her answer names only our letter, in the domain of that box: it joins, and our own copy is known for ours.
    reply = intake.written(
        "D’accord.", to=letter["Reply-To"], answers=[letter["Message-ID"]], message_id="<q2@a.test>"
    )
    copy = intake.written("Bonjour.", sender=other.address, message_id=letter["Message-ID"])
    [second, ours] = intake.arrive(reply, copy, into=other)
    assert (second.thread, second.threaded_by) == (mail.thread, ThreadedBy.OUR_ID)
    assert ours.kind == MailKind.OWN


def test_the_first_box_of_the_desk_still_answers_for_itself():
    a_second_box()
    mail = stage.arrived()
    letter = answered(mail).letter
    assert (letter.sender, letter.reply_to) == (
        "lille@call-care.test", f"lille+{mail.thread.token}@call-care.test",
    )  # fmt: skip


def test_nobody_answers_from_a_box_that_is_out_of_service():
    other = a_second_box()
    [mail] = intake.arrive(intake.written(to=other.address), into=other)
    stage.box()
    with deed(cast.CastVerb.ENTERS, by=None):
        Mailbox.objects.filter(pk=other.pk).update(is_enabled=False)
    mail.raw.mailbox.refresh_from_db()
    letter = answered(mail, to=mail.from_address).letter
    assert (letter.sender, letter.reply_to.partition("+")[0]) == ("lille@call-care.test", "lille")


def test_once_it_left_it_is_not_held_back():
    answer = answered()
    with sink.listening(), later():
        jobs.deliver_letters()
    with pytest.raises(Refused, match="ne peut plus être retenu"):
        answering.withdraw_answer(answer, by=cast.marion())


@pytest.mark.django_db(transaction=True)
def test_while_the_carrier_has_it_in_his_hands_holding_back_is_refused_at_once():
    answer = answered()
    held, done = threading.Event(), threading.Event()
    said = []

    def hold():
        held.wait(10)
        try:
            answering.withdraw_answer(answer, by=cast.marion())
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()
            done.set()

    class Waiting(sink.Sink):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            held.set()
            done.wait(10)
            return await super().handle_DATA(server, session, envelope)

    hand = threading.Thread(target=hold)
    hand.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sink, "Sink", Waiting)
        with sink.listening() as box, later():
            jobs.deliver_letters()
    hand.join()
    assert said == ["Ce courrier est en train de partir : il ne peut plus être retenu."]
    assert len(box.letters) == 1
    answer.letter.refresh_from_db()
    assert answer.letter.state == MailState.SENT


def test_the_desk_of_another_town_neither_reads_nor_answers(client):
    mail = stage.arrived()
    answer = answered(mail)
    client.force_login(cast.amelie())
    assert client.get(reverse("mailbox:answer", args=[mail.ref])).status_code == 404
    assert posted(client, mail, sent=1).status_code == 404
    assert client.post(reverse("mailbox:withdraw", args=[answer.letter.ref])).status_code == 404
    with pytest.raises(Refused, match="pas de votre guichet"):
        answered(mail, by=cast.amelie(), seen=1)
    with pytest.raises(Refused, match="pas de votre guichet"):
        answering.withdraw_answer(answer, by=cast.amelie())


def test_a_template_replaces_a_template_and_never_what_she_typed(client):
    mail = stage.arrived()
    client.force_login(cast.marion())
    url = reverse("mailbox:answer", args=[mail.ref])
    first = client.post(url, {"modele": "precisions", "body": mails.answer_text(mail, by=cast.marion())})
    body = first.context["form"]["body"].value()
    assert "quelques précisions" in body
    second = client.post(url, {"modele": "merci", "body": body.replace("\n", "\r\n")})
    assert "précisions" not in second.context["form"]["body"].value()
    third = client.post(url, {"modele": "merci", "body": "Mon texte à moi."})
    assert third.context["form"]["body"].value().endswith("Mon texte à moi.")
    assert not Answer.objects.exists()


def test_a_begun_answer_is_kept_and_forgotten_once_sent(client):
    mail = stage.arrived()
    client.force_login(cast.marion())
    keep = reverse("desk:keep", args=[mail.interaction.ref])
    assert client.post(keep, {"part": "answer", "seen": 0, "body": "À moitié", "subject": "Re"}).status_code == 200
    url = reverse("mailbox:answer", args=[mail.ref])
    assert client.get(url).context["form"]["body"].value() == "À moitié"
    posted(client, mail)
    assert client.get(url).context["form"]["body"].value() != "À moitié"


def test_the_card_says_how_far_the_answer_got(client):
    mail = stage.arrived()
    answer = answered(mail)
    client.force_login(cast.marion())
    url = reverse("mailbox:of-interaction", args=[mail.interaction.ref])
    assert "à envoyer" in client.get(url).content.decode()
    with sink.nobody_listens(), later():
        jobs.deliver_letters()
    said = client.get(url).content.decode()
    assert "nouvel essai à" in said
    assert "Retenir" not in said
    OutgoingMail.objects.filter(pk=answer.letter.pk)
    with sink.listening(), later(600):
        jobs.deliver_letters()
    assert "envoyé" in client.get(url).content.decode()


def test_numbers_of_a_thread_are_never_given_twice():
    mail = stage.arrived()
    assert [answered(mail).number, answered(mail, seen=1).number] == [1, 2]
    assert Thread.objects.get().sent == 2
    assert {a.letter.manner for a in Answer.objects.all()} == {MailManner.PERSON}
