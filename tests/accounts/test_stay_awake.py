"""The page warns before the connection closes, and writing keeps it open."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from tests import cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def seen() -> float:
    return Session.objects.get().get_decoded()["seen"]


def an_hour_ago_less_a_bit() -> None:
    """The session as it would be after fifty minutes in front of the same page."""
    session = Session.objects.get()
    facts = session.get_decoded() | {"seen": seen() - 50 * 60}
    session.session_data = Session.get_session_store_class()().encode(facts)
    session.save()


def test_after_fifty_five_minutes_a_sentence_warns_and_writing_stays(as_person, live_server):
    page = as_person(cast.marion())
    page.clock.install()
    page.goto(live_server.url + reverse("accounts:account"))
    an_hour_ago_less_a_bit()
    before = seen()
    warning = page.get_by_text("la connexion se ferme dans cinq minutes")
    page.clock.fast_forward("54:00")
    expect(warning).to_have_count(0)
    page.clock.fast_forward("01:30")
    expect(warning).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "HEAD"):
        page.get_by_label("Nom affiché").press_sequentially("a")
    assert seen() > before + 49 * 60
