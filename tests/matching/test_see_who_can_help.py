"""The panels beside a need and a commitment, the preview while typing, and why so few."""

import pytest
from django.urls import reverse

from callcare.matching import links
from callcare.matching.models import Dismissal
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def text(response) -> str:
    return response.content.decode()


def test_the_need_shows_who_can_help_without_a_contact(marion):
    need = cast.need()
    mill = cast.commitment(person=cast.hugo())
    page = text(marion.get(reverse("matching:of-need", args=[need.ref])))
    assert "Filature Verlinde" in page
    assert "<b>couvre les 12</b>" in page
    assert mill.ref in page
    for secret in ("Vasseur", "hugo@verlinde.test", "12202"):
        assert secret not in page


def test_the_panel_comes_without_the_layout(marion):
    need = cast.need()
    page = text(marion.get(reverse("matching:of-need", args=[need.ref]), headers={"hx-request": "true"}))
    assert "<html" not in page
    assert "Aucune piste aujourd’hui" in page


def test_the_commitment_shows_whom_it_would_help(marion):
    need, mill = cast.need(), cast.commitment()
    page = text(marion.get(reverse("matching:of-commitment", args=[mill.ref])))
    assert need.ref in page
    assert "cherche 12 pièces" in page


def test_relier_leads_to_the_floor_above(marion, monkeypatch):
    need, mill = cast.need(), cast.commitment()
    monkeypatch.setattr(links, "_relate", [])
    assert ">Relier" not in text(marion.get(reverse("matching:of-need", args=[need.ref])))
    links.offer("matching:preview")  # any page without arguments will do here
    page = text(marion.get(reverse("matching:of-need", args=[need.ref])))
    assert f"?need_line={need.lines.get().pk}&amp;commitment_line={mill.lines.get().pk}" in page


def test_why_tells_the_cascade_and_the_condition_to_lift(marion):
    need = cast.need()
    cast.commitment(commune=cast.amiens(), radius_km=50)
    page = text(marion.get(reverse("matching:why", args=[need.ref])))
    assert "Trop loin" in page
    assert "confirmé mais à 109 km, rayon 50" in page
    assert "Demander au contributeur d’aller plus loin" in page


def test_a_pair_is_set_aside_and_brought_back_from_the_pages(marion):
    need, mill = cast.need(), cast.commitment()
    never = cast.reason("never", "jamais", "dismiss")
    lines = {"need_line": need.lines.get().pk, "commitment_line": mill.lines.get().pk}
    told = marion.post(reverse("matching:dismissal", args=[need.ref]), lines | {"reason": never.pk}, follow=True)
    assert "Pistes écartées" in text(told)
    one = Dismissal.objects.get()
    assert one.by == cast.marion()

    silent = marion.post(reverse("matching:restoring", args=[need.ref]), {"dismissal": one.pk})
    assert silent.status_code == 422
    assert "Erreur :" in text(silent)
    marion.post(reverse("matching:restoring", args=[need.ref]), {"dismissal": one.pk, "because": "ils ont rappelé"})
    assert not Dismissal.objects.exists()


def test_the_preview_follows_the_typed_line(marion):
    cast.commitment()
    cast.roubaix()
    chips = {"side": "need", "category": "laptop", "quantity": "12", "commune": "59512", "form": "capture"}
    page = text(marion.post(reverse("matching:preview"), chips))
    assert "couvre les 12" in page
    assert "à 11 km" in page
    assert 'data-key="1"' in page
    assert 'form="capture"' in page


@pytest.mark.parametrize("chips", [
    {}, {"side": "need"}, {"side": "x", "category": "laptop", "quantity": "beaucoup", "until": "demain"},
    {"side": "commitment", "category": "laptop", "commune": "99999"}, {"category": "\x00", "quantity": "-3"},
])  # fmt: skip
def test_the_preview_never_complains(marion, chips):
    cast.laptop()
    assert marion.post(reverse("matching:preview"), chips).status_code == 200


def test_the_preview_for_a_commitment_shows_needs(marion):
    need = cast.need()
    page = text(
        marion.post(reverse("matching:preview"), {"side": "commitment", "category": "laptop", "quantity": "20"})
    )
    assert need.ref in page
    assert "couvre les 12" in page


@pytest.mark.parametrize("name", ["matching:of-need", "matching:why"])
def test_the_other_desk_finds_nothing_here(client, name):
    need = cast.need()
    client.force_login(cast.amelie())
    assert client.get(reverse(name, args=[need.ref])).status_code == 404


def test_the_panel_costs_the_same_for_one_candidate_and_for_twenty(marion):
    need = cast.need()
    cast.reason("never", "jamais", "dismiss")
    url = reverse("matching:of-need", args=[need.ref])
    with same_number_of_queries() as measure:
        cast.commitment()
        marion.get(url)  # what Django remembers for the whole process
        first = measure(lambda: marion.get(url))
        for number in range(20):
            cast.commitment(organisation=cast.organisation(f"Maison {number}", kind="company"))
        measure(lambda: marion.get(url))
    assert first <= 12
