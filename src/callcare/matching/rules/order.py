"""Why one candidate stands before another, in a sentence: what is better of the first, then what is not."""

from collections.abc import Iterator
from dataclasses import dataclass

from callcare.core import french
from callcare.matching.rules.scores import TENTHS, Parts

MOST = 3  # reasons said on each side: more is not read


@dataclass(frozen=True, slots=True)
class Standing:
    """What the order looks at."""

    name: str
    parts: Parts
    km: int | None = None
    is_announced: bool = False


# part of the score: said when the first is better, and when it is not
SAID = {
    "near": ("mieux placé", "moins bien placé"),
    "urgent": ("attendu plus tôt", "attendu plus tard"),
    "waiting": ("demandé depuis plus longtemps", "demandé plus récemment"),
    "fair": ("moins servi jusqu’ici", "déjà mieux servi"),
    "fresh": ("confirmé plus récemment", "confirmé moins récemment"),
    "rest": ("moins sollicité ces trente jours", "plus sollicité ces trente jours"),
    "specific": ("utile à moins d’autres besoins", "utile à davantage d’autres besoins"),
}


def why_before(first: Standing, second: Standing, *, covers: int) -> str:
    """« Filature Verlinde passe avant : plus près (6 km au lieu de 41), mais couvre 66 % au lieu de tout. »

    `covers` is what a full cover is worth, in points.
    """
    if second.is_announced and not first.is_announced:
        return f"{first.name} passe avant : confirmé, celui-ci reste à confirmer d’abord."
    gains = {name: getattr(first.parts, name) - getattr(second.parts, name) for name in first.parts.__slots__}
    ordered = sorted((name for name in gains if gains[name]), key=lambda name: -abs(gains[name]))
    better = [_said(name, first, second, covers * TENTHS) for name in ordered if gains[name] > 0]
    worse = [_said(name, first, second, covers * TENTHS) for name in ordered if gains[name] < 0]
    if first.parts.total == second.parts.total:
        balance = f"{_several(better)}, mais {_several(worse)} ; " if better and worse else ""
        return f"{first.name} passe avant : {balance}à égalité, enregistré le premier."
    return f"{first.name} passe avant : {_several(better)}{f', mais {_several(worse)}' if worse else ''}."


def _several(said: list[str]) -> str:
    return ", ".join(said[:MOST])


def _said(name: str, first: Standing, second: Standing, full: int) -> str:
    if name == "covers":
        return " au lieu de ".join(_covered((first, second), full))
    is_better = getattr(first.parts, name) > getattr(second.parts, name)
    if name == "near" and first.km is not None and second.km is not None and (first.km < second.km) == is_better:
        nearer = "plus près" if is_better else "plus loin"
        return f"{nearer} ({french.number(first.km)} km au lieu de {french.number(second.km)})"
    return SAID[name][0 if is_better else 1]


def _covered(both: tuple[Standing, Standing], full: int) -> Iterator[str]:
    for verb, one in zip(("couvre ", ""), both, strict=True):
        share = 100 * one.parts.covers // full
        yield f"{verb}{'tout' if share >= 100 else f'{share} %'}"
