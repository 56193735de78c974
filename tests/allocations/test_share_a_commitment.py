"""Spread one commitment over the needs that wait: the machine proposes, Marion decides, one deed prepares it all."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from callcare.allocations import actions
from callcare.allocations.models import Allocation
from callcare.core import clock
from callcare.core.deeds import Refused, deed, timeline
from callcare.desk.models import OutgoingMail
from callcare.introductions.models import Introduction
from callcare.matching.lines import offered_by, this_day
from callcare.matching.sharing import sharing_of
from callcare.needs.models import Need, NeedLine
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(cast.marion())
    return client


def asker(number: int, qty: int = 10, *, minimum: int = 1, commune=None, days: int = 0) -> Need:
    """One more association that asks for laptops."""
    who = cast.organisation(f"Relais {number}", commune=commune or cast.roubaix())
    line = {"min_useful": minimum}
    opened = clock.now() - timedelta(days=days)
    return cast.need(qty, line=line, organisation=who, commune=commune or cast.roubaix(), opened_at=opened)


def address(commitment) -> str:
    return reverse("allocations:share", args=[commitment.ref])


def fields_of(answer) -> dict[str, str]:
    """The form as the browser would send it back."""
    form = answer.context["form"]
    sent = {"seen": form["seen"].value()}
    for line in form.lines:
        for name in ("quantity", "was", "seen"):
            sent[f"{name}_{line}"] = str(form[f"{name}_{line}"].value())
        if form[f"keep_{line}"].value():
            sent[f"keep_{line}"] = "on"
    return sent


def line_of(need) -> int:
    return need.lines.get().pk


def test_the_page_proposes_shares_with_their_reasons(browser):
    commitment = cast.commitment(40)
    near, far = asker(1, 30), asker(2, 30, commune=cast.lens())
    answer = browser.get(address(commitment))
    page = answer.content.decode()
    got = {row["part"].sharer.line: row["given"] for row in answer.context["rows"]}
    assert sum(int(said.split()[0]) for said in got.values()) == 40
    assert near.ref in page
    assert far.ref in page
    assert "premier arrivé, premier servi" in page
    assert "meilleur total possible" in page
    assert "Une unité de plus servirait" in page
    assert not Introduction.objects.exists()


def test_one_deed_prepares_everything_and_writes_to_nobody(browser):
    commitment = cast.commitment(40)
    needs = [asker(1, 30), asker(2, 30)]
    sent = fields_of(browser.get(address(commitment)))
    answer = browser.post(address(commitment), sent | {"deed": "prepare"})
    assert answer.url == reverse("commitments:page", args=[commitment.ref])
    made = Allocation.objects.order_by("pk")
    assert sum(one.qty for one in made) == 40
    assert {one.state for one in made} == {"held"}
    met = Introduction.objects.all()
    assert {one.need_id for one in met} == {need.pk for need in needs}
    assert {one.state for one in met} == {"proposed"}
    assert all(one.reasons[0].startswith("part proposée : ") for one in met)
    assert all(one.introduction_id for one in made)
    assert not OutgoingMail.objects.exists()
    stock = commitment.lines.get()
    assert (stock.qty_free, stock.qty_reserved) == (0, 40)


@pytest.mark.django_db(transaction=True)
def test_the_history_tells_one_deed(browser):
    commitment = cast.commitment(40, max_open_introductions=1)
    asker(1, 30), asker(2, 30)
    sent = fields_of(browser.get(address(commitment))) | {"deed": "prepare", "agreed": "on"}
    browser.post(address(commitment), sent)
    told = [timeline(one)[-1] for one in (*Allocation.objects.all(), *Introduction.objects.all())]
    assert {(line.verb, line.said) for line in told} == {("allocation.shared", "a préparé la répartition")}
    assert len({line.at for line in told}) == 1
    assert {line.because for line in told} == {"Le contributeur accepte 2 mises en relation."}


def test_a_slip_beside_one_field_leaves_her_other_decisions(browser):
    commitment = cast.commitment(40)
    first, second = asker(1, 30), asker(2, 30)
    sent = fields_of(browser.get(address(commitment)))
    sent |= {f"quantity_{line_of(first)}": "99", f"quantity_{line_of(second)}": "7"}
    answer = browser.post(address(commitment), sent | {"deed": "recompute"})
    assert answer.status_code == 422
    assert {row["part"].sharer.line: row["why"] for row in answer.context["rows"]}[line_of(second)] == "fixé par vous"
    assert 'value="7"' in answer.content.decode()


def test_what_she_decided_stays_when_the_rest_is_computed_again(browser):
    commitment = cast.commitment(40)
    first, second = asker(1, 30), asker(2, 30)
    sent = fields_of(browser.get(address(commitment)))
    sent[f"quantity_{line_of(first)}"] = "3"
    answer = browser.post(address(commitment), sent | {"deed": "recompute"})
    assert answer.status_code == 200
    again = fields_of(answer)
    assert again[f"quantity_{line_of(first)}"] == "3"
    assert again[f"keep_{line_of(first)}"] == "on"
    assert again[f"quantity_{line_of(second)}"] == "30"
    assert "fixé par vous" in answer.content.decode()
    del again[f"keep_{line_of(first)}"]
    loose = fields_of(browser.post(address(commitment), again | {"deed": "recompute"}))
    assert int(loose[f"quantity_{line_of(first)}"]) > 3
    assert not Introduction.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31", "C’est plus que ce qui est demandé : 30"),
        ("2", "C’est moins que son minimum utile : 5"),
        ("1,5", "Donnez un nombre entier."),
        ("douze", "Écrivez un nombre"),
        ("-4", "Écrivez un nombre entre 0"),
        ("30", "de trop : il y a 40"),
    ],
)
@pytest.mark.parametrize("asked", ["recompute", "prepare"])
def test_what_cannot_be_is_said_beside_its_field_and_kept(browser, typed, said, asked):
    commitment = cast.commitment(40)
    first, second = asker(1, 30, minimum=5), asker(2, 30)
    sent = fields_of(browser.get(address(commitment)))
    sent |= {f"quantity_{line_of(first)}": typed, f"quantity_{line_of(second)}": "25"}
    sent |= {f"keep_{line_of(need)}": "on" for need in (first, second)}
    answer = browser.post(address(commitment), sent | {"deed": asked})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in " ".join(page.split())
    assert f'value="{typed}"' in page
    assert "<title>Erreur : " in page
    assert not Introduction.objects.exists()


def test_more_than_the_stock_for_one_line_is_said_too(browser):
    commitment = cast.commitment(8)
    first, _ = asker(1, 30), asker(2, 30)
    sent = fields_of(browser.get(address(commitment))) | {f"quantity_{line_of(first)}": "9"}
    answer = browser.post(address(commitment), sent | {"deed": "recompute"})
    assert "C’est plus que ce qui reste : 8" in " ".join(answer.content.decode().split())


def test_a_line_that_changed_meanwhile_stops_everything_and_is_named(browser):
    commitment = cast.commitment(40)
    first, _ = asker(1, 30), asker(2, 30)
    sent = fields_of(browser.get(address(commitment)))
    cast.promise(first, cast.commitment(5, organisation=cast.organisation("Autre")), 5)
    answer = browser.post(address(commitment), sent | {"deed": "prepare"})
    assert answer.status_code == 409
    assert f"A changé entre-temps : Relais 1 ({first.ref})" in answer.content.decode()
    assert not Introduction.objects.exists()
    assert Allocation.objects.count() == 1


def test_a_need_closed_meanwhile_is_named_too(browser):
    commitment = cast.commitment(40)
    first, _ = asker(1, 30), asker(2, 30)
    sent = fields_of(browser.get(address(commitment)))
    reason = cast.reason("served", "servi", "close")
    with deed(cast.CastVerb.ENTERS, by=None):
        first.move("closed", closed_at=clock.now(), next_action_at=None, close_reason=reason)
    answer = browser.post(address(commitment), sent | {"deed": "prepare"})
    assert answer.status_code == 409
    assert f"A changé entre-temps : Relais 1 ({first.ref})" in answer.content.decode()
    assert not Introduction.objects.exists()


def test_a_stock_that_changed_meanwhile_stops_everything(browser):
    commitment = cast.commitment(40)
    asker(1, 30), asker(2, 10)
    sent = fields_of(browser.get(address(commitment)))
    cast.promise(cast.need(4), commitment, 4)
    answer = browser.post(address(commitment), sent | {"deed": "prepare"})
    assert answer.status_code == 409
    assert "L’engagement a changé entre-temps : il en reste 36" in answer.content.decode()
    again = fields_of(answer) | {"deed": "prepare"}
    assert Allocation.objects.count() == 1
    assert browser.post(address(commitment), again).status_code == 302  # the page came back with today's rows
    assert sum(Allocation.objects.values_list("qty", flat=True)) == 40


def shares_of(commitment, *needs: Need, qty: int = 5) -> list[actions.Share]:
    sharing = sharing_of(offered_by(commitment.lines.get()), today=this_day())
    return [actions.Share(line_of(need), qty, sharing.sharers[line_of(need)].seen) for need in needs]


def seen_of(commitment) -> str:
    line = commitment.lines.get()
    return f"{line.revision}.{line.qty_free}"


def test_all_or_nothing_when_one_of_them_cannot_be(browser):
    """The second need's person may not be asked any more: the first introduction goes away with it."""
    commitment = cast.commitment(40)
    first, second = asker(1), asker(2)
    shares = shares_of(commitment, first, second)
    with deed(cast.CastVerb.ENTERS, by=None):
        tired = cast.person(second.organisation, "Jo", "Lamy", phone="+33353011209", email="jo@relais.test")
        tired.do_not_contact = True
        tired.save()
        second.person = tired
        second.save()
    line = commitment.lines.get()
    with pytest.raises(Refused, match="n’est plus à solliciter"):
        actions.share(commitment_line=line, shares=shares, seen_stock=seen_of(commitment), by=cast.marion())
    assert not Introduction.objects.exists()
    assert not Allocation.objects.exists()


