"""A need is captured in one line: in a contact, or without one."""

import json

import pytest
from django.urls import reverse

from callcare.core import clock
from callcare.desk import capture
from callcare.desk.actions import log_interaction, save_draft
from callcare.desk.case_capture import read_anew
from callcare.desk.enums import InteractionChannel
from callcare.needs.models import Need
from callcare.territories.gazetteer import forget
from tests import cast

pytestmark = pytest.mark.django_db
RECORD = "needs:record"


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def said(**over):
    facts = {
        "organisation": cast.workshop().ref, "line": "12 portables Roubaix avant le 30/04 pour lycéens",
        "category": cast.laptop().code, "quantity": "12", "commune": cast.roubaix().code, "until": "2031-04-30",
        "audience": "school", "unit": cast.unit() and "piece",
    }  # fmt: skip
    facts |= over
    return {"understood": json.dumps({"line": facts["line"]})} | facts  # the chips follow the line that is sent


def test_a_need_is_recorded_from_the_form(marion):
    answer = marion.post(reverse(RECORD), said())
    need = Need.objects.get()
    assert answer.url == reverse("needs:page", args=[need.ref])
    assert (need.typed, need.state, need.commune, need.audience) == (said()["line"], "open", cast.roubaix(), "school")
    assert need.lines.get().qty_requested == 12


def test_who_and_the_line_are_enough_the_rest_may_follow(marion):
    marion.post(
        reverse(RECORD), {"organisation": "Atelier du Canal", "line": "des ordinateurs"} if cast.workshop() else {}
    )
    need = Need.objects.get()
    assert (need.state, need.title, need.lines.count()) == ("to_qualify", "des ordinateurs", 0)


def test_a_category_without_a_quantity_is_still_to_qualify(marion):
    marion.post(reverse(RECORD), said(quantity=""))
    assert Need.objects.get().state == "to_qualify"


def test_money_is_typed_in_euros(marion):
    shoes = cast.category("safety_shoes", "chaussures de sécurité", "goods")
    cast.unit("euro")
    marion.post(reverse(RECORD), said(quantity="", unit="", amount="3 000,50", category=shoes.code))
    line = Need.objects.get().lines.get()
    assert (line.qty_requested, line.measure, line.kind) == (300_050, "cent", "money")


