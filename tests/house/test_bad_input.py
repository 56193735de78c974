"""Nonsense in every form of the house: no failure, a sentence in French, and nothing typed is lost.

The forms are read from the pages themselves, so that a new one is tried without a word here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from callcare.accounts.enums import Role
from callcare.core import clock
from tests import cast
from tests.house.doors import DOORS, IN_FLUX, Door

MAKERS = {Role.OPERATOR: cast.marion, Role.STEWARD: cast.stephane, Role.ADMIN: cast.ada, Role.PARTNER: cast.samir}
SHOWN = [door for door in DOORS if "get" in door.methods and door.name not in IN_FLUX | {"ui:style", "health"}]
IN_EACH = {"nul": "avant\x00après", "too large": str(2**63), "year one": "0001-01-01"}  # one field at a time, too
IN_ALL = IN_EACH | {
    "long": "a" * 10_000, "emoji": "👩‍👩‍👧‍👦🏳️‍🌈", "forty digits": "9" * 40, "negative": "-1",
    "infinite": "1e309", "last day of all": "9999-12-31", "no such day": "2026-02-30", "a list": "[1, 2]",
    "markup": "<b>'\"&;--", "unseen": "\u202e\ufeff\u200b", "nothing": "", "spaces": "   ",
}  # fmt: skip
FOREIGN = re.compile(r"Enter a |This field|Ensure this|Select a valid|is not a valid|Null characters", re.IGNORECASE)


@dataclass
class Form:
    """A form of a page: where it is posted, and what its fields hold."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)  # name → a plausible value
    free: set[str] = field(default_factory=set)  # those that keep any text

    @property
    def all(self) -> dict[str, str]:
        return self.hidden | self.typed


class Reader(HTMLParser):
    """The forms of a page that post."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.form, self.select = address, [], None, ""

    def handle_starttag(self, tag, attrs):
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(said.get("action") or self.address) if said.get("method") == "post" else None
            self.forms += [self.form] if self.form else []
        elif self.form is not None and (name := said.get("name")):
            self._field(tag, name, said)
        elif tag == "option" and self.select and said.get("value") and self.form is not None:
            self.form.typed[self.select] = self.form.typed[self.select] or said["value"]

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        self.select = "" if tag == "select" else self.select

    def _field(self, tag, name, said):
        kind = said.get("type", "text") if tag == "input" else tag
        if name == "csrfmiddlewaretoken" or tag == "meta":
            return
        if kind in {"hidden", "button", "submit"}:
            self.form.hidden[name] = said.get("value", "")
        elif kind in {"checkbox", "radio"}:
            self.form.typed.setdefault(name, said.get("value", "on"))
        elif kind == "select":
            self.form.typed[name], self.select = "", name
        else:
            self.form.typed[name] = said.get("value") or plausible(kind)
            self.form.free |= {name} if kind in {"text", "textarea", "search"} else set()


def plausible(kind: str) -> str:
    ahead = clock.today() + timedelta(days=3)
    return {"number": "1", "date": ahead.isoformat(), "time": "10:00", "email": "une@call-care.test"}.get(kind, "2")


def forms_of(browser: Client, address: str) -> list[Form]:
    answer = browser.get(address)
    if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
        return []
    reader = Reader(address)
    reader.feed(answer.content.decode())
    return [form for form in reader.forms if "sortie" not in form.action]


def attempts(form: Form) -> Iterator[tuple[str, dict[str, str], str]]:
    for name, nonsense in IN_ALL.items():
        yield f"{name} everywhere", form.hidden | dict.fromkeys(form.typed, nonsense), nonsense
        yield f"{name} also where nobody types", dict.fromkeys(form.all, nonsense), ""
    for name, nonsense in IN_EACH.items():
        for one in form.all:
            yield f"{name} in {one}", form.all | {one: nonsense}, nonsense if one in form.free else ""


def fault(browser: Client, form: Form, data: dict[str, str], kept: str) -> str:
    """What is wrong with the answer; nothing where it is right."""
    before = transaction.savepoint()
    answer = browser.post(form.action, data)
    transaction.savepoint_rollback(before)
    if answer.status_code not in {200, 204, 302, 404, 409, 422}:
        return str(answer.status_code)
    is_file = "attachment" in answer.headers.get("content-disposition", "")
    text = answer.content.decode() if not answer.streaming and not is_file else ""
    if found := FOREIGN.search(text):
        return f"in English: {text[found.start() - 60 : found.end() + 60]}"
    if answer.status_code == 422 and kept.strip() and form.free and escape(kept.replace("\x00", "")) not in text:
        return "what was typed is lost"
    return ""


@pytest.mark.parametrize("door", SHOWN, ids=[door.name for door in SHOWN])
@pytest.mark.django_db
def test_nonsense_is_answered_with_a_sentence(door: Door):
    browser = Client(raise_request_exception=False)
    role = next((role for role in MAKERS if role in door.roles), None)
    args = door.of()
    if role:
        browser.force_login(MAKERS[role]())
    wrong = []
    for form in forms_of(browser, reverse(door.name, args=args)):
        for what, data, kept in attempts(form):
            if found := fault(browser, form, data, kept):
                wrong.append(f"{form.action}: {what}: {found}")
    assert not wrong, "\n".join(wrong[:12])
