"""The list of mails that is open shows what arrives, without a key pressed and without moving who is in it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import cast
from tests.mailbox import desk_stage, stage as intake

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opened(served, page):
    page.goto(served.url + reverse("mailbox:mails"))
    page.wait_for_function("() => document.querySelector('#live').dataset.known === ''")  # the stream has begun
    return page


def test_a_mail_that_arrives_is_in_the_open_list(served, as_person):
    desk_stage.arrived()
    page = opened(served, as_person(cast.marion()))
    expect(page.get_by_role("link", name="Des ordinateurs")).to_have_count(1)
    intake.arrive(intake.written(subject="Des chaises", message_id="<2@a.test>"))
    expect(page.get_by_role("link", name="Des chaises")).to_be_visible(timeout=10_000)
    assert page.said == []


def test_the_first_mail_of_an_empty_list_too_and_nothing_of_another_desk(served, as_person):
    page, other = opened(served, as_person(cast.marion())), opened(served, as_person(cast.amelie()))
    asked = []
    other.on("request", lambda one: asked.append(one.url) if one.url.endswith("/courriels/") else None)
    expect(page.get_by_text("Aucun courriel n’attend")).to_be_visible()
    intake.arrive(intake.written(subject="Des chaises", message_id="<2@a.test>"))
    expect(page.get_by_role("link", name="Des chaises")).to_be_visible(timeout=10_000)
    other.wait_for_timeout(300)
    assert asked == []


def test_it_does_not_change_under_the_hands_of_who_stands_in_it(served, as_person):
    desk_stage.arrived()
    page = opened(served, as_person(cast.marion()))
    page.get_by_role("link", name="Des ordinateurs").focus()
    intake.arrive(intake.written(subject="Des chaises", message_id="<2@a.test>"))
    page.wait_for_timeout(800)
    expect(page.get_by_role("link", name="Des ordinateurs")).to_be_focused()
    expect(page.get_by_role("link", name="Des chaises")).to_have_count(0)
    page.evaluate("() => document.activeElement.blur()")
    expect(page.get_by_role("link", name="Des chaises")).to_be_visible(timeout=10_000)
