"""{% load surroundings %}: what lies around a place, near things large, far things still on the paper."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, radians, sin, sqrt
from typing import Any

from django import template

from callcare.ui.templatetags.figures import named

register = template.Library()

SIDE, EDGE = 480, 26  # of the drawing, and what stays free around it
REACH = SIDE / 2 - EDGE
RINGS = (5, 10, 20, 50, 100, 200, 500, 1000, 2500, 20_000)  # km
APART = 34  # between two rings that are both drawn
FIRST = 3  # the best of the list are drawn full
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Spot:
    """Something at a place: its number in the list beside the drawing, and where it is."""

    rank: int
    name: str
    lat: float
    lon: float


@register.inclusion_tag("ui/around.html")
def around(here: Spot, spots: Sequence[Spot], *, label: str) -> dict[str, Any]:
    """{% around here spots label="Les pistes autour de Lille" %}: north up, rings of distance.

    Distances are drawn by their square root: those within ten kilometres stay apart beside one at three hundred.
    A circle stands for all the spots of one place and bears the number of the first; the list beside it has them all.
    """
    of_place: dict[tuple[str, float, float], list[Spot]] = defaultdict(list)
    for spot in spots:
        of_place[spot.name, spot.lat, spot.lon].append(spot)
    groups = [sorted(group, key=lambda one: one.rank) for group in of_place.values()]
    groups.sort(key=lambda group: group[0].rank)
    far = max((_polar(here, group[0])[0] for group in groups), default=0.0)
    outer = next(ring for ring in RINGS if ring >= far or ring == RINGS[-1])
    circles = [_circle(here, group, outer) for group in groups]
    return {
        "circles": circles[::-1],  # the best are drawn last, above the others
        "names": named([(one["x"], one["y"], one["radius"], one["name"], 0) for one in circles], width=SIDE),
        "rings": _rings(outer),
        "middle": SIDE / 2,
        "side": SIDE,
        "here": here,
        "label": label,
    }


def _circle(here: Spot, group: Sequence[Spot], outer: float) -> dict[str, Any]:
    km, angle = _polar(here, group[0])
    away = REACH * sqrt(min(km / outer, 1.0))
    first = group[0]
    return {
        "x": round(SIDE / 2 + away * sin(angle), 1),
        "y": round(SIDE / 2 - away * cos(angle), 1),
        "radius": min(9.0 + 1.5 * sqrt(len(group) - 1), 16.0),
        "name": first.name,
        "rank": first.rank,
        "count": len(group),
        "km": round(km),
        "is_first": first.rank <= FIRST,
    }


def _polar(here: Spot, spot: Spot) -> tuple[float, float]:
    """Kilometres, and the direction as an angle from north, clockwise; flat enough at the size of a country."""
    north = radians(spot.lat - here.lat)
    east = radians(spot.lon - here.lon) * cos(radians((spot.lat + here.lat) / 2))
    return EARTH_KM * sqrt(north * north + east * east), atan2(east, north)


def _rings(outer: int) -> list[tuple[float, int]]:
    """The radius of each ring and what it says, those too close to the next one left out."""
    drawn: list[tuple[float, int]] = []
    for ring in sorted((ring for ring in RINGS if ring <= outer), reverse=True):
        radius = round(REACH * sqrt(ring / outer), 1)
        if not drawn or drawn[-1][0] - radius >= APART:
            drawn.append((radius, ring))
    return drawn