def test_more_than_the_stock_is_refused_by_the_database_whatever_the_page_thinks():
    commitment = cast.commitment(9)
    shares = shares_of(commitment, asker(1), asker(2))
    line = commitment.lines.get()
    with pytest.raises(Refused, match="Il n’en reste que 4"):
        actions.share(commitment_line=line, shares=shares, seen_stock=seen_of(commitment), by=cast.marion())
    assert not Allocation.objects.exists()


def test_more_introductions_than_she_wants_asks_for_her_word(browser):
    commitment = cast.commitment(40, max_open_introductions=1)
    asker(1, 20), asker(2, 20)
    first = browser.get(address(commitment))
    assert "accepte 1 mise en relation à la fois, ce plan en prépare 2" in first.content.decode()
    sent = fields_of(first) | {"deed": "prepare"}
    refused = browser.post(address(commitment), sent)
    assert refused.status_code == 409
    assert not Introduction.objects.exists()
    assert browser.post(address(commitment), sent | {"agreed": "on"}).status_code == 302
    assert Introduction.objects.count() == 2


def test_two_lines_of_one_need_make_one_introduction(browser):
    commitment = cast.commitment(40)
    need = asker(1, 10)
    other = need.lines.get()
    with deed(cast.CastVerb.ENTERS, by=None):
        NeedLine.objects.create(
            need=need, desk=need.desk, category=other.category, kind="goods", measure="piece", unit=other.unit,
            qty_requested=6,
        )  # fmt: skip
    sent = fields_of(browser.get(address(commitment)))
    browser.post(address(commitment), sent | {"deed": "prepare"})
    assert Introduction.objects.count() == 1
    assert sorted(Allocation.objects.values_list("qty", flat=True)) == [6, 10]


