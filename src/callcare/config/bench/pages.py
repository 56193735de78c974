"""Every page an operator can open, with the filters people use, and those of who runs the house.

`tests/config/test_measure_the_house.py` holds this list against the doors of the house: a page without a line here
turns it red.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from callcare.accounts.models import User
from callcare.allocations.models import Allocation
from callcare.commitments.models import Commitment
from callcare.desk.models import Interaction, OutgoingMail
from callcare.directory.models import Organisation, Person
from callcare.introductions.enums import LIVE
from callcare.introductions.models import Introduction
from callcare.matching.models import OfferedLine, WantedLine
from callcare.needs.models import Need
from callcare.report import figures

THINGS = 12  # a page about a thing is asked for as many things in turn

Address = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A door and what is asked there. `of` names the kind of thing it is about; `posts` a form that writes nothing."""

    door: str
    of: str = ""
    more: tuple[object, ...] = ()
    query: str = ""
    posts: Mapping[str, str] = field(default_factory=dict)
    by_chief: bool = False

    @property
    def name(self) -> str:
        said = " ".join(str(part) for part in self.more)
        return f"page {self.door}{f' {said}' if said else ''}{f' ?{self.query}' if self.query else ''}"


def _twins(app: str) -> Iterator[Page]:
    """The pages needs and commitments share."""
    thing = {"needs": "need", "commitments": "commitment"}[app]
    yield Page(f"{app}:list")
    for query in ("sort=new", "sort=old", "state=all", "state=closed", "late=on", "mine=on", "category=laptop"):
        yield Page(f"{app}:list", query=query)
    yield Page(f"{app}:list", query="page=999999")
    yield Page(f"{app}:list", query="q=lefebvre")
    yield Page(f"{app}:list", query="q=introuvable")
    yield Page(f"{app}:page", of=thing)
    yield Page(f"{app}:edit", of=thing)
    yield Page(f"{app}:add_line", of=thing)
    yield Page(f"{app}:line", of=thing, more=(1,))
    yield Page(f"{app}:new")
    yield Page(f"{app}:new", query="line=12+ordinateurs+portables+Roubaix")
    yield Page(f"{app}:read", posts={"line": "12 ordinateurs portables Roubaix avant le 30/04 pour lycéens"})
    yield Page(f"{app}:capture", of="draft")
    yield Page(f"{app}:of-interaction", of="contact")
    yield Page(f"{app}:of-organisation", of="organisation")


def _lists() -> Iterator[Page]:
    """The other lists, with their filters and their last page."""
    yield Page("desk:log")
    for query in ("canal=mail", "suite=repeat", "q=lefebvre", "q=0199000042", "q=introuvable", "page=999999"):
        yield Page("desk:log", query=query)
    yield Page("desk:reminders")
    for query in ("qui=moi", "page=999999"):
        yield Page("desk:reminders", query=query)
    yield Page("mailbox:mails")
    yield Page("desk:letters")
    for query in ("etat=failed", "page=999999"):
        yield Page("desk:letters", query=query)
    yield Page("introductions:list")
    for query in ("etat=en-vie", "etat=retard", "etat=succeeded", "page=999999"):
        yield Page("introductions:list", query=query)
    yield Page("directory:list")
    for query in ("q=lefebvre", "nature=school", "commune=lille", "page=999999"):
        yield Page("directory:list", query=query)
    yield Page("directory:search", query="q=lefebvre")
    yield Page("directory:search", query="q=0199000042")
    yield Page("directory:duplicates")


def _report() -> Iterator[Page]:
    yield Page("report:equity")
    yield Page("report:equity", query="departement=59")
    yield Page("report:equity-rows", query="territoire=59&servis=non")
    yield Page("report:review")
    yield Page("report:review", query="departement=59")
    yield Page("report:review", query="du=2017-01-01&au=2026-12-31")
    for code in figures.ALL:
        yield Page("report:rows", more=(code,))
    yield Page("report:rows", more=("contacts",), query="du=2020-01-01&page=999999")


def _of_a_thing() -> Iterator[Page]:
    for door in ("desk:contact", "desk:who"):
        yield Page(door, of="draft")
    yield Page("desk:who", of="draft", query="q=lefeb")
    yield Page("desk:contact", of="contact")
    yield Page("desk:letter", of="letter")
    for app in ("matching", "introductions", "allocations"):
        yield Page(f"{app}:of-need", of="need")
        yield Page(f"{app}:of-commitment", of="commitment")
    yield Page("matching:overview", of="need")
    yield Page("matching:why", of="need")
    yield Page("matching:cascade", of="need")
    yield Page("introductions:seen-of", of="one")
    yield Page("matching:preview", posts={"side": "need", "category": "laptop", "quantity": "12", "commune": "59512"})
    yield Page("introductions:page", of="introduction")
    yield Page("introductions:propose", of="pair")
    yield Page("allocations:of-introduction", of="introduction")
    yield Page("allocations:page", of="promise")
    yield Page("allocations:promise", of="need")
    yield Page("allocations:share", of="commitment")
    yield Page("outcomes:of-need", of="need")
    yield Page("outcomes:record", of="need")
    for door in ("page", "edit", "person_new", "channel_new"):
        yield Page(f"directory:{door}", of="organisation")
    yield Page("directory:person", of="person")
    yield Page("directory:merge", of="two")


