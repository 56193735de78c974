"""The thing itself and how much of it: category, quantity, unit, amount of money."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from callcare.catalogue.rules import as_heard
from callcare.core.french import euros
from callcare.desk.rules.capture.numbers import Number, number_at, quantity_at
from callcare.desk.rules.capture.tokens import CONNECTORS, Line, other_names
from callcare.desk.rules.capture.vocabulary import SHORTEST_SLIP, Vocabulary, Word, threes
from callcare.territories.rules import slips, typos

EURO, PIECE, PLACE, HOUR, HALF_DAY, DAY = "euro", "piece", "place", "hour", "half_day", "day"
_MOST_CENTS = 10**13
_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A category word at its place in the line."""

    start: int
    end: int
    word: Word
    sure: bool = True
    forced: bool = False
    is_hint: bool = False  # a situation or a verb: it names no thing, and stays in the title

    def meets(self, other: "Seen") -> bool:
        return self.start < other.end and other.start < self.end

    def says_more(self, other: "Seen") -> bool:
        """« dort dans sa voiture » holds a car and asks for a room; « mini bus pour » is a minibus all the same."""
        return self.start <= other.start and other.end <= self.end and self.word.code != other.word.code


WEAK = frozenset({"purchase_aid", "money"})  # hints that give way to any thing that is named
_LEAD = frozenset({"un", "une", "de", "d", "deux", "troi", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"})


def see_things(line: Line, words: Vocabulary) -> list[Seen]:
    """Every category word of the line, in order, longest reading; nothing is taken yet.

    « La Poste », « Banque alimentaire » name who speaks, not what they want.
    """
    named = other_names(line)
    seen = _walk(line, named, lambda i: _thing_at(line, i, words))
    hints = _walk(line, named, lambda i: _hint_at(line, i, words))
    hints = [hint for hint in hints if not any(hint.meets(thing) and not hint.says_more(thing) for thing in seen)]
    seen = [thing for thing in seen if thing.forced or not any(hint.meets(thing) for hint in hints)]
    told = sorted((*seen, *hints), key=lambda thing: thing.start)
    if first := next((thing for thing in told if not thing.word.is_vague), None):
        return [*_slips_before(line, first, words, named), *told]
    return [*seen, *_nearly(line, words, named)]


def _slips_before(line: Line, first: Seen, words: Vocabulary, named: Collection[int]) -> list[Seen]:
    """« une tondeuze pour le jardin »: a slip in what stands before the first thing, where it is counted or asked."""
    for i in range(min(first.start, 40)):
        is_led = line.heard(i - 1) in _LEAD or line.heard(i - 1).isdigit()
        if i not in named and is_led and len(line.heard(i)) >= SHORTEST_SLIP and (found := _slipped(line, i, words)):
            return [found]
    return []


def _walk(line: Line, named: Collection[int], at: Callable[[int], Seen | None]) -> list[Seen]:
    seen: list[Seen] = []
    i = 0
    while i < len(line):
        found = None if i in named else at(i)
        if found:
            seen.append(found)
        i = found.end if found else i + 1
    return seen


def _hint_at(line: Line, i: int, words: Vocabulary) -> Seen | None:
    ends = ((line.says(i, *parts), word) for parts, word in words.hinted.get(line.heard(i), ()))
    return next((Seen(i, end, word, sure=False, is_hint=True) for end, word in ends if end), None)


def _thing_at(line: Line, i: int, words: Vocabulary) -> Seen | None:
    if not line.open(i):
        return None
    forced = line.tokens[i].raw == "#"
    at = i + 1 if forced else i
    for parts, word in words.heard.get(line.heard(at), ()):
        if end := line.says(at, *parts):
            return Seen(i, end, word, forced=forced)
        if len(parts) > 1 and (end := _says_nearly(line, at, parts)):
            return Seen(i, end, word, sure=False, forced=forced)
    return None


def _one_slip(said: str, name: str) -> bool:
    """One letter more, less, other, or two swapped."""
    long = min(len(said), len(name)) >= SHORTEST_SLIP and abs(len(said) - len(name)) < 2
    return long and typos(said, name, most=1) < 2 and typos(name, said, most=1) < 2


def _says_nearly(line: Line, i: int, parts: tuple[str, ...]) -> int:
    """Where these words end if they stand at `i` with one slip in all (« chaussures de securitté »), else 0."""
    slipped = False
    for part in parts:
        i = line.after(i)
        if line.heard(i) != part:
            if slipped or not _one_slip(line.heard(i), part):
                return 0
            slipped = True
        i += 1
    return i


def _nearly(line: Line, words: Vocabulary, named: Collection[int]) -> list[Seen]:
    """A word one slip away (or trigrams alike at 0.6 or more): to be confirmed."""
    for i in range(min(len(line), 40)):
        said = line.heard(i)
        if not 5 <= len(said) <= 30 or i in named:
            continue
        if len(said) >= SHORTEST_SLIP and (found := _slipped(line, i, words)):
            return [found]
        mine = threes(said)
        near = {name for three in mine for name in words.trigrams.get(three, ())}
        scored = [(len(mine & threes(name)) / len(mine | threes(name)), name) for name in near]
        score, name = max(scored, default=(0.0, ""))
        if score >= 0.6:
            forced = i > 0 and line.open(i - 1) and line.tokens[i - 1].raw == "#"
            return [Seen(i - 1 if forced else i, i + 1, words.by_name[name], sure=False, forced=forced)]
    return []


def _slipped(line: Line, i: int, words: Vocabulary) -> Seen | None:
    """The longest name that begins at `i` with a slip in its first word: « ordinatuer », « chausures de sécurité »."""
    said = line.heard(i)
    near = {first for slip in slips(said) for first in words.slips.get(slip, ()) if _one_slip(said, first)}
    options = [option for first in near for option in words.heard[first]]
    for parts, word in sorted(options, key=lambda option: (-len(option[0]), option[0])):
        end = line.says(i + 1, *parts[1:]) if len(parts) > 1 else i + 1
        if end:
            forced = i > 0 and line.open(i - 1) and line.tokens[i - 1].raw == "#"
            return Seen(i - 1 if forced else i, end, word, sure=False, forced=forced)
    return None


SOON = 3  # words: what stands so near after « il lui faut » is what is asked


def choose(seen: list[Seen], after: int | None = None) -> Seen | None:
    """The thing the line is about: the forced one, else what follows the verb (its end is `after`), else the first.

    A vague thing and a weak hint give way to any other.
    """

    def rank(thing: Seen) -> tuple[bool, bool, bool, bool, int]:
        is_weak = thing.is_hint and thing.word.code in WEAK
        is_asked = after is not None and after <= thing.start <= after + SOON
        return not thing.forced, thing.word.is_vague, is_weak, not is_asked, thing.start

    return min(seen, key=rank, default=None)


# ------------------------------------------------------------------------------------------- money


def read_amount(line: Line) -> int | None:
    """The first amount of money, in cents: « 1 500 € », « 10k€ », « entre 500 et 800 euros » (its lower bound)."""
    for i in range(len(line)):
        number = _money_at(line, i)
        if number is None or line.heard(i - 1) in {"valeur", "estime"} or line.heard(i - 2) == "valeur":
            continue
        value, start, end, exact = number
        cents = value * 100
        if cents != int(cents) or not 0 < cents <= _MOST_CENTS:
            continue
        line.take("amount", euros(int(cents)), start, end, sure=exact)
        return int(cents)
    return None


_EUROS = frozenset({"€", "euro", "eur"})


def _money_at(line: Line, i: int) -> tuple[Decimal, int, int, bool] | None:
    if line.heard(i) == "€" and (number := number_at(line, i + 1)) and not line.heard(i - 1).isdigit():
        return number.value, i, number.end, True
    number = quantity_at(line, i)
    if number is None:
        return None
    at, times = number.end, 1
    if line.heard(at) == "million" or (line.heard(at) == "m" and line.heard(at + 1) in _EUROS):
        at, times = at + 1, 1_000_000
    at = line.says(at, "d") or line.says(at, "de") or at
    at = line.after(at)
    if line.heard(at) in _EUROS:
        return number.value * times, i, at + 1, number.exact
    if line.heard(at) == "k" and line.heard(at + 1) in _EUROS:
        return number.value * 1000, i, at + 2, number.exact
    return None


# -------------------------------------------------------------------------------------------- time

_DURATIONS = {
    "h": HOUR, "hr": HOUR, "heure": HOUR, "min": "minute", "minute": "minute", "mn": "minute", "j": DAY, "jour": DAY,
    "journee": DAY, "matinee": HALF_DAY, "demijournee": HALF_DAY,
}  # fmt: skip
_FRACTIONS = (
    (("1", "/", "2", "journee"), Decimal(1), HALF_DAY),
    (("une", "demi", "heure"), Decimal("0.5"), HOUR),
    (("1", "/", "2", "heure"), Decimal("0.5"), HOUR),
    (("3", "/", "4", "d", "heure"), Decimal("0.75"), HOUR),
    (("troi", "quart", "d", "heure"), Decimal("0.75"), HOUR),
    (("un", "quart", "d", "heure"), Decimal("0.25"), HOUR),
)
_FRACTIONS_BEGIN = frozenset(words[0] for words, _, _ in _FRACTIONS)
_NOT_A_LENGTH = frozenset(["a", "ver", "dan", "pendant", "durant", "depui", "sou", "avant"])


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity in a unit, at its place."""

    value: Decimal
    unit: str
    start: int
    end: int
    exact: bool = True


def duration_at(line: Line, i: int) -> Amount | None:
    """« 2 demi-journées », « 20 h », « 1h30 », « 45 min », « une journée », « 1/2 journée »; no clock time."""
    if fraction := _fraction_at(line, i):
        return fraction
    number = quantity_at(line, i)
    if number is None:
        return None
    halves = line.says(number.end, "demi", "journee")
    if halves:
        return Amount(number.value, HALF_DAY, i, halves, number.exact)
    at = line.says(number.end, "de") or line.says(number.end, "d") or number.end
    unit = _DURATIONS.get(line.heard(line.after(at)))
    if unit is None or _is_clock(line, i, number, unit):
        return None
    return _with_minutes(line, i, number, unit, line.after(at) + 1)


def _fraction_at(line: Line, i: int) -> Amount | None:
    """« une demi-heure », « 1/2 journée », « trois quarts d’heure »."""
    if line.heard(i) not in _FRACTIONS_BEGIN:
        return None
    said = ((line.says(i, *words), value, unit) for words, value, unit in _FRACTIONS)
    return next((Amount(value, unit, i, end) for end, value, unit in said if end), None)


def _is_clock(line: Line, i: int, number: Number, unit: str) -> bool:
    """« à 14 h », « de 9h à 18h », « pendant 3 jours » : an hour of the day or a stretch, not a quantity of time."""
    before = line.heard(line.after(i) - 1) if i else ""
    if before in _NOT_A_LENGTH or (before == "les" and line.heard(line.after(i) - 2) in {"tou", "toute"}):
        return True
    to = line.says(number.end, "h", "a") or line.says(number.end, "heure", "a")
    return unit == HOUR and bool(to) and number_at(line, to) is not None


def _with_minutes(line: Line, i: int, number: Number, unit: str, end: int) -> Amount:
    if unit == "minute":
        return Amount(number.value / 60, HOUR, i, end, number.exact)
    if unit == HOUR:
        if minutes := _minutes(line, end):
            return Amount(number.value + Decimal(minutes) / 60, HOUR, i, end + 1, number.exact)
        if at := line.says(end, "et", "demie"):
            return Amount(number.value + Decimal("0.5"), HOUR, i, at, number.exact)
    return Amount(number.value, unit, i, end, number.exact)


def _minutes(line: Line, i: int) -> int:
    """The minutes of « 1h30 » and « 1 h 30 »; 0 where there are none (« 2 h 12 PC » has none)."""
    token = line.tokens[i] if line.open(i) else None
    if token is None or not token.is_number or len(token.raw) != 2:
        return 0
    minutes = int(token.raw)
    return minutes if minutes < 60 and (token.glued or (minutes % 15 == 0 and not line.heard(i + 1))) else 0


def first_duration(line: Line) -> Amount | None:
    """The first quantity of time of the line; « 0 h » is none."""
    return next((found for i in range(len(line)) if (found := duration_at(line, i)) and found.value > 0), None)


# ---------------------------------------------------------------------------------------- quantity

_ADJECTIVES = frozenset(
    as_heard(
        "petit petite grand grande vieux vieille ancien ancienne nouveau nouveaux nouvelle bon bonne beau beaux belle "
        "gros grosse autre jeune simple"
    ).split()
)
_COUNTERS = frozenset({
    "paire", "unite", "piece", "exemplaire", "x", "×", "poste", "machine", "pot", "paquet", "flacon",
    "bidon", "rouleau", "kilo", "kg", "litre", "barquette",
})  # fmt: skip
_IN = frozenset(as_heard("en de d au aux dans pour la le un une").split())  # « 11 places en mini-camp »
_OF = frozenset({"de", "d", "x", "×", "des"})


def count_before(line: Line, thing: Seen) -> Number | None:
    """The number that counts this thing: « 12 ordinateurs », « une dizaine d’ordinateurs », « 30 paires de … »."""
    for i in range(max(0, thing.start - 12), thing.start):
        number = quantity_at(line, i)
        if not number or number.value <= 0:
            continue
        places = line.says(number.end, "place") if thing.word.unit == PLACE else 0
        if _leads_to(line, number.end, thing.start) or (places and line.back(thing.start, _IN) == places):
            return number
    return None


def _leads_to(line: Line, i: int, target: int) -> bool:
    """Only « de », « paires de », « x » and a small adjective may stand between a number and its thing."""
    while i < target:
        if not (line.joined(i) or line.heard(i) in _OF or line.heard(i) in _COUNTERS or line.heard(i) in _ADJECTIVES):
            return False
        i += 1
    return i == target


# Whose number says how many give their time, not how many are helped.
_GIVERS = frozenset(
    as_heard(
        "professionnels professionnelles salariés salariées collaborateurs collaboratrices cadres ingénieurs "
        "ingénieures retraités retraitées volontaires employés employées agents conseillers conseillères intervenants "
        "intervenantes animateurs animatrices bénévoles experts expertes mentors tuteurs tutrices"
    ).split()
)


def count_of_givers(line: Line, thing: Seen) -> Number | None:
    """« 3 professionnels pour parler de leur métier », « 20 de nos cadres »: how many of them give their time."""
    for i in range(thing.start):
        number = quantity_at(line, i)
        if number is None or number.value <= 0 or line.heard(i - 1) in {"pour", "a", "aux"}:
            continue
        at = number.end
        while line.heard(at) in {"de", "no", "me", "leur", "ancien", "jeune"} and at < thing.start:
            at += 1
        for end in (at, at + 1):
            if end < thing.start and line.heard(end) in _GIVERS:
                return number
    return None


def count_after(line: Line, thing: Seen) -> Number | None:
    """« ordinateurs : 12 », « PC x12 », « vélos (5) »."""
    at = thing.end
    if line.open(at) and line.tokens[at].raw in {":", "x", "×", "X", "(", "="}:
        number = number_at(line, at + 1)
        if number is None or number.is_word or number.value <= 0:
            return None
        return None if line.heard(at) == "(" and line.heard(number.end) != ")" else number
    return None


def unit_for(word: Word, *, amount: Amount | None) -> str:
    """The unit of a quantity: the one said; else the usual one. People who give time are counted as places."""
    if amount:
        return amount.unit
    return PLACE if word.unit in {HOUR, HALF_DAY} or (word.unit == DAY and word.kind == "skill") else word.unit


__all__ = [
    "CONNECTORS", "Amount", "Seen", "Vocabulary", "Word", "choose", "count_after", "count_before", "duration_at",
    "first_duration", "read_amount", "see_things", "unit_for",
]  # fmt: skip