def test_half_days_are_shared_in_whole_half_days(browser):
    time = {"category": cast.tutoring(), "kind": "time", "measure": "minute", "unit": cast.unit("half_day")}
    commitment = cast.commitment(line=time | {"factor": 210, "qty_offered": 60 * 210})
    for number in (1, 2):
        who = cast.organisation(f"École {number}", commune=cast.roubaix())
        hours = time | {"unit": cast.unit("hour"), "factor": 60, "qty_requested": 150 * 60}
        cast.need(line=hours, organisation=who)
    answer = browser.get(address(commitment))
    sent = fields_of(answer)
    shares = [int(value) for name, value in sent.items() if name.startswith("quantity_")]
    assert sum(shares) == 60
    assert max(shares) <= 42  # 150 hours hold 42 whole half-days
    assert browser.post(address(commitment), sent | {"deed": "prepare"}).status_code == 302
    assert sum(Allocation.objects.values_list("qty", flat=True)) == 60 * 210


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"level": "announced"}, "seulement annoncé"),
        ({"line": {"is_countable": False}}, "selon les besoins"),
        ({"state": "on_hold"}, "n’est pas ouvert"),
        ({"qty": 0}, "Tout est déjà promis"),
    ],
)
def test_what_cannot_be_spread_says_why(browser, over, said):
    commitment = cast.commitment(**over)
    asker(1), asker(2)
    answer = browser.get(address(commitment))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert browser.post(address(commitment), {"deed": "prepare"}).status_code == 200
    assert not Introduction.objects.exists()


def test_nobody_waits(browser):
    assert "Aucun besoin ouvert n’attend cela" in browser.get(address(cast.commitment(40))).content.decode()


def test_the_way_to_it_is_shown_from_two_needs_on(browser):
    commitment = cast.commitment(40)
    panel = reverse("allocations:of-commitment", args=[commitment.ref])
    asker(1)
    assert address(commitment) not in browser.get(panel).content.decode()
    asker(2)
    assert address(commitment) in browser.get(panel).content.decode()


def test_the_desk_next_door_has_no_such_page(browser):
    commitment = cast.commitment(40, sharing="all")
    line = commitment.lines.get()
    shares = shares_of(commitment, asker(1), asker(2))
    stranger = Client()
    stranger.force_login(cast.amelie())
    assert stranger.get(address(commitment)).status_code == 404
    with pytest.raises(Refused, match="n’est pas de votre guichet"):
        actions.share(commitment_line=line, shares=shares, seen_stock=seen_of(commitment), by=cast.amelie())


def test_thirty_needs_cost_what_three_cost(browser):
    commitment = cast.commitment(40)
    for number in range(3):
        asker(number, 4, minimum=2)
    with same_number_of_queries() as measure:
        few = measure(lambda: browser.get(address(commitment)))
        for number in range(3, 30):
            asker(number, 4, minimum=2, commune=cast.lens() if number % 2 else cast.roubaix())
        measure(lambda: browser.get(address(commitment)))
    assert few <= 12
