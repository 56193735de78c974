"""A page of a long list: the same rows in the same order as ever, at the price of the page alone."""

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from callcare.core import listing
from callcare.core.listing import KeyPaginator, SearchPaginator, holding
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


def houses():
    """Every row this search is about, and the condition of it in two places."""
    return rows().order_by("-name", "pk"), [Q(name__icontains="maison 1"), Q(ref__startswith="no such")]


@pytest.mark.parametrize("many", [2, 100], ids=["a common word", "a rare one"])
@pytest.mark.parametrize("number", ["1", "2", "99", "9" * 30, "9" * 5000, "x", None])
def test_a_search_shows_the_rows_in_their_order_whichever_way_they_are_found(monkeypatch, many, number):
    twelve()
    monkeypatch.setattr(listing, "MANY", many)
    found, places = houses()
    names = ["Maison 11", "Maison 10", "Maison 1"]
    shown = [row.name for row in SearchPaginator(holding(found, places), 2).get_page(number)]
    assert shown == (names[2:] if number in {"2", "99", "9" * 30} else names[:2])


def test_a_common_word_is_walked_in_order_and_a_rare_one_by_its_keys(monkeypatch):
    twelve()
    found, places = houses()
    assert "LIKE" not in str(holding(found, places).query)
    monkeypatch.setattr(listing, "MANY", 2)
    assert "LIKE" in str(holding(found, places).query)


def test_what_holds_in_two_places_is_shown_once():
    twelve()
    found, _ = houses()
    twice = holding(found, [Q(name="Maison 1"), Q(name__startswith="Maison 1", name__endswith=" 1")])
    assert [row.name for row in twice] == ["Maison 1"]


def test_a_search_counts_no_further_than_many_and_says_so(monkeypatch):
    twelve()
    monkeypatch.setattr(listing, "MANY", 4)
    with CaptureQueriesContext(connection) as asked:
        page = SearchPaginator(rows(), 2, shown=Organisation.objects.for_list()).get_page("1")
    assert "LIMIT 5" in asked[0]["sql"]
    assert not any("COUNT" in query["sql"] for query in asked)
    assert (page.paginator.is_cut, page.paginator.at_least, page.has_next()) == (True, 4, True)
    words = render_to_string("ui/pages.html", {"page": page, "word": "maison", "query": ""})
    assert "plus de 4 maisons · page 1<" in words


def test_a_search_can_be_turned_to_its_end_where_the_whole_count_is_known(monkeypatch):
    twelve()
    monkeypatch.setattr(listing, "MANY", 4)
    seen, number, page = [], 0, None
    while page is None or page.has_next():
        number += 1
        page = SearchPaginator(rows(), 5).get_page(str(number))
        seen += [row.pk for row in page]
    assert seen == [row.pk for row in rows()]
    assert (page.paginator.is_cut, page.paginator.count, page.paginator.num_pages) == (False, 12, 3)
    words = render_to_string("ui/pages.html", {"page": page, "word": "maison", "query": ""})
    assert "12 maisons · page 3 sur 3" in words


@pytest.mark.parametrize("size", [3, 4, 5], ids=["fewer", "just as many", "one more"])
def test_only_one_row_more_than_many_is_more(monkeypatch, size):
    twelve()
    monkeypatch.setattr(listing, "MANY", 4)
    few = Organisation.objects.filter(pk__in=[row.pk for row in rows()[:size]]).order_by("pk")
    assert SearchPaginator(few, 2).get_page("1").paginator.is_cut == (size > 4)


def test_the_second_half_of_a_list_is_reached_from_its_end_in_the_same_order():
    twelve()
    found = rows().order_by(F("siren").asc(nulls_last=True), "pk")
    with CaptureQueriesContext(connection) as asked:
        page = KeyPaginator(found, 5).get_page("3")
    assert list(page) == list(Paginator(found, 5).get_page("3"))
    keys = asked[1]["sql"]
    assert "NULLS FIRST" in keys
    assert "OFFSET" not in keys


def test_a_count_that_is_known_is_not_asked_again():
    twelve()
    with CaptureQueriesContext(connection) as asked:
        page = KeyPaginator(rows(), 5, count=12).get_page("2")
    assert list(page) == list(Paginator(rows(), 5).get_page("2"))
    assert not any("COUNT" in query["sql"] for query in asked)
