"""The same work with a browser that runs no script: every page is a form that is sent and a page that comes back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from callcare.allocations.models import Allocation
from callcare.commitments.models import Commitment
from callcare.desk import jobs
from callcare.desk.models import Interaction, OutgoingMail
from callcare.introductions.models import Introduction
from callcare.needs.models import Need
from tests import cast
from tests.browser import PHONE
from tests.journeys.test_the_spine import figures
from tests.sink import listening

pytestmark = pytest.mark.browser


def press(page, name, *, within=None):
    """Press a button or follow a link by what is written on it."""
    place = within or page
    place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).first.click()


def log_a_contact(page, live_server):
    page.goto(live_server.url + reverse("desk:console"))
    page.get_by_label("Numéro ou adresse").fill("03 53 01 12 01")
    expect(page.get_by_role("button", name="Raccourcis")).to_be_hidden()  # nothing is offered that scripts do
    press(page, "Commencer")
    press(page, "Claire Delattre")
    expect(page.get_by_role("button", name="Claire Delattre ✓")).to_be_visible()


def note_a_need(page):
    press(page, "Ouvrir la saisie : besoin")
    page.get_by_label("Besoin en une ligne").fill("15 PC portables Wattrelos avant le 2 avril pour lycéens")
    press(page, "Relire la ligne")
    for chip in ("15", "Wattrelos", "2 avril"):
        expect(page.locator("#chips-need")).to_contain_text(chip)
    page.locator("#chips-need button").first.click()  # a chip opens what is understood, to be corrected
    expect(page.get_by_role("heading", name="Ce qui est compris")).to_be_visible()
    press(page, "Fermer", within=page.locator("dialog:popover-open"))
    press(page, "Enregistrer le besoin")
    expect(page.get_by_text("Noté : besoin")).to_be_visible()


def finish_the_contact(page, live_server, contact):
    page.goto(live_server.url + reverse("desk:contact", args=[contact.ref]))
    page.get_by_role("textbox", name="Note").fill("Elle rappelle lundi.")
    press(page, "Enregistrer le contact")
    expect(page.get_by_role("heading", name="Nouveau contact")).to_be_visible()


def note_a_commitment(page, live_server):
    page.goto(live_server.url + reverse("commitments:new"))
    page.get_by_label("Organisation").fill("Filature Verlinde")
    page.get_by_label("Engagement en une ligne").fill("20 ordinateurs portables Lille")
    press(page, "Enregistrer l’engagement")
    expect(page.locator("h1")).to_contain_text("20 ordinateurs portables")


def propose(page, live_server, need):
    page.goto(live_server.url + reverse("needs:page", args=[need.ref]))
    press(page, "Voir : qui peut aider")
    expect(page.locator(".cand").first).to_contain_text("Filature Verlinde")
    press(page, re.compile("Relier Filature Verlinde"))
    expect(page.locator("#lettres")).to_contain_text("Bonjour")
    press(page, "Proposer sans écrire")
    expect(page.get_by_text("accord à obtenir").first).to_be_visible()


def both_agree(page, new_page, live_server):
    press(page, "Noter l’accord oral")
    press(page, "Demander par courriel")
    letter = OutgoingMail.objects.latest("pk")
    address = re.search(r"/mises-en-relation/reponse/\S+", letter.body)[0]
    hugo = new_page(scripts=False, window=PHONE)
    hugo.goto(live_server.url + address)
    hugo.get_by_label("votre téléphone").uncheck()
    press(hugo, "Accepter la mise en relation")
    expect(hugo.locator("h1")).to_be_visible()
    page.reload()
    expect(page.get_by_text("accord noté")).to_have_count(2)


def test_a_call_becomes_a_figure_without_scripts(stage, as_person, new_page, live_server):
    page = as_person(cast.marion(), scripts=False)
    page.set_default_timeout(12_000)
    before = figures(page, live_server)
    log_a_contact(page, live_server)
    note_a_need(page)
    need, contact = Need.objects.get(), Interaction.objects.get()
    assert need.interaction == contact
    assert need.commune == cast.wattrelos()
    finish_the_contact(page, live_server, contact)
    note_a_commitment(page, live_server)
    line = Commitment.objects.latest("pk").lines.get()  # read as it was saved: nobody pressed « Relire »
    assert (line.qty_offered, line.category.code) == (20, "laptop")

    propose(page, live_server, need)
    both_agree(page, new_page, live_server)
    expect(page.get_by_role("heading", name="Courrier au demandeur")).to_be_visible()  # the second yes sends them
    introduction = Introduction.objects.get()
    assert introduction.giver_consent.details == {"name", "email"}
    with listening() as sink:
        jobs.deliver_letters()
    to_claire = sink.to("claire@canal.test").get_content()
    assert "Hugo Vasseur" in to_claire
    assert "03 53 01 22 02" not in to_claire

    press(page, "Voir : affectations")
    press(page, "Promettre une quantité")
    page.get_by_label("Quantité").fill("15")
    press(page, "Promettre", within=page.locator("main form"))
    press(page, "Noter la remise")
    expect(page.get_by_text("La remise est notée.")).to_be_visible()
    assert Allocation.objects.get().qty_fulfilled == 15
    page.goto(live_server.url + reverse("needs:page", args=[need.ref]))
    press(page, "Voir : résultats")
    press(page, "Noter le résultat")
    page.get_by_label("16 à 18 ans").fill("14")
    press(page, "Noter le résultat", within=page.locator("main form"))
    expect(page.get_by_text("Le résultat est noté.")).to_be_visible()

    after = figures(page, live_server)
    assert {name: after[name] - before[name] for name in after} == {
        "Contacts": 1, "Besoins": 1, "Engagements": 1, "Mises en relation": 1, "Remises": 1,
        "Personnes accompagnées": 14,
    }  # fmt: skip
    press(page, "Personnes accompagnées : 14")
    expect(page.get_by_role("table")).to_contain_text(need.ref)
    assert page.said == []
