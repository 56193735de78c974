"""The reveal: each side receives what the other allowed, no more, and the letters really arrive."""

import pytest

from callcare.core.deeds import Refused
from callcare.desk import actions as desk_actions, jobs
from callcare.desk.enums import ReminderStep
from callcare.desk.models import OutgoingMail, Reminder
from callcare.introductions import actions
from callcare.introductions.enums import IntroductionState
from callcare.introductions.models import Disclosure, Introduction
from tests import cast, sink
from tests.introductions import stage

pytestmark = pytest.mark.django_db


def test_two_letters_arrive_and_each_can_answer_the_other():
    introduction = stage.sent()
    with sink.listening() as box:
        jobs.deliver_letters()
    to_claire, to_hugo = box.to("claire@canal.test"), box.to("hugo@verlinde.test")
    assert to_claire["Reply-To"] == "hugo@verlinde.test"
    assert to_hugo["Reply-To"] == "claire@canal.test"
    assert "Hugo Vasseur, responsable RSE" in to_claire.get_content()
    assert "03 53 01 22 02" in to_claire.get_content()
    assert "Claire Delattre, coordinatrice" in to_hugo.get_content()
    assert len({letter["Message-ID"] for letter in box.letters}) == 2
    assert introduction.state == IntroductionState.SENT


def test_the_traces_hold_the_exact_words():
    introduction = stage.sent()
    for trace in Disclosure.objects.filter(introduction=introduction):
        assert trace.text == f"{trace.mail.subject}\n\n{trace.mail.body}"
        assert trace.mail.consent_ids == [trace.consent_id]
    to_asker = introduction.disclosures.get(side="asker")
    assert to_asker.channels == ["name", "phone:+33353012202", "email:hugo@verlinde.test"]
    assert (to_asker.recipient, to_asker.about) == (cast.claire(), cast.hugo())


def test_only_what_was_allowed_leaves():
    introduction = stage.sent(asker=frozenset({"phone"}), giver=frozenset({"email"}))
    to_asker, to_giver = (introduction.disclosures.get(side=side) for side in ("asker", "giver"))
    assert to_asker.channels == ["email:hugo@verlinde.test"]
    assert "Vasseur" not in to_asker.text
    assert "03 53" not in to_asker.text.replace("03 53 01 00 00", "")  # the desk's own number
    assert to_giver.channels == ["phone:+33353011201"]
    assert to_giver.mail.reply_to == ""
    assert "claire@canal.test" not in to_giver.text
    assert "Delattre" not in to_giver.text


def test_nothing_leaves_without_both_consents():
    introduction = stage.proposed()
    actions.record_side_consent(introduction, side="asker", gives=stage.ALL, by=cast.marion())
    with pytest.raises(Refused, match="Hugo Vasseur n’a pas donné son accord"):
        actions.introduce(introduction, by=cast.marion())
    assert not OutgoingMail.objects.exists()
    assert not Disclosure.objects.exists()
    assert Introduction.objects.get().state == IntroductionState.PROPOSED


def test_a_consent_taken_back_since_the_page_was_shown_stops_it():
    introduction = stage.agreed()
    desk_actions.withdraw_consent(introduction.giver_consent, by=cast.marion())
    with pytest.raises(Refused, match="l’a retiré"):
        actions.introduce(Introduction.objects.get(), by=cast.marion())


def test_two_who_could_not_reach_each_other_are_not_introduced():
    introduction = stage.agreed(asker=frozenset({"name"}), giver=frozenset({"name"}))
    with pytest.raises(Refused, match="ne pourraient se joindre"):
        actions.introduce(introduction, by=cast.marion())


def test_the_second_operator_is_told():
    introduction = stage.agreed()
    twin = Introduction.objects.get()
    actions.introduce(introduction, by=cast.marion())
    with pytest.raises(Refused, match="Rechargez"):
        actions.introduce(twin, by=cast.nathalie())
    assert OutgoingMail.objects.count() == 2


def test_when_both_said_yes_it_is_one_deed():
    introduction = actions.introduce_now(
        by=cast.marion(), asker_gives=stage.ALL, giver_gives=stage.ALL, interaction=cast.call(),
        need_line=stage.need().lines.get(), commitment_line=stage.commitment().lines.get(),
    )  # fmt: skip
    assert introduction.state == IntroductionState.SENT
    assert {consent.basis for consent in stage.consents()} == {"oral"}


def test_in_one_go_nothing_stays_when_one_no_is_missing():
    with pytest.raises(Refused, match="accord"):
        actions.introduce_now(
            by=cast.marion(), asker_gives=stage.ALL,
            need_line=stage.need().lines.get(), commitment_line=stage.commitment().lines.get(),
        )  # fmt: skip
    assert not Introduction.objects.exists()
    assert not stage.consents()


def test_somebody_calls_if_no_news_comes():
    introduction = stage.sent()
    owed = stage.owed(introduction)
    assert (owed.step, owed.subject, owed.number) == (ReminderStep.NOT_TAKEN, introduction, "+33353012202")
    assert owed.due_at == introduction.next_action_at


def test_who_has_no_address_is_read_the_letter_on_the_telephone():
    hugo = cast.hugo()
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        hugo.channels.filter(kind="email").delete()
    introduction = stage.sent()
    assert OutgoingMail.objects.get().to == "claire@canal.test"
    trace = introduction.disclosures.get(side="giver")
    assert trace.mail is None
    assert "03 53 01 12 01" in trace.text
    assert Reminder.objects.planned().filter(step=ReminderStep.MAIL_FAILED).get().number == "+33353012202"


def test_another_desk_introduces_nobody():
    introduction = stage.agreed()
    with pytest.raises(Refused, match="pas de votre guichet"):
        actions.introduce(introduction, by=cast.amelie())
