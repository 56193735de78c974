"""The pages of commitments: what is not already tried with needs."""

import pytest
from django.urls import reverse

from callcare.commitments.models import Commitment
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def page(commitment, name="page", *args):
    return reverse(f"commitments:{name}", args=[commitment.ref, *args])


def test_the_list_costs_the_same_for_one_and_for_twenty(marion):
    marion.get(reverse("commitments:list"))
    cast.commitment()
    with same_number_of_queries() as measure:
        assert measure(lambda: marion.get(reverse("commitments:list"))) <= 12
        for _ in range(20):
            cast.commitment()
        measure(lambda: marion.get(reverse("commitments:list")))


def test_the_list_says_what_is_left(marion):
    commitment = cast.commitment(40)
    cast.promise(cast.need(12), commitment, 12)
    assert "28 pièces" in marion.get(reverse("commitments:list")).content.decode()


def test_an_empty_list_says_what_to_do_next(marion):
    assert "Aucun engagement en cours" in marion.get(reverse("commitments:list")).content.decode()


def test_a_commitment_is_confirmed_and_shared(marion):
    commitment = cast.commitment(level="announced")
    assert "annoncé" in marion.get(page(commitment)).content.decode()
    marion.post(page(commitment, "confirm"))
    marion.post(page(commitment, "share"), {"sharing": "all"})
    commitment.refresh_from_db()
    assert (commitment.level, commitment.sharing) == ("confirmed", "all")
    marion.post(page(commitment, "share"), {"sharing": "nobody"})
    assert Commitment.objects.get().sharing == "all"


@pytest.mark.parametrize("name", ["open", "hold", "close", "reopen", "confirm", "share"])
def test_another_desk_does_nothing_even_when_it_is_shared(client, name):
    commitment = cast.commitment(sharing="all")
    client.force_login(cast.amelie())
    assert client.post(page(commitment, name)).status_code == 404
    assert client.get(page(commitment)).status_code == 404


def test_a_commitment_is_corrected(marion):
    commitment = cast.commitment()
    facts = {
        "version": 1, "title": "Quarante portables", "travel": "giver_delivers", "radius_km": "50",
        "max_open_introductions": 2, "may_be_named": "on", "commune": "59350",
    }  # fmt: skip
    assert marion.get(page(commitment, "edit")).status_code == 200
    assert marion.post(page(commitment, "edit"), facts).status_code == 302
    commitment.refresh_from_db()
    assert (commitment.title, commitment.radius_km, commitment.may_be_named) == ("Quarante portables", 50, True)
    assert "le contributeur livre, 50 km" in marion.get(page(commitment)).content.decode()


def test_a_line_becomes_as_needed(marion):
    commitment = cast.commitment(40)
    line = {"revision": 1, "category": "laptop", "mode": "gift", "as_needed": "on", "because": "selon le stock"}
    assert marion.post(page(commitment, "line", 1), line).status_code == 302
    assert not commitment.lines.get().is_countable


def test_a_commitment_is_closed_and_reopened(marion):
    commitment, exhausted = cast.commitment(), cast.reason("exhausted", "épuisé", "close_commitment")
    marion.post(page(commitment, "close"), {"close-reason": exhausted.pk})
    assert Commitment.objects.get().state == "closed"
    marion.post(page(commitment, "reopen"), {"reopen-because": "il en reste"})
    assert Commitment.objects.get().state == "open"


def test_what_is_promised_keeps_a_commitment_open(marion):
    commitment, exhausted = cast.commitment(), cast.reason("exhausted", "épuisé", "close_commitment")
    cast.promise(cast.need(), commitment, 3)
    answer = marion.post(page(commitment, "close"), {"close-reason": exhausted.pk})
    assert (answer.status_code, Commitment.objects.get().state) == (422, "open")


def test_a_partner_reads_her_own_commitments(client):
    mine = cast.commitment(organisation=cast.workshop(), description="Note secrète")
    other = cast.commitment()
    client.force_login(cast.samir())
    assert "secrète" not in client.get(page(mine)).content.decode()
    assert client.get(page(other)).status_code == 404
    assert [one.ref for one in client.get(reverse("commitments:list")).context["page"]] == [mine.ref]


def test_a_contact_and_an_organisation_show_their_commitments(marion):
    call = cast.call()
    commitment = cast.commitment(interaction=call)
    for name, ref in (("of-interaction", call.ref), ("of-organisation", cast.mill().ref)):
        assert commitment.title in marion.get(reverse(f"commitments:{name}", args=[ref])).content.decode()
