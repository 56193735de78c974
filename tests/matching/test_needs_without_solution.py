"""Needs without solution: by territory, category and age, and why each waits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from callcare.core import clock
from callcare.introductions import actions
from tests import cast
from tests.introductions import stage
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def page(client, **asked) -> str:
    return client.get(reverse("matching:unanswered"), asked).content.decode()


def test_it_lists_what_nobody_is_asked_for_and_nothing_is_promised_for(marion):
    waits = stage.need(title="Portables pour le lycée")
    asked, promised = stage.need(title="Celui qu’on demande"), stage.need(title="Celui qui est promis")
    stage.need(title="Ailleurs", desk=cast.amiens_desk(), owner=cast.amelie())
    offer = stage.commitment()
    actions.propose(by=cast.marion(), need_line=asked.lines.get(), commitment_line=offer.lines.get())
    cast.promise(promised, offer, 5)
    text = page(marion)
    assert waits.ref in text
    for other in ("Celui qu’on demande", "Celui qui est promis", "Ailleurs"):
        assert other not in text
    introduction = asked.introductions.get()
    actions.cancel(introduction, by=cast.marion(), because="erreur")
    assert "Celui qu’on demande" in page(marion)


def test_it_counts_by_territory_and_category_and_filters(marion):
    stage.need()
    stage.need(title="Vieux", opened_at=clock.now() - timedelta(days=30))
    stage.need(title="À Lens", commune=cast.lens())
    stage.need(title="Nulle part", commune=None)
    groups = marion.get(reverse("matching:unanswered")).context["groups"]
    assert [(group.place, group.needs, group.age) for group in groups] == [
        ("Nord", 2, 30), ("Pas-de-Calais", 1, 0), ("Lieu non précisé", 1, 0),
    ]  # fmt: skip
    assert "Vieux" not in page(marion, departement="62")
    assert "À Lens" in page(marion, departement="62", categorie="laptop")
    assert "Nulle part" in page(marion, departement="aucun")
    old = page(marion, jours="21")
    assert "Vieux" in old
    assert "À Lens" not in old
    assert "Rien ne manque ici" in page(marion, departement="99")
    assert marion.get(reverse("matching:unanswered"), {"jours": "x", "page": "-3"}).status_code == 200


def test_each_says_why_it_waits(marion):
    need = stage.need()
    stage.commitment(commune=cast.amiens(), radius_km=20)
    url = reverse("matching:cascade", args=[need.ref])
    assert url in page(marion)
    text = marion.get(url).content.decode()
    assert "1 trop loin" in text
    assert "à une condition près" in text
    stage.commitment()
    assert "1 piste à regarder" in marion.get(url).content.decode()


def test_the_page_costs_the_same_for_one_and_for_twenty(marion):
    with same_number_of_queries() as measure:
        stage.need()
        page(marion)  # the first page of a session fills its caches
        assert measure(lambda: page(marion)) <= 12
        for _ in range(19):
            stage.need()
        measure(lambda: page(marion))


def test_where_nothing_waits_the_page_says_so(marion):
    assert "Chaque besoin a une piste en cours" in page(marion)
