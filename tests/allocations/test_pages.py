"""Promise and hand over on the pages, as an operator does."""

import pytest
from django.test import Client
from django.urls import reverse

from callcare.allocations.models import Allocation
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
    told = {"quantity": "5", "day": "2026-01-05", "proof": "oral"}
    assert browser.post(reverse("allocations:deliver", args=[given.ref]), told).status_code == 302
    given.refresh_from_db()
    assert (given.qty, given.qty_fulfilled) == (8, 5)


def test_more_than_is_left_is_said_beside_the_field_and_kept(browser):
    answer = promised(browser, "9", offered=4)
    assert answer.status_code == 422
    assert "Il n’en reste que 4" in answer.content.decode()
    assert 'value="9"' in answer.content.decode()
    assert not Allocation.objects.exists()
