"""Communes named in a line: « à Lens », « @croix », « Roubaix », « Villeneuve-d’Ascq », « 59100 », « Paris 12e ».

Many communes bear the name of an ordinary word. Such a name needs an @, an « à » or a capital that is not the first
letter of the line, and it is never read inside another name (Croix-Rouge, rue de Lille, Pas-de-Calais).
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from callcare.catalogue.rules import as_heard
from callcare.desk.rules.capture.tokens import Line, other_names, said_in
from callcare.territories.rules import Place


class Places(Protocol):
    """What is asked of the gazetteer (`territories.rules.Gazetteer`)."""

    longest_words: int

    def by_name(self, normalised: str) -> Sequence[Place]: ...

    def by_postcode(self, code: str) -> Sequence[Place]: ...


# Names of communes that are words of the day, trade names or first names.
COMMON = frozenset(said_in("towns")["common"])
# Names that are things one goes to (« à la crèche »): a capital on the article is wanted, or an @.
_ORDINARY = frozenset(said_in("towns")["ordinary"])
_SHORT = {short: full for full, names in said_in("short_names").items() for short in names}
_BIG = 5000  # inhabitants: a smaller commune needs a capital or an « à »
_SMALLEST = 2000
_KNOWN_BY_ALL = 40_000  # such a town is meant at the head of a line too: « Tours, 4 vélos »
_AT = frozenset({"@", "a", "commune", "ville"})
_NEAR = frozenset(
    as_heard("de d du des sur près vers en dans pour chez au aux secteur autour environs région côté").split()
)
_LEADS = _AT | _NEAR | frozenset({"la", "de", "le", "l", "commune", "ville"})
_STREETS = frozenset(as_heard(
    "rue avenue av boulevard bd bld place impasse allée chemin route quai porte faubourg fbg foire prix accord accords"
).split())  # fmt: skip
_HYPHENS = frozenset("-‐‑")


def read_place(
    line: Line, places: Places, *, things: Collection[tuple[int, int]], near: Collection[str]
) -> Place | None:
    """Take the commune of the line. `things` are the token spans of catalogue words, `near` preferred départements."""
    hidden = other_names(line)
    best: tuple[int, int, int, Sequence[Place]] | None = None
    for i in range(len(line)):
        found = _named(line, i, places, hidden, things) or _postcode(line, i, places, things)
        if found and (best is None or found[0] > best[0]):
            best = (found[0], i, found[1], found[2])
    return _take(line, best[1], best[2], best[3], places, near) if best else None


Found = tuple[int, int, Sequence[Place]]  # how plain it is, where it ends, which communes


def _named(line: Line, i: int, places: Places, hidden: set[int], things: Collection[tuple[int, int]]) -> Found | None:
    """The longest name of a commune at `i`, if it may be meant."""
    if not (line.open(i) and line.tokens[i].is_word) or i in hidden:
        return None
    before = _word_before(line, i)
    article = {"au": "le", "aux": "les", "du": "le"}.get(line.tokens[i].name, "")
    for end, name in _names(line, i, places.longest_words, article):
        found = places.by_name(name) or places.by_name(_SHORT.get(name, ""))
        if found and _may_be(line, i, end, name, found, before, things):
            return _plainness(before, name), end, found
    return None


def _plainness(before: str, name: str) -> int:
    """« chez Orange à Lille »: an « à » before a town is plainer than the capital of an ordinary word."""
    if before == "@":
        return 3
    return 1 if name in COMMON and before not in _AT else 2


def _names(line: Line, i: int, most: int, article: str) -> list[tuple[int, str]]:
    """Every run of words from `i` on, longest first: where it ends and how it is compared."""
    runs: list[tuple[int, str]] = []
    words: list[str] = []
    at = i
    while len(words) < most and line.open(at) and line.tokens[at].is_word:
        words.append(line.tokens[at].name if words or not article else article)
        runs.append((at + 1, " ".join(words)))
        at = line.after(at + 1)
    return [run for run in reversed(runs) if not article or " " in run[1]]


def _word_before(line: Line, i: int) -> str:
    """The preposition before a name, over an apostrophe: « à », « @ », « de », or "" where there is none."""
    at = i - 1
    if at > 0 and line.joined(at) and line.tokens[at].raw not in _HYPHENS:
        at -= 1
    return line.heard(at) if at >= 0 else ""


def _may_be(
    line: Line, i: int, end: int, name: str, found: Sequence[Place], before: str, things: Collection[tuple[int, int]]
) -> bool:
    """Whether these words mean the commune, and not the word it is named after."""
    if _inside_a_name(line, i, end, name, found[0].population) or any(
        start <= i < stop and stop - start > 1 for start, stop in things
    ):
        return False
    if before == "@":
        return True
    if _street(line, i) or (name in _ORDINARY and not _capital(line, i, i + 1, article=True)):
        return False
    capital = _capital(line, i, end)
    common = name in COMMON or any(start <= i < stop for start, stop in things)
    size = found[0].population
    if before in _AT or line.tokens[i].name in {"au", "aux"}:
        return capital or size >= _SMALLEST
    if common:
        return capital and (i > 0 or (size >= _KNOWN_BY_ALL and _stands_apart(line, end)))
    if name.count(" ") >= 2 and (line.tokens[i].name in {"saint", "sainte"} or line.joined(i + 1)):
        return True  # « ste marie cappel »: three words that are only a town
    return (capital and (i > 0 or size >= _BIG)) or (size >= _BIG and len(name) > 3)


def _stands_apart(line: Line, end: int) -> bool:
    """Whether a sign or a number follows, as after a place put at the head of the line."""
    return line.open(end) and not line.tokens[end].is_word and not line.joined(end)


def _capital(line: Line, i: int, end: int, *, article: bool = False) -> bool:
    """A capital that says something: « le Havre », « st Omer » have it on their second word."""
    if line.shouts:
        return False
    heads = {"le", "la", "les", "l", "au", "aux", "du", "saint", "sainte"}
    last = line.after(i + 1) if line.tokens[i].name in heads and not article and end > i + 1 else i
    return any(line.tokens[k].has_capital for k in range(i, min(last + 1, end)))


def _inside_a_name(line: Line, i: int, end: int, name: str, size: int) -> bool:
    """Whether a hyphen ties these words to others: Croix-Rouge, Saint-Denis-Truc. « Lens-Liévin » is two towns."""
    after = line.joined(end) and line.tokens[end].glued and line.open(end + 1) and line.tokens[end + 1].glued
    before = i > 1 and line.joined(i - 1) and line.tokens[i].glued and line.tokens[i - 1].raw in _HYPHENS
    beside = size >= _BIG and " " not in name and name not in COMMON and line.tokens[i].has_capital
    return bool((after and line.tokens[end + 1].is_word and not beside) or before)


def _street(line: Line, i: int) -> bool:
    """« rue de Lille » is not in Lille."""
    for at in range(i - 1, max(i - 5, -1), -1):
        if not (line.joined(at) or line.tokens[at].heard in {"de", "d", "du", "la"}):
            return line.heard(at) in _STREETS
    return False


def _postcode(line: Line, i: int, places: Places, things: Collection[tuple[int, int]]) -> Found | None:
    """Five figures that are a postcode, and not so many masks."""
    token = line.tokens[i] if line.open(i) else None
    if token is None or not token.is_number or len(token.raw) != 5 or not token.raw.isascii():
        return None
    counts = any(start - i in {1, 2, 3} for start, _ in things) and _word_before(line, i) not in _AT | {"("}
    found = () if counts or line.heard(i + 1) in {"€", "euro", "eur"} else places.by_postcode(token.raw)
    return (0, i + 1, found) if found else None


def _take(line: Line, i: int, end: int, found: Sequence[Place], places: Places, near: Collection[str]) -> Place:
    end, ordered = _with_postcode(line, end, found, places)
    preferred = sorted(ordered, key=lambda place: place.departement not in near)
    place, others = preferred[0], preferred[1:]
    end, extra = _arrondissement(line, end, place)
    clear = not others or place.departement in near or place.population > 10 * others[0].population
    start = line.back(i, _LEADS)
    if line.open(start - 1) and any(place in places.by_postcode(line.tokens[start - 1].raw) for place in found):
        start -= 1  # « 59000 Lille »
    line.take(
        "commune", f"{place.name}{extra}", start, end, sure=clear and not (line.tokens[i].is_number and others),
        choices=tuple((one.code, f"{one.name} ({one.departement})") for one in preferred[:6]) if others else (),
    )  # fmt: skip
    return place


def _with_postcode(line: Line, end: int, found: Sequence[Place], places: Places) -> tuple[int, Sequence[Place]]:
    """« Croix 59170 », « Croix (59) »: what follows says which of the homonyms."""
    at = end + 1 if line.open(end) and line.tokens[end].raw == "(" else end
    if not (line.open(at) and line.tokens[at].is_number) or (at == end and len(line.tokens[at].raw) != 5):
        return end, found
    code = line.tokens[at].raw
    served = {place.code for place in places.by_postcode(code)}
    kept = [place for place in found if place.code in served or (at > end and place.departement == code)]
    if not kept:
        return end, found
    closed = at > end and line.open(at + 1) and line.tokens[at + 1].raw == ")"
    return at + (2 if closed else 1), kept


def _arrondissement(line: Line, end: int, place: Place) -> tuple[int, str]:
    """« Paris 12e », « Lyon 3ème arrondissement »."""
    if place.name not in {"Paris", "Lyon", "Marseille"} or not (line.open(end) and line.tokens[end].is_number):
        return end, ""
    if line.heard(end + 1) not in {"e", "er", "eme", "em", "arrondissement"} or len(line.tokens[end].raw) > 2:
        return end, ""
    number = int(line.tokens[end].raw)
    end += 2
    if line.heard(end).startswith("arr"):
        end += 1
    return end, f" {number}{'er' if number == 1 else 'e'}"
