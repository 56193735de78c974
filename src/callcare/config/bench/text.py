"""What the house reads in French sentences it was not written for, and what words bring to a ranking.

Two labelled tables (`sentences/`), written before any reading. Every third line is kept apart: the words of the
catalogue were chosen by looking at the others only, and both numbers are told. No database is asked.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import comb
from pathlib import Path

from callcare.catalogue import data
from callcare.config.bench.measures import Measure, Row
from callcare.desk.capture import founding_vocabulary, packaged_places
from callcare.desk.rules.capture import Captured, read
from callcare.matching.rules.texts import agreement

HERE = Path(__file__).parent / "sentences"
TODAY = date(2021, 4, 6)
KEPT_APART = 3  # one line in so many
SIDES = {"B": "need", "E": "commitment", "-": None}
KINDS = ("goods", "time", "skill", "venue", "transport", "money")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody said, and what a person understands of it. No category: it asks and offers nothing."""

    text: str
    side: str | None
    categories: tuple[str, ...]
    quantity: Decimal | None
    units: tuple[str, ...]
    is_kept: bool

    @property
    def kind(self) -> str:
        return KIND_OF[self.categories[0]] if self.categories else ""


@dataclass(slots=True)
class Pair:
    """A need, and commitments of its family: (text, whether the words of the need mean it)."""

    need: str
    commitments: list[tuple[str, bool]] = field(default_factory=list)
    is_kept: bool = False


KIND_OF = {row.code: row.kind for row in data.categories()}


def sentences() -> tuple[Sentence, ...]:
    """The labelled sentences, in their order."""
    return tuple(_sentence(line, number) for number, line in enumerate(_lines("said.txt"), 1))


def _sentence(line: str, number: int) -> Sentence:
    side, codes, said, text = line.split(" | ", 3)
    value, _, units = said.partition(" ")
    return Sentence(
        text=text,
        side=SIDES[side],
        categories=() if codes == "-" else tuple(codes.split("/")),
        quantity=None if said == "-" else Decimal(value),
        units=tuple(units.split("/")) if units else (),
        is_kept=number % KEPT_APART == 0,
    )


def pairs() -> tuple[Pair, ...]:
    """The labelled needs with their commitments, in their order."""
    found: list[Pair] = []
    for line in _lines("pairs.txt"):
        mark, text = line.split(" ", 1)
        if mark == "?":
            found.append(Pair(text, is_kept=(len(found) + 1) % KEPT_APART == 0))
        else:
            found[-1].commitments.append((text, mark == "+"))
    return tuple(found)


def _lines(name: str) -> Iterator[str]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def understood(text: str) -> Captured:
    """As the capture line reads it, with the words and communes that ship."""
    return read(text, today=TODAY, words=founding_vocabulary(), places=packaged_places())


@dataclass(frozen=True, slots=True)
class Marks:
    """How well a number of sentences were read. Precision: of those given a category; recall: of those with one."""

    sentences: int
    precision: float
    recall: float
    recall_in_three: float
    quantities: float  # of the sentences that say how many: number and unit both right

    @classmethod
    def of(cls, some: Sequence[Sentence]) -> "Marks":
        """Read them all and compare."""
        told = [(one, understood(one.text)) for one in some]
        given = [(one, it) for one, it in told if it.category]
        meant = [(one, it) for one, it in told if one.categories]
        counted = [(one, it) for one, it in told if one.quantity is not None]
        right = sum(it.category in one.categories for one, it in given)
        return cls(
            sentences=len(some),
            precision=_share(right, len(given)),
            recall=_share(right, len(meant)),
            recall_in_three=_share(
                sum(not set(one.categories).isdisjoint(three(it)) for one, it in meant), len(meant)
            ),
            quantities=_share(sum(counts_right(one, it) for one, it in counted), len(counted)),
        )


def three(it: Captured) -> tuple[str, ...]:
    """The categories the capture line gives or proposes, three at most."""
    return (it.category, *it.others) if it.category else ()


def counts_right(one: Sentence, it: Captured) -> bool:
    """The number and its unit; an amount of money in euros."""
    if it.amount_cents is not None:
        return "euro" in one.units and Decimal(it.amount_cents) / 100 == one.quantity
    return it.quantity == one.quantity and it.unit in one.units


def _share(some: int, of: int) -> float:
    return some / of if of else 1.0


def mean_rank(some: Sequence[Pair], *, by_text: bool) -> float:
    """The mean of 1 ÷ the place of the first commitment that is meant (MRR).

    Commitments of one score stand in any order: the mean over all of them is taken, without the words for all.
    """
    return sum(_rank(pair, by_text=by_text) for pair in some if _is_ranked(pair)) / sum(map(_is_ranked, some))


def _is_ranked(pair: Pair) -> bool:
    return any(meant for _, meant in pair.commitments)


def _rank(pair: Pair, *, by_text: bool) -> float:
    scored = [(agreement(pair.need, text) if by_text else 0, meant) for text, meant in pair.commitments]
    best = max(score for score, meant in scored if meant)
    above = sum(score > best for score, _ in scored)
    level = [meant for score, meant in scored if score == best]
    # Where the first one meant stands among its equals: each place as likely as the choice of all the others allows.
    many, good = len(level), sum(level)
    return sum(
        comb(many - place, good - 1) / comb(many, good) / (above + place) for place in range(1, many - good + 2)
    )


def measure(pick: random.Random, repeats: int) -> Iterator[Row]:
    """Both parts, then the part kept apart kind by kind."""
    del pick, repeats
    for name, some in _parts(sentences()):
        marks = Marks.of(some)
        for what in ("precision", "recall", "recall_in_three", "quantities"):
            yield _told(f"text-{name}-{what}", marks.sentences, getattr(marks, what))
    for kind in KINDS:
        of_kind = [one for one in sentences() if one.kind == kind]
        yield _told(f"text-{kind}-recall", len(of_kind), Marks.of(of_kind).recall)
    for name, few in (
        ("seen", [one for one in pairs() if not one.is_kept]), ("apart", [one for one in pairs() if one.is_kept]),
    ):  # fmt: skip
        yield _told(f"text-{name}-rank-without-words", len(few), mean_rank(few, by_text=False))
        yield _told(f"text-{name}-rank", len(few), mean_rank(few, by_text=True))
    nothing = [one for one in sentences() if not one.categories]
    quiet = sum(understood(one.text).category is None for one in nothing)
    yield _told("text-nothing-left-alone", len(nothing), _share(quiet, len(nothing)))


def _parts(some: Iterable[Sentence]) -> list[tuple[str, list[Sentence]]]:
    every = list(some)
    return [
        ("seen", [one for one in every if not one.is_kept]),
        ("apart", [one for one in every if one.is_kept]),
    ]


def _told(name: str, size: int, value: float) -> Row:
    """A measure that is no time: only its ratio is told."""
    return Row(name.replace("_", "-"), size, 0.0, 0.0, 0.0, round(value, 4), "", None, 0.0)


MEASURE = Measure("text", measure, is_bare=True)
