"""« Équité »: what was asked and what was served, by territory and by public, and who is asked most often.

Each line counts the needs opened in the period, so that its numbers speak of the same needs; each opens onto its rows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)  # fmt: skip
from django.db.models.functions import Coalesce

from callcare.allocations.enums import FulfilmentKind
from callcare.allocations.models import Fulfilment
from callcare.catalogue.enums import Audience
from callcare.core import french
from callcare.introductions.enums import IntroductionState
from callcare.introductions.models import Introduction
from callcare.matching.models import Solicitation
from callcare.needs.models import Need
from callcare.outcomes.models import PeopleCount
from callcare.report.figures import NEEDS, NOWHERE, Rows, Scope

GIVERS = 12  # shown, those asked most often first
DAY = timedelta(days=1)
PLACE, PUBLIC = "commune__departement", "audience"
NOBODY = "aucun"  # the public of a need nobody said it of

DEFINITIONS: Mapping[str, str] = {
    "Besoins": "Besoins ouverts dans la période, doublons exclus. Les autres colonnes parlent des mêmes besoins.",
    "Servis": "Ceux pour qui quelque chose a été remis ou réalisé, corrections déduites, ou dont une mise en relation "
    "a abouti.",
    "Attente médiane": "Du jour de l’ouverture à la première mise en relation envoyée : la moitié a attendu moins. "
    "Les besoins encore sans mise en relation n’y sont pas.",
    "Personnes": "Personnes accompagnées déclarées pour ces besoins ; jamais nommées.",
    "Part des besoins, part des personnes": "Là où la seconde barre est plus courte que la première, on aide moins "
    "qu’on ne demande.",
}


class Median(Aggregate):
    """The middle of the values; nothing where there are none."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Share:
    """One territory or one public: what it asked and what it got."""

    key: str
    label: str
    needs: int
    served: int
    waited: timedelta | None
    people: int
    of_needs: float  # of a hundred
    of_people: float

    @property
    def wait(self) -> str:
        return said(self.waited)

    @property
    def waiting(self) -> int:
        return self.needs - self.served

    @property
    def rate(self) -> int:
        """How many of a hundred needs were served."""
        return round(100 * self.served / self.needs) if self.needs else 0


def said(waited: timedelta | None) -> str:
    """« 2 h », « 3,5 jours »; nothing where nobody was met yet."""
    if waited is None:
        return ""
    if waited < timedelta(hours=1):
        return "moins d’une heure"
    if waited < DAY:
        return f"{waited // timedelta(hours=1)}{french.FIXED}h"
    days = f"{waited / DAY:.1f}".removesuffix(".0").replace(".", ",")
    return f"{days}{french.FIXED}j"


def needs(scope: Scope) -> Rows:
    """The needs of the scope, each with whether it was served, how long it waited, and the people helped."""
    undone = Fulfilment.objects.filter(corrects=OuterRef("pk")).values("corrects").annotate(n=Sum("qty")).values("n")
    done = Fulfilment.objects.filter(
        kind=FulfilmentKind.DELIVERY, allocation__need_line__need=OuterRef("pk"),
        qty__gt=Coalesce(Subquery(undone, output_field=IntegerField()), 0),
    )  # fmt: skip
    met = Introduction.objects.filter(need=OuterRef("pk"))
    first = met.filter(sent_at__isnull=False).order_by().values("need").annotate(at=Min("sent_at")).values("at")
    helped = PeopleCount.objects.filter(need=OuterRef("pk")).order_by().values("need").annotate(n=Sum("people"))
    told: Rows = NEEDS.rows(scope).annotate(
        is_served=Exists(done) | Exists(met.filter(state=IntroductionState.SUCCEEDED)),
        waited=Subquery(first) - F("opened_at"),
        helped=Coalesce(Subquery(helped.values("n"), output_field=IntegerField()), 0),
    )
    return told


def narrowed(rows: Rows, *, place: str = "", public: str = "", served: str = "") -> Rows:
    """The needs of one territory, of one public, served or not yet: those behind one number."""
    if place:
        rows = rows.filter(**{f"{PLACE}__code": place} if place != NOWHERE else {f"{PLACE}__isnull": True})
    if public:
        rows = rows.filter(audience="" if public == NOBODY else public)
    return rows.filter(is_served=served == "oui") if served in {"oui", "non"} else rows


def by_place(scope: Scope) -> list[Share]:
    names = (f"{PLACE}__code", f"{PLACE}__name")
    return _shares(_summed(scope, *names), lambda code, name: (code or NOWHERE, name or "Lieu non précisé"))


def by_public(scope: Scope) -> list[Share]:
    known = dict(Audience.choices)
    return _shares(_summed(scope, PUBLIC), lambda code: (code or NOBODY, str(known.get(code, "public non précisé"))))


def _summed(scope: Scope, *names: str) -> list[tuple[Any, ...]]:
    counted = needs(scope).order_by().values(*names).annotate(
        n=Count("pk"), served=Count("pk", filter=Q(is_served=True)), median=Median("waited"), sum_=Sum("helped")
    )  # fmt: skip
    return list(counted.order_by("-n", *names).values_list(*names, "n", "served", "median", "sum_"))


def _shares(rows: Iterable[tuple[Any, ...]], named: Callable[..., tuple[str, str]]) -> list[Share]:
    known = list(rows)
    asked, helped = sum(row[-4] for row in known), sum(row[-1] for row in known)
    shares = []
    for *names, n, served, median, people in known:
        key, label = named(*names)
        shares.append(Share(key, label, n, served, median, people, _part(n, asked), _part(people, helped)))
    return shares


def _part(value: int, whole: int) -> float:
    return round(100 * value / whole, 1) if whole else 0.0


def solicitations(scope: Scope) -> "QuerySet[Solicitation]":
    """Who was asked for what in the period, at these desks."""
    period = scope.period
    return Solicitation.objects.filter(at__gte=period.since, at__lt=period.until, desk__in=scope.desks)


def asked_most(scope: Scope) -> list[tuple[str, str, int, Any]]:
    """The givers asked most often: (reference, name, how often, the last time)."""
    counted = (
        solicitations(scope).order_by().values("giver__ref", "giver__name").annotate(n=Count("pk"), last=Max("at"))
    )
    first = counted.order_by("-n", "-last", "giver__name")[:GIVERS]
    return list(first.values_list("giver__ref", "giver__name", "n", "last"))


def asked_in_all(scope: Scope) -> tuple[int, int]:
    """How often anybody was asked, and how many givers."""
    sums = solicitations(scope).aggregate(n=Count("pk"), givers=Count("giver", distinct=True))
    return sums["n"], sums["givers"]


def sums_of(scope: Scope, **which: str) -> dict[str, Any]:
    """The sums of these rows, in one question: how many, how many served, the median wait, the people helped."""
    found = narrowed(needs(scope), **which).order_by()
    sums = found.aggregate(n=Count("pk"), served=Count("pk", filter=Q(is_served=True)), median=Median("waited"),
                           people=Sum("helped"))  # fmt: skip
    return {**sums, "people": sums["people"] or 0, "wait": said(sums["median"])}


def behind(scope: Scope, **which: str) -> "QuerySet[Need]":
    """The rows behind one number, latest first."""
    found = narrowed(needs(scope), **which)
    return found.select_related("organisation", "commune").order_by("-opened_at", "-pk")


def with_wait(page: "Iterable[Any]") -> list[tuple[Any, str]]:
    """Each need of a page with how long it waited, in words."""
    return [(row, said(row.waited)) for row in page]
