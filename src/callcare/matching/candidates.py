"""Who can help, and whom it would help. The engine proposes, the operator chooses, nobody is written to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from callcare.catalogue.enums import Mode
from callcare.core import french
from callcare.directory.enums import OrganisationKind
from callcare.matching import engines, sql
from callcare.matching.engines import Answer, Engine
from callcare.matching.lines import offered_from, solicited_since, wanted_from
from callcare.matching.models import Trait, likeness
from callcare.matching.rules import filters, scores
from callcare.matching.rules.facts import TIMES_A_YEAR, Day, Offered, Place, Point, Settings, Wanted, km_between
from callcare.matching.rules.filters import Missed, Stop, said
from callcare.matching.rules.order import Standing, why_before
from callcare.matching.rules.scores import TENTHS, Parts, Reason
from callcare.matching.rules.words import named
from callcare.matching.weights import in_force

APART = 3  # announced commitments shown under « à confirmer d’abord »
MISSES = 5
MODES: Mapping[str, int] = {Mode.GIFT: Trait.GIVES, Mode.LOAN: Trait.LENDS, Mode.EITHER: Trait.GIVES | Trait.LENDS}
POOL = 1000  # how far « autre chose » is counted


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line that could serve, or be served. Never a person, a telephone number or an address."""

    line: int
    ref: str
    title: str
    organisation: int
    organisation_name: str
    organisation_kind: str
    commune: str
    km: int | None
    quantity: str
    desk: str  # said only when it is another desk's
    score: int
    tenths: int
    parts: Parts
    reasons: tuple[Reason, ...]
    is_announced: bool
    missed: Missed | None = None
    point: Point | None = None  # where it is, as the engine keeps it
    after: str = ""  # why the one above stands above; nothing for the first


