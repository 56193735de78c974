"""No page has the same id twice, and a label speaks of a control of its own form: over every door, panels included."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from tests.house.test_doors import KNOWN, PEOPLE

BARE = re.compile(r"<option[^>]*>\s*[-—]+\s*</option>")


@dataclass
class Sheet(HTMLParser):
    """What a page holds: its ids, the form of each control, the labels, and what htmx loads into it at once."""

    ids: list[str] = field(default_factory=list)
    form_of: dict[str, int] = field(default_factory=dict)  # by the id of the control
    labels: list[tuple[str, int]] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    forms: int = 0
    now: int = 0  # the form we are in, 0 outside of any
    named: dict[str, int] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.forms += 1
            self.now = self.forms
            self.named[said.get("id") or ""] = self.now
        if name := said.get("id"):
            self.ids.append(name)
            self.form_of[name] = self.named.get(said.get("form") or "", 0) if "form" in said else self.now
        if tag == "label" and said.get("for"):
            self.labels.append((said["for"], self.now))
        if "load" in (said.get("hx-trigger") or "") and said.get("hx-get"):
            self.loads.append(said["hx-get"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.now = 0


def wrongs(sheet: Sheet) -> list[str]:
    twice = sorted({name for name in sheet.ids if sheet.ids.count(name) > 1})
    astray = sorted({name for name, form in sheet.labels if sheet.form_of.get(name, -1) != form})
    return [f"the id « {name} » is there twice" for name in twice] + [
        f"a label speaks of « {name} », which is not in its form" for name in astray
    ]


def sheet_of(browser: Client, html: str) -> Sheet:
    """The page as it stands once its panels have come, one level deep as people see it."""
    sheet = Sheet()
    sheet.feed(html)
    for url in sheet.loads[:]:
        sheet.now = 0
        sheet.feed(browser.get(url, headers={"HX-Request": "true"}).content.decode())
    return sheet


@pytest.mark.parametrize("door", KNOWN, ids=lambda door: door.name)
@pytest.mark.django_db
def test_no_page_has_an_id_twice_and_labels_stay_in_their_form(door):
    browser = Client(raise_request_exception=False)
    if not door.open_to_all:
        who = next(maker for maker, role in PEOPLE.values() if role in door.roles)
        browser.force_login(who())
    address = reverse(door.name, args=door.of())
    for method in door.methods:
        answer = getattr(browser, method)(address)
        if answer.streaming:
            answer.close()  # a voice message is a file, held open until it was heard
        if answer.status_code in {200, 422} and "html" in answer.get("Content-Type", "") and not answer.streaming:
            assert not BARE.search(answer.content.decode()), "an empty choice has words: « choisir un motif »"
            assert wrongs(sheet_of(browser, answer.content.decode())) == [], f"{method} {address}"


def test_the_test_sees_an_id_twice_and_a_label_astray():
    """The negative control."""
    assert BARE.search('<option value="" selected>---------</option>')
    twice = Sheet()
    twice.feed(
        '<form><label for="a">A</label><input id="a"></form><form><label for="a">A</label><input id="a"></form>'
    )
    assert wrongs(twice) == ["the id « a » is there twice", "a label speaks of « a », which is not in its form"]
    elsewhere = Sheet()
    elsewhere.feed('<form id="f"><label for="b">B</label><input id="b"></form><input id="c" form="f">')
    assert wrongs(elsewhere) == []
