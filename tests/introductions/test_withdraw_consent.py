import pytest
from django.urls import reverse

from callcare.core.deeds import Refused
from callcare.introductions import actions
from callcare.introductions.enums import Side
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed():
    need, offer = cast.need(person=cast.claire()), cast.commitment(person=cast.hugo())
    it = actions.propose(by=cast.marion(), need_line=need.lines.get(), commitment_line=offer.lines.get())
    for side in Side:
        actions.record_side_consent(it, side=side, gives=frozenset({"name", "phone"}), by=cast.marion())
    return it


def test_a_yes_taken_back_stops_the_introduction(agreed, client):
    client.force_login(cast.marion())
    url = reverse("introductions:withdrawal", args=[agreed.ref, "demandeur"])
    page = client.post(url, {"because": "elle a changé d’avis"}, follow=True).content.decode()
    assert "L’accord est retiré" in page
    assert "accord à obtenir" in page
    agreed.refresh_from_db()
    with pytest.raises(Refused, match="accord"):
        actions.introduce(agreed, by=cast.marion())
    assert agreed.disclosures.count() == 0


def test_it_is_taken_back_once_and_by_the_desk_that_keeps_it(agreed):
    with pytest.raises(Refused, match="pas de votre guichet"):
        actions.withdraw_side_consent(agreed, side=Side.GIVER, by=cast.amelie(), because="non")
    actions.withdraw_side_consent(agreed, side=Side.GIVER, by=cast.marion(), because="non")
    agreed.refresh_from_db()
    with pytest.raises(Refused, match="déjà retiré"):
        actions.withdraw_side_consent(agreed, side=Side.GIVER, by=cast.marion(), because="non")
