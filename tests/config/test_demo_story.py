"""The demo is a month of deeds, the same for the same seed; it never touches anybody's work."""

import hashlib
from datetime import date, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from pghistory.models import Context

from callcare.config import demo_database
from callcare.config.demo import helping, story
from callcare.core import clock
from callcare.core.deeds import timeline
from callcare.desk.enums import MailState
from callcare.desk.models import Desk, Interaction, OutgoingMail, Reminder
from callcare.introductions.models import Introduction
from callcare.matching.models import Solicitation
from callcare.needs.models import Need
from callcare.report import figures
from callcare.report.figures import Scope
from callcare.report.rules import Period
from tests import cast

STORY = {
    "accounts",
    "directory",
    "desk",
    "needs",
    "commitments",
    "matching",
    "introductions",
    "allocations",
    "outcomes",
    "report",
}
BY_THE_DATABASE = {"pgh_created_at", "pgh_context_id", "rev"}
# Marks and sums kept by triggers and jobs: they name transactions, and can be made anew from the rest.
KEPT_BESIDE = {"report.Cell", "report.Touched", "directory.Unpaired", "directory.ProbablePair", "matching.GoneLine"}
MONDAY_EVENING = datetime(2026, 11, 23, 18, tzinfo=clock.PARIS)


@pytest.fixture
def reference(transactional_db):
    call_command("load_communes", stdout=StringIO())
    call_command("found_catalogue", stdout=StringIO())


def digest():
    """All that the story wrote, in the order of its keys, without the hours the database itself puts."""
    seal = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label):
        if model._meta.label.split(".")[0] not in STORY or model._meta.proxy or model._meta.label in KEPT_BESIDE:
            continue
        fields = [field.attname for field in model._meta.concrete_fields if field.attname not in BY_THE_DATABASE]
        for row in model._base_manager.order_by("pk").values_list(*fields):
            seal.update(repr((model._meta.label, row)).encode())
    # The key of a deed's name is drawn by the database: the names are compared in an order of their own.
    for told in sorted(repr(sorted(one.metadata.items())) for one in Context.objects.all()):
        seal.update(told.encode())
    return seal.hexdigest()


def forget():
    """Empty all but the reference tables, their counters too."""
    with connection.cursor() as cursor:
        kept = ("territories", "catalogue", "django", "auth", "cache", "procrastinate", "directory_spelling")
        tables = [name for name in connection.introspection.table_names() if not name.startswith(kept)]
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def test_the_same_seed_and_end_give_the_same_rows_and_another_seed_others(reference):
    seen = []
    for seed in (1, 1, 2):
        forget()
        list(story.play(seed=seed, days=1, until=MONDAY_EVENING))
        seen.append(digest())
    assert seen[0] == seen[1] != seen[2]


def test_the_story_is_made_of_deeds_at_their_hours_and_leaves_figures_and_some_work(reference):
    days = list(story.play(seed=story.SEED, days=5, until=MONDAY_EVENING))
    assert [day.isoformat() for day in days] == ["2026-11-19", "2026-11-20", "2026-11-23"]
    assert not Interaction.objects.filter(started_at__gt=MONDAY_EVENING).exists()
    verbs = {one.metadata["verb"] for one in Context.objects.all()}
    assert {"interaction.logged", "need.recorded", "commitment.recorded", "introduction.sent"} <= verbs
    letters = OutgoingMail.objects.all()
    assert letters
    assert all(one.state == MailState.SENT and one.was_kept_inside for one in letters)
    lille = Desk.objects.get(slug="lille")
    scope = Scope(Period(date(2026, 11, 1), date(2026, 11, 30)), frozenset(Desk.objects.values_list("pk", flat=True)))
    assert all(one.value(scope) for one in figures.FUNNEL[:4])
    assert figures.CONTACTS.value(scope) == Interaction.objects.count()
    assert figures.UNANSWERED.value(scope) > 0
    assert Interaction.objects.filter(desk=lille, state="draft", operator__email="marion@call-care.test").count() == 1
    assert Reminder.objects.planned().filter(desk=lille, step="call_back").count() == 2
    assert Introduction.objects.filter(state="proposed").count() == 1
    asked = Solicitation.objects.values("giver").annotate(n=Count("pk")).values_list("n", flat=True)
    assert max(asked) <= helping.ENOUGH + 1  # who opens the demo finds somebody to ask; a scene may ask once more
    first = timeline(Need.objects.order_by("pk")[0])[0]
    assert first.at.date() < MONDAY_EVENING.date()


def test_the_story_is_not_played_into_somebodys_work(transactional_db, settings):
    settings.DEMO = True
    cast.marion()
    with pytest.raises(CommandError, match="pas vide"):
        call_command("demo_story")
    assert not demo_database.is_played()
