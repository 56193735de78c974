"""All the candidates of a need on one page: their order, the map around it, who was asked and when."""

from datetime import timedelta

import pytest
from django.urls import reverse

from callcare.core import clock
from callcare.desk.models import Interaction
from callcare.matching.candidates import candidates_for_need
from callcare.matching.lines import this_day, wanted_by
from callcare.matching.models import Solicitation
from callcare.matching.overview import overview_of
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def page(client, need, **asked):
    return client.get(reverse("matching:overview", args=[need.ref]), asked)


def far_away():
    return cast.commitment(organisation=cast.organisation("Loin SA", kind="company"), commune=cast.amiens())


def test_the_candidates_stand_in_the_engines_order_with_their_place():
    need = cast.need()
    near, far = (
        cast.commitment(),
        cast.commitment(organisation=cast.organisation("Loin SA", kind="company"), commune=cast.amiens()),
    )
    all_of_them = overview_of(need.lines.get(), user=cast.marion())
    found = candidates_for_need(wanted_by(need.lines.get()), today=this_day())
    assert (
        [one.candidate.ref for one in all_of_them.placed]
        == [one.ref for one in found.candidates]
        == [near.ref, far.ref]
    )
    assert [(spot.rank, spot.name) for spot in all_of_them.spots] == [(1, near.commune.name), (2, "Amiens")]
    assert all_of_them.here.name == need.commune.name
    amiens = all_of_them.spots[1]
    assert (round(amiens.lat, 4), round(amiens.lon, 4)) == (cast.amiens().lat, cast.amiens().lon)


def test_only_those_within_reach_are_shown_when_asked(marion):
    need = cast.need()
    near, far = (
        cast.commitment(),
        cast.commitment(organisation=cast.organisation("Loin SA", kind="company"), commune=cast.amiens()),
    )
    said = page(marion, need, km="50").content.decode()
    assert near.ref in said
    assert far.ref not in said
    assert far.ref in page(marion, need, km="beaucoup").content.decode()  # what is no choice of ours is no filter


def test_what_is_known_of_the_giver_is_said():
    need, mill = cast.need(), cast.commitment()
    other = cast.need()
    marion, amelie = cast.marion(), cast.amelie()
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        for days in (400, 3, 2):
            Solicitation.objects.create(
                desk=need.desk, need=other, giver=mill.organisation, at=clock.now() - timedelta(days),
                closed_at=clock.now(),
            )  # fmt: skip
        for desk, days in ((need.desk, 10), (need.desk, 30), (cast.amiens_desk(), 1)):
            Interaction.objects.create(
                desk=desk, organisation=mill.organisation, started_at=clock.now() - timedelta(days)
            )
    [mill_placed] = overview_of(need.lines.get(), user=marion).placed
    assert mill_placed.asked.lately == 2
    assert (clock.now() - mill_placed.asked.at).days == 2
    assert (clock.now() - mill_placed.last_contact).days == 10  # that of Amiens is not hers to see
    [mill_placed] = overview_of(need.lines.get(), user=amelie).placed
    assert (clock.now() - mill_placed.last_contact).days == 1


def test_a_need_without_a_place_has_a_list_and_says_why_there_is_no_map(marion):
    need = cast.need(commune=None)
    cast.commitment()
    said = page(marion, need).content.decode()
    assert "n’a pas de commune" in said
    assert "Filature Verlinde" in said
    assert '<svg class="around"' not in said


def test_an_empty_list_says_what_removed_them(marion):
    need = cast.need()
    cast.commitment(commune=cast.amiens(), radius_km=50)
    said = page(marion, need).content.decode()
    assert "Aucune piste" in said
    assert "1 trop loin" in said


def test_another_desk_sees_nothing(client):
    need = cast.need()
    client.force_login(cast.amelie())
    assert page(client, need).status_code == 404


def test_many_candidates_cost_as_many_questions_as_one(marion):
    need = cast.need()
    cast.commitment()
    page(marion, need)  # what Django remembers for the whole process
    with same_number_of_queries() as measure:
        assert measure(lambda: page(marion, need)) <= 12
        for number in range(12):
            cast.commitment(organisation=cast.organisation(f"Maison {number}", kind="company"))
        measure(lambda: page(marion, need))