def _of_oneself() -> Iterator[Page]:
    yield Page("home")
    yield Page("desk:console")
    yield Page("directory:new")
    yield Page("matching:morning")
    yield Page("matching:unanswered")
    yield Page("calls:figures")
    yield Page("mailbox:boxes")
    yield Page("config:tables")
    yield Page("catalogue:list")
    yield Page("territories:search", query="commune=lill")
    yield Page("territories:commune", more=("59350",))
    for door in ("accounts:account", "accounts:sessions", "account_change_password", "account_set_password"):
        yield Page(door)


def _of_the_chief() -> Iterator[Page]:
    """Settings, and the figures of every desk."""
    for door in ("desk:desks", "desk:desk-new", "accounts:list", "accounts:invitation", "report:targets"):
        yield Page(door, by_chief=True)
    yield Page("desk:settings", more=("lille",), by_chief=True)
    yield Page("accounts:page", of="account", by_chief=True)
    yield Page("catalogue:add", by_chief=True)
    yield Page("catalogue:edit", more=("laptop",), by_chief=True)
    yield Page("matching:weights", by_chief=True)
    yield Page("report:review", by_chief=True)


PAGES: tuple[Page, ...] = (
    *_of_oneself(), *_twins("needs"), *_twins("commitments"), *_lists(), *_of_a_thing(), *_report(), *_of_the_chief(),
)  # fmt: skip


def things(operator: User, pick: random.Random) -> dict[str, list[Address]]:
    """What the pages are about, drawn among the rows of the operator's desk."""
    desk = operator.desks.get()

    def some(rows: Any, *names: str) -> list[Address]:
        keys = list(rows.values_list("pk", flat=True)[:3000])
        chosen = rows.model.objects.filter(pk__in=pick.sample(keys, min(THINGS, len(keys)))).order_by("pk")
        return list(chosen.values_list(*names))

    mine = {"desk": desk}
    needs = Need.objects.filter(**mine, state="open", introductions__isnull=False)
    return {
        "need": some(needs, "ref"),
        "commitment": some(Commitment.objects.filter(**mine, state="open", introductions__isnull=False), "ref"),
        "draft": some(Interaction.objects.filter(**mine, state="draft", organisation__isnull=False), "ref"),
        "contact": some(Interaction.objects.filter(**mine, state="final").order_by("-pk"), "ref"),
        "organisation": some(Organisation.objects.filter(needs__in=needs), "ref"),
        "person": some(Organisation.objects.filter(needs__in=needs), "ref", "people__pk"),
        "one": some(Person.objects.filter(organisation__needs__in=needs), "pk"),
        "introduction": some(Introduction.objects.filter(**mine, state__in=LIVE), "ref"),
        "promise": some(Allocation.objects.filter(**mine, state="confirmed"), "ref"),
        "letter": [(letter.ref,) for letter in OutgoingMail.objects.filter(**mine)[:THINGS]],
        "account": [(operator.ref,)],
        "two": _twos(),
        "pair": _pairs(desk.pk),
    }


def _twos() -> list[Address]:
    refs = list(Organisation.objects.order_by("pk").values_list("ref", flat=True)[: 2 * THINGS])
    return list(zip(refs[::2], refs[1::2], strict=False))


def _pairs(desk: int) -> list[Address]:
    """A need line and a commitment line of one category, as « Relier » names them."""
    wanted = WantedLine.objects.filter(desk=desk).order_by("pk")[:THINGS]
    offered = {one.category_id: one.pk for one in OfferedLine.objects.filter(desk=desk, is_open=True)[:5000]}
    return [(one.pk, offered[one.category_id]) for one in wanted if one.category_id in offered]


def addresses(page: Page, known: Mapping[str, list[Address]]) -> Iterator[str]:
    """Where the page is asked, for each thing it is about."""
    for thing in known[page.of] if page.of else [()]:
        if page.of == "pair":
            yield f"{reverse(page.door)}?need_line={thing[0]}&commitment_line={thing[1]}"
        else:
            address = reverse(page.door, args=[*thing, *page.more])
            yield f"{address}?{page.query}" if page.query else address
