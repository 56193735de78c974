import threading
from datetime import timedelta

import pytest
from django.db import connection

from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.desk import actions
from callcare.desk.enums import ReminderState, ReminderStep
from callcare.desk.models import Reminder
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


def test_after_three_tries_the_list_says_to_write(owed):
    for _ in range(3):
        actions.try_reminder(owed, by=cast.marion())
    assert (owed.tries, owed.note) == (3, "Trois essais sans réponse : écrire.")
    assert owed.due_at > clock.now()


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
