"""« Pistes du jour »: what the last round raised, read again as it stands now, need by need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Max, Q, Value, When

from callcare.accounts.models import User
from callcare.core import clock, french
from callcare.matching import engines, links, sql
from callcare.matching.candidates import Candidate, giver_told
from callcare.matching.lines import offered_from, solicited_since, this_day, wanted_from
from callcare.matching.models import Round, Suggestion, SuggestionQuerySet
from callcare.matching.rules import filters
from callcare.matching.rules.facts import Day, Offered, Settings, Wanted
from callcare.matching.rules.words import ago, named
from callcare.matching.weights import in_force

ON_A_PAGE = 20  # needs
SHARED_FROM = 3  # pairs of one commitment on a page: spreading it is one question


@dataclass(frozen=True, slots=True)
class Told:
    """One pair: who could give, why, and since when it is news."""

    suggestion: Suggestion
    candidate: Candidate
    is_new: bool
    relate: str

    @property
    def said(self) -> str:
        """« nouvelle », « confirmée depuis », or since when it waits to be looked into."""
        if self.is_new:
            return str(self.suggestion.get_news_display())
        return f"depuis {french.day(self.suggestion.raised_on, today=clock.today())}"


@dataclass(frozen=True, slots=True)
class OfNeed:
    """A need and what was raised for it."""

    ref: str
    title: str
    asker: str
    commune: str
    lacks: str
    since: str
    pairs: tuple[Told, ...]

    @property
    def rows(self) -> list[tuple[Told, Candidate]]:
        """Each pair with its candidate, as the component of a candidate wants it."""
        return [(pair, pair.candidate) for pair in self.pairs]


@dataclass(frozen=True, slots=True)
class Stock:
    """One commitment raised for several needs at once."""

    ref: str
    giver: str
    needs: int
    url: str


@dataclass(frozen=True, slots=True)
class Morning:
    """A page of needs, how many pairs are new and how many were left, and the last round."""

    page: "Page[Any]"
    needs: tuple[OfNeed, ...]
    new: int
    left: int
    stocks: tuple[Stock, ...]
    last: Round | None


def news_since(today: Day) -> date:
    """The first day whose pairs are this morning's: on a Monday, those of the week-end too."""
    before = [day for day in today.last_open if day < today.on]
    return (before[-1] if before else today.on) + timedelta(1)


def new_ones(user: User) -> SuggestionQuerySet:
    """The pairs of this morning at her desks that nobody has looked into yet."""
    rows = Suggestion.objects.visible_to(user).shown(clock.today())
    return rows.filter(raised_on__gte=news_since(this_day()))


def morning_of(user: User, *, page: str | None) -> Morning:
    """What the operator reads: needs with new pairs first, then the best score."""
    today = this_day()
    since = news_since(today)
    rows = Suggestion.objects.visible_to(user).shown(today.on)
    fresh = Count("pk", filter=Q(raised_on__gte=since))
    sums = rows.aggregate(new=fresh, all=Count("pk"), needs=Count("need_line__need", distinct=True))
    needs: Any = rows.order_by().values_list("need_line__need", flat=True).annotate(fresh=fresh, best=Max("score"))
    needs = needs.order_by(Case(When(fresh__gt=0, then=Value(0)), default=Value(1)), "-best", "need_line__need")
    cut = Paginator(needs, ON_A_PAGE)
    cut.count = sums["needs"]  # a cached property: known already, it is not asked
    shown = cut.get_page(page)
    here = list(shown)
    told = (
        _told(rows.filter(need_line__need__in=here).standing().order_by("-score", "pk"), today, since) if here else []
    )
    new, all_ = sums["new"], sums["all"]
    if not shown.has_other_pages():  # counted as shown: a filter may have stopped some since the night
        new, all_ = sum(pair.is_new for _, pair in told), len(told)
    return Morning(
        page=shown, needs=_by_need(here, told, today), new=new, left=all_ - new,
        stocks=_stocks(told), last=Round.objects.filter(finished_at__isnull=False).order_by("-started_at").first(),
    )  # fmt: skip


def _told(rows: Iterable[Suggestion], today: Day, since: date) -> list[tuple[Mapping[str, Any], Told]]:
    """Each pair with its need as a card. One that a filter stops by now is left out, whatever the round saw."""
    pairs = list(rows)
    offers = _cards(sql.OFFERS_OF_PAIRS, [one.commitment_line_id for one in pairs])
    wants = _cards(sql.WANTS_OF_PAIRS, [one.need_line_id for one in pairs])
    told, by = [], in_force()
    for one in pairs:
        offer, want = offers.get(one.commitment_line_id), wants.get(one.need_line_id)
        if offer is None or want is None:
            continue  # closed between the two statements
        wanted, offered = wanted_from(want), offered_from(offer)
        if filters.stops(wanted, offered, today=today, settings=by):
            continue
        told.append((want, _pair(one, offer, wanted, offered, today, since, by)))
    return told


def _pair(
    one: Suggestion, card: Mapping[str, Any], wanted: Wanted, offered: Offered, today: Day, since: date, by: Settings
) -> Told:
    candidate = giver_told(card, wanted, offered, today, by)
    address = links.relate(need_line=one.need_line_id, commitment_line=one.commitment_line_id)
    return Told(one, candidate, one.raised_on >= since, address)


def _cards(statement: str, lines: list[int]) -> dict[int, Mapping[str, Any]]:
    params = {"lines": lines, "solicited_since": solicited_since(), "asker": None, "giver": None}
    return {card["line"]: card for card in engines.told(statement, params)}


def _by_need(needs: Iterable[int], told: list[tuple[Mapping[str, Any], Told]], today: Day) -> tuple[OfNeed, ...]:
    mine: dict[int, list[tuple[Mapping[str, Any], Told]]] = {}
    for card, pair in told:
        mine.setdefault(card["need"], []).append((card, pair))
    return tuple(_of_need(mine[need], today) for need in needs if need in mine)


def _of_need(told: list[tuple[Mapping[str, Any], Told]], today: Day) -> OfNeed:
    card = told[0][0]
    lines = {card["line"]: wanted_from(card) for card, _ in told}
    return OfNeed(
        ref=card["ref"], title=card["title"], asker=card["organisation_name"], commune=card["commune_name"] or "",
        lacks=" · ".join(named(one.open, one.counting) for one in lines.values()),
        since=ago(date.fromisoformat(card["opened_on"]), today.on),
        pairs=tuple(pair for _, pair in sorted(told, key=lambda one: not one[1].is_new)),
    )  # fmt: skip


def _stocks(told: list[tuple[Mapping[str, Any], Told]]) -> tuple[Stock, ...]:
    """Commitments that answer several needs of the page: spreading them is one question, with its own page."""
    many: dict[str, list[Candidate]] = {}
    for _, pair in told:
        if not pair.candidate.desk:
            many.setdefault(pair.candidate.ref, []).append(pair.candidate)
    return tuple(
        Stock(ref, some[0].organisation_name, len(some), links.share(ref))
        for ref, some in many.items()
        if len(some) >= SHARED_FROM and links.share(ref)
    )
