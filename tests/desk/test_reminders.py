import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk import actions
from callcare.desk.enums import ReminderState, ReminderStep
from callcare.desk.models import OutgoingMail, Reminder
from callcare.desk.rules.callbacks import next_try
from callcare.desk.rules.hours import Calendar
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed():
    return actions.plan_reminder(
        desk=cast.lille_desk(), subject=cast.call(), step=ReminderStep.CALL_BACK, about="Appel manqué",
        due_at=clock.now(), number="+33353011201",
    )  # fmt: skip


def test_the_same_step_is_owed_once(owed):
    later = clock.now() + timedelta(hours=1)
    again = actions.plan_reminder(
        desk=owed.desk, subject=owed.subject, step=ReminderStep.CALL_BACK, about="Deux appels manqués", due_at=later
    )
    assert again.pk == owed.pk
    assert Reminder.objects.get().about == "Deux appels manqués"


def test_what_one_operator_took_the_other_leaves(owed):
    actions.take_reminder(owed, by=cast.marion())
    with pytest.raises(Refused, match="prise par Marion"):
        actions.take_reminder(Reminder.objects.get(), by=cast.nathalie())
    with pytest.raises(Refused, match="prise par Marion"):
        actions.do_reminder(Reminder.objects.get(), by=cast.nathalie())
    with clock.at(clock.now() + timedelta(minutes=16)):
        actions.take_reminder(Reminder.objects.get(), by=cast.nathalie())


def test_after_three_tries_a_letter_is_written_to_who_has_an_address(owed):
    Reminder.objects.filter(pk=owed.pk).update(person=cast.claire(), organisation=cast.workshop())
    owed.refresh_from_db()
    for _ in range(3):
        actions.try_reminder(owed, by=cast.marion())
    assert (owed.tries, owed.state) == (3, ReminderState.DONE)
    letter = OutgoingMail.objects.get()
    assert letter.to == "claire@canal.test"
    assert letter.subject == "Nous avons essayé de vous joindre"
    assert "Nous vous avons rappelé trois fois" in " ".join(letter.body.split())


def test_after_three_tries_without_an_address_it_is_closed_as_unanswered(owed):
    for _ in range(3):
        actions.try_reminder(owed, by=cast.marion())
    assert owed.note == "Trois essais sans réponse : pas d’adresse où écrire."
    assert not OutgoingMail.objects.exists()


TEN = datetime(2021, 4, 6, 8, tzinfo=UTC)  # a Tuesday, ten o’clock in Paris


@pytest.mark.parametrize(
    ("first", "now", "tries", "expected"),
    [
        (TEN, TEN, 1, TEN + timedelta(hours=2)),
        (TEN, TEN + timedelta(hours=2), 2, TEN + timedelta(hours=4)),  # the afternoon: another half-day
        (TEN - timedelta(hours=1), TEN, 2, TEN + timedelta(hours=4)),  # noon would be the same half-day: 14:00
        (TEN + timedelta(hours=4), TEN + timedelta(hours=5), 2, TEN + timedelta(hours=23)),  # the next morning
        (TEN + timedelta(hours=7), TEN + timedelta(hours=7), 1, TEN + timedelta(hours=24)),  # 17:00: closed in between
    ],
)
def test_attempts_are_two_open_hours_apart_and_not_all_in_one_half_day(first, now, tries, expected):
    assert next_try(now, first=first, tries=tries, calendar=Calendar()) == expected


def test_one_number_is_owed_one_call_by_the_database_itself(owed):
    with pytest.raises(Refused, match="déjà dû à ce numéro"), deed(cast.CastVerb.ENTERS, by=None):
        Reminder.objects.create(
            desk=owed.desk, subject=cast.call(), step="call_back", about="encore", number=owed.number,
            due_at=clock.now(),
        )  # fmt: skip


def test_a_promise_to_a_number_already_owed_moves_the_one_task(owed):
    call = cast.call(state="draft", finished_at=None, raw_identity=owed.number)
    later = actions.promise_call_back(
        call, by=cast.marion(), due_at=clock.now() + timedelta(days=3), number=owed.number, note="mardi"
    )
    assert (later.pk, later.note, Reminder.objects.planned().count()) == (owed.pk, "mardi", 1)
    actions.finish_interaction(call, by=cast.marion())
    assert call.dispositions == ["call_back"]
    later.refresh_from_db()
    assert (later.state, later.subject) == (ReminderState.PLANNED, call)


def test_done_is_done_once(owed):
    twin = Reminder.objects.get(pk=owed.pk)
    actions.do_reminder(owed, by=cast.marion(), note="Rappelée, elle envoie un courriel.")
    with pytest.raises(Refused, match="Rechargez"):
        actions.do_reminder(twin, by=cast.marion())


def test_an_event_overtakes_what_was_owed(owed):
    with actions.reminders.deed(cast.CastVerb.ENTERS, by=None):
        assert actions.overtake_reminders(owed.subject) == 1
    owed.refresh_from_db()
    assert owed.state == ReminderState.OVERTAKEN


def test_put_off_only_to_the_future(owed):
    with pytest.raises(Refused, match="à venir"):
        actions.snooze_reminder(owed, by=cast.marion(), until=clock.now() - timedelta(minutes=1))


def test_another_desk_cannot_touch_it(owed):
    with pytest.raises(Refused, match="pas de votre guichet"):
        actions.take_reminder(owed, by=cast.amelie())
    assert not Reminder.objects.visible_to(cast.amelie()).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_operators_at_once_only_one_takes_it():
    reminder = actions.plan_reminder(
        desk=cast.lille_desk(), subject=cast.call(), step=ReminderStep.CALL_BACK, about="Appel", due_at=clock.now()
    )
    start, won = threading.Barrier(2), []

    def take(operator):
        start.wait()
        try:
            actions.take_reminder(Reminder.objects.get(pk=reminder.pk), by=operator)
            won.append(operator)
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[who]) for who in (cast.marion(), cast.nathalie())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