@dataclass(frozen=True, slots=True)
class Removed:
    """How many lines one filter took away, in the order of the filters."""

    stop: Stop
    count: int
    said: str
    and_more: bool = False

    def __str__(self) -> str:
        more = " et plus" if self.and_more else ""
        return f"{french.number(self.count)}{more} {self.said}"


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine answers: candidates best first (announced ones last), what the filters removed, near misses."""

    candidates: tuple[Candidate, ...]
    removed: tuple[Removed, ...]
    near_misses: tuple[Candidate, ...]
    looked_at: int

    @property
    def confirmed(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.candidates if not one.is_announced)

    @property
    def announced(self) -> tuple[Candidate, ...]:
        """To be confirmed with the giver before anything else."""
        return tuple(one for one in self.candidates if one.is_announced)

    @property
    def cascade(self) -> str:
        """« 61 trop loin · 38 autre chose · 14 épuisés », the largest first."""
        return " · ".join(str(one) for one in sorted(self.removed, key=lambda one: -one.count))


def candidates_for_need(
    wanted: Wanted, *, today: Day, limit: int = 10, all_misses: bool = False, engine: Engine = engines.whichever,
    settings: Settings | None = None,
) -> Found:  # fmt: skip
    """The commitment lines that could serve, best first: every line of the family ranked exactly.

    Near misses come when nothing was found, or when `all_misses` asks for them. The engines answer alike. Without
    `settings`, by the weights in force.
    """
    by = settings or in_force()
    params = question(wanted, today=today, limit=limit, settings=by) | {"all_misses": all_misses}

    def candidate(card: Mapping[str, Any]) -> Candidate:
        return giver_told(card, wanted, offered_from(card), today, by)

    def search(*, with_misses: bool) -> Found:
        answer = engine(wanted, params, today=today, with_misses=with_misses)
        return _found(answer, candidate, by)

    found = search(with_misses=all_misses)
    return found if all_misses or found.candidates or not found.looked_at else search(with_misses=True)


def giver_told(card: Mapping[str, Any], wanted: Wanted, offered: Offered, today: Day, settings: Settings) -> Candidate:
    """A commitment line as it is shown beside a need line."""
    unlimited = "selon les besoins" if not offered.is_countable else ""
    said = unlimited or f"reste {named(max(offered.free, 0), offered.counting)}"
    here = _candidate(card, wanted, offered, today, said, ("both", "giver"), settings)
    return replace(here, is_announced=not offered.is_confirmed)


def question(wanted: Wanted, *, today: Day, limit: int, settings: Settings, is_round: bool = False) -> dict[str, Any]:
    """What an engine is asked for a need line. A round never brings back who was asked for this need before."""
    of_asker = (
        scores.urgent(wanted, today, settings)
        + scores.waiting(wanted, today, settings)
        + settings.fair * TENTHS * (100 - wanted.served_percent) // 100
    )
    return _common(wanted, wanted.place, limit, settings) | {
        "settings": settings,  # for the oracle, who asks the rule itself
        "all_misses": False,
        "ever_asked": is_round,
        "misses": 0 if is_round else MISSES,
        "modes": MODES[wanted.mode],
        "need": wanted.need,
        "wanted_specs": wanted.specs,
        "asker": wanted.asker,
        "open": wanted.open,
        "min_useful": wanted.min_useful,
        "until": wanted.until(today.on),
        "since": wanted.since(today.on),
        "covers": settings.covers * TENTHS,
        "fresh": settings.fresh * TENTHS,
        "fresh_fading": settings.fresh_fading * TENTHS,
        "fresh_since": today.on - timedelta(settings.fresh_days),
        "fading_since": today.on - timedelta(settings.fresh_fading_days),
        "rest": settings.rest * TENTHS,
        "specific": settings.specific * TENTHS,
        "of_asker": of_asker,
        "max_solicited": settings.max_solicited,
        "solicited_since": solicited_since(),
    }


def needs_for_commitment(
    offered: Offered, *, today: Day, limit: int = 10, all_misses: bool = False, settings: Settings | None = None
) -> Found:
    """The need lines of the same desk that this commitment line would serve, best first: one statement."""
    by = settings or in_force()

    def candidate(card: Mapping[str, Any]) -> Candidate:
        return _served(card, wanted_from(card), offered, today, by)

    params = _of_offered(offered, today, limit, by) | {"all_misses": all_misses}
    return _found(engines.answered(sql.wants(with_specs=bool(offered.specs)), params), candidate, by)


def needs_to_share(offered: Offered, *, today: Day, limit: int) -> tuple[Found, dict[int, Wanted]]:
    """The same with what each line asks, by its number; how often the giver was asked stops nothing.

    She is asked once, for the whole stock: what she has free is what counts.
    """
    asked: dict[int, Wanted] = {}
    by = in_force()

    def candidate(card: Mapping[str, Any]) -> Candidate:
        wanted = wanted_from(card)
        asked[card["line"]] = wanted
        return _served(card, wanted, offered, today, by)

    stop = 0 if offered.is_reachable else Stop.GIVER.value
    params = _of_offered(offered, today, limit, by) | {"all_misses": False, "giver_stop": stop}
    return _found(engines.answered(sql.wants(with_specs=bool(offered.specs)), params), candidate, by), asked


def _served(card: Mapping[str, Any], wanted: Wanted, offered: Offered, today: Day, settings: Settings) -> Candidate:
    said = f"cherche {named(max(wanted.open, 0), wanted.counting)}"
    return _candidate(card, wanted, offered, today, said, ("both", "asker"), settings)


def _of_offered(offered: Offered, today: Day, limit: int, settings: Settings) -> dict[str, Any]:
    fit = scores.fit(_anybody(offered), offered, today=today, settings=settings).parts
    return _common(offered, offered.place, limit, settings) | {
        "giver": offered.giver,
        "free": offered.free,
        "is_countable": offered.is_countable,
        "today": today.on,
        "soon": today.soon,
        "later": today.on + timedelta(settings.urgent_later_days),
        "last_open": list(today.last_open),
        "open_days": len(today.last_open),
        "waiting": settings.waiting * TENTHS,
        "waiting_days": settings.waiting_days,
        "starts_on": offered.starts_on,
        "ends_on": offered.ends_on,
        "radius_km": offered.radius_km,
        "no_road": offered.needs_no_road,
        "giver_stop": 0 if filters.giver_reachable(offered, settings) else Stop.GIVER.value,
        "covers": settings.covers * TENTHS,
        "urgent": settings.urgent * TENTHS,
        "urgent_later": settings.urgent_later * TENTHS,
        "fair": settings.fair * TENTHS,
        "of_giver": fit.fresh + fit.rest + fit.specific,
    }


def _anybody(offered: Offered) -> Wanted:
    """A need of the same category: the parts of the score that are the giver's alone do not look at it."""
    return Wanted(offered.category, offered.path, offered.kind, offered.measure, open=1)


