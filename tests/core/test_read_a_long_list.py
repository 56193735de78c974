"""A page of a long list: the same rows in the same order as ever, at the price of the page alone."""

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callcare.core.listing import KeyPaginator
from callcare.directory.models import Organisation
from tests import cast

pytestmark = pytest.mark.django_db


@cast.enters
def twelve() -> None:
    for number in range(12):
        cast.organisation(f"Maison {number}", kind="company")


def rows():
    return Organisation.objects.filter(kind="company").for_list()


@pytest.mark.parametrize("number", ["1", "2", "3", "99", "x", None])
def test_it_shows_the_rows_a_plain_list_shows(number):
    twelve()
    plain, keyed = Paginator(rows(), 5).get_page(number), KeyPaginator(rows(), 5).get_page(number)
    assert list(keyed) == list(plain)
    assert (keyed.number, keyed.paginator.count, keyed.has_next()) == (
        plain.number,
        plain.paginator.count,
        plain.has_next(),
    )


def test_it_sorts_keys_only_and_fetches_one_page():
    twelve()
    with CaptureQueriesContext(connection) as asked:
        page = list(KeyPaginator(rows(), 5, shown=Organisation.objects.for_list()).get_page("2"))
    count, keys, shown = (query["sql"] for query in asked)
    assert len(page) == 5
    assert "COUNT(*)" in count
    assert "territories" not in keys
    assert "LIMIT 5 OFFSET 5" in keys
    assert "LIMIT" not in shown


def test_a_row_gone_between_the_two_questions_is_left_out():
    twelve()
    first = rows()[0]
    page = KeyPaginator(rows(), 5, shown=Organisation.objects.exclude(pk=first.pk)).get_page("1")
    assert first not in list(page)
    assert len(list(page)) == 4
