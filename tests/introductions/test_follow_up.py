"""The ladder of follow-up: the machine writes, people call; nothing leaves late, at night, or twice a day."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from callcare.core import clock
from callcare.core.models import Link
from callcare.desk.actions import do_reminder
from callcare.desk.enums import ReminderState, ReminderStep as Step
from callcare.desk.models import OutgoingMail, Reminder
from callcare.introductions import actions, jobs
from callcare.introductions.enums import IntroductionState as S
from callcare.introductions.rules import ladder
from tests import cast
from tests.introductions import stage

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEDNESDAY = MONDAY + timedelta(days=2, minutes=1)


def asked(**over):
    """Proposed on Monday morning, the giver asked by letter; the asker has said yes."""
    with clock.at(MONDAY):
        it = stage.proposed(**over)
        actions.record_side_consent(it, side="asker", gives=stage.ALL, by=cast.marion())
        actions.ask_by_link(it, side="giver", by=cast.marion())
    return it


def run(at: datetime) -> list[OutgoingMail]:
    """The job at `at`; the letters it wrote."""
    known = set(OutgoingMail.objects.values_list("pk", flat=True))
    with clock.at(at):
        jobs.follow_up_everywhere()
    return list(OutgoingMail.objects.exclude(pk__in=known).order_by("pk"))


def test_a_silent_giver_is_written_to_once_more_then_called():
    it = asked()
    assert stage.owed(it).step == Step.GIVER_SILENT
    assert not run(WEDNESDAY - timedelta(hours=1))
    [letter] = run(WEDNESDAY)
    assert letter.to == "hugo@verlinde.test"
    assert letter.subject == "Votre réponse, s’il vous plaît : 12 ordinateurs portables"
    assert "une association à Roubaix cherche 12" in " ".join(letter.body.split())
    assert "le lundi 2 mars" in letter.body
    assert "Atelier du Canal" not in letter.body, "nobody is named before both have said yes"
    assert Reminder.objects.get(step=Step.GIVER_SILENT).state == ReminderState.DONE
    assert stage.owed(it).step == Step.CONSENT_MISSING
    assert not run(WEDNESDAY), "a second run finds nothing"


def test_the_new_link_answers_and_the_old_one_is_replaced():
    it = asked()
    [letter] = run(WEDNESDAY)
    token = letter.body.split("/reponse/")[1].split("/")[0]
    old, new = Link.objects.order_by("pk")
    assert old.revoked_at
    with clock.at(WEDNESDAY):
        found = Link.objects.opened_by(token, "answer")
        assert found == new
        actions.answer_by_link(found, accepts=True, gives=stage.ALL)
    it.refresh_from_db()
    assert it.state == S.SENT
    assert stage.owed(it).step == Step.NOT_TAKEN


def test_nothing_leaves_outside_opening_hours():
    asked()
    night, sunday = datetime(2026, 3, 4, 20, 0, tzinfo=UTC), datetime(2026, 3, 8, 10, 0, tzinfo=UTC)
    assert not run(night)
    assert not run(sunday)
    assert len(run(datetime(2026, 3, 9, 8, 1, tzinfo=UTC))) == 1


def test_an_answer_that_comes_first_overtakes_the_letter():
    it = asked()
    with clock.at(MONDAY + timedelta(days=1)):
        actions.record_side_consent(it, side="giver", gives=stage.ALL, by=cast.marion())
    assert Reminder.objects.get(step=Step.GIVER_SILENT).state == ReminderState.OVERTAKEN
    assert not run(WEDNESDAY)
    assert "ont dit oui" in stage.owed(it).about


def test_a_proposal_nobody_answers_expires_and_the_need_is_looked_after_again():
    it = asked()
    run(WEDNESDAY)
    with clock.at(MONDAY + timedelta(days=8)):
        do_reminder(stage.owed(it), by=cast.marion(), note="Laissé un message.")
    assert stage.owed(it).step == Step.EXPIRES
    run(MONDAY + timedelta(days=20))
    it.refresh_from_db()
    assert it.state == S.PROPOSED
    run(MONDAY + timedelta(days=21, minutes=1))
    it.refresh_from_db()
    assert (it.state, it.next_action_at) == (S.EXPIRED, None)
    assert it.need.solicitations.get().closed_at
    search = Reminder.objects.planned().get(subject_ref=it.need.ref)
    assert search.step == Step.NO_CANDIDATE


def test_after_the_reveal_somebody_calls_then_the_giver_is_written_to_then_called():
    with clock.at(MONDAY):
        it = stage.sent()
    assert stage.owed(it).step == Step.NOT_TAKEN
    with clock.at(MONDAY + timedelta(days=7)):
        do_reminder(stage.owed(it), by=cast.marion())
    owed = stage.owed(it)
    assert (owed.step, owed.due_at) == (Step.SECOND_NUDGE, datetime(2026, 3, 13, 9, 0, tzinfo=UTC))
    [letter] = run(owed.due_at)
    assert (letter.to, letter.subject) == ("hugo@verlinde.test", "Avez-vous pu parler avec Atelier du Canal ?")
    assert "claire@canal.test" not in letter.body
    assert stage.owed(it).step == Step.LAST_CHANCE


def test_no_news_of_what_is_under_way_asks_both():
    with clock.at(MONDAY):
        it = stage.sent()
        actions.take_up(it, by=cast.marion())
    letters = run(stage.owed(it).due_at)
    assert {one.to for one in letters} == {"hugo@verlinde.test", "claire@canal.test"}
    assert all("lundi 2 mars" in one.body for one in letters)
    assert stage.owed(it).step == Step.STILL_NO_NEWS
    with clock.at(MONDAY + timedelta(days=15)):
        do_reminder(stage.owed(it), by=cast.marion())
    assert stage.owed(it).step == Step.STILL_NO_NEWS, "the last rung is owed again"


def second(**over):
    """Another need of the same asker, for the same giver."""
    return asked(
        need_line=stage.need(title="Tablettes").lines.get(),
        commitment_line=stage.commitment(qty=9).lines.get(),
        **over,
    )


def test_one_address_gets_one_letter_a_day_with_all_that_is_asked():
    first, other = asked(), second()
    [letter] = run(WEDNESDAY)
    assert letter.subject == "Vos nouvelles, s’il vous plaît : 2 mises en relation"
    assert letter.body.count("/reponse/") == 2
    with clock.at(WEDNESDAY):
        third = stage.proposed(need_line=stage.need().lines.get(), commitment_line=stage.commitment().lines.get())
        actions.ask_by_link(third, side="giver", by=cast.marion())
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        Reminder.objects.filter(subject_ref=third.ref).update(due_at=WEDNESDAY)
    assert not run(WEDNESDAY + timedelta(minutes=10))
    assert stage.owed(third).due_at.date() == (WEDNESDAY + timedelta(days=1)).date()
    assert len(run(WEDNESDAY + timedelta(days=1, hours=1))) == 1
    assert stage.owed(first).step == stage.owed(other).step == Step.CONSENT_MISSING


def test_who_has_no_address_is_called():
    with clock.at(MONDAY):
        it = stage.sent()
        actions.take_up(it, by=cast.marion())
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        cast.hugo().channels.filter(kind="email").delete()
        cast.claire().channels.filter(kind="email").delete()
    assert not run(stage.owed(it).due_at)
    assert Reminder.objects.get(step=Step.NO_NEWS).note == "Pas d’adresse de courriel : à appeler."
    assert stage.owed(it).step == Step.STILL_NO_NEWS


def test_who_asked_to_be_left_in_peace_is_not_written_to():
    asked()
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        hugo = cast.hugo()
        hugo.do_not_contact = True
        hugo.save()
    assert not run(WEDNESDAY)


def test_the_ladder_ends_on_a_person_not_on_a_letter():
    """Every state's last rung is somebody's, or ends the introduction; each rung names a step of the desk."""
    for state, rungs in ladder.LADDER.items():
        assert all(rung.step in Step.values for rung in rungs)
        assert rungs[-1].step in {Step.EXPIRES, Step.LAST_CHANCE, Step.STILL_NO_NEWS}, state
        again = ladder.next_rung(state, made={rung.step for rung in rungs}, asked=False)
        assert (again.step, again.open_days, again.days) == (rungs[-1].step, 0, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_workers_at_once_write_one_letter():
    asked()
    gate = threading.Barrier(2)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            gate.wait(10)
            run(WEDNESDAY)
        except BaseException as error:  # noqa: BLE001  # told to the test below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not errors
    assert OutgoingMail.objects.filter(key__startswith="nudge:").count() == 1
    assert Reminder.objects.filter(step=Step.GIVER_SILENT).count() == 1
