"""Numbers as they are typed or said: 1 500, 1,5, 10k, douze, quatre-vingt-dix, une vingtaine, entre 10 et 15."""

from dataclasses import dataclass
from decimal import Decimal

from callcare.catalogue.rules import singular
from callcare.desk.rules.capture.tokens import Line

_UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
)  # fmt: skip
_SMALL = {"zero": 0, "une": 1} | {singular(word.replace("é", "e")): value for value, word in enumerate(_UNITS.split())}
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_ABOUT = {
    "huitaine": 8, "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
_LONGEST = 12  # figures: nobody gives more than a billion of anything
_ROUGHLY = (("environ",), ("a", "peu", "pre"), ("au", "moin"), ("plu", "de"), ("pre", "de"), ("~",), ("envir",))


@dataclass(frozen=True, slots=True)
class Number:
    """A value and the tokens it stands on; `exact` is False for « une vingtaine » or « entre 10 et 15 »."""

    value: Decimal
    start: int
    end: int
    exact: bool = True
    is_word: bool = False


def number_at(line: Line, i: int) -> Number | None:
    """The number that begins at token `i`, longest reading, or None."""
    if not line.open(i):
        return None
    if line.tokens[i].is_number:
        return _figures(line, i)
    return _dozens(line, i) or _spoken(line, i)


def _figures(line: Line, i: int) -> Number | None:
    tokens = line.tokens
    digits, end = tokens[i].raw, i + 1
    while len(digits) <= _LONGEST and _is_thousands(line, i, end):
        digits, end = digits + tokens[end].raw, end + 1
    while end == i + 1 and len(digits) <= 3 and _is_dotted(line, i, end):  # « 1.500 »
        digits, end = digits + tokens[end + 1].raw, end + 2
    if len(digits) > _LONGEST:
        return None
    value = Decimal(int(digits))
    if _is_decimals(line, end):
        places = tokens[end + 1].raw
        value += Decimal(int(places)) / 10 ** len(places)
        end += 2
    if line.open(end) and tokens[end].raw in {"k", "K"} and _is_thousand_sign(line, end):
        return Number(value * 1000, i, end + 1)
    return Number(value, i, end)


def _is_thousands(line: Line, start: int, i: int) -> bool:
    """A group of three figures after a space, the first group having at most three."""
    first = line.tokens[start].raw
    return (
        len(first) <= 3
        and first[0] != "0"
        and line.open(i)
        and line.tokens[i].is_number
        and len(line.tokens[i].raw) == 3
        and line.tokens[i].start - line.tokens[i - 1].end == 1
    )


def _is_dotted(line: Line, start: int, i: int) -> bool:
    """« 1.500 »: a point and three figures, which nobody writes for a fraction of a thing."""
    return (
        line.tokens[start].raw[0] != "0"
        and line.open(i)
        and line.tokens[i].raw == "."
        and line.tokens[i].glued
        and line.open(i + 1)
        and line.tokens[i + 1].is_number
        and line.tokens[i + 1].glued
        and len(line.tokens[i + 1].raw) == 3
    )


def _is_decimals(line: Line, i: int) -> bool:
    if not (line.open(i) and line.tokens[i].raw in {",", "."} and line.tokens[i].glued and line.open(i + 1)):
        return False
    nxt = line.tokens[i + 1]
    return nxt.is_number and nxt.glued and len(nxt.raw) <= 2


def _is_thousand_sign(line: Line, i: int) -> bool:
    return line.tokens[i].glued or line.heard(i + 1) in {"€", "euro", "eur"}


def _dozens(line: Line, i: int) -> Number | None:
    """« une vingtaine », « deux douzaines », « une demi-douzaine »."""
    many = 1
    if line.heard(i) in _SMALL:
        many, i_next = _SMALL[line.heard(i)], i + 1
    else:
        i_next = i
    half = line.says(i_next, "demi")
    at = line.after(half or i_next)
    about = _ABOUT.get(line.heard(at))
    if about is None:
        return None
    value = Decimal(many * about) / (2 if half else 1)
    return Number(value, i, at + 1, exact=line.heard(at) == "douzaine", is_word=True)


def _spoken(line: Line, i: int) -> Number | None:
    """A cardinal in words, up to 999 999: hundreds and thousands multiply what was said before them."""
    total = group = 0
    end, at = 0, i
    while at < i + 20 and (word := line.heard(at)) and (step := _step(group, word)) is not None:
        group = step
        if word == "mille":
            total, group = total + group, 0
        end = at + 1
        at = line.after(end)
        if line.heard(at) == "et" and line.heard(at + 1) in {"un", "une", "onze"} and group >= 20:
            at += 1
    return Number(Decimal(total + group), i, end, is_word=True) if end else None


def _step(group: int, word: str) -> int | None:
    """The group of hundreds after one more word; None where the word does not go on with it."""
    if word == "mille":
        return max(group, 1) * 1000
    if word == "cent":
        return max(group, 1) * 100 if group < 10 else None
    if word == "vingt" and group % 100 == 4:
        return group - 4 + 80
    if word in _TENS:
        return group + _TENS[word] if group % 100 == 0 else None
    if word not in _SMALL:
        return None
    last, room = _SMALL[word], group % 100
    fits = room == 0 or (room in {20, 30, 40, 50} and last < 10) or (room in {60, 80} and last < 17)
    return group + last if fits or (room in {70, 90} and 7 <= last <= 9) or (room == 10 and 7 <= last <= 9) else None


def quantity_at(line: Line, i: int) -> Number | None:
    """A number, or a range read as its lower bound: never promise more than was said."""
    start = roughly = _roughly(line, i)
    between = line.says(start, "entre") or line.says(start, "de")
    low = number_at(line, between or start)
    if low is None:
        return None
    high = _high(line, low, between=bool(line.says(start, "entre")))
    if high is not None and high.value > low.value:
        return Number(low.value, i, high.end, exact=False, is_word=low.is_word)
    if between:
        return None
    return Number(low.value, i, low.end, exact=low.exact and roughly == i, is_word=low.is_word)


def _roughly(line: Line, i: int) -> int:
    for words in _ROUGHLY:
        if end := line.says(i, *words):
            return end
    return i


def _high(line: Line, low: Number, *, between: bool) -> Number | None:
    """The upper bound of « entre 10 et 15 », « 10 à 15 », « 10-15 », « 2 ou 3 »."""
    link = low.end
    if not line.open(link):
        return None
    dash = line.joined(link) and line.tokens[link].glued
    if not (dash or line.heard(link) in ({"et"} if between else {"a", "ou"})):
        return None
    high = number_at(line, link + 1)
    return high if high and not (dash and not line.tokens[link + 1].glued) else None
