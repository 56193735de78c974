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
