"""Which of all ranked pairs are raised to the operators: no stock twice, no giver beyond what she wants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from callcare.matching.rules.scores import TENTHS

STEP = 10 * TENTHS  # a pair is better when it climbed so much; what the need merely waited does not count


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number of the round."""

    good: int = 50  # points: below, a pair is found on the page of the need, and not raised
    candidates: tuple[int, ...] = (10, 40, 160)  # looked at for each need line; further where the first were all taken
    a_need: int = 3  # pairs raised for one need line, at most


@dataclass(frozen=True, slots=True)
class Pair:
    """A commitment line the engine ranked for a need line. Scores are in tenths; `lasting` is without the waiting."""

    need_line: int
    commitment_line: int
    score: int
    lasting: int
    is_announced: bool

    @property
    def step(self) -> int:
        return self.lasting // STEP


@dataclass(frozen=True, slots=True)
class Lack:
    """What a need line still lacks, in measures, and how often a year (0: once)."""

    need: int
    open: int
    min_useful: int
    times: int


@dataclass(frozen=True, slots=True)
class Stock:
    """What a commitment line has left, and whose it is."""

    free: int
    is_countable: bool
    times: int
    commitment: int
    giver: int


@dataclass(slots=True)
class Room:
    """How many more introductions each commitment and each giver can take; spent as pairs are raised."""

    of_commitment: dict[int, int] = field(default_factory=dict)
    of_giver: dict[int, int] = field(default_factory=dict)

    def is_left(self, stock: Stock) -> bool:
        return self.of_commitment[stock.commitment] > 0 and self.of_giver[stock.giver] > 0

    def spend(self, stock: Stock) -> None:
        self.of_commitment[stock.commitment] -= 1
        self.of_giver[stock.giver] -= 1


@dataclass(frozen=True, slots=True)
class Raised:
    """A pair that is raised, and how much of the need line it would cover, in measures of the need."""

    pair: Pair
    quantity: int


def moved(open_: int, free: int, lack: Lack, stock: Stock) -> tuple[int, int]:
    """How much the stock would bring: in measures of the need, and of the stock. Two rhythms meet over a year."""
    both = lack.times and stock.times
    asked, has = (open_ * lack.times, free * stock.times) if both else (open_, free)
    bring = min(asked, has)
    if bring < min(lack.min_useful, open_) * (lack.times if both else 1) or bring <= 0:
        return 0, 0
    to_need, from_stock = (lack.times, stock.times) if both else (1, 1)
    return max(1, bring // to_need), -(-bring // from_stock)


@dataclass(slots=True)
class Spread:
    """The pairs to raise, best first: each takes its share of the stock, and the next finds what is left.

    Confirmed ones before those to be confirmed. A need line stops when it is covered, or has its `a_need`. A giver
    meets a need once: one introduction brings all that she has for it.
    """

    lacks: Mapping[int, Lack]
    stocks: Mapping[int, Stock]
    room: Room
    policy: Policy
    raised: list[Raised] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)  # of each need line
    taken: dict[int, int] = field(default_factory=dict)  # of each commitment line
    many: dict[int, int] = field(default_factory=dict)
    met: set[tuple[int, int]] = field(default_factory=set)

    def take(self, pairs: Iterable[Pair]) -> None:
        """Raise what can be raised of these pairs, with what those before have left."""
        good = (one for one in pairs if one.score >= self.policy.good * TENTHS)
        for one in sorted(good, key=lambda one: (one.is_announced, -one.score, one.need_line, one.commitment_line)):
            lack, stock = self.lacks[one.need_line], self.stocks.get(one.commitment_line)
            if stock is not None and self._may_meet(one, lack, stock):
                self._raise(one, lack, stock)

    def _may_meet(self, one: Pair, lack: Lack, stock: Stock) -> bool:
        if self.many.get(one.need_line, 0) >= self.policy.a_need or not self.room.is_left(stock):
            return False
        return (lack.need, stock.giver) not in self.met

    def _raise(self, one: Pair, lack: Lack, stock: Stock) -> None:
        left = lack.open - self.covered.get(one.need_line, 0)
        if left <= 0:
            return
        brings, takes = left, 0
        if stock.is_countable:
            brings, takes = moved(left, stock.free - self.taken.get(one.commitment_line, 0), lack, stock)
        if not brings:
            return
        self.covered[one.need_line] = self.covered.get(one.need_line, 0) + brings
        self.taken[one.commitment_line] = self.taken.get(one.commitment_line, 0) + takes
        self.many[one.need_line] = self.many.get(one.need_line, 0) + 1
        self.met.add((lack.need, stock.giver))
        self.room.spend(stock)
        self.raised.append(Raised(one, brings))

    def still_poor(self, found: Mapping[int, int], *, limit: int) -> set[int]:
        """The lines that got nothing although more than `limit` could serve: others took all of their first ones."""
        return {line for line, many in found.items() if many >= limit and not self.many.get(line)}


def portions(keys: Sequence[int], many: int) -> Iterator[Sequence[int]]:
    """The keys, so many at a time, in their order."""
    return (keys[first : first + many] for first in range(0, len(keys), many))
