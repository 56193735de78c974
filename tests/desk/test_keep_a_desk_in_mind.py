"""The desks of a person are read once a request, and anew for the next: a desk given or taken shows at once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callcare.desk.models import desk_keys
from tests import cast

pytestmark = pytest.mark.django_db


def test_outside_a_request_every_answer_is_read_anew():
    marion = cast.marion()
    cast.amiens_desk().operators.add(marion)
    assert set(desk_keys(marion)) == {cast.lille_desk().pk, cast.amiens_desk().pk}
    cast.amiens_desk().operators.remove(marion)
    assert desk_keys(marion) == [cast.lille_desk().pk]


def test_a_request_reads_them_once_and_the_next_one_again():
    browser, need = Client(), cast.need()
    browser.force_login(cast.marion())
    address = reverse("needs:page", args=[need.ref])
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    mine = [one for one in asked if '"desk_desk_operators"."user_id"' in one["sql"] and "ORDER BY" in one["sql"]]
    assert len(mine) == 1
    cast.lille_desk().operators.remove(cast.marion())
    assert browser.get(address).status_code == 404
