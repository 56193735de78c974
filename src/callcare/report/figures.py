"""The figures of the review. Each is one question to the database: its rows, and what is counted on them.

Screen, drill-down and files use the same question, so that a figure always opens onto the rows that make it.
Nothing is stored here: `months` keeps what they say of past months.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, TruncDate

from callcare.accounts.models import User
from callcare.allocations.enums import FulfilmentKind
from callcare.allocations.models import Allocation, Fulfilment
from callcare.catalogue.models import Category
from callcare.commitments.enums import Level
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core.replica import connection
from callcare.desk.enums import CaseState, InteractionChannel
from callcare.desk.models import Desk, Interaction
from callcare.desk.rules import privacy
from callcare.introductions.models import Introduction
from callcare.needs.models import Need, NeedLine
from callcare.outcomes.models import Outcome, PeopleCount
from callcare.report.rules import PARIS, Period

Rows = QuerySet[Any]
NOWHERE = "aucun"  # the place of what has none
NO_KEY = Cast(Value(None), BigIntegerField())
NO_PLACE = Cast(Value(None), CharField())
FEW = 12  # days looked up one by one in an index


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: a period, the desks the reader may see, a département (INSEE code; "" for all; NOWHERE)."""

    period: Period
    desks: frozenset[int]
    departement: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One defined count. `rows` answers which rows; `weight` says what each row adds (one, unless said)."""

    code: str
    label: str
    definition: str
    when: str
    place: str
    source: Callable[[Scope], Rows]
    weight: str = ""
    desk: str = "desk_id"
    part: str = ""  # a further cut: the category
    each: str = ""  # what is counted, where it is not the row
    listed: Callable[[Scope], Rows] | None = None  # the same rows, in a way that finds the latest ones first

    def rows(self, scope: Scope) -> Rows:
        """The rows that make this figure, in the scope."""
        return self._within(self.source(scope), scope)

    def in_order(self, scope: Scope) -> Rows:
        """The same rows, for a list of them."""
        return self._within((self.listed or self.source)(scope), scope)

    def _within(self, rows: Rows, scope: Scope) -> Rows:
        found = rows.filter(
            **{
                f"{self.when}__gte": scope.period.since,
                f"{self.when}__lt": scope.period.until,
                f"{self.desk}__in": scope.desks,
            }
        )
        if scope.departement == NOWHERE:
            found = found.filter(**{f"{self.place}__departement__isnull": True})
        elif scope.departement:
            found = found.filter(**{f"{self.place}__departement__code": scope.departement})
        return found

    def value(self, scope: Scope) -> int:
        """The figure itself, counted from its rows."""
        return int(self.rows(scope).aggregate(n=self._counted())["n"] or 0)

    def by_day(self, scope: Scope, days: Collection[date] = (), *, place: Any = None) -> Rows:
        """The figure as rows (code, day, desk, département, category, n); of `days` alone, where they are said.

        `place` is what to say for the département, where it need not be looked up.
        """
        cut = (
            self.rows(scope)
            .order_by()
            .annotate(
                figure=Value(self.code),
                on_day=TruncDate(self.when, tzinfo=PARIS),
                at_desk=F(self.desk),
                in_place=place or Coalesce(f"{self.place}__departement__code", Value("")),
                of_part=F(self.part) if self.part else NO_KEY,
            )
        )
        if len(days) > FEW:
            cut = cut.filter(on_day__in=days)
        elif days:
            cut = cut.filter(reduce(or_, (self._on(day) for day in days)))
        cells: Rows = cut.values_list("figure", "on_day", "at_desk", "in_place", "of_part").annotate(n=self._counted())
        return cells

    def _on(self, day: date) -> Q:
        one = Period(day, day)
        return Q(**{f"{self.when}__gte": one.since, f"{self.when}__lt": one.until})

    def _counted(self) -> Any:
        if self.weight:
            return Coalesce(Sum(self.weight), 0)
        return Count(self.each, distinct=True) if self.each else Count("pk")


def _deliveries(scope: Scope) -> Rows:
    """What was handed over, what was noted by mistake taken off; a delivery wholly corrected is not counted."""
    undone = Fulfilment.objects.filter(corrects=OuterRef("pk")).values("corrects").annotate(n=Sum("qty")).values("n")
    done = Fulfilment.objects.filter(kind=FulfilmentKind.DELIVERY)
    return done.annotate(net=F("qty") - Coalesce(Subquery(undone), 0)).filter(net__gt=0)


def _confirmed(scope: Scope) -> Rows:
    return Commitment.objects.filter(
        level=Level.CONFIRMED,
        person__isnull=False,
        opened_at__gte=scope.period.since,
        opened_at__lt=scope.period.until,
        desk_id__in=scope.desks,
    )


def _first_confirmed(scope: Scope) -> Rows:
    """One confirmed commitment for each person of a giver: her first in the period and desks looked at."""
    firsts = _confirmed(scope).order_by("person", "opened_at", "pk").distinct("person").values("pk")
    return Commitment.objects.filter(pk__in=firsts)


def _first_confirmed_in_order(scope: Scope) -> Rows:
    """The same rows: those of which the same person has no earlier one. No need to know every person's first."""
    then, key = OuterRef("opened_at"), OuterRef("pk")
    same = _confirmed(scope).filter(person=OuterRef("person"))
    earlier = same.filter(Q(opened_at__lt=then) | Q(opened_at=then, pk__lt=key))
    return _confirmed(scope).filter(~Exists(earlier))


