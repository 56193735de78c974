"""All the candidates of one line of a need, in their order, with the map around it and what is known of each giver."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, Q, Value

from callcare.accounts.models import User
from callcare.desk.models import Interaction
from callcare.matching import links
from callcare.matching.candidates import Candidate, Found, candidates_for_need
from callcare.matching.lines import solicited_since, this_day, wanted_by
from callcare.matching.models import Solicitation
from callcare.matching.rules.facts import latitude_longitude
from callcare.needs.models import NeedLine
from callcare.territories.models import Territory
from callcare.ui.templatetags.surroundings import Spot

MOST = 200
WITH_A_KEY = 9  # the first ones answer to their digit


class Asked(NamedTuple):
    """When a giver was last asked for anything, and how often these thirty days; by whatever desk."""

    at: datetime
    lately: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate in its place in the list."""

    rank: int
    candidate: Candidate
    relate: str  # the address of « Relier », "" where nobody offers it
    last_contact: datetime | None  # with a desk of the person who looks
    asked: Asked | None

    @property
    def key(self) -> int | None:
        return self.rank if self.rank <= WITH_A_KEY and self.relate else None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows. `here` is None where the need has no place."""

    found: Found
    placed: tuple[Placed, ...]
    here: Spot | None

    @property
    def rows(self) -> list[tuple[Placed, Candidate]]:
        """Each with its candidate, as the component of a candidate wants it."""
        return [(one, one.candidate) for one in self.placed]

    @property
    def spots(self) -> list[Spot]:
        return [
            Spot(one.rank, one.candidate.commune, *latitude_longitude(one.candidate.point))
            for one in self.placed
            if one.candidate.point
        ]

    @property
    def without_place(self) -> int:
        """At a distance, money, or a commune not said."""
        return sum(one.candidate.point is None for one in self.placed)

    @property
    def is_cut(self) -> bool:
        """There may be more: the engine was asked for so many."""
        return len(self.found.candidates) >= MOST


def overview_of(line: NeedLine, *, user: User, within_km: int | None = None) -> Overview:
    """The first two hundred candidates of a need line; `within_km` leaves out those farther and those without a place.

    A handful of statements whatever their number: the engine's, and one for what is known of the givers.
    """
    found = candidates_for_need(wanted_by(line), today=this_day(), limit=MOST)
    chosen = [one for one in found.candidates if within_km is None or (one.km is not None and one.km <= within_km)]
    contacts, asked = _known_of({one.organisation for one in chosen}, user)
    placed = tuple(
        Placed(
            rank,
            one,
            links.relate(need_line=line.pk, commitment_line=one.line),
            contacts.get(one.organisation),
            asked.get(one.organisation),
        )
        for rank, one in enumerate(chosen, 1)
    )
    return Overview(found, placed, _spot_of(line.need.commune))


def _spot_of(commune: Territory | None) -> Spot | None:
    if commune is None or commune.lat is None or commune.lon is None:
        return None
    return Spot(0, commune.name, commune.lat, commune.lon)


def _known_of(givers: Collection[int], user: User) -> tuple[dict[int, datetime], dict[int, Asked]]:
    """When her desks last had a contact with each, and when it was last asked: one statement for both.

    No word of the other desk's need: who was asked when is there to leave people in peace.
    """
    mine = Interaction.objects.visible_to(user).filter(organisation__in=givers).order_by()
    contacts = mine.values_list("organisation").annotate(last=Max("started_at"), lately=Value(-1))
    asked = Solicitation.objects.filter(giver__in=givers).order_by().values_list("giver")
    asked = asked.annotate(last=Max("at"), lately=Count("pk", filter=Q(at__gte=solicited_since())))
    met: dict[int, datetime] = {}
    known: dict[int, Asked] = {}
    for giver, at, lately in contacts.union(asked, all=True):
        if lately < 0:
            met[giver] = at
        else:
            known[giver] = Asked(at, lately)
    return met, known
