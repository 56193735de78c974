"""The pages of needs: the list, one need, its correction, its deeds."""

from datetime import timedelta

import pytest
from django.urls import reverse

from callcare.core import clock
from callcare.needs.actions import edit_need
from callcare.needs.models import Need
from callcare.ui.templatetags.words import moment
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def page(need, name="page", *args):
    return reverse(f"needs:{name}", args=[need.ref, *args])


def test_the_list_says_what_is_left_and_who_acts_next(marion):
    need = cast.need(12)
    cast.promise(need, cast.commitment(), 5)
    html = marion.get(reverse("needs:list")).content.decode()
    assert "Ordinateurs portables" in html
    assert "7 pièces" in html
    assert "Marion" in html


def test_the_list_costs_the_same_for_one_and_for_twenty(marion):
    marion.get(reverse("needs:list"))
    cast.need()
    with same_number_of_queries() as measure:
        assert measure(lambda: marion.get(reverse("needs:list"))) <= 12
        for _ in range(20):
            cast.need()
        measure(lambda: marion.get(reverse("needs:list")))


def test_the_contact_a_need_was_born_of_is_dated_as_people_say_it(marion):
    contact = cast.call()
    html = marion.get(page(cast.need(interaction=contact))).content.decode()
    assert f"contact du {moment(contact.started_at)}</a>" in html


def test_an_empty_list_says_what_to_do_next(marion):
    html = marion.get(reverse("needs:list")).content.decode()
    assert "Aucun besoin en cours" in html
    assert reverse("needs:new") in html
    assert "Rien ne correspond" in marion.get(reverse("needs:list"), {"q": "zzz"}).content.decode()


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({}, {"open", "late", "theirs"}),
        ({"state": "closed"}, set()),
        ({"state": "all"}, {"open", "late", "theirs"}),
        ({"mine": "on"}, {"open", "late"}),
        ({"late": "on"}, {"late"}),
        ({"q": "theirs"}, {"theirs"}),
        ({"q": "atelier"}, {"open", "late", "theirs"}),
        ({"category": "computer"}, {"open", "late", "theirs"}),
        ({"category": "tutoring"}, set()),
        ({"state": "nonsense"}, {"open", "late", "theirs"}),
    ],
)
def test_the_list_is_filtered(marion, asked, seen):
    cast.tutoring()
    cast.need(title="open")
    cast.need(title="late", next_action_at=clock.now() - timedelta(days=1))
    cast.need(title="theirs", owner=cast.nathalie())
    answer = marion.get(reverse("needs:list"), asked)
    assert {need.title for need in answer.context["page"]} == seen


def test_a_need_is_found_by_its_reference(marion):
    need = cast.need()
    cast.need()
    answer = marion.get(reverse("needs:list"), {"q": need.ref.lower()})
    assert [one.ref for one in answer.context["page"]] == [need.ref]


def test_the_page_says_the_line_the_texts_and_the_quantities(marion):
    half_days = {"category": cast.tutoring(), "kind": "time", "measure": "minute", "unit": cast.unit("half_day")}
    need = cast.need(
        420,
        line=half_days | {"factor": 210},
        typed="2 demi-journées de soutien à Roubaix",
        public_text="Pour des collégiens.",
        description="Rappeler le mardi.",
        person=cast.claire(),
    )
    html = marion.get(page(need)).content.decode()
    for said in (
        "2 demi-journées de soutien à Roubaix",
        "Pour des collégiens.",
        "Rappeler le mardi.",
        "Claire Delattre",
    ):
        assert said in html
    assert "2 demi-journées" in html
    assert "Transmis à l’autre côté" in html
    assert "Reste au guichet" in html


def test_the_page_costs_little(marion, django_assert_max_num_queries):
    need = cast.need()
    marion.get(page(need))
    with django_assert_max_num_queries(14):
        marion.get(page(need))


@pytest.mark.parametrize("who", ["amelie", "stephane", "ada"])
@pytest.mark.parametrize("name", ["page", "edit", "add_line"])
def test_another_desk_finds_nothing(client, who, name):
    need = cast.need()
    client.force_login(getattr(cast, who)())
    assert client.get(page(need, name)).status_code == (404 if who == "amelie" else 403)


@pytest.mark.parametrize("name", ["open", "hold", "close", "reopen", "duplicate", "repeat"])
def test_another_desk_does_nothing(client, name):
    need = cast.need()
    client.force_login(cast.amelie())
    assert client.post(page(need, name)).status_code == 404


def test_a_partner_reads_her_own_needs_without_the_note(client):
    need = cast.need(description="Note du guichet secrète", person=cast.claire())
    client.force_login(cast.samir())
    html = client.get(page(need)).content.decode()
    assert "Ordinateurs portables" in html
    assert "secrète" not in html
    assert "Clore" not in html
    assert client.get(page(need, "edit")).status_code == 403
    other = cast.need(organisation=cast.organisation("Autre maison"))
    assert client.get(page(other)).status_code == 404


def test_a_wrong_reference_is_not_found(marion):
    assert marion.get("/besoins/B-0000-000/").status_code == 404
    assert marion.get(f"/besoins/{cast.need().ref}/lignes/7/").status_code == 404


def edited(need, **over):
    facts = {
        "version": need.version, "title": need.title, "priority": 2, "givers_wanted": 1, "commune": "59512",
    }  # fmt: skip
    return facts | over