def test_time_is_typed_in_half_days(marion):
    cast.unit("half_day")
    marion.post(reverse(RECORD), said(quantity="2", unit="half_day", category=cast.tutoring().code, every="month"))
    line = Need.objects.get().lines.select_related("unit").get()
    assert (line.qty_requested, line.whole_said) == (420, "2 demi-journées par mois")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"organisation": ""}, "organisation"),
        ({"organisation": "Personne de connu"}, "Aucune organisation de ce nom"),
        ({"line": ""}, "Erreur"),
        ({"commune": "Nulle-Part"}, "Aucune commune de ce nom"),
        ({"quantity": "beaucoup"}, "Écrivez un nombre"),
        ({"quantity": "0,5"}, "nombre entier"),
        ({"until": "31/31/31"}, "Erreur"),
        ({"from": "2031-05-01"}, "La date de fin vient après"),
        ({"category": "rien"}, "Erreur"),
        ({"gives_name": "on"}, "dites d’abord qui parle"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(marion, wrong, sentence):
    answer = marion.post(reverse(RECORD), said(public_text="mes mots gardés") | wrong)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert "mes mots gardés" in html
    assert not Need.objects.exists()


def test_a_name_is_warned_of_and_kept_with_a_reason(marion):
    line = "un ordinateur pour Karim Benali"
    answer = marion.post(reverse(RECORD), said(line=line))
    assert answer.status_code == 422
    assert "K••• B•••" in answer.content.decode()
    marion.post(reverse(RECORD), said(line=line, keep_because="c’est le nom d’un prix"))
    assert Need.objects.get().typed == line


def test_several_organisations_of_a_name_ask_which_one(marion):
    cast.organisation("Maison A", search_name="maison a", search_text="maison a")
    cast.organisation("Maison B", search_name="maison b", search_text="maison b")
    answer = marion.post(reverse(RECORD), said(organisation="maison"))
    assert answer.status_code == 422
    assert "Plusieurs organisations" in answer.content.decode()


@pytest.fixture
def call():
    return log_interaction(by=cast.marion(), desk=cast.lille_desk(), channel=InteractionChannel.PHONE)


def test_in_a_contact_the_caller_is_already_known(marion, call):
    cast.enters(
        lambda: type(call).objects.filter(pk=call.pk).update(organisation=cast.workshop(), person=cast.claire())
    )()
    html = marion.get(reverse("needs:capture", args=[call.ref])).content.decode()
    assert cast.workshop().ref in html
    assert f'value="{cast.claire().pk}"' in html


def test_a_need_said_in_a_contact_comes_back_to_it_with_its_consent(marion, call):
    answer = marion.post(
        reverse(RECORD), said(interaction=call.ref, person=cast.claire().pk, gives_name="on", gives_phone="on")
    )
    need = Need.objects.get()
    assert answer.url == reverse("desk:contact", args=[call.ref])
    assert (need.interaction, need.person) == (call, cast.claire())
    assert (need.consent.gives_name, need.consent.gives_phone, need.consent.gives_email) == (True, True, False)
    assert need.consent.recorded_by == cast.marion()


def test_what_was_kept_of_the_line_comes_back_until_it_is_recorded(marion, call):
    save_draft(call, by=cast.marion(), seen=0, part="need", typed=said(line="12 portables, et puis"))
    page = reverse("needs:capture", args=[call.ref])
    assert "12 portables, et puis" in marion.get(page).content.decode()
    marion.post(reverse(RECORD), said(interaction=call.ref))
    assert "12 portables, et puis" not in marion.get(page).content.decode()


def test_another_desks_contact_is_not_found(client, call):
    client.force_login(cast.amelie())
    assert client.get(reverse("needs:capture", args=[call.ref])).status_code == 404
    assert client.post(reverse(RECORD), said(interaction=call.ref)).status_code == 404
    assert client.post(reverse("needs:read"), said(interaction=call.ref)).status_code == 404


def test_reading_the_line_writes_nothing_and_answers_with_chips(marion):
    answer = marion.post(reverse("needs:read"), said(), headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "ordinateur portable" in html
    assert "hx-swap-oob" in html
    assert "<html" not in html
    assert not Need.objects.exists()


@pytest.fixture
def known_communes():
    """The words the line is read with are kept by the process: those of this test, then none."""
    cast.roubaix()
    cast.laptop()
    forget()
    capture._read_again.cache_clear()
    yield
    forget()
    capture._read_again.cache_clear()


def test_the_line_is_read_into_the_fields(marion, known_communes):
    answer = marion.post(
        reverse("needs:read"),
        {"line": "urgent 12 ordinateurs portables Roubaix avant le 30/04/2031 pour 5 lycéens"},
        headers={"HX-Request": "true"},
    )
    said = answer.context["form"].cleaned_data
    assert (said["quantity"], said["category"], said["commune"]) == (12, cast.laptop(), cast.roubaix())
    assert (str(said["until"]), said["audience"], said["people_expected"], said["priority"]) == (
        "2031-04-30", "school", 5, "1",
    )  # fmt: skip


def test_what_was_corrected_stays_while_the_line_goes_on(marion, known_communes):
    first = marion.post(reverse("needs:read"), {"line": "12 ordinateurs portables"}, headers={"HX-Request": "true"})
    fields = dict(first.context["form"].data.items()) | {"quantity": "15", "line": "12 ordinateurs portables Roubaix"}
    again = marion.post(reverse("needs:read"), fields, headers={"HX-Request": "true"})
    said = again.context["form"].cleaned_data
    assert (said["quantity"], said["commune"]) == (15, cast.roubaix())


def test_sent_before_the_chips_came_the_line_is_read_when_it_is_recorded(marion, known_communes):
    cast.workshop()
    sent = {"organisation": "Atelier du Canal", "line": "12 ordinateurs portables Roubaix"}
    answer = marion.post(reverse(RECORD), sent, follow=True)
    need = Need.objects.get()
    assert (need.state, need.commune, need.lines.get().qty_requested) == ("open", cast.roubaix(), 12)
    assert "Compris de la ligne : 12 pièces, ordinateur portable, Roubaix 59." in answer.content.decode()


def test_chips_of_an_earlier_line_are_not_recorded_and_what_was_corrected_by_hand_stays(marion, known_communes):
    first = marion.post(
        reverse("needs:read"), {"line": "6 ordinateurs portables Roubaix"}, headers={"HX-Request": "true"}
    )
    shown = {name: str(value) for name, value in first.context["form"].data.items()}
    edited = shown | {"organisation": cast.workshop().ref, "line": "16 ordinateurs portables Roubaix"}
    marion.post(reverse(RECORD), edited)
    assert Need.objects.get().lines.get().qty_requested == 16
    marion.post(reverse(RECORD), edited | {"quantity": "14", "people_expected": "3"})
    need = Need.objects.latest("pk")
    assert (need.lines.get().qty_requested, need.people_expected) == (14, 3)


def test_a_chip_taken_away_by_hand_is_not_read_again(marion, known_communes):
    first = marion.post(
        reverse("needs:read"), {"line": "6 ordinateurs portables Roubaix"}, headers={"HX-Request": "true"}
    )
    shown = {name: str(value) for name, value in first.context["form"].data.items()}
    marion.post(reverse(RECORD), shown | {"organisation": cast.workshop().ref, "commune": ""})
    assert Need.objects.get().commune is None


def test_without_scripts_reading_the_line_gives_the_whole_page(marion):
    answer = marion.post(reverse("needs:read"), said())
    assert answer.status_code == 200
    assert "<html" in answer.content.decode()
    assert "Erreur" not in answer.content.decode()


def test_the_same_thing_asked_lately_is_shown_and_becomes_a_repeat(marion, call):
    need = cast.need()
    html = marion.post(reverse("needs:read"), said(), headers={"HX-Request": "true"}).content.decode()
    assert "C’est une réitération" in html
    marion.post(reverse("needs:repeat", args=[need.ref]), {"interaction": call.ref})
    need.refresh_from_db()
    assert (need.repeats, Need.objects.count()) == (1, 1)


def test_the_candidate_she_chose_is_met_at_once(marion):
    other = cast.commitment().lines.get()
    answer = marion.post(reverse(RECORD), said(relate=str(other.pk)))
    line = Need.objects.get().lines.get()
    assert answer.status_code == 302
    if "?" in answer.url:  # the floor that introduces is there
        assert f"need_line={line.pk}&commitment_line={other.pk}" in answer.url


def test_what_was_corrected_by_hand_stays_when_the_line_changes():
    understood = {"quantity": "12", "category": "laptop"}
    typed = {"line": "x", "understood": json.dumps(understood), "quantity": "12", "category": "computer"}
    fields = read_anew(typed, {"quantity": "14", "category": "laptop"})
    assert (fields["quantity"], fields["category"]) == ("14", "computer")


@pytest.mark.parametrize("nonsense", ["", "{", "[1]", "null", '{"a": [1]}'])
def test_a_page_that_says_nonsense_understood_nothing(nonsense):
    assert read_anew({"understood": nonsense, "quantity": "3"}, {"quantity": "14"})["quantity"] == "3"


def test_a_new_need_without_a_call(marion):
    assert marion.get(reverse("needs:new"), {"line": "12 portables"}).status_code == 200
    assert clock.today() is not None
