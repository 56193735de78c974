"""The demo is a month of deeds, the same for the same seed; it never touches anybody's work."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pghistory.models import Context

from callcare.config import demo_database
from callcare.config.demo import story
from callcare.core import clock
from callcare.desk.enums import MailState
from callcare.desk.models import Interaction, OutgoingMail
from callcare.introductions.models import Introduction
from callcare.needs.models import Need
from tests import cast

MONDAY_EVENING = datetime(2026, 11, 23, 18, tzinfo=clock.PARIS)


@pytest.fixture
def reference(transactional_db):
    call_command("load_communes", stdout=StringIO())
    call_command("found_catalogue", stdout=StringIO())


def test_two_days_are_played_by_deeds_at_their_own_hours(reference):
    days = list(story.play(seed=1, days=4, until=MONDAY_EVENING))
    assert [day.isoformat() for day in days] == ["2026-11-20", "2026-11-23"]
    assert Interaction.objects.count() > 20
    assert Need.objects.exists()
    assert Introduction.objects.exists()
    verbs = {one.metadata["verb"] for one in Context.objects.all()}
    assert {"interaction.logged", "need.recorded", "commitment.recorded", "introduction.sent"} <= verbs
    assert not Interaction.objects.filter(started_at__gt=MONDAY_EVENING).exists()
    letters = OutgoingMail.objects.all()
    assert letters
    assert all(one.state == MailState.SENT and one.was_kept_inside for one in letters)


def test_the_story_is_not_played_into_somebodys_work(transactional_db, settings):
    settings.DEMO = True
    cast.marion()
    with pytest.raises(CommandError, match="pas vide"):
        call_command("demo_story")
    assert not demo_database.is_played()
