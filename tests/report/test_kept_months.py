"""Past months are read from kept cells; what a deed touches is counted from its rows at once."""

import random
from datetime import timedelta

import pytest
from django.db import connection

from callcare.core import clock
from callcare.report import figures
from callcare.report.figures import Scope
from callcare.report.models import Cell, Touched
from callcare.report.months import BY_MONTH, CellsDiffer, check_a_month, count_touched_months, table_of
from callcare.report.rules import Period, month_of
from tests import cast

PICK = random.Random(1)  # noqa: S311  # no secret
pytestmark = pytest.mark.django_db


def scope(days=None, **over):
    """The whole month of today, or so many days until today."""
    day = clock.today()
    period = month_of(day) if days is None else Period(day - timedelta(days=days), day)
    return Scope(**{"period": period, "desks": frozenset([cast.lille_desk().pk])} | over)


def agrees(asked):
    table = table_of(asked)
    said = {code: table.total[code] for code in BY_MONTH}
    return said == {code: figure.value(asked) for code, figure in BY_MONTH.items()} and said


@pytest.fixture
def counted():
    cast.call(organisation=cast.workshop())
    cast.need(12)
    cast.commitment(40)
    count_touched_months()
    return scope()


@pytest.mark.parametrize("days", [0, 3, 20, 45, 400])
def test_kept_months_say_what_the_rows_say_whatever_the_period(counted, days):
    assert agrees(scope(days))["needs"] == 1


def test_nothing_is_touched_after_counting_and_the_cells_are_read(counted):
    assert not Touched.objects.exists()
    Cell.objects.filter(figure="needs").update(n=7)
    assert table_of(counted).total["needs"] == 7 != figures.NEEDS.value(counted)


def test_a_deed_is_in_the_review_before_its_month_is_counted_anew(counted):
    cast.need(3, organisation=cast.workshop(name="Autre atelier"))
    assert Touched.objects.filter(figure="needs").exists()
    assert agrees(counted)["needs"] == 2
    count_touched_months()
    assert agrees(counted)["needs"] == 2


def test_a_body_that_moves_takes_its_contacts_along(counted):
    body = cast.workshop()
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        body.commune = None
        body.save()
    assert Touched.objects.filter(figure="contacts", since=None).exists()
    assert (
        table_of(counted).by_place["", "contacts"] == figures.CONTACTS.value(scope(departement=figures.NOWHERE)) == 1
    )


def test_the_check_finds_a_cell_that_lies_and_the_month_is_read_from_its_rows(counted):
    assert check_a_month(PICK) == clock.today().replace(day=1)
    Cell.objects.filter(figure="needs").update(n=7)
    with pytest.raises(CellsDiffer, match="needs"):
        check_a_month(PICK)
    assert agrees(counted)["needs"] == 1


def test_without_its_trigger_a_deed_escapes_the_cells_and_the_check_finds_it(counted):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE needs_need DISABLE TRIGGER report_touch_insert")
    cast.need(3, organisation=cast.workshop(name="Autre atelier"))
    assert not agrees(counted)
    with pytest.raises(CellsDiffer, match="needs"):
        check_a_month(PICK)
    assert agrees(counted)["needs"] == 2
