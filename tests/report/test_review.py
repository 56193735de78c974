"""A figure is the count, or the sum, of the rows it opens onto."""

from datetime import date, timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from callcare.allocations import actions as allocations
from callcare.allocations.enums import Proof
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.outcomes.models import PeopleCount
from callcare.report import figures
from callcare.report.actions import set_target
from callcare.report.figures import Scope
from callcare.report.months import table_of
from callcare.report.rows import shown
from callcare.report.rules import Period
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


def scope(**over):
    day = clock.today()
    facts = {"period": Period(day - timedelta(days=3), day), "desks": frozenset([cast.lille_desk().pk])}
    return Scope(**facts | over)


@pytest.fixture
def story():
    """A call, a need of twelve, an offer of forty, seven handed over of which two by mistake, nineteen people."""
    call = cast.call(organisation=cast.workshop())
    need, offer = cast.need(12, interaction=call, person=cast.claire()), cast.commitment(40, person=cast.hugo())
    promise = allocations.promise(
        need_line=need.lines.get(), commitment_line=offer.lines.get(), qty=10, by=cast.marion()
    )
    done = allocations.deliver(promise, qty=7, by=cast.marion(), proof=Proof.SLIP)
    allocations.correct(done, qty=2, by=cast.marion(), because="deux de trop")
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        for band, people in (("16-18", 12), ("19-25", 7)):
            PeopleCount.objects.create(desk=need.desk, need=need, audience="school", age_band=band, people=people)
    return need


def test_every_figure_says_what_happened(story):
    said = {code: figure.value(scope()) for code, figure in figures.ALL.items()}
    assert said == {
        "contacts": 1, "needs": 1, "commitments": 1, "introductions": 0, "fulfilments": 1, "people_helped": 19,
        "computers_delivered": 5, "people_committed": 1, "needs_unanswered": 0,
    }  # fmt: skip


@pytest.mark.parametrize("code", figures.ALL)
def test_a_figure_is_what_its_rows_add_up_to(story, code):
    cast.need(3)
    figure = figures.ALL[code]
    found = shown(figure, scope())
    assert sum(found.present(row).much for row in found.rows) == figure.value(scope())


@pytest.mark.parametrize("place", ["", "59", "80", figures.NOWHERE])
def test_the_listed_persons_are_the_counted_ones_each_by_her_first_confirmed_commitment(story, place):
    now, hugo = clock.now(), cast.hugo()
    for minutes in (30, 20, 20, 10):
        cast.commitment(1, person=hugo, opened_at=now - timedelta(minutes=minutes))
    other = cast.person(cast.mill(), "Nadia", "Kaci", phone="+33199000071", email="nadia@mill.test")
    cast.commitment(1, person=other, opened_at=now - timedelta(minutes=5), commune=None)
    cast.commitment(1, person=hugo, level="announced", opened_at=now - timedelta(hours=2))
    cast.commitment(1, person=hugo, opened_at=now - timedelta(days=40))
    here = scope(departement=place)
    keys = [row.pk for row in figures.COMMITTED.rows(here).order_by("pk")]
    assert [row.pk for row in figures.COMMITTED.in_order(here).order_by("pk")] == keys
    assert figures.COMMITTED.value(here) == len(keys) == {"": 2, "59": 1, "80": 0, figures.NOWHERE: 1}[place]


def test_a_wholly_corrected_delivery_is_not_one(story):
    promise = story.lines.get().allocations.get()
    allocations.correct(promise.fulfilments.first(), qty=5, by=cast.marion(), because="rien n’est parti")
    assert figures.FULFILMENTS.value(scope()) == 0
    assert figures.COMPUTERS.value(scope()) == 0


def test_the_cells_add_up_to_the_figures(story):
    table = table_of(scope())
    assert sum(n for _, n in table.weeks) == figures.CONTACTS.value(scope()) > 0
    for figure in figures.FUNNEL:
        assert table.total[figure.code] == figure.value(scope())
        assert sum(n for (_, code), n in table.by_place.items() if code == figure.code) == figure.value(scope())


