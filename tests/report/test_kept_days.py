"""Past days are read from kept cells; what a deed touches is counted from its rows at once."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from callcare.catalogue.models import Category
from callcare.core import clock
from callcare.report import figures
from callcare.report.figures import Scope
from callcare.report.models import Cell, Touched
from callcare.report.months import (
    KEPT,
    CellsDiffer,
    Table,
    check_a_month,
    count_touched_days,
    table_of,
    value_of,
)
from callcare.report.rules import Period, month_of
from tests import cast
from tests.report.luck import Story

PICK = random.Random(1)  # noqa: S311  # no secret
pytestmark = pytest.mark.django_db


def scope(days=None, **over):
    """The whole month of today, or so many days until today."""
    day = clock.today()
    period = month_of(day) if days is None else Period(day - timedelta(days=days), day)
    return Scope(**{"period": period, "desks": frozenset([cast.lille_desk().pk])} | over)


def from_rows(asked):
    """The same table, from the rows alone."""
    table = Table()
    for figure in KEPT.values():
        for code, day, _, place, category, n in figure.by_day(asked):
            table.add(code, day, place, category, n)
    table.total["people_committed"] = figures.COMMITTED.value(asked)
    return table


def shown(table):
    """What the page shows of a table."""
    funnel = {figure.code for figure in figures.FUNNEL}
    places = {key: n for key, n in table.by_place.items() if key[1] in funnel}
    parts = (table.by_month, places, table.lacking, table.total, dict(table.weeks))
    return [{key: n for key, n in part.items() if n} for part in parts]


def agrees(asked):
    return shown(table_of(asked)) == shown(from_rows(asked)) and all(
        value_of(figure, asked) == figure.value(asked) for figure in figures.ALL.values()
    )


@pytest.fixture
def counted():
    cast.call(organisation=cast.workshop())
    cast.need(12)
    cast.commitment(40)
    count_touched_days()
    return scope()


@pytest.mark.parametrize("days", [0, 3, 20, 45, 400])
def test_kept_days_say_what_the_rows_say_whatever_the_period(counted, days):
    assert agrees(scope(days))
    assert table_of(scope(days)).total["needs"] == 1


def test_nothing_is_touched_after_counting_and_the_cells_are_read(counted):
    assert not Touched.objects.exists()
    Cell.objects.filter(figure="needs").update(n=7)
    assert table_of(counted).total["needs"] == 7 != figures.NEEDS.value(counted)
    assert value_of(figures.NEEDS, counted) == 7


def test_a_deed_is_in_the_review_before_its_day_is_counted_anew(counted):
    cast.need(3, organisation=cast.workshop(name="Autre atelier"))
    assert Touched.objects.filter(subject="needs", day=clock.today()).exists()
    for _ in range(2):
        assert agrees(counted)
        assert table_of(counted).total["needs"] == 2
        assert count_touched_days() or not Touched.objects.exists()


def test_a_deed_touches_its_day_alone(counted):
    """The cell of another day of the month is still read: a lie in it is believed."""
    before = clock.now() - timedelta(days=1)
    cast.need(1, opened_at=before)
    count_touched_days()
    cell = Cell.objects.get(figure="needs", month=before.date().replace(day=1), departement="*")
    at = before.astimezone(clock.PARIS).day - 1
    lied = [n + 5 * (number == at) for number, n in enumerate(cell.days)]
    Cell.objects.filter(pk=cell.pk).update(days=lied, n=sum(lied))
    cast.need(1)
    asked = scope(1)
    assert table_of(asked).total["needs"] == figures.NEEDS.value(asked) + 5 == 8


def test_a_body_that_moves_takes_its_contacts_along(counted):
    body = cast.workshop()
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        body.commune = None
        body.save()
    assert Touched.objects.filter(subject="contacts", via="organisation", key=body.pk).exists()
    nowhere = scope(departement=figures.NOWHERE)
    assert table_of(counted).by_place["", "contacts"] == figures.CONTACTS.value(nowhere) == 1
    assert agrees(counted)
    assert agrees(nowhere)


def test_a_mark_that_names_a_thing_knows_rows_of_afterwards(counted):
    """What moves carries rows another transaction added after it looked: the days are looked up when they are read."""
    count_touched_days()
    body = cast.workshop()
    Touched.objects.create(subject="contacts", via="organisation", key=body.pk)
    day = clock.today() - timedelta(days=2)
    cast.call(organisation=body, started_at=clock.now() - timedelta(days=2))
    Touched.objects.filter(day=day).delete()
    assert agrees(scope(5))
    with pytest.raises(IntegrityError), transaction.atomic():
        Touched.objects.create(subject="contacts", day=day, via="organisation", key=body.pk)


def test_a_category_that_becomes_a_computer_touches_all_times(counted):
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        Category.objects.filter(pk=cast.laptop().pk).update(is_computer=not cast.laptop().is_computer)
    assert Touched.objects.filter(subject="commitments", day=None, via="").exists()
    assert agrees(counted)
    count_touched_days()
    assert agrees(counted)


def test_the_check_finds_a_cell_that_lies_and_the_month_is_read_from_its_rows(counted):
    assert check_a_month(PICK) == clock.today().replace(day=1)
    Cell.objects.filter(figure="needs_lacking").update(n=7)
    with pytest.raises(CellsDiffer, match="needs_lacking"):
        check_a_month(PICK)
    assert agrees(counted)
    Cell.objects.filter(figure="contacts").update(days=[3] * 31, n=93)
    with pytest.raises(CellsDiffer, match="contacts"):
        check_a_month(PICK)
    assert agrees(counted)
    count_touched_days()
    assert check_a_month(PICK)
    assert agrees(counted)


TRIGGERS = (
    ("desk_interaction", "insert", "calls", "contacts"),
    ("needs_need", "update", "closes", "needs_unanswered"),
    ("introductions_introduction", "update", "introduces", "introductions"),
    ("allocations_allocation", "insert", "promises", "needs_unanswered"),
    ("directory_organisation", "update", "moves", "contacts"),
)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_review_says_what_the_rows_say(seed):
    """Deeds drawn by luck, days counted anew now and then: before and after, each figure, period and place agrees."""
    story = Story(seed)
    told = Counter()
    for _ in range(16):
        told[story.goes_on()] += 1
        if story.pick.random() < 0.4:
            count_touched_days()
        for asked in (story.asks(), story.asks()):
            assert agrees(asked), (told, asked)
    count_touched_days()
    assert not Touched.objects.exists()
    assert agrees(scope(90))
    assert check_a_month(story.pick)


@pytest.mark.parametrize(("table", "event", "deed", "figure"), TRIGGERS, ids=lambda one: one)
def test_without_its_trigger_a_deed_escapes_the_cells_and_the_check_finds_it(table, event, deed, figure):
    story = Story(7)
    story.reasons = story.reasons[1:]  # closed as served: no longer without an answer
    for _ in range(3):
        story.opens_a_need()
        story.calls()
    count_touched_days()
    asked = scope(90, desks=frozenset([cast.lille_desk().pk, cast.amiens_desk().pk]))
    assert agrees(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE {table} DISABLE TRIGGER report_touch_{event}")
    getattr(story, deed)()
    assert not agrees(asked)
    assert figure in " ".join(checked(month) for month in Cell.objects.values_list("month", flat=True).distinct())
    assert agrees(asked)


def checked(month):
    """What the check of this month complains of."""
    pick = random.Random()  # noqa: S311  # no secret
    pick.choice = lambda _: month
    try:
        check_a_month(pick)
    except CellsDiffer as difference:
        return str(difference)
    return ""
