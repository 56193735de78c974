"""The words of the catalogue and what is said around them, ready to be looked up by what is heard."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callcare.desk.rules.capture.tokens import cut
from callcare.territories.rules import slips

SHORTEST_SLIP = 7  # letters: below, one letter more or less makes too many words of another


@dataclass(frozen=True, slots=True)
class Word:
    """A category as callers name it. A vague one (« bien », « temps donné ») gives way to any other of the line."""

    code: str
    label: str
    kind: str
    unit: str
    synonyms: tuple[str, ...] = ()
    is_vague: bool = False


HINTS: Mapping[str, list[str]] = tomllib.loads((Path(__file__).parent / "hints.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every category, ready to be looked up by what is heard. Built once, read by every line."""

    words: tuple[Word, ...]
    heard: "ByFirst" = field(repr=False)
    hinted: "ByFirst" = field(repr=False)  # what speaks of a thing without naming it
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
                by_name.setdefault(_name(said), word)
        heard = _by_first(by_name)
        single = [name for name in by_name if name and " " not in name and len(name) > 4]
        long = [first for first in heard if len(first) >= SHORTEST_SLIP]
        hinted = _by_first(_hinted(kept, by_name))
        return cls(kept, heard, hinted, _index(long, slips), _index(single, threes), by_name)


ByFirst = Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]]  # the first word → what begins with it, longest first


def _by_first(names: Mapping[str, Word]) -> ByFirst:
    heard: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    for name, word in names.items():
        if parts := tuple(name.split()):
            heard.setdefault(parts[0], []).append((parts, word))
    return {key: tuple(sorted(options, key=lambda option: -len(option[0]))) for key, options in heard.items()}


def _name(said: str) -> str:
    return " ".join(token.heard for token in cut(said) if token.is_word or token.is_number)


def _hinted(kept: tuple[Word, ...], by_name: Mapping[str, Word]) -> dict[str, Word]:
    """What is said around the things of this catalogue, where no category bears those words."""
    known, found = {word.code: word for word in kept}, dict[str, Word]()
    for code, phrases in HINTS.items():
        for name in map(_name, phrases if code in known else ()):
            if name not in by_name:
                found.setdefault(name, known[code])
    return found


def _index(names: Iterable[str], pieces: Callable[[str], set[str]]) -> dict[str, frozenset[str]]:
    """Which names hold each piece."""
    found: dict[str, set[str]] = {}
    for name in names:
        for piece in pieces(name):
            found.setdefault(piece, set()).add(name)
    return {piece: frozenset(holders) for piece, holders in found.items()}


def threes(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
