"""Which of all ranked pairs are raised to the operators: no stock twice, no giver beyond what she wants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from callcare.matching.rules.scores import TENTHS

STEP = 10 * TENTHS  # a pair is better when it climbed so much; what the need merely waited does not count


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number of the round."""

    good: int = 50  # points: below, a pair is found on the page of the need, and not raised
    candidates: int = 10  # looked at for each need line: when the first is taken, the next has its chance
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


def spread(
    pairs: Iterable[Pair], *, lacks: Mapping[int, Lack], stocks: Mapping[int, Stock], room: Room, policy: Policy
) -> list[Raised]:
    """The pairs to raise, best first: each takes its share of the stock, and the next finds what is left.

    Confirmed ones before those to be confirmed. A need line stops when it is covered, or has its `a_need`. A giver
    meets a need once: one introduction brings all that she has for it.
    """
    open_ = {line: lack.open for line, lack in lacks.items()}
    free = {line: stock.free for line, stock in stocks.items()}
    many: dict[int, int] = {}
    met: set[tuple[int, int]] = set()
    raised: list[Raised] = []
    ordered = (one for one in pairs if one.score >= policy.good * TENTHS)
    for one in sorted(ordered, key=lambda one: (one.is_announced, -one.score, one.need_line, one.commitment_line)):
        lack, stock = lacks.get(one.need_line), stocks.get(one.commitment_line)
        if lack is None or stock is None or open_[one.need_line] <= 0 or not room.is_left(stock):
            continue
        if many.get(one.need_line, 0) >= policy.a_need or (lack.need, stock.giver) in met:
            continue
        if stock.is_countable:
            brings, takes = moved(open_[one.need_line], free[one.commitment_line], lack, stock)
        else:
            brings, takes = open_[one.need_line], 0
        if not brings:
            continue
        open_[one.need_line] -= brings
        free[one.commitment_line] -= takes
        many[one.need_line] = many.get(one.need_line, 0) + 1
        met.add((lack.need, stock.giver))
        room.spend(stock)
        raised.append(Raised(one, brings))
    return raised


def portions(keys: Sequence[int], many: int) -> Iterator[Sequence[int]]:
    """The keys, so many at a time, in their order."""
    return (keys[first : first + many] for first in range(0, len(keys), many))
