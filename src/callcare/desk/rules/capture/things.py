"""The thing itself and how much of it: category, quantity, unit, amount of money."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from callcare.catalogue.rules import as_heard
from callcare.core.french import euros
from callcare.desk.rules.capture.numbers import Number, number_at, quantity_at
from callcare.desk.rules.capture.tokens import CONNECTORS, Line, cut, other_names
from callcare.territories.rules import slips, typos

EURO, PIECE, PLACE, HOUR, HALF_DAY, DAY = "euro", "piece", "place", "hour", "half_day", "day"
_MOST_CENTS = 10**13
_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Word:
    """A category as callers name it. A vague one (« bien », « temps donné ») gives way to any other of the line."""

    code: str
    label: str
    kind: str
    unit: str
    synonyms: tuple[str, ...] = ()
    is_vague: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every category, ready to be looked up by what is heard. Built once, read by every line."""

    words: tuple[Word, ...]
    heard: Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]] = field(repr=False)
    slips: Mapping[str, frozenset[str]] = field(repr=False)  # the beginning of a first word, a letter missing or not
    trigrams: Mapping[str, frozenset[str]] = field(repr=False)
    by_name: Mapping[str, Word] = field(repr=False)

    @classmethod
    def of(cls, words: Iterable[Word]) -> "Vocabulary":
        """Label, code and synonyms of each category; where two claim a word, the first keeps it."""
        kept = tuple(words)
        by_name: dict[str, Word] = {}
        for word in kept:
            for said in (word.label, word.code.replace("_", " "), *word.synonyms):
                by_name.setdefault(" ".join(t.heard for t in cut(said) if t.is_word or t.is_number), word)
        heard: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
        for name, word in by_name.items():
            if parts := tuple(name.split()):
                heard.setdefault(parts[0], []).append((parts, word))
        longest_first = {key: tuple(sorted(options, key=lambda o: -len(o[0]))) for key, options in heard.items()}
        single = [name for name in by_name if name and " " not in name and len(name) > 4]
        long = [first for first in heard if len(first) >= SHORTEST_SLIP]
        return cls(kept, longest_first, _index(long, slips), _index(single, _threes), by_name)


@dataclass(frozen=True, slots=True)
class Seen:
    """A category word at its place in the line."""

    start: int
    end: int
    word: Word
    sure: bool = True
    forced: bool = False


SHORTEST_SLIP = 7  # letters: below, one letter more or less makes too many words of another


def _index(names: Iterable[str], pieces: Callable[[str], set[str]]) -> dict[str, frozenset[str]]:
    """Which names hold each piece."""
    found: dict[str, set[str]] = {}
    for name in names:
        for piece in pieces(name):
            found.setdefault(piece, set()).add(name)
    return {piece: frozenset(holders) for piece, holders in found.items()}


def _threes(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def see_things(line: Line, words: Vocabulary) -> list[Seen]:
    """Every category word of the line, in order, longest reading; nothing is taken yet.

    « La Poste », « Banque alimentaire » name who speaks, not what they want.
    """
    seen: list[Seen] = []
    named = other_names(line)
    i = 0
    while i < len(line):
        found = None if i in named else _thing_at(line, i, words)
        if found:
            seen.append(found)
        i = found.end if found else i + 1
    return seen if any(not thing.word.is_vague for thing in seen) else [*seen, *_nearly(line, words)]


def _thing_at(line: Line, i: int, words: Vocabulary) -> Seen | None:
    if not line.open(i):
        return None
    forced = line.tokens[i].raw == "#"
    at = i + 1 if forced else i
    for parts, word in words.heard.get(line.heard(at), ()):
        if end := line.says(at, *parts):
            return Seen(i, end, word, forced=forced)
        if len(parts) > 2 and (end := _says_nearly(line, at, parts)):
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


def _nearly(line: Line, words: Vocabulary) -> list[Seen]:
    """A word one slip away (or trigrams alike at 0.6 or more): to be confirmed."""
    for i in range(min(len(line), 40)):
        said = line.heard(i)
        if not 5 <= len(said) <= 30:
            continue
        if len(said) >= SHORTEST_SLIP and (found := _slipped(line, i, words)):
            return [found]
        threes = _threes(said)
        near = {name for three in threes for name in words.trigrams.get(three, ())}
        scored = [(len(threes & _threes(name)) / len(threes | _threes(name)), name) for name in near]
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


def choose(seen: list[Seen]) -> Seen | None:
    """The thing the line is about: the forced one, else the first that is not vague, else the first."""
    ranked = sorted(seen, key=lambda thing: (not thing.forced, thing.word.is_vague, thing.start))
    return ranked[0] if ranked else None


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
_COUNTERS = frozenset({"paire", "unite", "piece", "exemplaire", "x", "×", "poste"})
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
