"""A commitment is captured in one line, as a need is; here what is its own."""

import pytest
from django.urls import reverse

from callcare.commitments.models import Commitment
from callcare.desk.actions import log_interaction
from callcare.desk.enums import InteractionChannel
from tests import cast

pytestmark = pytest.mark.django_db
RECORD = "commitments:record"


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def said(**over):
    facts = {
        "organisation": cast.mill().ref, "line": "40 portables à donner, Lille", "category": cast.laptop().code,
        "quantity": "40", "commune": cast.lille().code,
    }  # fmt: skip
    return facts | over


def test_a_commitment_is_announced_unless_the_giver_says_it_herself(marion):
    marion.post(reverse(RECORD), said())
    marion.post(reverse(RECORD), said(is_confirmed="on"))
    assert list(Commitment.objects.order_by("pk").values_list("level", flat=True)) == ["announced", "confirmed"]


def test_as_needed_has_no_quantity_and_is_open(marion):
    marion.post(reverse(RECORD), said(quantity="", as_needed="on"))
    one = Commitment.objects.get()
    assert (one.state, one.lines.get().is_countable) == ("open", False)


def test_days_of_rtt_say_whether_they_are_time_or_money(marion):
    cast.unit("day")
    marion.post(
        reverse(RECORD),
        said(quantity="3", unit="day", category=cast.tutoring().code, rtt="as_time", line="3 jours de RTT"),
    )
    line = Commitment.objects.get().lines.select_related("unit").get()
    assert (line.rtt, line.qty_offered, line.whole_said) == ("as_time", 1260, "3 jours")


def test_said_in_a_contact_it_comes_back_to_it(marion):
    call = log_interaction(by=cast.marion(), desk=cast.lille_desk(), channel=InteractionChannel.PHONE)
    assert marion.get(reverse("commitments:capture", args=[call.ref])).status_code == 200
    answer = marion.post(reverse(RECORD), said(interaction=call.ref, person=cast.hugo().pk, gives_email="on"))
    one = Commitment.objects.get()
    assert answer.url == reverse("desk:contact", args=[call.ref])
    assert (one.interaction, one.consent.gives_email, one.consent.gives_phone) == (call, True, False)


def test_what_is_wrong_is_said_and_nothing_is_lost(marion):
    answer = marion.post(reverse(RECORD), said(organisation="", description="à rappeler"))
    assert answer.status_code == 422
    assert "à rappeler" in answer.content.decode()
    assert marion.get(reverse("commitments:new")).status_code == 200


def test_another_desk_records_nothing_in_this_ones_contact(client):
    call = log_interaction(by=cast.marion(), desk=cast.lille_desk(), channel=InteractionChannel.PHONE)
    client.force_login(cast.amelie())
    assert client.post(reverse(RECORD), said(interaction=call.ref)).status_code == 404
    assert client.get(reverse("commitments:capture", args=[call.ref])).status_code == 404
