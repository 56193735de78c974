"""The gallery and the entrance in a real browser: light and dark, wide and narrow, with and without scripts."""

import pytest
from django.urls import reverse

from tests import cast
from tests.browser import DESKTOP, PHONE, SMALL, look, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
windows = pytest.mark.parametrize("window", [DESKTOP, PHONE, SMALL], ids=["wide", "phone", "small"])
themes = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


@windows
@themes
@pytest.mark.parametrize("name", ["ui:style", "account_login"])
def test_a_page_can_be_read_by_everybody(new_page, live_server, name, window, dark):
    page = new_page(window=window, dark=dark)
    page.goto(live_server.url + reverse(name))
    look(page)


@windows
def test_the_rail_opens_from_a_button_on_a_phone(as_person, live_server, window):
    page = as_person(cast.ada(), window=window)
    page.goto(live_server.url + reverse("accounts:list"))
    rail = page.get_by_role("navigation", name="Principale")
    if window is not DESKTOP:
        assert not rail.is_visible()
        page.get_by_role("button", name="Menu").click()
    assert rail.get_by_role("link", name="Comptes").is_visible()
    look(page)


def test_text_twice_as_large_loses_nothing(new_page, live_server):
    page = new_page(window={"width": 640, "height": 800})
    page.goto(live_server.url + reverse("ui:style"))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow(page) == []


def test_a_key_acts_outside_fields_and_only_there(as_person, live_server):
    page = as_person(cast.marion())
    page.goto(live_server.url + reverse("ui:style"))
    page.locator("h1").click()
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.id") == "ligne"
    page.keyboard.type("bx")
    assert page.locator("#ligne").input_value().endswith("bx") or page.locator("#ligne").input_value() == "bx"
    assert not page.locator("dialog:popover-open").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    assert page.get_by_role("heading", name="Retirer ce besoin").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("heading", name="Retirer ce besoin").is_visible()


def test_the_map_of_keys_names_what_they_do(as_person, live_server):
    page = as_person(cast.marion())
    page.goto(live_server.url + reverse("ui:style"))
    page.locator("h1").click()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Raccourcis de cette page")
    assert keys.is_visible()
    assert "Rappeler plus tard" in keys.inner_text()
    page.keyboard.press("Escape")
    assert keys.count() == 0


def test_single_letters_can_be_switched_off(as_person, live_server):
    marion = cast.marion()
    type(marion).objects.filter(pk=marion.pk)
    page = as_person(marion)
    page.goto(live_server.url + reverse("accounts:account"))
    page.get_by_label("Raccourcis d’une lettre").uncheck()
    page.get_by_role("button", name="Garder ces réglages").click()
    page.goto(live_server.url + reverse("ui:style"))
    page.locator("h1").click()
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.id") != "ligne"


def test_a_dialog_opens_without_scripts(new_page, live_server):
    page = new_page(scripts=False)
    page.goto(live_server.url + reverse("ui:style"))
    page.get_by_role("button", name="Retirer…").click()
    assert page.get_by_role("heading", name="Retirer ce besoin").is_visible()


def test_she_enters_by_keyboard_alone(new_page, live_server):
    marion = cast.marion()
    marion.set_password("girafe lampe mardi ruban")
    marion.save(update_fields=["password"])
    page = new_page()
    page.goto(live_server.url + reverse("account_login"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.get_by_label("Phrase de passe").focus()
    page.keyboard.type("girafe lampe mardi ruban")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("marion@call-care.test")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "entree" not in url)
    assert page.get_by_role("navigation", name="Principale").is_visible()
