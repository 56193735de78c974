"""« L’appel à l’écran », in a real browser behind a real server: what an operator sees, and what never happens."""

import http.client
import json
import time

import pytest
from playwright.sync_api import expect

from callcare.calls.actions import open_trunk
from callcare.calls.enums import Provider
from callcare.core import clock
from tests import cast
from tests.browser import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ring(served):
    """`ring("newCall")`: the provider posts an event of Claire's call at the door of Lille."""
    cast.claire()
    cast.marion(), cast.nathalie()
    _, secret = open_trunk(
        by=cast.ada(), desk=cast.lille_desk(), slug="lille", name="Ligne de Lille", provider=Provider.GENERIC
    )

    def post(event, call_id="call-1", **more):
        fields = {
            "event": event, "callId": call_id, "from": "0353011201", "to": "0353010000", "direction": "in",
            "ts": clock.now().timestamp(),
        } | more  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        line.request("POST", f"/cti/lille/{secret}", json.dumps(fields), {"Content-Type": "application/json"})
        assert line.getresponse().status == 200
        line.close()

    return post


def at_the_desk(as_person, served, user, path="/guichet/", **how):
    page = as_person(user, **how)
    page.streams = 0
    opened = {"/guichet/flux/"}

    def count(request):
        page.streams += any(request.url.endswith(end) for end in opened)

    page.context.on("request", count)
    page.goto(served.url + path)
    return page


def strip(page):
    return page.locator("#live li")


def is_connected(page):
    """The present state has come."""
    page.locator("#live[data-known]").wait_for(state="attached", timeout=5000)


def test_a_call_is_on_the_screen_within_a_second(ring, served, as_person):
    page = at_the_desk(as_person, served, cast.marion())
    is_connected(page)
    began = time.monotonic()
    ring("newCall")
    strip(page).wait_for(state="visible", timeout=3000)
    assert time.monotonic() - began < 1
    expect(strip(page)).to_contain_text("Claire Delattre")
    expect(strip(page)).to_contain_text("Atelier du Canal")
    look(page)
