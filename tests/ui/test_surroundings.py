"""What lies around a place: near things large, far things still on the paper."""

from itertools import pairwise

import pytest
from django.template import Context, Template

from callcare.ui.templatetags.surroundings import REACH, SIDE, Spot, around

ROUBAIX = Spot(0, "Roubaix", 50.69, 3.17)
LILLE, WATTRELOS, PARIS = (50.63, 3.06), (50.70, 3.22), (48.86, 2.35)
MIDDLE = SIDE / 2


def drawn(*spots):
    return around(ROUBAIX, list(spots), label="Les pistes autour de Roubaix")


def at(told, name):
    return next(one for one in told["circles"] if one["name"] == name)


def test_north_is_up_and_the_far_are_farther():
    told = drawn(Spot(1, "Lille", *LILLE), Spot(2, "Paris", *PARIS), Spot(3, "Wattrelos", *WATTRELOS))
    lille, paris, wattrelos = at(told, "Lille"), at(told, "Paris"), at(told, "Wattrelos")
    assert lille["x"] < MIDDLE < wattrelos["x"]
    assert lille["y"] > MIDDLE
    away = [((one["x"] - MIDDLE) ** 2 + (one["y"] - MIDDLE) ** 2) ** 0.5 for one in (wattrelos, lille, paris)]
    assert away == sorted(away)
    assert away[0] > 15  # three kilometres beside two hundred, and still apart from the middle
    assert away[2] <= REACH
    assert (lille["km"], paris["km"]) == (10, 212)


def test_the_rings_say_round_distances_and_hold_everything():
    rings = drawn(Spot(1, "Lille", *LILLE), Spot(2, "Paris", *PARIS))["rings"]
    assert rings[0] == (REACH, 500)
    assert [km for _, km in rings] == sorted((km for _, km in rings), reverse=True)
    assert all(one - other >= 34 for (one, _), (other, _) in pairwise(rings))


def test_several_at_one_place_are_one_circle_that_leads_to_the_first():
    told = drawn(Spot(4, "Lille", *LILLE), Spot(2, "Lille", *LILLE), Spot(1, "Wattrelos", *WATTRELOS))
    lille = at(told, "Lille")
    assert (lille["count"], lille["rank"], lille["is_first"]) == (2, 2, True)
    assert len(told["circles"]) == 2
    assert told["circles"][-1]["rank"] == 1  # drawn last: above the others


@pytest.mark.parametrize("spots", [[], [Spot(1, "Roubaix", 50.69, 3.17)], [Spot(1, "Nouméa", -22.27, 166.44)]])
def test_nothing_the_very_place_and_the_other_end_of_the_world_are_drawn(spots):
    page = Template('{% load surroundings %}{% around here spots label="Autour" %}')
    said = page.render(Context({"here": ROUBAIX, "spots": spots}))
    assert said.count("<g>") == len(spots)
    assert "nan" not in said
