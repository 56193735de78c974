"""Which mails answer which: by what they name and who takes part, never by subject, whatever the order of arrival."""

import random

import pytest
from django.conf import settings

from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.enums import MailState
from callcare.desk.models import OutgoingMail
from callcare.mailbox import actions
from callcare.mailbox.enums import MailboxVerb, MailKind, ProposalReason, ProposalState, ThreadedBy
from callcare.mailbox.models import Answer, Mail, Proposal, Thread
from callcare.mailbox.rules import identifiers
from tests import cast
from tests.mailbox.stage import CLAIRE, arrive, box, written

pytestmark = pytest.mark.django_db
MALLORY = "mallory@ailleurs.test"


def our_id(thread: Thread, n: int = 1, *, key: bytes | None = None) -> str:
    return identifiers.signed(thread.token, n, key or identifiers.key_of(settings.SECRET_KEY), settings.MAIL_DOMAIN)


def answered(mail: Mail, *, to: str = CLAIRE) -> str:
    """We answered this mail; the identifier of our letter."""
    with deed(MailboxVerb.ANSWERED, by=None):
        message_id = our_id(mail.thread)
        letter = OutgoingMail.objects.create(
            desk=mail.desk, key=message_id, message_id=message_id, to=to, subject="Re", body="…",
            state=MailState.SENT, sent_at=clock.now(),
        )  # fmt: skip
        Answer.objects.create(thread=mail.thread, number=1, letter=letter, to=mail)
    return message_id


def test_an_answer_to_our_letter_joins_its_thread():
    (first,) = arrive(written(message_id="<1@a.test>"))
    (reply,) = arrive(written("Merci.", answers=[answered(first)], subject="Tout autre chose"))
    assert (reply.thread, reply.threaded_by) == (first.thread, ThreadedBy.OUR_ID)


def test_a_stranger_who_knows_our_identifier_is_only_proposed():
    (first,) = arrive(written(message_id="<1@a.test>"))
    (forged,) = arrive(written("Donnez-moi tout.", sender=MALLORY, answers=[answered(first)]))
    assert (forged.thread != first.thread, forged.threaded_by) == (True, ThreadedBy.NEW)
    asked = Proposal.objects.get()
    assert (asked.thread, asked.other, asked.reason) == (forged.thread, first.thread, ProposalReason.UNVERIFIED)
    first.thread.refresh_from_db()
    assert first.thread.last_at == first.received_at


def test_an_identifier_signed_by_another_key_is_not_ours():
    (first,) = arrive(written(message_id="<1@a.test>"))
    (forged,) = arrive(written("Et alors ?", answers=[our_id(first.thread, key=b"another")]))
    assert forged.thread != first.thread


def test_an_answer_to_the_address_of_the_thread_joins_it():
    (first,) = arrive(written(message_id="<1@a.test>"))
    (reply,) = arrive(written("Merci.", to=f"contact+{first.thread.token}@call-care.test"))
    assert (reply.thread, reply.threaded_by) == (first.thread, ThreadedBy.TOKEN)


def test_a_colleague_in_copy_takes_part():
    (first,) = arrive(written(message_id="<1@a.test>", Cc="hugo@atelier.test"))
    (reply,) = arrive(written("Je confirme.", sender="hugo@atelier.test", answers=["<1@a.test>"]))
    assert (reply.thread, reply.threaded_by) == (first.thread, ThreadedBy.KNOWN_ID)


def test_the_same_subject_is_never_enough():
    (first,) = arrive(written(message_id="<1@a.test>"))
    other, again = arrive(
        written("Moi aussi.", sender=MALLORY, subject="Re: Des ordinateurs"),
        written("Autre chose.", message_id="<2@a.test>", subject="Re: Des ordinateurs"),
    )
    assert len({first.thread, other.thread, again.thread}) == 3
    asked = Proposal.objects.get()
    assert (asked.thread, asked.other, asked.reason) == (again.thread, first.thread, ProposalReason.SUBJECT)


def test_the_tag_of_a_subject_needs_our_own_server(settings):
    settings.MAIL_SERVERS = ["mx.call-care.test"]
    (first,) = arrive(written(message_id="<1@a.test>"))
    subject = f"Suite [CC-{first.thread.ref}]"
    passed = "mx.call-care.test; dmarc=pass header.from=atelier.test"
    plain, verified = arrive(
        written("Sans preuve.", subject=subject), written("Avec.", subject=subject, Authentication_Results=passed)
    )
    assert plain.thread != first.thread
    assert (verified.thread, verified.threaded_by) == (first.thread, ThreadedBy.TAG)


def test_an_answer_that_comes_before_what_it_answers():
    (reply,) = arrive(
        written("Je confirme.", sender="hugo@atelier.test", message_id="<2@a.test>", answers=["<1@a.test>"])
    )
    (first,) = arrive(written(message_id="<1@a.test>", Cc="hugo@atelier.test"))
    reply.refresh_from_db()
    assert first.thread == reply.thread


def test_two_answers_to_one_letter_that_stands_in_no_thread():
    box()
    with deed(MailboxVerb.ANSWERED, by=None):
        letter = OutgoingMail.objects.create(
            desk=cast.lille_desk(), key="k", message_id="<cc.abcdef@call-care.test>", to=CLAIRE, subject="s", body="b"
        )
    one, two = (
        arrive(written("Oui.", answers=[letter.message_id]))[0],
        arrive(written("Et puis…", answers=[letter.message_id]))[0],
    )
    forged = arrive(written("Moi !", sender=MALLORY, answers=[letter.message_id]))[0]
    assert one.thread == two.thread != forged.thread