def people_committed(scope: Scope) -> Rows:
    """`COMMITTED` alone, as the one row `by_day` would say, without a day: as many persons as first commitments."""
    found = COMMITTED.rows(scope) if scope.departement else _confirmed(scope)
    counted = found.order_by().annotate(
        figure=Value(COMMITTED.code),
        on_day=Cast(Value(None), DateField()),
        at_desk=NO_KEY,
        in_place=NO_PLACE,
        of_part=NO_KEY,
    )
    cut = counted.values_list("figure", "on_day", "at_desk", "in_place", "of_part")
    summed: Rows = cut.annotate(n=Count("person", distinct=True))
    return summed


def _without_help(needs: Rows, *, need: str = "") -> Rows:
    """Those nobody was introduced to and nothing is promised for; withdrawn and out of scope ones wait for nothing."""
    key = OuterRef(f"{need}pk")
    introduced = Introduction.objects.filter(need=key, sent_at__isnull=False)
    promised = Allocation.objects.filter(need_line__need=key, qty_released__lt=F("qty"))
    refused = {f"{need}close_reason__code__in": ["unanswered", "expired"]}
    waiting = ~Q(**{f"{need}state": CaseState.CLOSED}) | Q(**refused)
    return needs.filter(waiting, ~Exists(introduced), ~Exists(promised), **{f"{need}duplicate_of": None})


NEED_PLACE = "allocation__need_line__need__commune"

CONTACTS = Figure(
    "contacts", "Contacts",
    "Appels, courriels, formulaires et visites reçus ou émis par le guichet, aussi ceux dont la note est encore en "
    "brouillon : le contact a eu lieu. Les imports n’en sont pas.",
    "started_at", "organisation__commune",
    lambda _: Interaction.objects.exclude(channel=InteractionChannel.IMPORT),
)  # fmt: skip
NEEDS = Figure(
    "needs", "Besoins", "Besoins ouverts dans la période, doublons exclus.", "opened_at", "commune",
    lambda _: Need.objects.filter(duplicate_of=None),
)  # fmt: skip
COMMITMENTS = Figure(
    "commitments", "Engagements", "Engagements ouverts dans la période, annoncés ou confirmés.", "opened_at",
    "commune", lambda _: Commitment.objects.all(),
)  # fmt: skip
INTRODUCTIONS = Figure(
    "introductions", "Mises en relation", "Mises en relation envoyées aux deux côtés dans la période.", "sent_at",
    "need__commune", lambda _: Introduction.objects.filter(sent_at__isnull=False),
)  # fmt: skip
FULFILMENTS = Figure(
    "fulfilments", "Remises", "Remises et réalisations notées ; une remise entièrement corrigée ne compte pas.", "at",
    NEED_PLACE, _deliveries,
)  # fmt: skip
PEOPLE = Figure(
    "people_helped", "Personnes accompagnées",
    "Personnes déclarées par les demandeurs, comptées par besoin, public et tranche d’âge ; jamais nommées.",
    "counted_at", "need__commune", lambda _: PeopleCount.objects.all(), weight="people",
)  # fmt: skip
COMPUTERS = Figure(
    "computers_delivered", "Ordinateurs remis",
    "Ordinateurs donnés ou prêtés, corrections déduites. Annoncé, confirmé et remis sont trois chiffres.", "at",
    NEED_PLACE, lambda scope: _deliveries(scope).filter(allocation__need_line__category__is_computer=True),
    weight="net",
)  # fmt: skip
COMMITTED = Figure(
    "people_committed", "Personnes engagées",
    "Interlocuteurs distincts des contributeurs qui ont confirmé un engagement ouvert dans la période.", "opened_at",
    "commune", _first_confirmed, listed=_first_confirmed_in_order,
)  # fmt: skip
UNANSWERED = Figure(
    "needs_unanswered", "Restés sans réponse",
    "Besoins ouverts dans la période sans mise en relation envoyée ni quantité affectée, et ceux clos sans réponse.",
    "opened_at", "commune", lambda _: _without_help(Need.objects.all()),
)  # fmt: skip
LACKING = Figure(
    "needs_lacking", "Ce qui manque", "Besoins restés sans réponse, par catégorie de ce qu’ils demandent.",
    "need__opened_at", "need__commune", lambda _: _without_help(NeedLine.objects.all(), need="need__"),
    desk="need__desk_id", part="category_id", each="need_id",
)  # fmt: skip


