"""A mail that waits too long is owed by the desk, on its list; answered, it is owed no more, without a word."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from callcare.core import clock
from callcare.desk.actions import do_reminder, finish_interaction
from callcare.desk.enums import ReminderState, ReminderStep
from callcare.desk.models import Reminder
from callcare.mailbox.actions import answering
from callcare.mailbox.actions.acknowledging import acknowledge_waiting
from callcare.mailbox.actions.kinds import recognise_human
from callcare.mailbox.actions.reminding import remind_of_waiting
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Mail
from tests import cast
from tests.mailbox import desk_stage as stage

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Lille: an answer is promised for 14:00
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)  # 16:00: two open hours are left in the week


def mail(at=MONDAY, number: int = 1, **over):
    return stage.arrived(
        stage.eml(message_id=f"<w{number}@canal.test>", text=f"Message {number}"), received_at=at, **over
    )


def at(when, **later):
    return clock.at(when + timedelta(**later))


def answered(one, **over):
    facts = {"to": "claire@canal.test", "subject": "Re", "body": "Oui.", "seen": one.thread.sent} | over
    return answering.answer(one, by=cast.marion(), **facts)


def owed() -> list[Reminder]:
    return list(Reminder.objects.planned().filter(step=ReminderStep.MAIL_WAITS).order_by("pk"))


def test_after_three_open_hours_it_is_owed_for_the_fourth(client):
    cast.claire()
    one = mail()
    with at(MONDAY, hours=2, minutes=59):
        assert remind_of_waiting() == 0
    with at(MONDAY, hours=3):
        assert remind_of_waiting() == 1
        assert remind_of_waiting() == 0
    [step] = owed()
    assert step.due_at == MONDAY + timedelta(hours=4)
    assert (step.subject, step.subject_ref) == (one, one.ref)
    assert (step.organisation, step.person, step.desk) == (cast.workshop(), cast.claire(), cast.lille_desk())
    assert step.about == "Claire Delattre : Des ordinateurs"
    client.force_login(cast.marion())
    with at(MONDAY, hours=3, minutes=1):
        assert "Aujourd’hui" in client.get(reverse("desk:reminders")).text
    with at(MONDAY, hours=4, minutes=1):
        page = client.get(reverse("desk:reminders")).text
    assert "En retard" in page
    assert "répondre au courriel" in page
    assert reverse("mailbox:mail", args=[one.ref]) in page


def test_only_open_hours_count_and_nothing_is_written_in_the_night():
    mail(FRIDAY)
    for later in ({"hours": 3}, {"hours": 20}, {"days": 2}):
        with at(FRIDAY, **later):
            assert remind_of_waiting() == 0
    with at(FRIDAY, days=3, hours=-6, minutes=59 - 60):  # Monday, one minute before ten
        assert remind_of_waiting() == 0
    with at(FRIDAY, days=3, hours=-6):
        assert remind_of_waiting() == 1
    assert owed()[0].due_at == FRIDAY + timedelta(days=3, hours=-5)


def test_a_thread_answered_in_time_owes_nothing_and_an_acknowledgement_is_no_answer():
    one = mail()
    with at(MONDAY, minutes=30):
        answered(one)
    other = mail(number=2)
    with at(MONDAY, minutes=30):
        assert acknowledge_waiting() == 1
    with at(MONDAY, hours=5):
        assert remind_of_waiting() == 1
    assert owed()[0].subject == other


def test_answering_closes_it_at_once_and_holding_the_answer_back_owes_it_again():
    one = mail()
    with at(MONDAY, hours=5):
        remind_of_waiting()
        letter = answered(one)
        assert owed() == []
        assert Reminder.objects.get().state == ReminderState.OVERTAKEN
        assert remind_of_waiting() == 0
        answering.withdraw_answer(letter, by=cast.marion())
        assert remind_of_waiting() == 1


def test_one_answer_is_for_every_mail_of_the_thread():
    one = mail()
    mail(number=2, thread=one.thread)
    with at(MONDAY, hours=5):
        assert remind_of_waiting() == 2
        answered(one)
    assert owed() == []


def test_a_contact_recorded_and_a_mail_that_is_a_machine_s_are_owed_no_more():
    one, other = mail(), mail(number=2)
    with at(MONDAY, hours=5):
        assert remind_of_waiting() == 2
        finish_interaction(one.interaction, by=cast.marion(), dispositions=["information"])
        with stage.deed(cast.CastVerb.ENTERS, by=None):
            Mail.objects.filter(pk=other.pk).update(kind=MailKind.BULK)
        assert remind_of_waiting() == 0
        assert owed() == []


def test_what_somebody_called_done_is_not_owed_anew():
    mail()
    with at(MONDAY, hours=5):
        remind_of_waiting()
        do_reminder(owed()[0], by=cast.marion(), note="appelée")
        assert remind_of_waiting() == 0


def test_a_put_off_step_keeps_its_day():
    mail()
    with at(MONDAY, hours=5):
        remind_of_waiting()
        Reminder.objects.update(due_at=MONDAY + timedelta(days=2))
        assert remind_of_waiting() == 0
    assert owed()[0].due_at == MONDAY + timedelta(days=2)


def test_a_newsletter_waits_for_nobody_until_somebody_says_it_is_a_person():
    letter = stage.newsletter()
    at_once = letter.received_at
    with stage.deed(cast.CastVerb.ENTERS, by=None):
        Mail.objects.filter(pk=letter.pk).update(received_at=MONDAY)
    with at(MONDAY, hours=5):
        assert remind_of_waiting() == 0
        letter.refresh_from_db()
        recognise_human(letter, by=cast.marion())
        assert remind_of_waiting() == 1
    assert at_once


def test_what_waited_for_a_month_is_not_dug_out():
    mail()
    with at(MONDAY, days=31, hours=1):
        assert remind_of_waiting() == 0


def test_mails_that_need_not_be_reminded_of_cost_no_question_each(django_assert_max_num_queries):
    for number in range(12):
        mail(number=number)
    with at(MONDAY, hours=2), django_assert_max_num_queries(4):
        assert remind_of_waiting() == 0
