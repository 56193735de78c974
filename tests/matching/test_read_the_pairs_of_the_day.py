"""The page « Pistes du jour »: what it shows, what it hides, what may be done there, and what it costs."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.urls import reverse

from callcare.core import clock
from callcare.matching import actions
from callcare.matching.lines import this_day
from callcare.matching.models import Dismissal, Suggestion
from callcare.matching.models.suggestions import SHOWN_DAYS
from callcare.matching.mornings import new_ones, news_since
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db
MONDAY = clock.datetime(2026, 11, 23, 9, 0, tzinfo=clock.PARIS)
PAGE = "/pistes/"


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


def days(number: int):
    return clock.at(MONDAY + timedelta(days=number))


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def text(response) -> str:
    return response.content.decode()


def pair():
    """A need and a commitment the round brought together."""
    need, mill = cast.need(), cast.commitment(person=cast.hugo())
    actions.make_round(by=None)
    return need, mill, {"need_line": need.lines.get().pk, "commitment_line": mill.lines.get().pk}


def test_without_any_it_says_what_it_is_for(marion):
    page = text(marion.get(PAGE))
    assert "Aucune nouvelle piste ce matin" in page
    assert "Voir les besoins sans solution" in page


def test_it_says_who_could_help_and_why_without_a_contact(marion):
    need, mill, lines = pair()
    page = text(marion.get(PAGE))
    assert "1 nouvelle piste" in page
    assert "<b>couvre les 12</b>" in page
    assert "pas sollicité ce mois-ci" in page
    assert need.ref in page
    assert mill.ref in page
    assert f"need_line={lines['need_line']}&amp;commitment_line={lines['commitment_line']}" in page
    for secret in ("Vasseur", "hugo@verlinde.test", "12202"):
        assert secret not in page


def test_the_menu_counts_what_is_new(marion):
    pair()
    assert new_ones(cast.marion()).count() == 1
    with days(1):
        actions.make_round(by=None)
        assert new_ones(cast.marion()).count() == 0
        marion.force_login(cast.marion())
        assert "1 piste des jours précédents" in text(marion.get(PAGE))


@pytest.mark.parametrize("deed", ["asked", "set aside"])
def test_what_was_dealt_with_is_counted_no_more(deed):
    need, mill, _ = pair()
    cast.need(5, organisation=cast.organisation("Relais des Mineurs", commune=cast.lens()))
    actions.make_round(by=None)
    assert new_ones(cast.marion()).count() == 2
    if deed == "asked":
        actions.note_solicitation(need=need, giver=mill.organisation, commitment=mill, by=cast.marion())
    else:
        actions.dismiss(need.lines.get(), giver=mill.organisation, by=cast.marion())
    assert new_ones(cast.marion()).get().need_line.need != need


def test_on_a_monday_the_week_end_is_this_morning():
    on = {number: news_since(this_day((MONDAY + timedelta(days=number)).date())) for number in range(-2, 3)}
    assert on[0] == (MONDAY - timedelta(days=2)).date()  # Saturday
    assert on[1] == (MONDAY + timedelta(days=1)).date()
    assert all(first <= second for first, second in pairwise(on.values()))


def test_another_desk_sees_nothing_of_it(client):
    pair()
    client.force_login(cast.amelie())
    assert "Filature Verlinde" not in text(client.get(PAGE))
    assert not Suggestion.objects.visible_to(cast.stephane()).exists()


def test_set_aside_with_a_reason_it_is_gone_and_kept_in_history(marion):
    _, mill, lines = pair()
    never = cast.reason("never", "jamais", "dismiss")
    told = marion.post(reverse("matching:morning-aside"), lines | {"reason": never.pk}, follow=True)
    assert "La piste est écartée" in text(told)
    assert mill.ref not in text(told)
    one = Dismissal.objects.get()
    assert (one.by, one.reason, one.is_final) == (cast.marion(), never, True)
    assert one.events.get().pgh_context.metadata["verb"] == "suggestion.dismissed"


def test_without_a_reason_it_says_so_beside_the_field(marion):
    *_, lines = pair()
    told = marion.post(reverse("matching:morning-aside"), lines)
    assert told.status_code == 422
    assert "Erreur :" in text(told)
    assert not Dismissal.objects.exists()


def test_put_off_it_leaves_until_something_changes(marion):
    cast.reason("later", "plus tard", "dismiss", is_final=False)
    _, mill, lines = pair()
    told = marion.post(reverse("matching:morning-later"), lines, follow=True)
    assert "Remise à plus tard" in text(told)
    assert mill.ref not in text(told)
    assert not Dismissal.objects.get().is_final


def test_what_is_not_shown_cannot_be_pressed(marion, client):
    *_, lines = pair()
    cast.reason("later", "plus tard", "dismiss", is_final=False)
    client.force_login(cast.amelie())
    assert client.post(reverse("matching:morning-later"), lines).status_code == 404
    client.force_login(cast.marion())
    assert (
        client.post(reverse("matching:morning-later"), {"need_line": 10**30, "commitment_line": 1}).status_code == 302
    )
    assert not Dismissal.objects.exists()


def test_asked_meanwhile_it_is_gone_before_the_next_round(marion):
    need, mill, _ = pair()
    actions.note_solicitation(need=need, giver=mill.organisation, commitment=mill, by=cast.marion())
    assert mill.ref not in text(marion.get(PAGE))


def test_given_away_meanwhile_it_is_gone_before_the_next_round(marion):
    _, mill, _ = pair()
    other = cast.need(40, organisation=cast.organisation("Relais des Mineurs"), title="Un autre")
    cast.promise(other, mill, 40)
    assert mill.ref not in text(marion.get(PAGE))


def test_left_for_a_week_it_leaves_by_itself_and_does_not_come_back(marion):
    _, mill, _ = pair()
    for number in range(1, SHOWN_DAYS + 2):
        with days(number):
            actions.make_round(by=None)
            marion.force_login(cast.marion())
            assert (mill.ref in text(marion.get(PAGE))) == (number < SHOWN_DAYS)


def test_a_stock_that_answers_many_needs_is_to_be_shared_out(marion):
    for number in range(3):
        cast.need(2, organisation=cast.organisation(f"Relais {number}", commune=cast.roubaix()))
    mill = cast.commitment()
    actions.make_round(by=None)
    page = text(marion.get(PAGE))
    assert "Répond à 3 besoins de cette page" in page
    assert reverse("allocations:share", args=[mill.ref]) in page


def test_the_page_costs_the_same_for_one_pair_and_for_twenty(marion):
    cast.reason("never", "jamais", "dismiss")
    pair()
    marion.get(PAGE)
    with same_number_of_queries() as measure:
        first = measure(lambda: marion.get(PAGE))
        for number in range(20):
            cast.need(2, organisation=cast.organisation(f"Relais {number}", commune=cast.roubaix()))
            cast.commitment(organisation=cast.organisation(f"Maison {number}", kind="company"))
        actions.make_round(by=None)
        measure(lambda: marion.get(PAGE))
    assert first <= 12


def test_the_command_says_what_the_round_found(capsys):
    cast.need()
    cast.commitment()
    call_command("suggest", "--engine", "sql")
    assert "1 ligne de besoin à pourvoir : 1 piste retenue, dont 1 nouvelle" in capsys.readouterr().out
    call_command("suggest", "--json")
    assert '"kept": 1, "raised": 1' in capsys.readouterr().out
