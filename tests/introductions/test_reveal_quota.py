"""A robot with many links does not empty the address book: thirty a day for one organisation, one alert an hour."""

import pytest
from django.urls import reverse

from callcare.core.models import Link
from callcare.desk.enums import ReminderStep
from callcare.desk.models import Reminder
from callcare.introductions import actions
from callcare.introductions.actions import revealing
from callcare.introductions.enums import IntroductionState as S
from callcare.introductions.models import Disclosure, Introduction
from tests import cast
from tests.introductions import stage
from tests.introductions.test_answer_by_link import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_day(monkeypatch):
    monkeypatch.setattr(revealing, "REVEALS_A_DAY", 3)
    monkeypatch.setattr(revealing, "REVEALS_AN_HOUR", 2)


def waiting(number: int) -> Introduction:
    """The mill is asked by letter for the need of another asker, who has said yes."""
    asker = cast.organisation(f"Association {number}")
    who = cast.person(asker, "Léa", f"Morel {number}", phone=f"+3335301{number:04}", email=f"lea{number}@a.test")
    need = stage.need(organisation=asker, person=who)
    it = stage.proposed(need_line=need.lines.get())
    actions.record_side_consent(it, side="asker", gives=stage.ALL, by=cast.marion())
    return it


def says_yes(client, it: Introduction) -> str:
    answer = client.post(asked(introduction=it), {"answer": "yes", "gives": ["name", "phone"]}, follow=True)
    return answer.content.decode()


def test_the_fourth_yes_is_kept_and_the_desk_takes_over(client, three_a_day):
    several = [waiting(number) for number in range(5)]
    for it in several[:3]:
        assert "est faite" in says_yes(client, it)
    text = says_yes(client, several[3])
    assert "le guichet fera celle-ci lui-même" in text
    last = Introduction.objects.get(pk=several[3].pk)
    assert (last.state, last.sides_without_consent()) == (S.PROPOSED, [])
    assert "ont dit oui" in stage.owed(last).about
    assert Disclosure.objects.filter(side="giver").count() == 3
    actions.introduce(last, by=cast.marion())
    assert last.state == S.SENT, "an operator is not held back"


def test_somebody_looks_once(client, three_a_day):
    for number in range(4):
        says_yes(client, waiting(number))
    alert = Reminder.objects.planned().get(step=ReminderStep.UNUSUAL)
    assert (alert.organisation, alert.subject) == (cast.mill(), cast.mill())
    client.force_login(cast.marion())
    assert "beaucoup de transmissions" in client.get(reverse("desk:reminders")).content.decode()


def test_without_the_quota_the_fourth_is_sent(client):
    """The control."""
    for number in range(4):
        says_yes(client, waiting(number))
    assert Introduction.objects.filter(state=S.SENT).count() == Link.objects.count() == 4
