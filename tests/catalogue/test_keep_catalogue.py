import pytest
from django.urls import reverse

from callcare.catalogue.actions import found_catalogue
from callcare.catalogue.models import Category, Unit
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    found_catalogue()


def facts(code: str, **over: object) -> dict[str, object]:
    row = Category.objects.select_related("unit").get(code=code)
    shown = {"version": row.version, "label": row.label, "unit": row.unit_id, "synonyms": "\n".join(row.synonyms)}
    return shown | over


def test_an_operator_reads_the_tree_and_changes_nothing(client, catalogue):
    client.force_login(cast.marion())
    page = client.get(reverse("catalogue:list"), {"q": "tondeuse"}).content.decode()
    assert "tondeuse à gazon" in page
    assert "Nouvelle catégorie" not in page
    assert client.get(reverse("catalogue:edit", args=["laptop"])).status_code == 403


def test_a_steward_teaches_a_word(client, catalogue):
    client.force_login(cast.stephane())
    url = reverse("catalogue:edit", args=["laptop"])
    assert client.get(url).status_code == 200
    client.post(url, facts("laptop", synonyms="pc portable\n  bécane  portative \n\nPC portable"))
    laptop = Category.objects.get(code="laptop")
    assert laptop.synonyms == ["pc portable", "bécane portative", "PC portable"]
    assert laptop.version == 2


def test_a_word_names_one_category_only(client, catalogue):
    client.force_login(cast.stephane())
    answer = client.post(reverse("catalogue:edit", args=["desktop"]), facts("desktop", synonyms="Laptops"))
    assert answer.status_code == 422
    assert "« Laptops » désigne déjà la catégorie « ordinateur portable »" in answer.content.decode()
    assert "Laptops" in answer.content.decode()


def test_the_second_editor_is_told_and_keeps_her_text(client, catalogue):
    client.force_login(cast.stephane())
    url = reverse("catalogue:edit", args=["laptop"])
    stale = facts("laptop", synonyms="mon mot")
    client.post(url, facts("laptop", synonyms="son mot"))
    answer = client.post(url, stale)
    assert answer.status_code == 422
    assert "a changé pendant que vous écriviez" in answer.content.decode()
    assert "mon mot" in answer.content.decode()
    assert Category.objects.get(code="laptop").synonyms == ["son mot"]


def test_a_category_is_added_under_its_mother(client, catalogue):
    client.force_login(cast.ada())
    mother = Category.objects.get(code="it_equipment")
    new = {"parent": mother.pk, "label": "liseuse", "unit": Unit.objects.get(code="piece").pk, "synonyms": "kindle"}
    assert client.post(reverse("catalogue:add"), new).status_code == 302
    row = Category.objects.get(code="liseuse")
    assert (row.kind, row.path) == ("goods", ["goods", "it_equipment", "liseuse"])
    assert client.post(reverse("catalogue:add"), new).status_code == 422
    hours = new | {"label": "minitel", "synonyms": "", "unit": Unit.objects.get(code="hour").pk}
    assert "ne compte pas des biens" in client.post(reverse("catalogue:add"), hours).content.decode()


def test_retiring_asks_why_and_spares_a_mother(client, catalogue):
    client.force_login(cast.stephane())
    assert client.post(reverse("catalogue:retire", args=["laptop"]), {}).status_code == 422
    assert client.post(reverse("catalogue:retire", args=["computer"]), {"because": "x"}).status_code == 422
    assert client.post(reverse("catalogue:retire", args=["laptop"]), {"because": "doublon"}).status_code == 302
    assert Category.objects.get(code="laptop").is_retired
    assert client.get(reverse("catalogue:edit", args=["laptop"])).status_code == 404
