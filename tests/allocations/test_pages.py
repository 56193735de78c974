"""Promise and hand over on the pages, as an operator does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from callcare.allocations import actions
from callcare.allocations.enums import Proof
from callcare.allocations.models import Allocation, Fulfilment
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.introductions import actions as introductions
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(cast.marion())
    return client


def promised(browser: Client, quantity: str, *, offered: int = 40):
    need, commitment = cast.need(12), cast.commitment(offered)
    typed = {
        "need_line": need.lines.get().pk, "commitment_line": commitment.lines.get().pk, "quantity": quantity,
    }  # fmt: skip
    return browser.post(reverse("allocations:promise", args=[need.ref]), typed)


def test_a_quantity_is_promised_then_handed_over(browser):
    answer = promised(browser, "8")
    given = Allocation.objects.get()
    assert answer.url == reverse("allocations:page", args=[given.ref])
    told = {"quantity": "5", "day": clock.today().isoformat(), "proof": "oral"}
    assert browser.post(reverse("allocations:deliver", args=[given.ref]), told).status_code == 302
    given.refresh_from_db()
    assert (given.qty, given.qty_fulfilled) == (8, 5)


def test_more_than_is_left_is_said_beside_the_field_and_kept(browser):
    answer = promised(browser, "9", offered=4)
    assert answer.status_code == 422
    assert "Il n’en reste que 4" in answer.content.decode()
    assert 'value="9"' in answer.content.decode()
    assert not Allocation.objects.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2999-01-01"])
def test_a_promise_for_a_year_nobody_lives_in_is_refused_beside_the_field(browser, day):
    need, commitment = cast.need(12), cast.commitment(40)
    typed = {"need_line": need.lines.get().pk, "commitment_line": commitment.lines.get().pk, "quantity": "8"}
    answer = browser.post(reverse("allocations:promise", args=[need.ref]), typed | {"promised_for": day})
    assert answer.status_code == 422
    assert "Vérifiez l’année" in answer.content.decode()
    assert not Allocation.objects.exists()


def test_nothing_is_handed_over_before_it_was_promised(browser):
    promised(browser, "8")
    given = Allocation.objects.get()
    told = {"quantity": "5", "day": (clock.today() - timedelta(days=1)).isoformat(), "proof": "oral"}
    answer = browser.post(reverse("allocations:deliver", args=[given.ref]), told)
    assert answer.status_code == 422
    assert "avant la promesse" in answer.content.decode()
    with pytest.raises(Refused, match="avant la promesse"):
        actions.deliver(given, qty=5, by=cast.marion(), proof=Proof.ORAL, at=clock.now() - timedelta(days=9000))
    assert not Fulfilment.objects.exists()


def met(need, commitment):
    """Marion has put both in touch."""
    facts = {"need_line": need.lines.get(), "commitment_line": commitment.lines.get()}
    introduction = introductions.propose(by=cast.marion(), **facts)
    for side in ("asker", "giver"):
        introductions.record_side_consent(introduction, side=side, gives={"name", "email", "phone"}, by=cast.marion())
    introductions.introduce(introduction, by=cast.marion())
    return introduction


def test_the_giver_already_met_comes_first_is_chosen_and_the_quantity_is_the_most_there_can_be(browser):
    need = cast.need(12, person=cast.claire())
    older = cast.commitment(40, organisation=cast.organisation("Fonderie du Nord"))
    given = cast.commitment(8, person=cast.hugo())
    page = reverse("allocations:promise", args=[need.ref])
    before = browser.get(page).context["form"]
    assert [line.commitment for line in before.fields["commitment_line"].queryset] == [older, given]
    assert not {"commitment_line", "quantity"} & set(before.initial)
    introduction = met(need, given)
    form = browser.get(page).context["form"]
    assert [line.commitment for line in form.fields["commitment_line"].queryset] == [given, older]
    assert form.initial["commitment_line"] == given.lines.get().pk
    assert form.initial["quantity"] == "8"
    assert "déjà en relation" in browser.get(page).content.decode()
    other = {"need_line": need.lines.get().pk, "commitment_line": older.lines.get().pk, "quantity": "3"}
    browser.post(page, other | {"introduction": introduction.ref})
    assert Allocation.objects.get().introduction is None


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [("0", "plus grand que zéro"), ("0,5", "nombre entier de pièces"), ("0.01", "nombre entier"), ("x", "Écrivez un")],
)
def test_a_quantity_of_pieces_is_a_whole_number_said_in_french(browser, quantity, sentence):
    answer = promised(browser, quantity)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "0.01 " not in answer.content.decode()


def test_what_is_left_is_shown_as_people_write_it(browser):
    promised(browser, "10")
    page = browser.get(reverse("allocations:page", args=[Allocation.objects.get().ref])).content.decode()
    assert 'value="10"' in page
    assert "E+" not in page
