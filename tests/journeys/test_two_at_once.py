"""Two people, two browsers, one thing: the second is told, and keeps her text."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from callcare.allocations.models import Allocation
from callcare.core.deeds import deed
from callcare.desk.models import Draft
from tests import cast

pytestmark = pytest.mark.browser


def test_a_draft_survives_and_a_second_hand_is_told(stage, as_person, live_server):
    contact = cast.call(state="draft", finished_at=None, organisation=cast.workshop(), person=cast.claire())
    with deed(cast.CastVerb.ENTERS, by=None):
        Draft.objects.create(interaction=contact)
    address = live_server.url + reverse("desk:contact", args=[contact.ref])
    first, second = as_person(cast.marion()), as_person(cast.nathalie())
    for page in (first, second):
        page.goto(address)
        expect(page.locator("#saisie-need textarea[name=line]")).to_be_visible()
    first.locator("#saisie-need textarea[name=line]").fill("12 PC portables Roubaix")
    expect(first.locator("#saisie-need [data-kept]")).to_contain_text("brouillon gardé")
    second.locator("#saisie-need textarea[name=line]").fill("3 tondeuses Lens")
    expect(second.locator("#saisie-need [data-kept]")).to_contain_text("Marion")
    expect(second.locator("#saisie-need textarea[name=line]")).to_have_value("3 tondeuses Lens")
    first.reload()
    expect(first.locator("#saisie-need textarea[name=line]")).to_have_value("12 PC portables Roubaix")


def test_the_second_editor_sees_who_changed_what_and_keeps_her_text(stage, as_person, live_server):
    need = cast.need()
    pages = [as_person(cast.marion()), as_person(cast.nathalie())]
    for page in pages:
        page.goto(live_server.url + reverse("needs:edit", args=[need.ref]))
    for page, title in zip(pages, ("Douze portables", "Portables pour lycéens"), strict=True):
        page.get_by_label("en une phrase").fill(title)
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator("h1")).to_be_visible()
    told = pages[1].get_by_role("alert").first
    expect(told).to_contain_text("Marion")
    expect(told).to_contain_text("Douze portables")
    expect(pages[1].get_by_label("en une phrase")).to_have_value("Portables pour lycéens")


def test_of_two_who_promise_the_last_unit_one_is_told_and_keeps_what_she_typed(stage, as_person, live_server):
    cast.commitment(1, organisation=cast.workshop(), title="Un dernier portable")
    needs = [cast.need(1), cast.need(1)]
    pages = [as_person(cast.marion()), as_person(cast.nathalie())]
    for page, need in zip(pages, needs, strict=True):
        page.goto(live_server.url + reverse("allocations:promise", args=[need.ref]))
        choice = page.locator("select[name=commitment_line]")
        choice.select_option(choice.locator("option", has_text="Atelier du Canal").get_attribute("value"))
        page.locator("input[name=quantity]").fill("1")
    pages[0].get_by_role("button", name="Promettre").click()
    expect(pages[0].get_by_role("heading", name="Noter une remise")).to_be_visible()
    pages[1].get_by_role("button", name="Promettre").click()
    expect(pages[1].get_by_role("alert").first).to_contain_text("Il n’en reste plus")
    expect(pages[1].locator("input[name=quantity]")).to_have_value("1")
    assert Allocation.objects.count() == 1
