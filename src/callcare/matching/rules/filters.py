"""The hard filters, in their order: what makes a commitment line no candidate for a need line.

Missing data never excludes: an unknown place or date passes, and the reasons of the score say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

from callcare.core import french
from callcare.matching.rules.facts import TIMES_A_YEAR, Day, Offered, Pair, Settings, Wanted, amounts, km_between
from callcare.matching.rules.words import quantity, short_day


class Stop(IntFlag):
    """A filter that says no. The order of the values is the order in which filters are told."""

    OTHER = 1
    MODE = 2
    SPECS = 4
    CLOSED = 8
    FREE = 16
    DATES = 32
    FAR = 64
    PAIR = 128
    GIVER = 256


# « 61 trop loin · 38 autre chose · 14 épuisés »
SAID: Mapping[Stop, str] = {
    Stop.OTHER: "autre chose",
    Stop.MODE: "don ou prêt, pas l’autre",
    Stop.SPECS: "sans les précisions demandées",
    Stop.CLOSED: "pas encore ouverts",
    Stop.FREE: "épuisés",
    Stop.DATES: "pas aux mêmes dates",
    Stop.FAR: "trop loin",
    Stop.PAIR: "déjà écartés ou en cours",
    Stop.GIVER: "à ne pas solliciter",
}


ONE: Mapping[Stop, str] = {  # where one alone is said otherwise
    Stop.CLOSED: "pas encore ouvert",
    Stop.FREE: "épuisé",
    Stop.PAIR: "déjà écarté ou en cours",
}


def said(stop: Stop, count: int) -> str:
    """Why so many were removed, in agreement: « 1 épuisé », « 14 épuisés »."""
    return ONE.get(stop, SAID[stop]) if count < 2 else SAID[stop]


@dataclass(frozen=True, slots=True)
class Missed:
    """The one filter a candidate fails, in words, and the deed that would lift it."""

    stop: Stop
    text: str
    lift: str


def same_branch(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """The same category, one above it or one below it: one path begins with the other."""
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def specs_agree(wanted: Mapping[str, Any], offered: Mapping[str, Any]) -> bool:
    """Every precision asked is met, or not known: equal words, all the items of a list, at least the number."""
    return all(_agrees(value, offered[name]) for name, value in wanted.items() if name in offered)


def _agrees(wanted: Any, offered: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(offered, bool):
        return bool(wanted is offered)
    if isinstance(wanted, int | float) and isinstance(offered, int | float):
        return offered >= wanted
    if isinstance(wanted, list):
        return set(map(str, wanted)) <= set(map(str, offered if isinstance(offered, list) else [offered]))
    return str(wanted) == str(offered)


def dates_overlap(wanted: Wanted, offered: Offered, day: Day) -> bool:
    until, since = wanted.until(day.on), wanted.since(day.on)
    starts_in_time = until is None or offered.starts_on is None or offered.starts_on <= until
    return starts_in_time and (offered.ends_on is None or offered.ends_on >= since)


def enough(wanted: Wanted, offered: Offered) -> bool:
    """At least the smallest useful part of what is still asked; « selon les besoins » is always enough."""
    if wanted.open <= 0:
        return False
    if not offered.is_countable:
        return True
    _, free = amounts(wanted, offered)
    times = TIMES_A_YEAR[wanted.every] if wanted.every and offered.every else 1
    return free > 0 and free >= min(wanted.min_useful, wanted.open) * times


def too_far(wanted: Wanted, offered: Offered) -> bool:
    km = km_between(wanted.place, offered.place)
    return not offered.needs_no_road and km is not None and offered.radius_km is not None and km > offered.radius_km


def stops(wanted: Wanted, offered: Offered, *, today: Day, settings: Settings, pair: Pair = "") -> Stop:
    """Every filter that says no to this pair; an empty Stop for a candidate."""
    like = (wanted.kind, wanted.measure) == (offered.kind, offered.measure)
    no = {
        Stop.OTHER: not (like and same_branch(wanted.path, offered.path)),
        Stop.MODE: "either" not in (wanted.mode, offered.mode) and wanted.mode != offered.mode,
        Stop.SPECS: not specs_agree(wanted.specs, offered.specs),
        Stop.CLOSED: not (wanted.is_open and offered.is_open),
        Stop.FREE: not enough(wanted, offered),
        Stop.DATES: not dates_overlap(wanted, offered, today),
        Stop.FAR: too_far(wanted, offered),
        Stop.PAIR: bool(pair) or (wanted.asker is not None and wanted.asker == offered.giver),
        Stop.GIVER: not giver_reachable(offered, settings),
    }
    return Stop(sum(stop for stop, fails in no.items() if fails))


def giver_reachable(offered: Offered, settings: Settings) -> bool:
    """May be contacted, has room for one more introduction, and was not asked too often."""
    return offered.is_reachable and offered.live < offered.max_live and offered.solicited < settings.max_solicited


def missed(stop: Stop, wanted: Wanted, offered: Offered, *, today: Day, settings: Settings, pair: Pair = "") -> Missed:
    """The sentence of the only filter that says no, and what would lift it."""
    say = {
        Stop.MODE: _missed_mode,
        Stop.SPECS: lambda *_: ("les précisions demandées n’y sont pas", "Revoir ce qui est indispensable"),
        Stop.CLOSED: lambda *_: ("suspendu ou à qualifier", "Ouvrir la fiche"),
        Stop.FREE: _missed_free,
        Stop.DATES: _missed_dates,
        Stop.FAR: _missed_far,
        Stop.PAIR: lambda *_: _missed_pair(pair),
        Stop.GIVER: lambda *_: _missed_giver(offered, settings),
    }[stop]
    text, lift = say(wanted, offered, today)
    return Missed(stop, text, lift)


def _missed_mode(wanted: Wanted, offered: Offered, today: Day) -> tuple[str, str]:
    if offered.mode == "loan":
        return "prêt seulement", "Demander si un prêt conviendrait"
    return "don seulement", "Demander si un don conviendrait"


def _missed_free(wanted: Wanted, offered: Offered, today: Day) -> tuple[str, str]:
    if wanted.open <= 0:
        return "plus rien à trouver", "Augmenter la demande"
    if offered.free <= 0:
        return "épuisé", "Demander au contributeur s’il peut compléter"
    least = quantity(min(wanted.min_useful, wanted.open), wanted.counting)
    return f"reste {quantity(offered.free, wanted.counting)}, minimum {least}", "Partager la quantité"


def _missed_dates(wanted: Wanted, offered: Offered, today: Day) -> tuple[str, str]:
    until = wanted.until(today.on)
    if until and offered.starts_on and offered.starts_on > until:
        text = f"disponible à partir du {short_day(offered.starts_on, today.on)}"
        return text, "Demander si le besoin peut attendre"
    ended = short_day(offered.ends_on, today.on) if offered.ends_on else ""
    return f"disponible jusqu’au {ended}", "Demander au contributeur de prolonger"


def _missed_far(wanted: Wanted, offered: Offered, today: Day) -> tuple[str, str]:
    km = km_between(wanted.place, offered.place)
    sure = "confirmé mais " if offered.is_confirmed else ""
    return (
        f"{sure}à {french.number(km or 0)} km, rayon {offered.radius_km}",
        "Demander au contributeur d’aller plus loin",
    )


def _missed_pair(pair: Pair) -> tuple[str, str]:
    return {
        "dismissed": ("piste écartée", "Remettre la piste"),
        "live": ("mise en relation en cours", "Suivre la mise en relation"),
    }.get(pair, ("la même organisation des deux côtés", "Vérifier les fiches"))


def _missed_giver(offered: Offered, settings: Settings) -> tuple[str, str]:
    if not offered.is_reachable:
        return "ne souhaite pas être sollicité", "Respecter son choix"
    if offered.live >= offered.max_live:
        return f"{french.counted(offered.live, 'mise')} en relation en cours", "Attendre une réponse"
    return f"sollicité {offered.solicited} fois en {settings.solicited_days} jours", "Laisser souffler"
