"""The line cut into words, figures and signs, each remembering where it stood; and what was understood of it."""

import re
import tomllib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from callcare.catalogue.rules import as_heard
from callcare.territories.rules import normalise

# Letters with their loose accents, figures, or one sign. One pass, nothing to go back over: the time is linear.
_TOKEN = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+|\d+|\S")
_JOINTS = frozenset("-'’‐‑")
CONNECTORS = frozenset(
    as_heard(
        "de d du des à au aux le la les l pour en et un une sur dans chez par avec vers nos notre leurs leur mon ma "
        "mes son sa ses votre vos"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a figure or a sign. `heard`: no accent, capital or plural; `name`: as towns are compared."""

    raw: str
    start: int
    end: int
    heard: str
    name: str
    is_number: bool
    glued: bool  # no space before it

    @property
    def is_word(self) -> bool:
        return self.raw[0].isalpha()

    @property
    def has_capital(self) -> bool:
        return self.raw[0].isupper()


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing understood: what it is, how it is shown, where it stood. `sure` is False where a person must confirm.

    `choices` are the other readings (homonyms), as (value, what to show). `stays`: the words are read and also left
    in the title (« don de » names the thing as much as it says who gives).
    """

    kind: str
    text: str
    span: tuple[int, int]
    sure: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    stays: bool = False


MOST_TOKENS = 400  # a line is a sentence or two: what is beyond is kept in the title, unread


def cut(line: str, *, most: int | None = None) -> list[Token]:
    """The tokens of a line (the first `most`), in order. All but white space belongs to exactly one of them."""
    tokens: list[Token] = []
    end = -1
    for found in islice(_TOKEN.finditer(line), most):
        raw = found.group()
        word = raw[0].isalpha()
        heard = as_heard(raw) if word else raw
        name = normalise(raw) if word else raw
        tokens.append(Token(raw, found.start(), found.end(), heard, name, raw.isdecimal(), found.start() == end))
        end = found.end()
    return tokens


class Line:
    """The line while it is read: which tokens are still free, and the chips found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = cut(text, most=MOST_TOKENS)
        self.unread = text[self.tokens[-1].end :].strip() if len(self.tokens) == MOST_TOKENS else ""
        self.free = [True] * len(self.tokens)
        self.locked = [False] * len(self.tokens)  # between quotes: nobody reads it
        self.chips: list[Chip] = []
        self.notes: list[str] = []
        # In a line typed in capitals only, or in one without any, capitals say nothing.
        self.shouts = text.upper() == text

    def __len__(self) -> int:
        return len(self.tokens)

    def open(self, i: int) -> bool:
        """Whether token `i` exists and nobody took it."""
        return 0 <= i < len(self.tokens) and self.free[i] and not self.locked[i]

    def heard(self, i: int) -> str:
        """What token `i` sounds like; "" beyond the line or where it is taken."""
        return self.tokens[i].heard if self.open(i) else ""

    def joined(self, i: int) -> bool:
        """Whether token `i` is a hyphen or an apostrophe inside a word."""
        return self.open(i) and self.tokens[i].raw in _JOINTS

    def after(self, i: int) -> int:
        """The next token that is no hyphen or apostrophe, from `i` on."""
        for _ in range(3):
            if not self.joined(i):
                break
            i += 1
        return i

    def says(self, i: int, *words: str) -> int:
        """Where the given words end if they stand at `i` (hyphens and apostrophes apart), else 0."""
        for word in words:
            i = self.after(i)
            if self.heard(i) != word:
                return 0
            i += 1
        return i

    def first_of(self, i: int, phrases: "Phrases") -> tuple[int, str]:
        """The longest of the phrases that stands at `i`: where it ends (0: none) and what it means."""
        for words, meaning in phrases.get(self.heard(i), ()):
            if end := self.says(i, *words):
                return end, meaning
        return 0, ""

    def back(self, i: int, words: frozenset[str]) -> int:
        """Where a run of the given small words before `i` begins."""
        while i > 0 and self.open(i - 1) and (self.tokens[i - 1].heard in words or self.joined(i - 1)):
            i -= 1
        while i < len(self) and self.joined(i):
            i += 1
        return i

    def take(self, kind: str, text: str, start: int, end: int, **more: object) -> Chip:
        """Understand tokens start…end-1 as one chip; unless it `stays`, they leave the title."""
        span = (self.tokens[start].start, self.tokens[end - 1].end)
        chip = Chip(kind, text, span, **more)  # type: ignore[arg-type]
        if not chip.stays:
            self.free[start:end] = [False] * (end - start)
        self.chips.append(chip)
        return chip


Phrases = dict[str, list[tuple[tuple[str, ...], str]]]


def said_in(table: str) -> Any:
    """A table of what people say, from the file beside this one."""
    return _SAID[table]


_SAID = tomllib.loads((Path(__file__).parent / "said.toml").read_text(encoding="utf-8"))
# Names of bodies and regions that hold the name of a commune or of a thing, and mean neither.
_OTHER_NAMES: dict[str, list[list[str]]] = {}
for _name in said_in("towns")["other_names"]:
    _OTHER_NAMES.setdefault(as_heard(_name).split()[0], []).append(as_heard(_name).split())


def other_names(line: Line) -> set[int]:
    """The tokens that belong to such a name: « la Croix-Rouge », « la Banque alimentaire »."""
    taken: set[int] = set()
    for i in range(len(line)):
        for words in _OTHER_NAMES.get(line.heard(i), ()):
            if end := line.says(i, *words):
                taken.update(range(i, end))
    return taken


def phrases(table: dict[str, list[str]]) -> Phrases:
    """A table meaning → phrases, ready to be looked up by first word, longest first."""
    found: Phrases = {}
    for meaning, said in table.items():
        for phrase in said:
            words = tuple(token.heard for token in cut(phrase) if token.raw not in _JOINTS)
            found.setdefault(words[0], []).append((words, "" if meaning == "none" else meaning))
    for options in found.values():
        options.sort(key=lambda option: -len(option[0]))
    return found
