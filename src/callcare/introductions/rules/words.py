"""How a line is said in a letter: quantity, thing, rhythm, with the agreements French asks for. Pure text."""

import re
from dataclasses import dataclass

from callcare.core import french

LINKS = frozenset({"de", "du", "des", "d’", "en", "à", "au", "aux", "pour", "et", "ou", "avec", "sans", "sur", "par"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One line, as far as a letter says it. `quantity` is in measures, `factor` measures make one unit."""

    quantity: int
    factor: int
    measure: str
    unit: str
    units: str
    category: str
    every: str = ""
    is_loan: bool = False
    is_countable: bool = True


def said(thing: Thing) -> str:
    """« 12 ordinateurs portables », « 2 demi-journées de soutien scolaire par mois », « 3 000 € »."""
    words = _what(thing)
    if thing.every:
        words = f"{words} {thing.every}"
    return f"{words}, en prêt" if thing.is_loan else words


def _what(thing: Thing) -> str:
    category = lowered(thing.category)
    if not thing.is_countable:
        return f"{many(category)}, selon les besoins"
    if thing.measure == "cent":
        return french.euros(thing.quantity)
    if thing.measure == "piece":
        return french.counted(thing.quantity, category, many(category))
    amount = french.quantity(
        thing.quantity, measure=thing.measure, factor=thing.factor, one=thing.unit, many=thing.units
    )
    return f"{amount} {french.of(category)}"


def is_named(category: str, typed: str) -> bool:
    """Do these words already say the category, in the singular or in the plural?"""
    said = typed.casefold()
    return any(one.casefold() in said for one in (category, many(lowered(category))))


def at(commune: str) -> str:
    """« à Lille », « au Havre », « aux Lilas », « à La Madeleine »."""
    if commune.startswith("Le "):
        return f"au {commune[3:]}"
    if commune.startswith("Les "):
        return f"aux {commune[4:]}"
    return f"à {commune}"


def many(words: str) -> str:
    """The plural of a thing: its noun and what agrees with it, up to the first linking word.

    « ordinateur portable » → « ordinateurs portables » ; « paire de chaussures » → « paires de chaussures ».
    """
    done: list[str] = []
    rest = words.split(" ")
    while rest and rest[0] not in LINKS and not rest[0].startswith(("d’", "l’", "(")):
        word = rest.pop(0)
        done.append(word if word.isupper() else french.plural(word))
    return " ".join([*done, *rest])


def lowered(label: str) -> str:
    """A label inside a sentence: « Ordinateur portable » → « ordinateur portable », but « BAFA » stays."""
    return label if re.match(r"[A-ZÀ-Ý]{2}", label) else label[:1].lower() + label[1:]
