"""From a mail in the list to a need, a commitment and an answer, by keyboard alone; and the same on a telephone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from callcare.commitments.models import Commitment
from callcare.desk.models import OutgoingMail
from callcare.mailbox.models import Answer
from callcare.needs.models import Need
from tests import cast
from tests.browser import PHONE, look
from tests.journeys.hands import Hands
from tests.mailbox import desk_stage

pytestmark = pytest.mark.browser
FIRST = "Nous cherchons 12 ordinateurs portables à Roubaix avant fin juin."


def opened(page, live_server) -> Hands:
    """The first mail of the list, by its key."""
    page.set_default_timeout(12_000)
    hands = Hands(page)
    page.goto(live_server.url + reverse("mailbox:mails"))
    hands.press("F2")
    expect(page.get_by_role("article", name="Courriel")).to_contain_text(FIRST)
    page.locator("textarea[name=line]").first.wait_for(state="attached")
    return hands


def test_a_need_and_a_commitment_are_saved_from_a_mail_and_seen_on_its_card(stage, as_person, live_server):
    mail = desk_stage.arrived()
    page = as_person(cast.marion())
    hands = opened(page, live_server)

    hands.press("b")
    line = page.locator("textarea[name=line]:visible")
    expect(line).to_be_focused()
    expect(line).to_have_value(FIRST)
    expect(page.locator("#chips-need")).to_contain_text("12")
    expect(page.locator("#chips-need")).to_contain_text("Roubaix")
    for consent in ("le nom", "le courriel"):
        hands.reach(consent)
        hands.press("Space")
    hands.press("Control+Enter")
    expect(page.get_by_role("region", name="Besoins").get_by_role("link").first).to_contain_text("12 ordinateurs")
    need = Need.objects.get()
    assert (need.interaction, need.organisation, need.person) == (mail.interaction, cast.workshop(), cast.claire())

    expect(page.get_by_role("article", name="Courriel")).to_contain_text(FIRST)  # she is back on the card
    expect(page.locator("main")).to_contain_text(need.ref)
    page.locator("textarea[name=line]").first.wait_for(state="attached")
    hands.press("e")
    line = page.locator("textarea[name=line]:visible")
    expect(line).to_be_focused()
    page.keyboard.press("Control+a")
    hands.type("3 tables à Roubaix")
    expect(page.locator("#chips-commitment")).to_contain_text("Roubaix")
    hands.press("Control+Enter")
    expect(page.get_by_role("region", name="Engagements").get_by_role("link").first).to_contain_text("3 tables")
    assert Commitment.objects.exclude(pk=stage.pk).get().interaction == mail.interaction
    assert page.said == []


def pull_larger(page, field) -> None:
    """With the mouse, by its corner: the browser writes a style on it, which no script of ours may copy."""
    box = field.bounding_box()
    x, y = box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=3)
    page.mouse.up()
    assert "height" in field.get_attribute("style")


def test_a_template_and_a_held_answer_by_keyboard_without_a_word_in_the_console(stage, as_person, live_server):
    mail = desk_stage.arrived()
    page = as_person(cast.marion())
    hands = opened(page, live_server)
    hands.press("a")
    text = page.locator("textarea[name=body]")
    expect(text).to_be_visible()
    pull_larger(page, text)
    hands.reach("Demande de précisions")
    hands.press("Enter")
    page.wait_for_function("() => /précisions/.test(document.querySelector('textarea[name=body]').value)")
    typed = f"Bonjour Claire,\n\n{'une ligne bien plus longue que celle d’un courrier ; ' * 4}\n\nMarion"
    text.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(typed)
    hands.press("Control+Enter")
    expect(page.get_by_text("vous pouvez encore la retenir")).to_be_visible()
    assert OutgoingMail.objects.get().body != typed
    page.get_by_role("button", name="Retenir").wait_for()
    hands.press("z")
    expect(page.get_by_text("La réponse est retenue")).to_be_visible()
    expect(page.locator("textarea[name=body]")).to_have_value(typed)
    assert Answer.objects.get().to == mail
    assert page.said == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_a_telephone_the_mail_comes_before_who_writes(stage, as_person, live_server, dark):
    mail = desk_stage.arrived()
    page = as_person(cast.marion(), window=PHONE, dark=dark)
    page.goto(live_server.url + reverse("desk:contact", args=[mail.interaction.ref]))
    letter = page.get_by_role("article", name="Courriel")
    expect(letter).to_contain_text(FIRST)
    who = page.get_by_role("heading", name="Qui écrit")
    assert letter.bounding_box()["y"] < who.bounding_box()["y"]
    assert letter.bounding_box()["y"] < PHONE["height"]
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    look(page)


def test_an_attachment_lights_the_entry_of_the_mails(stage, as_person, live_server):
    piece = desk_stage.attachment()
    page = as_person(cast.marion())
    for address in (
        reverse("mailbox:attachment", args=[piece.ref]), reverse("mailbox:thread", args=[piece.mail.thread.ref]),
    ):  # fmt: skip
        page.goto(live_server.url + address)
        lit = page.locator("nav a[aria-current]").evaluate_all("all => all.map(one => one.textContent.trim())")
        assert [one for one in lit if one.startswith("Courriels")]
        assert not [one for one in lit if one.startswith("Guichet")]
