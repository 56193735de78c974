"""How well a commitment line fits a need line: a score of 100, and its reasons. Past success earns nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from callcare.core import french
from callcare.matching.rules.facts import Day, Offered, Settings, Tone, Wanted, amounts, km_between
from callcare.matching.rules.words import ago, quantity, short_day

TENTHS = 10
About = Literal["both", "giver", "asker"]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a score, in tenths of a point."""

    covers: int
    near: int
    urgent: int
    waiting: int
    fair: int
    fresh: int
    rest: int
    specific: int

    @property
    def total(self) -> int:
        of_giver = self.fresh + self.rest + self.specific
        return self.covers + self.near + self.urgent + self.waiting + self.fair + of_giver


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the fit in words. `about` says whose it is: the giver’s, the asker’s, or of both."""

    text: str
    tone: Tone = "plain"
    about: About = "both"


@dataclass(frozen=True, slots=True)
class Fit:
    """A score from 0 to 100, its parts in tenths, and the reasons a person can read aloud."""

    score: int
    parts: Parts
    reasons: tuple[Reason, ...]


def fit(wanted: Wanted, offered: Offered, *, today: Day, settings: Settings) -> Fit:
    """How well the two lines fit, `today`. Says nothing about the filters: see `filters.stops`."""
    parts = Parts(
        covers=covers(wanted, offered, settings),
        near=near(wanted, offered, settings),
        urgent=urgent(wanted, today, settings),
        waiting=waiting(wanted, today, settings),
        fair=settings.fair * TENTHS * (100 - wanted.served_percent) // 100,
        fresh=fresh(offered, today, settings),
        rest=rest(offered, settings),
        specific=settings.specific * TENTHS // max(1, offered.breadth),
    )
    return Fit((parts.total + TENTHS // 2) // TENTHS, parts, tuple(reasons(wanted, offered, today, settings)))


def covers(wanted: Wanted, offered: Offered, settings: Settings) -> int:
    asked, free = amounts(wanted, offered)
    if not offered.is_countable or free >= asked:
        return settings.covers * TENTHS
    return settings.covers * TENTHS * max(free, 0) // asked


def near(wanted: Wanted, offered: Offered, settings: Settings) -> int:
    """The same grouping is worth 16 at least; a neighbour across its border is not worth less than she is near."""
    same_epci = wanted.place.epci is not None and wanted.place.epci == offered.place.epci
    if offered.needs_no_road:
        return settings.near_same_epci * TENTHS
    if wanted.place.commune is not None and wanted.place.commune == offered.place.commune:
        return settings.near * TENTHS
    km = km_between(wanted.place, offered.place)
    if km is None:
        return (settings.near_same_epci if same_epci else settings.near_unknown) * TENTHS
    by_road = max(0, settings.near * TENTHS - settings.near * TENTHS * km // settings.near_reach_km)
    return max(settings.near_same_epci * TENTHS, by_road) if same_epci else by_road


def urgent(wanted: Wanted, today: Day, settings: Settings) -> int:
    if wanted.ends_on is None:
        return 0
    if wanted.ends_on <= today.soon:
        return settings.urgent * TENTHS
    later = today.on + timedelta(settings.urgent_later_days)
    return settings.urgent_later * TENTHS if wanted.ends_on <= later else 0


def waiting(wanted: Wanted, today: Day, settings: Settings) -> int:
    if wanted.opened_on is None:
        return 0
    days = sum(day > wanted.opened_on for day in today.last_open)
    return days * settings.waiting * TENTHS // settings.waiting_days


def fresh(offered: Offered, today: Day, settings: Settings) -> int:
    if offered.confirmed_on is None:
        return 0
    if offered.confirmed_on >= today.on - timedelta(settings.fresh_days):
        return settings.fresh * TENTHS
    fading = today.on - timedelta(settings.fresh_fading_days)
    return settings.fresh_fading * TENTHS if offered.confirmed_on >= fading else 0


def rest(offered: Offered, settings: Settings) -> int:
    """Whole for a giver nobody asked of late, nothing for one who is left in peace."""
    left = max(0, settings.max_solicited - offered.solicited)
    return settings.rest * TENTHS * left // settings.max_solicited


def reasons(wanted: Wanted, offered: Offered, today: Day, settings: Settings) -> Iterator[Reason]:
    """The reasons in the order a person would say them: how much, where, when, how, since when."""
    yield _how_much(wanted, offered)
    yield from _where(wanted, offered, settings)
    yield from _what(wanted, offered)
    yield from _when(wanted, offered, today)
    yield from _of_giver(offered, today, settings)
    yield from _of_asker(wanted, today, settings)


def _how_much(wanted: Wanted, offered: Offered) -> Reason:
    if not offered.is_countable:
        return Reason("selon les besoins", "good")
    asked, free = amounts(wanted, offered)
    if free >= asked:
        said = quantity(wanted.open, wanted.counting)
        is_one = wanted.open <= wanted.counting.factor and wanted.measure != "cent"
        return Reason("couvre la demande" if is_one else f"couvre les {said}", "good")
    part = quantity(offered.free, wanted.counting)
    return Reason(f"{part} sur {quantity(wanted.open, wanted.counting)} tout de suite", "limit")


def _where(wanted: Wanted, offered: Offered, settings: Settings) -> Iterator[Reason]:
    if offered.kind == "money":
        return
    km = km_between(wanted.place, offered.place)
    if offered.travel == "remote":
        yield Reason("à distance", "good")
    elif wanted.place.commune is not None and wanted.place.commune == offered.place.commune:
        yield Reason("même commune", "good")
    elif km is None:
        yield Reason("distance inconnue", "limit")
    else:
        about = "environ " if wanted.place.is_rough or offered.place.is_rough else ""
        yield Reason(f"à {about}{french.number(km)} km", "good" if km <= settings.far_km else "limit")
    if offered.travel == "giver_delivers":
        yield Reason("livre", "good", "giver")
    elif offered.travel == "asker_collects":
        yield Reason("à venir chercher", "limit", "giver")


def _what(wanted: Wanted, offered: Offered) -> Iterator[Reason]:
    if offered.category != wanted.category:
        yield Reason(f"proposé : {offered.label}", "limit", "giver")
    if wanted.mode == "either" and offered.mode == "loan":
        yield Reason("prêt seulement", "limit", "giver")
    if wanted.every and not offered.every:
        yield Reason("une seule fois", "limit")
    if any(name not in offered.specs for name in wanted.specs):
        yield Reason("précisions à vérifier", "limit")


def _when(wanted: Wanted, offered: Offered, today: Day) -> Iterator[Reason]:
    if offered.starts_on and offered.starts_on > today.on:
        yield Reason(f"disponible à partir du {short_day(offered.starts_on, today.on)}", "limit")
    elif offered.ends_on and offered.ends_on <= today.on + timedelta(30):
        yield Reason(f"jusqu’au {short_day(offered.ends_on, today.on)}", "limit")
    elif wanted.ends_on and offered.starts_on is None and offered.ends_on is None:
        yield Reason("dates à préciser", "plain", "giver")


def _of_giver(offered: Offered, today: Day, settings: Settings) -> Iterator[Reason]:
    if offered.confirmed_on is None:
        yield Reason("à confirmer d’abord", "limit", "giver")
    else:
        stale = offered.confirmed_on < today.on - timedelta(settings.fresh_fading_days)
        yield Reason(f"confirmé {ago(offered.confirmed_on, today.on)}", "limit" if stale else "good", "giver")
    if not offered.solicited:
        yield Reason("pas sollicité ce mois-ci", "plain", "giver")
    else:
        yield Reason(f"sollicité {offered.solicited} fois ce mois-ci", "limit", "giver")
    if offered.breadth >= settings.versatile:
        said = f"polyvalent : sert à {offered.breadth} sortes de besoins"
        yield Reason(said, "limit", "giver")


def _of_asker(wanted: Wanted, today: Day, settings: Settings) -> Iterator[Reason]:
    if wanted.ends_on and wanted.ends_on < today.on:
        yield Reason("date souhaitée dépassée", "limit", "asker")
    elif wanted.ends_on:
        tone: Tone = "limit" if urgent(wanted, today, settings) else "plain"
        yield Reason(f"attendu avant le {short_day(wanted.ends_on, today.on)}", tone, "asker")
    if wanted.opened_on and (today.on - wanted.opened_on).days > 1:
        is_long = waiting(wanted, today, settings) == settings.waiting * TENTHS
        said = f"attend depuis {_waited(wanted.opened_on, today)}" if is_long else ""
        yield Reason(said or f"demandé {ago(wanted.opened_on, today.on)}", "good" if is_long else "plain", "asker")
    if wanted.line is not None:
        share = wanted.served_percent
        said = f"a reçu {share}{french.THIN}% de ce qu’il a demandé en un an" if share else "rien reçu en un an"
        yield Reason(said, "plain" if share else "good", "asker")


def _waited(since: date, today: Day) -> str:
    """« 18 jours », « 4 mois »."""
    return ago(since, today.on).removeprefix("il y a ")
