"""An organisation while it is typed: how long, and whether the right name is among the first ten.

Four ways of typing, drawn from the names of the country: the beginning of one word, of two, one word with a slip of
the finger, two words with one. Right is a name that holds every word meant: so begun for a beginning, whole
for a slip.
"""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from callcare.config.bench.measures import Measure, Row, some, timed
from callcare.directory.models import Organisation
from callcare.directory.rules import names
from callcare.directory.search import find_organisations

RIGHT = 0.98  # of the queries
BUDGET = 10.0  # ms, p99


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed, and what the name must hold: words that begin so, or that are so."""

    text: str
    meant: tuple[str, ...]
    is_whole: bool = False

    def is_found_in(self, found: list[str]) -> bool:
        """Does one of these names hold every word meant?"""
        return any(all(self._holds(name, word) for word in self.meant) for name in found)

    def _holds(self, name: str, word: str) -> bool:
        known = names.folded(name).split()
        return word in known if self.is_whole else any(one.startswith(word) for one in known)


def slip(word: str, pick: random.Random) -> str:
    """A letter missing, one too many, another one, or two swapped; never the first."""
    at = pick.randint(1, len(word) - 2)
    other = pick.choice(string.ascii_lowercase)
    return pick.choice([
        word[:at] + word[at + 1 :],
        word[:at] + other + word[at:],
        word[:at] + other + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ])  # fmt: skip


def _beginnings(many: int) -> Callable[[list[str], random.Random], Typed]:
    def typed(words: list[str], pick: random.Random) -> Typed:
        heads = tuple(word[: pick.randint(3, 6)] for word in pick.sample(words, many))
        return Typed(" ".join(heads), heads)

    return typed


def _slipped(many: int) -> Callable[[list[str], random.Random], Typed]:
    def typed(words: list[str], pick: random.Random) -> Typed:
        meant = pick.sample(words, many)
        wrong = pick.randrange(many)
        return Typed(
            " ".join(slip(word, pick) if k == wrong else word for k, word in enumerate(meant)),
            tuple(meant),
            is_whole=True,
        )

    return typed


WAYS: dict[str, tuple[int, Callable[[list[str], random.Random], Typed]]] = {
    "organisation-letters": (1, _beginnings(1)),
    "organisation-words": (2, _beginnings(2)),
    "organisation-typo": (1, _slipped(1)),
    "organisation-words-typo": (2, _slipped(2)),
}


def drawn(pick: random.Random, count: int) -> dict[str, list[Typed]]:
    """So many of each way."""
    told = [
        [word for word in names.words(one.name) if len(word) >= 5]
        for one in some(Organisation.objects.order_by("pk"), pick, 3 * count)
    ]
    return {
        name: [typed(words, pick) for words in told if len(words) >= least][:count]
        for name, (least, typed) in WAYS.items()
    }


def measure(pick: random.Random, repeats: int) -> Iterator[Row]:
    """Each way in turn, beside the look-up by key of as many rows; `right` is told with the target."""
    size = Organisation.objects.count()
    for name, queries in drawn(pick, repeats).items():
        right: dict[str, bool] = {}

        def find(query: Typed, right: dict[str, bool] = right) -> int:
            found = find_organisations(query.text)
            right[query.text] = query.is_found_in([hit.name for hit in found])
            return len(found)

        row = timed(name, size, queries, find, table="directory_organisation", key="id", top=size, most=BUDGET)
        share = sum(right.values()) / max(1, len(right))
        target = f"{row.target}, trouvé {share:.3f} ≥ {RIGHT:g}".replace(".", ",")
        yield replace(row, target=target, ok=bool(row.ok) and share >= RIGHT)


MEASURE = Measure("organisations", measure)
