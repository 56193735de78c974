"""From a call to a figure of the review, by keyboard alone, to the letters in a real mail server."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from callcare.desk import jobs
from callcare.introductions.models import Introduction
from callcare.needs.models import Need
from tests import cast
from tests.journeys.conftest import PASSPHRASE
from tests.journeys.hands import Hands
from tests.sink import listening

pytestmark = pytest.mark.browser
LINE = "15 PC portables pour lycéens Wattrelos avant le 2 avril"


def sign_in(hands: Hands, live_server) -> None:
    hands.page.goto(live_server.url + reverse("account_login"))
    hands.reach("Courriel")
    hands.type("marion@call-care.test")
    hands.reach("Phrase de passe")
    hands.type(PASSPHRASE)
    hands.press("Enter")
    hands.page.wait_for_url(lambda url: "entree" not in url)


def start_call(hands: Hands, number: str) -> None:
    hands.reach("numéro ou adresse")
    hands.type(number)
    hands.press("Enter")
    expect(hands.page.get_by_role("heading", name="Qui appelle", exact=True)).to_be_visible()


def figures(page, live_server) -> dict[str, int]:
    """The way from a contact to a person helped, as the review shows it."""
    page.goto(live_server.url + reverse("report:review"))
    said = page.locator(".funnel a").evaluate_all("all => all.map(a => a.getAttribute('aria-label'))")
    return {name: int(number) for name, number in (re.fullmatch(r"(.*) : (\d+)", one).groups() for one in said)}


def test_a_call_becomes_a_figure_by_keyboard_alone(stage, new_page, live_server):
    page = new_page()
    page.set_default_timeout(12_000)
    hands = Hands(page)
    sign_in(hands, live_server)
    before = figures(page, live_server)

    page.goto(live_server.url + reverse("desk:console"))
    start_call(hands, "03 53 01 99 99")
    hands.press("c")
    hands.type("atelier du canl")
    expect(page.get_by_role("button", name="Atelier du Canal")).to_be_visible()
    hands.reach("Atelier du Canal")
    hands.press("Enter")
    expect(page.get_by_role("button", name="Claire Delattre")).to_be_visible()
    hands.reach("Claire Delattre")
    hands.press("Enter")
    expect(page.get_by_role("button", name="Claire Delattre ✓")).to_be_visible()
    line = page.locator("textarea[name=line]").first
    line.wait_for(state="attached")
    page.locator("h1").wait_for(state="attached")

    hands.press("b")
    expect(line).to_be_focused()
    hands.type(LINE)
    beside = page.locator("#counterparts")
    expect(beside).to_contain_text("Filature Verlinde")
    expect(line).to_be_focused()
    expect(line).to_have_value(LINE)
    for chip in ("15", "Wattrelos", "2 avril"):
        expect(page.locator("#chips-need")).to_contain_text(chip)
    for consent in ("le nom", "le courriel"):
        hands.reach(consent)
        hands.press("Space")
    hands.press("1")

    expect(page.get_by_role("heading", name="Mettre en relation", exact=True)).to_be_visible()
    need = Need.objects.get()
    assert need.commune == cast.wattrelos()
    assert need.consent.details == {"name", "email"}
    hands.press("c")  # Hugo has said yes too, to his name and his e-mail
    hands.reach("giver_gives_1")  # and keeps his telephone to himself
    hands.press("Space")
    expect(page.locator("#lettres")).not_to_contain_text("03 53 01 22 02")
    hands.press("Control+Enter")
    expect(page.get_by_role("heading", name="Courrier au demandeur")).to_be_visible()
    introduction = Introduction.objects.get()
    assert introduction.giver_consent.details == {"name", "email"}
    letters_leave(introduction)

    hands.reach("Promettre une quantité")
    hands.press("Enter")
    expect(page.get_by_role("heading", name="Promettre une quantité")).to_be_visible()
    hands.fill("quantité", "15")
    hands.press("Control+Enter")
    expect(page.get_by_role("heading", name="Noter une remise")).to_be_visible()
    hands.reach("Noter la remise")
    hands.press("Enter")
    expect(page.get_by_text("La remise est notée.")).to_be_visible()
    hands.reach("Atelier du Canal")
    hands.press("Enter")
    expect(page.get_by_text("Rien n’est encore dit.")).to_be_visible()
    hands.reach("Noter le résultat")
    hands.press("Enter")
    expect(page.get_by_role("heading", name="Noter le résultat")).to_be_visible()
    hands.fill("16 à 18 ans", "14")
    hands.press("Enter")
    expect(page.get_by_text("Le résultat est noté.")).to_be_visible()

    after = figures(page, live_server)
    assert {name: after[name] - before[name] for name in after} == {
        "Contacts": 1, "Besoins": 1, "Engagements": 0, "Mises en relation": 1, "Remises": 1,
        "Personnes accompagnées": 14,
    }  # fmt: skip
    hands.reach("Personnes accompagnées : 14")
    hands.press("Enter")
    expect(page.get_by_role("table")).to_contain_text(need.ref)
    assert page.said == []


def letters_leave(introduction: Introduction) -> None:
    """The two letters reach a real mail server, and hold what was consented to and nothing else."""
    with listening() as sink:
        jobs.deliver_letters()
    assert len(sink.letters) == 2
    to_claire, to_hugo = sink.to("claire@canal.test"), sink.to("hugo@verlinde.test")
    assert "hugo@verlinde.test" in to_claire["Reply-To"]
    assert "claire@canal.test" in to_hugo["Reply-To"]
    for letter, theirs, kept in ((to_claire, "Hugo", "03 53 01 22 02"), (to_hugo, "Claire", "03 53 01 12 01")):
        text = letter.get_content()
        assert theirs in text
        assert kept not in text
        assert kept.replace(" ", "") not in text
    assert introduction.ref in to_claire.get_content() + to_claire["Subject"]
