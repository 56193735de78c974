"""Naming a commune on a page: a list while one types, a field that understands, a page to read."""

import pytest
from django import forms
from django.urls import reverse

from callcare.territories.forms import CommuneField
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db
SEARCH = reverse("territories:search")


class PlaceForm(forms.Form):
    commune = CommuneField()
    other = CommuneField(required=False)


@pytest.fixture
def places():
    """Lille, Roubaix, Lens, and a second Croix for the sake of the choice."""
    cast.commune("59163", "Croix", "59170", 50.6785, 3.1493, population=21_000)
    cast.commune("80999", "Croix", "80000", 49.9, 2.3, population=10)
    return cast.lille(), cast.roubaix(), cast.lens()


@pytest.mark.parametrize("who", [cast.marion, cast.stephane, cast.ada, cast.samir])
def test_everybody_known_may_look_a_commune_up(client, places, who):
    client.force_login(who())
    page = client.get(SEARCH, {"q": "rou"})
    assert page.status_code == 200
    assert "Roubaix (59)" in page.content.decode()
    assert client.get(reverse("territories:commune", args=["59512"])).status_code == 200


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(SEARCH).status_code == 302


def test_htmx_gets_the_options_alone(client, places):
    client.force_login(cast.marion())
    answer = client.get(SEARCH, {"field": "a-commune", "a-commune": "Lil"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert '<option value="Lille (59)" data-value="59350">59000</option>' in text
    assert "<html" not in text
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize("typed", ["", "xqzzw", "<script>", "%", "a" * 5000])
def test_whatever_is_asked_gets_a_page(client, places, typed):
    client.force_login(cast.marion())
    page = client.get(SEARCH, {"q": typed})
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().split("<main")[1]


def test_the_page_of_a_commune_says_how_well_its_place_is_known(client, places):
    client.force_login(cast.marion())
    text = client.get(reverse("territories:commune", args=["59350"])).content.decode()
    for said in ("Lille", "59000", "236\u202f234 habitants", "point de la commune", "Hauts-de-France", "aucune"):
        assert said in text


@pytest.mark.parametrize("code", ["00000", "59", "lille"])
def test_an_unknown_code_is_not_found(client, places, code):
    client.force_login(cast.marion())
    assert client.get(reverse("territories:commune", args=[code])).status_code == 404


def test_a_list_of_one_or_twenty_costs_the_same(client, places):
    client.force_login(cast.marion())
    client.get(SEARCH)  # what a process reads once
    with same_number_of_queries() as measure:
        measure(lambda: client.get(SEARCH, {"q": "croix"}))
        for i in range(20):
            cast.commune(f"80{i:03}", f"Croix-{i}", "80000", 49.9, 2.3)
        assert measure(lambda: client.get(SEARCH, {"q": "croix"})) <= 12


@pytest.mark.parametrize("typed", ["Roubaix", "roubaix (59)", "59100", "59512", " ROUB "])
def test_the_field_understands_a_name_a_postcode_a_label_a_beginning(places, typed):
    form = PlaceForm({"commune": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"commune": places[1], "other": None}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Indiquez la commune."),
        ("Croix", "Plusieurs communes possibles : Croix (59) ou Croix (80). Précisez laquelle."),
        ("Atlantide", "Aucune commune de ce nom ni de ce code postal. Vérifiez l’orthographe."),
    ],
)
def test_the_field_says_what_is_wrong_and_keeps_what_was_typed(places, typed, sentence):
    form = PlaceForm({"commune": typed})
    assert form.errors["commune"] == [sentence]
    assert not typed or f'value="{typed}"' in str(form["commune"])


def test_the_field_shows_a_known_commune_as_it_can_be_typed(places):
    lille = places[0]
    for initial in (lille, lille.pk):
        form = PlaceForm({"commune": "Lille (59)", "other": ""}, initial={"commune": initial})
        assert form.is_valid()
        assert not form.has_changed()
        assert 'value="Lille (59)"' in str(PlaceForm(initial={"commune": initial})["commune"])


def test_the_field_suggests_without_any_script_of_its_own(places):
    html = str(PlaceForm(prefix="a")["commune"])
    assert f'hx-get="{SEARCH}?field=a-commune"' in html
    assert 'list="id_a-commune_communes"' in html
    assert '<datalist id="id_a-commune_communes">' in html