def test_a_need_is_corrected(marion):
    need, lens = cast.need(), cast.lens()
    said = edited(need, title="Douze portables", commune="lens", ends_on="2021-04-30", audience="school")
    answer = marion.post(page(need, "edit"), said)
    assert answer.status_code == 302
    need.refresh_from_db()
    assert (need.title, need.commune, str(need.ends_on)) == ("Douze portables", lens, "2021-04-30")


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(marion):
    need = cast.need()
    answer = marion.post(page(need, "edit"), edited(need, title="", public_text="gardé", commune="Nulle-Part"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Erreur :" in html
    assert "gardé" in html
    assert "Aucune commune de ce nom" in html


@pytest.mark.django_db(transaction=True)
def test_the_second_editor_is_told_and_keeps_her_text(client):
    need = cast.need()
    edit_need(need, by=cast.nathalie(), seen=1, title="Douze portables")
    client.force_login(cast.marion())
    answer = client.post(page(need, "edit"), edited(need, version=1, title="Mes mots à moi"))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Nathalie" in html
    assert "Douze portables" in html
    assert "Mes mots à moi" in html
    again = client.post(page(need, "edit"), edited(need, version=2, title="Mes mots à moi"))
    assert (again.status_code, Need.objects.get().title) == (302, "Mes mots à moi")


def test_a_name_is_warned_of_and_kept_with_a_reason(marion):
    need = cast.need()
    said = edited(need, public_text="Un ordinateur pour Karim Benali")
    answer = marion.post(page(need, "edit"), said)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "K••• B•••" in html
    assert "keep_because" in html
    kept = marion.post(page(need, "edit"), said | {"keep_because": "nom d’un prix"})
    assert (kept.status_code, Need.objects.get().public_text) == (302, "Un ordinateur pour Karim Benali")


def test_the_interlocutor_may_be_named(marion):
    need = cast.need(person=cast.claire())
    said = edited(need, person=cast.claire().pk, description="Rappeler Mme Delattre mardi")
    assert marion.post(page(need, "edit"), said).status_code == 302


def test_a_line_is_said_anew(marion):
    need = cast.need(12)
    line = {"revision": 1, "category": "laptop", "quantity": "14", "mode": "gift"}
    refused = marion.post(page(need, "line", 1), line)
    assert refused.status_code == 422
    assert "pourquoi" in refused.content.decode()
    assert marion.post(page(need, "line", 1), line | {"because": "deux de plus"}).status_code == 302
    assert need.lines.get().qty_requested == 14


def test_a_line_shows_its_quantity_as_it_was_typed(marion):
    half_days = {"category": cast.tutoring(), "kind": "time", "measure": "minute", "unit": cast.unit("half_day")}
    need = cast.need(525, line=half_days | {"factor": 210})
    assert 'value="2,5"' in marion.get(page(need, "line", 1)).content.decode()


def test_a_line_is_added_and_reduced(marion):
    need = cast.need(12)
    assert marion.get(page(need, "add_line")).status_code == 200
    added = marion.post(page(need, "add_line"), {"category": "laptop", "quantity": "3", "mode": "loan"})
    assert added.status_code == 302
    wrong = marion.post(page(need, "less", 1), {"quantity": "13", "because": "moins de jeunes"})
    assert wrong.status_code == 422
    assert marion.post(page(need, "less", 1), {"quantity": "2", "because": "moins de jeunes"}).status_code == 302
    first, second = need.lines.order_by("pk")
    assert (first.whole, second.whole, second.mode) == (10, 3, "loan")


@pytest.mark.parametrize("quantity", ["", "douze", "-1", "1e99", "NaN", "9999999999999"])
def test_a_quantity_that_is_none_is_said_so(marion, quantity):
    need = cast.need(12)
    answer = marion.post(page(need, "add_line"), {"category": "laptop", "quantity": quantity, "mode": "gift"})
    assert answer.status_code == 422
    assert need.lines.count() == 1


def test_a_need_is_held_taken_up_closed_and_reopened(marion):
    need, served = cast.need(), cast.reason("served", "servi", "close_need")
    later = clock.today() + timedelta(days=20)
    marion.post(page(need, "hold"), {"hold-because": "vacances", "hold-until": later.isoformat()})
    assert Need.objects.get().state == "on_hold"
    marion.post(page(need, "open"))
    assert Need.objects.get().state == "open"
    marion.post(page(need, "close"), {"close-reason": served.pk})
    assert Need.objects.get().state == "closed"
    assert "Rouvrir" in marion.get(page(need)).content.decode()
    wrong = marion.post(page(need, "reopen"), {"reopen-because": ""})
    assert wrong.status_code == 422
    marion.post(page(need, "reopen"), {"reopen-because": "il en manque"})
    assert Need.objects.get().state == "open"


def test_a_wrong_hold_keeps_what_was_typed(marion):
    need = cast.need()
    answer = marion.post(page(need, "hold"), {"hold-because": "mes raisons", "hold-until": "2001-01-01"})
    assert answer.status_code == 422
    assert "mes raisons" in answer.content.decode()
    assert "jour à venir" in answer.content.decode()


def test_a_duplicate_is_closed_behind_the_other(marion):
    first, second = cast.need(), cast.need()
    cast.reason("duplicate", "doublon", "close_need")
    wrong = marion.post(page(second, "duplicate"), {"duplicate-of": "B-0000-000"})
    assert wrong.status_code == 422
    marion.post(page(second, "duplicate"), {"duplicate-of": first.ref.lower()})
    assert Need.objects.get(pk=second.pk).duplicate_of == first
    assert first.ref in marion.get(page(second)).content.decode()


def test_a_contact_and_an_organisation_show_their_needs(marion):
    call = cast.call()
    need = cast.need(interaction=call)
    for name, ref in (("of-interaction", call.ref), ("of-organisation", cast.workshop().ref)):
        assert need.title in marion.get(reverse(f"needs:{name}", args=[ref])).content.decode()
