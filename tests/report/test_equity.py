"""« Équité »: each number is what its rows say, and the shares are set against the needs."""

from datetime import timedelta

import pytest
from django.urls import reverse

from callcare.allocations import actions as allocations
from callcare.allocations.enums import Proof
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.introductions.models import Introduction
from callcare.matching.actions import note_solicitation
from callcare.outcomes.models import PeopleCount
from callcare.report import equity
from callcare.report.figures import NOWHERE, Scope
from callcare.report.rules import Period
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db
NOON = clock.datetime(2026, 11, 24, 12, tzinfo=clock.PARIS)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def scope(**over):
    day = clock.today()
    facts = {"period": Period(day - timedelta(days=30), day), "desks": frozenset([cast.lille_desk().pk])}
    return Scope(**facts | over)


def need(name, *, days, **over):
    """A need of an organisation of its own, opened so many days ago."""
    who = cast.organisation(name, commune=over.get("commune"))
    return cast.need(10, organisation=who, opened_at=clock.now() - timedelta(days=days), **over)


def served(this, *, qty=4):
    offer = cast.commitment(40, organisation=cast.organisation(f"Contributeur de {this.ref}", kind="company"))
    promise = allocations.promise(
        need_line=this.lines.get(), commitment_line=offer.lines.get(), qty=qty, by=cast.marion()
    )
    return allocations.deliver(promise, qty=qty, by=cast.marion(), proof=Proof.SLIP)


def met(this, *, after, state="sent"):
    """An introduction sent so many days after the need was opened."""
    giver = cast.mill()
    sent_at = this.opened_at + timedelta(days=after)
    with deed(cast.CastVerb.ENTERS, by=None):
        note_solicitation(need=this, giver=giver, by=None)
    one = Introduction(desk=this.desk, need=this, giver=giver, state="proposed", owner=cast.marion(),
                       proposed_at=sent_at, next_action_at=clock.now())  # fmt: skip
    return one, sent_at, state


def helped(this, people):
    with deed(cast.CastVerb.ENTERS, by=None):
        PeopleCount.objects.create(need=this, desk=this.desk, audience="school", age_band="16-18", people=people)


@pytest.fixture
def story():
    """Two needs of the Nord, one served, nineteen people; one of the Pas-de-Calais, one nowhere, both waiting."""
    first = need("Un", days=20, commune=cast.roubaix())
    need("Deux", days=10, commune=cast.lille(), audience="university")
    need("Trois", days=5, commune=cast.lens(), audience="")
    need("Quatre", days=5, commune=None, audience="employment")
    served(first)
    helped(first, 19)
    return first


def test_by_territory_it_counts_what_was_asked_served_and_helped(story):
    shares = {one.key: one for one in equity.by_place(scope())}
    assert [(shares[key].needs, shares[key].served, shares[key].people) for key in ("59", "62", NOWHERE)] == [
        (2, 1, 19), (1, 0, 0), (1, 0, 0),
    ]  # fmt: skip
    assert (shares["59"].of_needs, shares["59"].of_people, shares["59"].rate) == (50.0, 100.0, 50)


def test_by_public_too(story):
    shares = {one.key: (one.needs, one.served, one.people) for one in equity.by_public(scope())}
    assert shares == {"school": (1, 1, 19), "university": (1, 0, 0), "aucun": (1, 0, 0), "employment": (1, 0, 0)}


def test_a_delivery_wholly_corrected_serves_nobody(story):
    done = served(need("Cinq", days=3, commune=cast.lens()))
    assert {one.key: one.served for one in equity.by_place(scope())}["62"] == 1
    allocations.correct(done, qty=4, by=cast.marion(), because="erreur")
    assert {one.key: one.served for one in equity.by_place(scope())}["62"] == 0


def test_every_number_is_the_sum_of_its_rows(story):
    for by, shares in (("place", equity.by_place(scope())), ("public", equity.by_public(scope()))):
        for one in shares:
            rows = list(equity.behind(scope(), **{by: one.key}))
            assert len(rows) == one.needs
            assert sum(row.is_served for row in rows) == one.served
            assert sum(row.helped for row in rows) == one.people
            assert len(equity.behind(scope(), **{by: one.key}, served="non")) == one.waiting
            sums = equity.sums_of(scope(), **{by: one.key})
            assert (sums["n"], sums["served"], sums["people"]) == (one.needs, one.served, one.people)


def test_what_is_outside_the_period_or_of_another_desk_is_not_there(story):
    need("Vieux", days=60, commune=cast.lille())
    need("Ailleurs", days=1, commune=cast.amiens(), desk=cast.amiens_desk())
    assert sum(one.needs for one in equity.by_place(scope())) == 4


def test_who_is_asked_most_comes_first():
    one, other = need("Un", days=2), need("Deux", days=2)
    busy, calm = cast.mill(), cast.organisation("Calme", kind="company")
    for this, giver in ((one, busy), (other, busy), (other, calm)):
        note_solicitation(need=this, giver=giver, by=None)
    assert [(name, times) for _, name, times, _ in equity.asked_most(scope())] == [
        ("Filature Verlinde", 2), ("Calme", 1),
    ]  # fmt: skip
    assert equity.asked_in_all(scope()) == (3, 2)


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def text(response) -> str:
    return response.content.decode()


PERIOD = "du=2026-10-25&au=2026-11-24"


def test_the_page_shows_shares_definitions_and_the_way_to_the_rows(marion, story):
    page = text(marion.get(f"/bilan/equite/?{PERIOD}"))
    assert "50 % des besoins" in page
    assert "100 % des personnes aidées" in page
    assert "Du jour de l’ouverture à la première mise en relation envoyée" in page
    rows = text(marion.get(f"{reverse('report:equity-rows')}?{PERIOD}&territoire=59&servis=oui"))
    assert "1 besoin" in rows
    assert story.ref in rows


def test_without_any_need_it_says_what_to_do(marion):
    assert "Aucun besoin ouvert dans cette période" in text(marion.get(f"/bilan/equite/?{PERIOD}"))


def test_it_costs_the_same_for_one_need_and_for_twenty(marion):
    need("Un", days=1)
    marion.get("/bilan/equite/")
    with same_number_of_queries() as measure:
        first = measure(lambda: marion.get("/bilan/equite/"))
        for number in range(20):
            need(f"Encore {number}", days=1)
        measure(lambda: marion.get("/bilan/equite/"))
    assert first <= 12
