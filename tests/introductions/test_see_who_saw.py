"""« Qui a vu mes coordonnées »: each person gets every transmission, under whatever record it was made."""

import pytest
from django.urls import reverse

from callcare.directory.actions import merge_persons
from callcare.introductions import actions
from callcare.introductions.disclosures import disclosures_about
from tests import cast
from tests.introductions import stage
from tests.introductions.test_answer_by_link import asked

pytestmark = pytest.mark.django_db


def test_the_desk_reads_who_received_what(client):
    client.force_login(cast.marion())
    stage.sent(asker=frozenset({"name", "phone"}))
    text = client.get(reverse("introductions:seen-of", args=[cast.claire().pk])).content.decode()
    assert "Filature Verlinde</b> a reçu le nom et le téléphone" in text
    assert "claire@canal.test" not in text


def test_nobody_saw_anything_yet(client):
    client.force_login(cast.marion())
    text = client.get(reverse("introductions:seen-of", args=[cast.claire().pk])).content.decode()
    assert "aucune coordonnée n’a été transmise" in text


def test_what_was_passed_on_under_a_merged_record_is_told_too():
    stage.sent()
    claire = cast.claire()
    twin = cast.person(cast.workshop(), "Claire", "Delatre", phone="+33353011299", email="cd@canal.test")
    third = cast.person(cast.workshop(), "C.", "Delattre-Petit", phone="+33353011298", email="cdp@canal.test")
    merge_persons(twin, claire, by=cast.marion(), because="la même")
    merge_persons(third, twin, by=cast.marion(), because="la même")
    assert disclosures_about(third).get().about_id == claire.pk
    assert not disclosures_about(cast.hugo()).filter(about=claire).exists()


def test_another_desk_says_only_that_it_passed_some_on(client):
    stage.sent()
    client.force_login(cast.amelie())
    text = client.get(reverse("introductions:seen-of", args=[cast.claire().pk])).content.decode()
    assert "Guichet de Lille a aussi transmis ses coordonnées : 1 fois" in text
    assert "Verlinde" not in text


def test_by_her_own_link_she_sees_organisations_and_days_but_no_details(client):
    stage.sent()  # Hugo's details went to the workshop
    other = stage.proposed(need_line=stage.need(title="Tablettes").lines.get())
    url = asked(introduction=other)
    page = client.get(f"{url}transmissions/")
    text = page.content.decode()
    assert "<b>Atelier du Canal</b> a reçu le nom, le téléphone et le courriel" in text
    for secret in ("03 53 01 22 02", "+33353012202", "hugo@", "Delattre", "claire@"):
        assert secret not in text
    assert "no-store" in page["Cache-Control"]
    assert f"{url}transmissions/" in client.get(url).content.decode()


def test_a_replaced_link_shows_nothing(client):
    it = stage.proposed()
    old = asked(introduction=it)
    asked(introduction=it)
    assert client.get(f"{old}transmissions/").status_code == 410


def test_a_closed_introduction_still_tells(client):
    it = stage.proposed()
    url = asked(introduction=it)
    actions.cancel(it, by=cast.marion(), because="erreur")
    assert "Personne : aucune de vos coordonnées" in client.get(f"{url}transmissions/").content.decode()