def _computers_offered(*levels: Level) -> Callable[[Scope], Rows]:
    """Lines of computers, what was withdrawn taken off: announced and confirmed are two figures with two names."""
    offered = CommitmentLine.objects.filter(category__is_computer=True)
    of_level = offered.filter(commitment__level__in=levels) if levels else offered
    return lambda _: of_level.annotate(net=F("qty_offered") - F("qty_withdrawn"))


ANNOUNCED = Figure(
    "computers_announced", "Ordinateurs annoncés", "Ordinateurs offerts, annoncés ou confirmés.",
    "commitment__opened_at", "commitment__commune", _computers_offered(), weight="net", desk="commitment__desk_id",
)  # fmt: skip
CONFIRMED = Figure(
    "computers_confirmed", "Ordinateurs confirmés", "Ordinateurs offerts, confirmés par le contributeur.",
    "commitment__opened_at", "commitment__commune", _computers_offered(Level.CONFIRMED), weight="net",
    desk="commitment__desk_id",
)  # fmt: skip

FUNNEL = (CONTACTS, NEEDS, COMMITMENTS, INTRODUCTIONS, FULFILMENTS, PEOPLE)
AIMED = (PEOPLE, COMPUTERS, COMMITTED)
ALL = {figure.code: figure for figure in (*FUNNEL, COMPUTERS, COMMITTED, UNANSWERED)}


def desks_of(user: User) -> QuerySet[Desk]:
    """Whose figures she may read: an operator her desks', a steward everybody's."""
    return Desk.objects.all() if user.is_steward else Desk.objects.filter(operators=user)


# The first communes are named, not each need's: looking up thirty thousand names for sixty is most of the time.
PLACED = """
WITH counted (commune_id, n) AS ({counted}),
first AS MATERIALIZED (SELECT * FROM counted ORDER BY n DESC FETCH FIRST %s ROWS WITH TIES)
SELECT name, lat, lon, n FROM first JOIN territories_territory t ON t.id = first.commune_id
WHERE lat IS NOT NULL AND lon IS NOT NULL ORDER BY n DESC, name LIMIT %s
"""


def needs_by_commune(scope: Scope, *, most: int = 60) -> list[tuple[str, float, float, int]]:
    """Where the needs are: (commune, latitude, longitude, how many), those with the most first."""
    if not scope.desks:
        return []
    placed = NEEDS.rows(scope).filter(commune__isnull=False).order_by()
    counted, facts = placed.values_list("commune").annotate(n=Count("pk")).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(PLACED.format(counted=counted), [*facts, most, most])
        found: list[tuple[str, float, float, int]] = cursor.fetchall()
    return found


def named(lacking: Mapping[int, int], *, most: int = 6) -> list[tuple[str, int]]:
    """What is lacking without an answer, in words: needs by category, the most asked first."""
    words = dict(Category.objects.filter(pk__in=lacking).values_list("pk", "label"))
    found = [(words[key], n) for key, n in lacking.items() if n]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:most]


def thanks(scope: Scope, *, most: int = 3) -> list[Outcome]:
    """The last words that may be published, with the place they come from; never with a name.

    Looked at once more when they are shown: words of before the guard, or of a rule that learned since, stay at home.
    """
    said = Outcome.objects.filter(
        may_publish=True,
        answered_at__gte=scope.period.since,
        answered_at__lt=scope.period.until,
        desk_id__in=scope.desks,
    ).exclude(verbatim="")
    order = ("-answered_at", "-pk")
    latest = Outcome.objects.filter(pk__in=said.order_by(*order).values("pk")[: most * 5]).order_by(*order)
    shown = latest.select_related("need__commune", "need__organisation")
    clean = (one for one in shown if not privacy.found_in(one.verbatim, known=[one.need.organisation.name]))
    return list(islice(clean, most))
