"""Needs without solution: nobody is asked, nothing is promised. The list that steers the search for givers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils.http import urlencode

from callcare.accounts.models import User
from callcare.catalogue.models import Category
from callcare.core import clock
from callcare.desk.enums import CaseState
from callcare.matching.models import Solicitation
from callcare.needs.models import Need, NeedLine
from callcare.territories.models import Territory

NOWHERE = "aucun"  # the territory of a need whose commune nobody said
MOST = 40  # groups shown


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked to show: a département (code, or NOWHERE), a category (code), an age in days."""

    departement: str = ""
    category: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """So many needs of one category in one territory, the oldest since when."""

    place: str
    category: str
    needs: int
    oldest: datetime
    query: str

    @property
    def age(self) -> int:
        return age_of(self.oldest)


def age_of(opened_at: datetime) -> int:
    """Whole days, as people count them."""
    return (clock.today() - opened_at.astimezone(clock.PARIS).date()).days


def lines_without_solution(user: User, asked: Asked) -> QuerySet[NeedLine]:
    """The lines still wholly to be found of her desks' open needs, for which nobody is being asked."""
    being_asked = Solicitation.objects.live().filter(need=OuterRef("need"))
    lines = NeedLine.objects.filter(
        ~Exists(being_asked), need__in=Need.objects.visible_to(user).filter(state=CaseState.OPEN).values("pk"),
        qty_open__gt=0, qty_reserved=0,
    )  # fmt: skip
    if asked.departement == NOWHERE:
        lines = lines.filter(need__commune__departement=None)
    elif asked.departement:
        lines = lines.filter(need__commune__departement__code=asked.departement)
    if asked.category:
        lines = lines.filter(category__code=asked.category)
    if asked.days:
        lines = lines.filter(need__opened_at__lt=clock.now() - timedelta(days=asked.days))
    return lines


def groups_of(lines: QuerySet[NeedLine]) -> list[Group]:
    """By territory and category, where most is missing first."""
    place = "need__commune__departement"
    found: Any = lines.order_by().values_list(place, "category").annotate(
        needs=Count("need", distinct=True), oldest=Min("need__opened_at")
    )  # fmt: skip
    # By their keys: thousands of groups sorted by name would take as long as finding the lines.
    largest = list(found.order_by("-needs", "oldest", place, "category")[:MOST])
    places = Territory.objects.in_bulk({key for key, *_ in largest if key})
    labels = Category.objects.in_bulk({key for _, key, *_ in largest})
    groups = []
    for key, category, needs, oldest in largest:
        name, code = (places[key].name, places[key].code) if key else ("Lieu non précisé", NOWHERE)
        groups.append(Group(name, labels[category].label, needs, oldest, _query(code, labels[category].code)))
    return groups


def _query(departement: str, category: str) -> str:
    return urlencode({"departement": departement, "categorie": category})
