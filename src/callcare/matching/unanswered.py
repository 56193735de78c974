"""Needs without solution: nobody is asked, nothing is promised. The list that steers the search for givers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils.http import urlencode

from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.enums import CaseState
from callcare.matching.models import Solicitation
from callcare.needs.models import Need, NeedLine

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
    found: Any = lines.order_by().values_list(
        f"{place}__name", f"{place}__code", "category__label", "category__code"
    ).annotate(needs=Count("need", distinct=True), oldest=Min("need__opened_at"))  # fmt: skip
    ordered = found.order_by("-needs", "oldest", f"{place}__code", "category__code")[:MOST]
    return [
        Group(name or "Lieu non précisé", label, needs, oldest, _query(code or NOWHERE, category))
        for name, code, label, category, needs, oldest in ordered
    ]


def _query(departement: str, category: str) -> str:
    return urlencode({"departement": departement, "categorie": category})
