"""Every page of the house, as each of its readers sees it, in a real browser: `sight.py` says what is looked for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from callcare.accounts.enums import Role
from callcare.allocations.actions import deliver
from callcare.allocations.enums import Proof
from callcare.catalogue.actions import found_catalogue
from callcare.catalogue.enums import Audience
from callcare.catalogue.models import Reason
from callcare.core import clock
from callcare.matching.actions import dismiss, make_round
from callcare.outcomes.actions import Counted, count_people, record_outcome
from callcare.outcomes.enums import AgeBand, Extent
from callcare.report.actions import set_target
from callcare.report.enums import Indicator
from tests import cast
from tests.house.doors import DOORS, IN_FLUX
from tests.house.sight import faults, prepare
from tests.mailbox import desk_stage

pytestmark = pytest.mark.browser
READERS = {
    "Marion": (cast.marion, Role.OPERATOR), "Stéphane": (cast.stephane, Role.STEWARD), "Ada": (cast.ada, Role.ADMIN),
    "Samir": (cast.samir, Role.PARTNER), "stranger": (None, None),
}  # fmt: skip
# For programs, for the screens, for the ear, for the disk.
NOT_PAGES = {
    "health", "calls:stream", "calls:sound", "calls:present", "config:table-refused", "mailbox:original",
    "mailbox:preview", "mailbox:download",
}  # fmt: skip
# A mail's own layout: no script runs in it, neither ours nor axe, so that whoever asks it something waits for ever.
# It is looked at where people see it, in the frame of its thread.
NOT_PAGES |= {"mailbox:formatted"}
SHOWN = [door for door in DOORS if "get" in door.methods and door.name not in IN_FLUX | NOT_PAGES]


def proposal() -> str:
    return f"?besoin={cast.need().ref}&engagement={cast.commitment().ref}"


ASKED = {
    "introductions:propose": proposal, "territories:search": lambda: "?q=rou", "directory:search": lambda: "?q=at",
    "desk:who": lambda: "?q=at", "mailbox:thread": lambda: f"?forme={desk_stage.formatted().ref}",
}  # fmt: skip


@pytest.fixture
def house(transactional_db):
    """The founding catalogue, one of everything the doors lead to, and what became of one need."""
    found_catalogue(by=None)
    places = {door.name: door.of() for door in SHOWN}
    marion, today = cast.marion(), clock.today()
    need, given, aside = cast.need(), cast.commitment(), cast.commitment(title="Des portables sans chargeur")
    allocation = cast.promise(need, given, 8)
    deliver(allocation, qty=5, by=marion, proof=Proof.ORAL, place="Roubaix")
    count_people(by=marion, need=need, counts=[Counted(Audience.SCHOOL, AgeBand.SIXTEEN, 5)])
    words = {"verbatim": "Ils s’en servent tous les soirs.", "may_publish": True}
    record_outcome(by=marion, need=need, side="asker", extent=Extent.PART, **words)
    reason = Reason.objects.filter(used_for__contains=["dismiss"]).first()
    dismiss(need.lines.get(), by=marion, commitment_line=aside.lines.get(), reason=reason)
    make_round(by=None)
    span = {"from_on": today - timedelta(days=30), "due_on": today + timedelta(days=60)}
    set_target(by=cast.stephane(), indicator=Indicator.PEOPLE, value=20, desk=None, **span)
    return places | dict.fromkeys(
        ("needs:page", "matching:why", "matching:of-need", "allocations:of-need", "outcomes:of-need"), (need.ref,)
    ) | {"allocations:page": (allocation.ref,), "mailbox:thread": (desk_stage.formatted().thread.ref,)}  # fmt: skip


def visit(page, live_server, door, args):
    """What is wrong behind one door, a sentence each."""
    answer = page.goto(live_server.url + reverse(door.name, args=args) + ASKED.get(door.name, str)())
    if answer.status >= 400 or "html" not in answer.headers.get("content-type", ""):
        return [f"no page: {answer.status}"]
    return [*faults(page, thing=door.has_thing and not door.open_to_all), *page.said]


def walk(page, live_server, doors, house):
    wrong = []
    for door in doors:
        page.said.clear()
        wrong += [f"{door.name}: {fault}" for fault in visit(page, live_server, door, house[door.name])]
    return wrong


@pytest.mark.parametrize("reader", READERS)
def test_every_page_is_right_for_every_reader(reader, house, new_page, live_server):
    maker, role = READERS[reader]
    page = prepare(new_page(user=maker() if maker else None))
    doors = [door for door in SHOWN if (role in door.roles if role else door.open_to_all)]
    wrong = walk(page, live_server, doors, house)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("reader", ["Marion", "Stéphane", "Samir"])
def test_the_pages_of_an_empty_house_are_right_too(reader, transactional_db, new_page, live_server):
    maker, role = READERS[reader]
    page = prepare(new_page(user=maker()))
    doors = [door for door in SHOWN if role in door.roles and not door.has_thing and not door.asks]
    doors = [door for door in doors if not door.name.startswith("account")]
    wrong = walk(page, live_server, doors, dict.fromkeys((door.name for door in doors), ()))
    assert not wrong, "\n".join(wrong)


GOOD = """<!doctype html><html lang="fr"><head><title>Besoin – douze portables – Call &amp; Care</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ margin: 0; font: 16px/1.6 sans-serif; color: #222; background: #fff }} a {{ padding-block: 4px }}
input, button, select {{ min-height: 44px; min-width: 44px; font: inherit }} {style}</style></head>
<body><main><h1>Douze portables</h1><h2>Qui peut aider</h2><p><a href="/un/">La filature</a></p>
<form><label for="q">Quantité</label> <input id="q" name="q"> <button>Promettre</button></form>{more}</main></body>
</html>"""
SMALL_BUTTON = {"more": "<button class='s'>?</button>", "style": ".s { all: unset; display: block; width: 12px }"}
UNSEEN = ".unseen { position: absolute; width: 1px; height: 1px; overflow: hidden }"
BROKEN = {
    "title: Besoin · x": {"swap": ("Besoin – douze portables – Call", "Besoin · x – Call")},
    "title without its thing": {"swap": ("Besoin – douze portables – Call", "Besoin – Call")},
    "lang": {"swap": ('lang="fr"', 'lang="en"')},
    "h1: 2": {"more": "<h1>Encore</h1>"},
    "h1: 0": {"swap": ("h1>", "h2>")},
    "level: 2 → 4": {"more": "<h4>Trop bas</h4>"},
    "link twice: La filature": {"more": "<p><a href='/deux/'>La filature</a></p>"},
    "link without words": {"more": "<p><a href='/trois/'><svg width='30' height='30'></svg></a></p>"},
    'label: <input name="seul"': {"more": '<p><input name="seul" placeholder="Votre nom"></p>'},
    'label: <input id="r"': {"more": '<label for="r" class="unseen">Rue</label><input id="r">', "style": UNSEEN},
    'label: <input id="q"': {"more": '<p><label for="q">Deux fois le même nom</label><input id="q" name="q2"></p>'},
    "empty choice": {"more": '<label for="c">Motif</label><select id="c"><option>---------</option></select>'},
    "target 12: <button": SMALL_BUTTON,
    "320: target 12": SMALL_BUTTON | {"style": f"@media (max-width: 400px) {{ {SMALL_BUTTON['style']} }}"},
    "320: overflow": {"more": "<p class='w'>large</p>", "style": ".w { width: 400px }"},
    "letters twice as large: overflow": {
        "more": "<p class='w'>large</p>", "style": "@media (min-width: 600px) { .w { width: 50rem } }",
    },
    "dark: color-contrast": {"style": "@media (prefers-color-scheme: dark) { body { background: #333 } }"},
    "dialog: label": {"more": '<dialog popover aria-label="Clore"><input name="pourquoi" title="Pourquoi"></dialog>'},
    "color-contrast": {"style": "p a { color: #ddd }"},
}  # fmt: skip


def broken(page, *, style="", more="", swap=("", "")):
    page.route("**/*", lambda route: route.fulfill(
        content_type="text/html; charset=utf-8", body=GOOD.format(style=style, more=more).replace(*swap)
    ))  # fmt: skip
    page.goto("http://broken.test/")
    return faults(page, thing=True)


def test_a_page_without_a_fault_has_none(chromium):
    page = prepare(chromium.new_page())
    assert broken(page) == []
    page.context.close()


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_page_is_found(fault, chromium):
    """The negative control of each rule."""
    page = prepare(chromium.new_page())
    found = broken(page, **BROKEN[fault])
    page.context.close()
    assert any(said.startswith(fault) for said in found), found