def _common(line: Wanted | Offered, place: Place, limit: int, settings: Settings) -> dict[str, Any]:
    x, y, z = place.point or (None, None, None)
    return {
        "line": line.line,
        "category": line.category,
        "kind": line.kind,
        "measure": line.measure,
        "likeness": likeness(line.kind, line.measure),
        "mode": line.mode,
        "times": TIMES_A_YEAR[line.every],
        "specs": json.dumps(dict(line.specs)),
        "desk": line.desk,
        "revision": line.revision,
        "is_open": line.is_open,
        "commune": place.commune,
        "epci": place.epci,
        "x": x,
        "y": y,
        "z": z,
        "near": settings.near * TENTHS,
        "near_same_epci": settings.near_same_epci * TENTHS,
        "near_unknown": settings.near_unknown * TENTHS,
        "near_reach_km": settings.near_reach_km,
        "limit": limit,
        "apart": min(limit, APART),
        "misses": MISSES,
        "pool": POOL,
    }


def _candidate(
    card: Mapping[str, Any], wanted: Wanted, offered: Offered, today: Day, said: str, about: tuple[str, ...],
    settings: Settings,
) -> Candidate:  # fmt: skip
    fit = scores.fit(wanted, offered, today=today, settings=settings)
    stop = Stop(card["stops"])
    why = filters.missed(stop, wanted, offered, today=today, settings=settings, pair=card["pair"]) if stop else None
    asking = wanted.desk if "giver" in about else offered.desk
    return Candidate(
        line=card["line"], ref=card["ref"], title=card["title"], organisation=card["organisation"],
        organisation_name=card["organisation_name"],
        organisation_kind=str(OrganisationKind(card["organisation_kind"]).label),
        commune=card["commune_name"] or "", km=km_between(wanted.place, offered.place), quantity=said,
        desk=card["desk_name"] if card["desk"] != asking else "", score=fit.score, tenths=card["score"],
        parts=fit.parts,
        reasons=tuple(reason for reason in fit.reasons if reason.about in about), is_announced=False, missed=why,
        point=(offered if "giver" in about else wanted).place.point,
    )  # fmt: skip


def _in_order(shown: list[Candidate], settings: Settings) -> tuple[Candidate, ...]:
    """Each but the first says why the one above stands above."""
    if not shown:
        return ()
    stand = [Standing(one.organisation_name, one.parts, one.km, one.is_announced) for one in shown]
    why = ["", *(why_before(one, other, covers=settings.covers) for one, other in pairwise(stand))]
    return tuple(replace(one, after=said) for one, said in zip(shown, why, strict=True))


def _found(answer: Answer, candidate: Callable[[Mapping[str, Any]], Candidate], settings: Settings) -> Found:
    rows = [(card["part"], candidate(card)) for card in answer.cards]
    counts, pool = {Stop(stop): count for stop, count in answer.counts.items()}, answer.pool
    seen = sum(counts.values())
    counts.pop(Stop(0), None)
    if others := pool - min(pool, seen):
        counts[Stop.OTHER] = others
    cut = pool >= POOL
    return Found(
        _in_order([one for part, one in rows if part < 2], settings),
        tuple(
            Removed(stop, counts[stop], said(stop, counts[stop]), cut and stop is Stop.OTHER)
            for stop in Stop
            if stop in counts
        ),
        tuple(one for part, one in rows if part == 2),
        seen,
    )