def test_a_departement_shows_its_own(story):
    assert figures.NEEDS.value(scope(departement="59")) == 1
    assert figures.NEEDS.value(scope(departement="80")) == 0
    assert figures.NEEDS.value(scope(departement=figures.NOWHERE)) == 0


def test_needs_nobody_answers_are_counted_too(story):
    cast.need(3, organisation=cast.workshop(name="Autre atelier"))
    assert figures.UNANSWERED.value(scope()) == 1
    assert figures.named(table_of(scope()).lacking) == [("ordinateur portable", 1)]


def test_announced_and_confirmed_are_two_figures(story):
    cast.commitment(100, level="announced", organisation=cast.mill(name="Autre filature"))
    table = table_of(scope())
    assert (table.total["computers_announced"], table.total["computers_confirmed"]) == (140, 40)


def test_the_page_shows_the_figures_and_opens_them(story, client):
    client.force_login(cast.marion())
    page = client.get(reverse("report:review")).content.decode()
    assert "Personnes accompagnées" in page
    assert reverse("report:rows", args=["people_helped"]) in page


def test_an_operator_reads_her_desk_and_a_steward_all(story, client):
    client.force_login(cast.amelie())
    assert client.get(reverse("report:review"), {"guichet": "lille"}).status_code == 422
    assert figures.desks_of(cast.amelie()).get() == cast.amiens_desk()
    assert figures.desks_of(cast.stephane()).count() == 2


def test_a_steward_sets_a_target_an_operator_does_not(client):
    aim = {"indicator": "people_helped", "value": 2021, "from_on": date(2021, 2, 8), "due_on": date(2021, 6, 30)}
    with pytest.raises(Refused, match="pilotes"):
        set_target(by=cast.marion(), desk=None, **aim)
    client.force_login(cast.stephane())
    client.post(reverse("report:targets"), aim)
    assert "2\u202f021" in client.get(reverse("report:targets")).content.decode()
    wrong = client.post(reverse("report:targets"), aim | {"due_on": date(2020, 1, 1)})
    assert (wrong.status_code, "finit après" in wrong.content.decode()) == (422, True)


def test_absurd_addresses_of_the_review_are_answered(client):
    client.force_login(cast.marion())
    for query in ("du=hier", "au=0000-00-00", "departement=zz", "guichet=x", "du=2021-05-01&au=2021-01-01"):
        assert client.get(f"{reverse('report:review')}?{query}").status_code == 422
    assert client.get(reverse("report:rows", args=["inconnu"])).status_code == 404


def test_the_review_costs_the_same_whatever_the_rows(story, client):
    client.force_login(cast.marion())
    client.get(reverse("desk:console"))
    cast.need(1, organisation=cast.workshop(name="Atelier sans réponse"))
    with same_number_of_queries() as measure:
        assert measure(lambda: client.get(reverse("report:review"))) <= 12
        for number in range(12):
            cast.need(2, organisation=cast.workshop(name=f"Atelier {number}"))
        measure(lambda: client.get(reverse("report:review")))


def test_negative_control_a_figure_that_forgets_corrections_is_found(story):
    """Counting deliveries without their corrections gives seven where five are in people's hands."""
    forgetful = figures.COMPUTERS.rows(scope()).annotate(all=F("qty")).values_list("all", flat=True)
    assert sum(forgetful) == 7 != figures.COMPUTERS.value(scope())


def test_the_map_counts_the_needs_of_each_commune(story):
    cast.need(3, organisation=cast.workshop(name="Autre atelier"))
    cast.need(2, commune=cast.lens())
    assert [(name, n) for name, _, _, n in figures.needs_by_commune(scope())] == [("Roubaix", 2), ("Lens", 1)]
    assert figures.needs_by_commune(scope(departement="80")) == []
    assert figures.needs_by_commune(scope(desks=frozenset())) == []