def test_an_automatic_answer_is_attached_and_reopens_nothing():
    (first,) = arrive(written(message_id="<1@a.test>"))
    before = Thread.objects.get(pk=first.thread_id).last_at
    (away,) = arrive(
        written(
            "En congés.", answers=[answered(first)], Auto_Submitted="auto-replied (vacation)", sender="robot@a.test"
        )
    )
    assert (away.kind, away.thread, away.interaction) == (MailKind.AUTO_REPLY, first.thread, None)
    assert Thread.objects.get(pk=first.thread_id).last_at == before


def conversation() -> list[bytes]:
    """Three persons in two conversations, an outsider, and one who is let in later."""
    hugo, lea = "hugo@atelier.test", "lea@atelier.test"
    return [
        written("1", message_id="<1@a.test>", Cc=hugo),
        written("2", sender=hugo, message_id="<2@a.test>", answers=["<1@a.test>"]),
        written("3", message_id="<3@a.test>", answers=["<2@a.test>"], follows=["<1@a.test>", "<2@a.test>"], Cc=lea),
        written("4", sender=lea, message_id="<4@a.test>", answers=["<3@a.test>"]),
        written("5", sender=MALLORY, message_id="<5@m.test>", answers=["<1@a.test>"]),
        written("6", sender=lea, message_id="<6@a.test>", subject="Des ordinateurs"),
        written("7", sender=lea, message_id="<7@a.test>", follows=["<6@a.test>"]),
        written("8", sender=MALLORY, message_id="<8@m.test>", answers=["<5@m.test>"]),
        written("9", sender="paul@m.test", message_id="<9@m.test>", answers=["<7@a.test>"]),
        written("10", sender=lea, message_id="<10@a.test>", answers=["<7@a.test>"], Cc="paul@m.test"),
    ]


EXPECTED = {frozenset("1234"), frozenset("58"), frozenset({"6", "7", "9", "10"})}


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_arrival_changes_nothing(seed):
    chance = random.Random(seed)  # noqa: S311
    mails = conversation()
    chance.shuffle(mails)
    while mails:
        some, mails = mails[: (n := chance.randint(1, 4))], mails[n:]
        arrive(*some)
    threads: dict[int, set[str]] = {}
    for mail in Mail.objects.all():
        threads.setdefault(mail.thread_id, set()).add(mail.text.strip())
    assert {frozenset(some) for some in threads.values()} == EXPECTED


def stand() -> list[tuple[int, int, str]]:
    return list(Mail.objects.order_by("pk").values_list("pk", "thread", "threaded_by"))


@pytest.mark.django_db(transaction=True)
def test_a_merge_is_undone_exactly():
    marion = cast.marion()
    (one,) = arrive(written("Un.", message_id="<1@a.test>"))
    arrive(written("Un encore.", message_id="<2@a.test>", answers=["<1@a.test>"]))
    (two,) = arrive(written("Deux.", message_id="<3@a.test>", subject="Autre"))
    before = stand()
    actions.merge_threads(one.thread, two.thread, by=marion)
    assert {thread for _, thread, _ in stand()} == {two.thread_id}
    assert {why for pk, _, why in stand() if pk != two.pk} == {ThreadedBy.PERSON}
    (late,) = arrive(written("Suite.", message_id="<4@a.test>", answers=["<1@a.test>"]))
    assert late.thread == two.thread
    one.thread.refresh_from_db()
    actions.undo_merge(one.thread, by=marion)
    assert [row for row in stand() if row[0] != late.pk] == before
    assert Thread.objects.filter(merged_into=None).count() == 2
    one.thread.refresh_from_db()
    with pytest.raises(Refused):
        actions.undo_merge(one.thread, by=marion)


def test_what_a_person_separated_stays_apart():
    marion = cast.marion()
    (one,) = arrive(written("Un.", message_id="<1@a.test>"))
    (two,) = arrive(written("Deux.", message_id="<2@a.test>", answers=["<1@a.test>"]))
    new = actions.split_mail(two, by=marion)
    assert new != one.thread
    (late,) = arrive(written("Suite.", message_id="<3@a.test>", answers=["<2@a.test>"], follows=["<1@a.test>"]))
    assert Mail.objects.get(pk=two.pk).thread == new
    assert Mail.objects.get(pk=one.pk).thread == one.thread
    assert late.thread == new


def test_a_proposal_is_answered_once():
    marion = cast.marion()
    arrive(written(message_id="<1@a.test>"))
    arrive(written("Autre chose.", message_id="<2@a.test>", subject="Autre"))
    asked = Proposal.objects.get(reason=ProposalReason.SENDER)
    actions.decline_proposal(asked, by=marion)
    with pytest.raises(Refused):
        actions.decline_proposal(asked, by=marion)
    assert Proposal.objects.get().state == ProposalState.DECLINED


def test_another_desk_may_not_merge():
    (one,) = arrive(written(message_id="<1@a.test>"))
    (two,) = arrive(written("Deux.", message_id="<2@a.test>"))
    with pytest.raises(Refused):
        actions.merge_threads(one.thread, two.thread, by=cast.samir())
