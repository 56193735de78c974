"""Sharing stocks over the lines that want them: the best plan, how near it is to the best possible, and why.

A lot over requests, half-days over mentors, seats over groups are one thing: stocks with a free quantity, wants with
an open quantity and a smallest useful one, and what a unit of the one is worth to the other (the score of the pair).
The plan is exact for what can be cut as wanted (`flow`); a line that would get less than its minimum is raised to it
or left out, whichever is worth more, and the rest is shared again. The bound is the best plan without fairness,
without minimum and without anybody's hand: no plan at all is worth more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from callcare.matching.rules import flow
from callcare.matching.rules.flow import Network, Solver

Pair = tuple[int, int]  # a stock, a want
NEARLY = 0.5  # of a minimum: from there raising a line to it is tried before leaving it out
NEAR_ENOUGH = 1_000  # a plan within that part of what could still be hoped for ends the search


@dataclass(frozen=True, slots=True)
class Stock:
    """So much of one thing, at one place."""

    key: int
    free: int


@dataclass(frozen=True, slots=True)
class Want:
    """A line that may take from stocks. `territory` is among whom it is fair to share; `since` is its turn."""

    key: int
    open: int
    minimum: int = 1
    territory: str = ""
    since: tuple[int, ...] = ()

    @property
    def least(self) -> int:
        """The smallest part that is of any use."""
        return max(1, min(self.minimum, self.open))


@dataclass(frozen=True, slots=True)
class Fairness:
    """What a unit is worth more to a territory that has little: `strength` for its first slice, nothing for its last.

    In the unit of the values. With strength 0 only the values count.
    """

    slices: int = 10
    strength: int = 100

    def steps(self, wanted: int) -> list[tuple[int, int]]:
        """How many units each slice of a territory holds, and what each is worth more. Falls, so that it adds up."""
        slices = max(1, min(self.slices, wanted))
        cuts = [wanted * number // slices for number in range(slices + 1)]
        worth = [self.strength * (slices - 1 - number) // max(1, slices - 1) for number in range(slices)]
        return [(cuts[number + 1] - cuts[number], worth[number]) for number in range(slices)]


NO_FAIRNESS = Fairness(slices=1, strength=0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets how much of what. `value` counts the scores only; `bound` is what no plan can exceed."""

    shares: Mapping[Pair, int]
    value: int
    bound: int
    left: Mapping[int, int]
    dropped: frozenset[int] = frozenset()  # wants left out because they would get less than their minimum
    prices: Mapping[int, int] = field(default_factory=dict)  # what one more unit of a stock would be worth
    next_to: Mapping[int, int] = field(default_factory=dict)  # the want it would go to

    def given(self, want: int) -> int:
        return sum(quantity for (_, to), quantity in self.shares.items() if to == want)

    @property
    def gap(self) -> float:
        """How far from the bound, from 0 to 1."""
        return 1 - self.value / self.bound if self.bound else 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be shared: `values` says what a unit of a stock is worth to a want; other pairs do not fit."""

    stocks: Sequence[Stock]
    wants: Sequence[Want]
    values: Mapping[Pair, int]
    fairness: Fairness = Fairness()
    solver: Solver = flow.solver


def share(question: Question, *, fixed: Mapping[Pair, int] | None = None, is_explained: bool = True) -> Plan:
    """The best plan in which the pairs of `fixed` get exactly what was decided for them.

    Unless it is to be explained, nobody computes the prices and the bound: half of the time of large plans.
    """
    held = dict(fixed or {})
    board = _Board(_without(question, held), held)
    flows, out = _with_minimums(board)
    shares = {pair: quantity for pair, quantity in held.items() if quantity}
    shares |= {pair: flows[arc] for arc, pair in board.pairs.items() if flows[arc]}
    left = {stock.key: stock.free for stock in question.stocks}
    for (stock, _), quantity in shares.items():
        left[stock] -= quantity
    if not is_explained:
        return Plan(shares, value(question, shares), 0, left, out)
    most = bound(question) if held else board.bound()
    prices, next_to = _prices(board, flows, out)
    return Plan(shares, value(question, shares), most, left, out, prices, next_to)


def bound(question: Question) -> int:
    """The most that any plan can be worth: nothing fair, nothing too small, nobody's wishes."""
    return _Board(question, {}).bound()


def in_turn(question: Question) -> dict[Pair, int]:
    """First come, first served: each in its turn takes what it wants where it is best served. To compare with."""
    free = {stock.key: stock.free for stock in question.stocks}
    fits: dict[int, list[int]] = {}
    for stock, key in question.values:
        fits.setdefault(key, []).append(stock)
    shares: dict[Pair, int] = {}
    for want in sorted(question.wants, key=lambda one: (one.since, one.key)):
        asked = want.open
        best = sorted(fits.get(want.key, ()), key=lambda stock: (-question.values[stock, want.key], stock))
        if min(asked, sum(free[stock] for stock in best)) < want.least:
            continue
        for stock in best:
            if taken := min(asked, free[stock]):
                shares[stock, want.key] = taken
                free[stock] -= taken
                asked -= taken
    return shares


def value(question: Question, shares: Mapping[Pair, int]) -> int:
    """What a sharing is worth: each unit, what it is worth to who gets it."""
    return sum(question.values[pair] * quantity for pair, quantity in shares.items())


def filled(question: Question, shares: Mapping[Pair, int]) -> dict[str, float]:
    """How much of what each territory wants it gets, from 0 to 1."""
    asked: dict[str, int] = {}
    got: dict[str, int] = {}
    where = {want.key: want.territory for want in question.wants}
    for want in question.wants:
        asked[want.territory] = asked.get(want.territory, 0) + want.open
    for (_, key), quantity in shares.items():
        got[where[key]] = got.get(where[key], 0) + quantity
    return {territory: got.get(territory, 0) / most for territory, most in asked.items() if most}


def _without(question: Question, held: Mapping[Pair, int]) -> Question:
    """The question that is left once what is fixed is fixed."""
    if not held:
        return question
    of_stock, of_want = _sums(held, 0), _sums(held, 1)
    stocks = [replace(stock, free=max(0, stock.free - of_stock.get(stock.key, 0))) for stock in question.stocks]
    wants = [
        replace(want, open=want.open - of_want.get(want.key, 0), minimum=want.minimum - of_want.get(want.key, 0))
        for want in question.wants
    ]
    values = {pair: worth for pair, worth in question.values.items() if pair not in held}
    return replace(question, stocks=stocks, wants=[want for want in wants if want.open > 0], values=values)


def _sums(held: Mapping[Pair, int], side: int) -> dict[int, int]:
    sums: dict[int, int] = {}
    for pair, quantity in held.items():
        sums[pair[side]] = sums.get(pair[side], 0) + quantity
    return sums


class _Board:
    """A question as a network that is asked several times: only capacities change from one time to the next.

    Source, stocks, wants, territories, sink, in this order. Beside the slices of a territory lies an arc without
    fairness, used for the bound; beside the arc of a want one that pays its minimum, used where it is insisted on.
    """

    def __init__(self, question: Question, held: Mapping[Pair, int]) -> None:
        self.question = question
        self.least = {want.key: want.least for want in question.wants}
        # What a unit that reaches a minimum is paid while it is insisted on: more than it could be worth elsewhere.
        self.paid = 2 * (max(question.values.values(), default=0) + question.fairness.strength) + 1
        self.network = Network()
        self.nodes_of_stocks = {stock.key: number for number, stock in enumerate(question.stocks, 1)}
        first = len(self.nodes_of_stocks) + 1
        self.nodes_of_wants = {want.key: number for number, want in enumerate(question.wants, first)}
        self.pairs = self._draw_pairs()
        asked: dict[str, int] = {}
        for want in question.wants:
            asked[want.territory] = asked.get(want.territory, 0) + want.open
        self._draw_wants({place: number for number, place in enumerate(asked, first + len(self.nodes_of_wants))})
        self._draw_territories(asked, _taken(question, held), first + len(self.nodes_of_wants))
        self.run = question.solver(self.network)

    def _draw_pairs(self) -> dict[int, Pair]:
        question, network = self.question, self.network
        asked = {want.key: want.open for want in question.wants}
        for stock in question.stocks:
            network.arc(0, self.nodes_of_stocks[stock.key], stock.free, 0)
        known = [(stock, want, worth) for (stock, want), worth in question.values.items() if want in asked]
        begin = len(network.tails)
        network.tails += [self.nodes_of_stocks[stock] for stock, _, _ in known]
        network.heads += [self.nodes_of_wants[want] for _, want, _ in known]
        network.capacities += [asked[want] for _, want, _ in known]  # of its stock the arc from the source says
        network.costs += [-worth if worth > 1 else -1 for _, _, worth in known]
        return {arc: (stock, want) for arc, (stock, want, _) in enumerate(known, begin)}

    def _draw_wants(self, territories: Mapping[str, int]) -> None:
        """Two arcs each: its minimum, where it is insisted on, and all the rest."""
        self.insisted: dict[int, int] = {}
        for want in self.question.wants:
            node, place = self.nodes_of_wants[want.key], territories[want.territory]
            self.insisted[want.key] = self.network.arc(node, place, 0, -self.paid)
            self.network.arc(node, place, want.open, 0)

    def _draw_territories(self, asked: Mapping[str, int], taken: Mapping[str, int], first: int) -> None:
        sink, network = first + len(asked), self.network
        self.slices: list[int] = []
        self.bare: dict[int, int] = {}
        for node, (territory, wanted) in enumerate(asked.items(), first):
            had = taken.get(territory, 0)
            for room, worth in self.question.fairness.steps(wanted + had):
                still, had = max(0, room - had), max(0, had - room)
                self.slices.append(network.arc(node, sink, still, -worth))
            self.bare[network.arc(node, sink, 0, 0)] = wanted

    def capacities(self, out: Iterable[int] = (), raised: Iterable[int] = ()) -> list[int]:
        """Those of the plan in which `out` get nothing and `raised` are paid their minimum."""
        capacities = list(self.network.capacities)
        for want in raised:
            arc = self.insisted[want]
            capacities[arc] = self.least[want]
            capacities[arc + 1] -= self.least[want]
        for want in out:
            capacities[self.insisted[want]] = capacities[self.insisted[want] + 1] = 0
        return capacities

    def bound(self) -> int:
        capacities = list(self.network.capacities)
        for arc in self.slices:
            capacities[arc] = 0
        for arc, wanted in self.bare.items():
            capacities[arc] = wanted
        return -self.network.cost(self.run(capacities))

    def given(self, flows: Sequence[int]) -> dict[int, int]:
        """How much each want gets, if anything."""
        sums = ((want, flows[arc] + flows[arc + 1]) for want, arc in self.insisted.items())
        return {want: given for want, given in sums if given}


def _taken(question: Question, held: Mapping[Pair, int]) -> dict[str, int]:
    """What each territory has already by what is fixed."""
    where = {want.key: want.territory for want in question.wants}
    taken: dict[str, int] = {}
    for want, quantity in _sums(held, 1).items():
        if want in where:
            taken[where[want]] = taken.get(where[want], 0) + quantity
    return taken


def _with_minimums(board: _Board) -> tuple[list[int], frozenset[int]]:
    """Share, then mend the lines under their minimum one after the other: raised to it, or left out."""
    best: tuple[list[int], frozenset[int]] | None = None
    most, limit, tries = -1, None, 0
    waiting: list[tuple[frozenset[int], frozenset[int]]] = [(frozenset(), frozenset())]
    while waiting and (best is None or tries < _tries(board.question)):
        out, raised = waiting.pop()
        flows = board.run(board.capacities(out, raised))
        given = board.given(flows)
        tries += 1
        worth = _worth(board, flows, given, raised)
        limit = worth if limit is None else limit
        if worth <= most:  # nothing that follows from it is worth more either
            continue
        if short := _short(board, given):
            waiting += _mended(short, out, raised)
            continue
        best, most = (flows, out), worth
        if most >= limit - limit // NEAR_ENOUGH:
            break
    if best is None:
        raise ArithmeticError("leaving everybody out is a plan, and was not found")
    return best


def _tries(question: Question) -> int:
    """How many plans may be tried: all of them where lines are few, a dozen where they are hundreds."""
    return 6 + 6_000 // max(1, len(question.values))


def _mended(
    short: Sequence[tuple[int, float]], out: frozenset[int], raised: frozenset[int]
) -> list[tuple[frozenset[int], frozenset[int]]]:
    """The ways on from a plan with lines under their minimum; the likelier one last, since it is tried first."""
    worst, part = short[0]
    without, within = (out | {worst}, raised), (out, raised | {worst})
    branches = [without, within] if part >= NEARLY else [within, without]
    low = {want for want, part in short if part < NEARLY}
    at_once = (out | low, raised | {want for want, _ in short if want not in low})
    return [*branches, at_once] if len(short) > 1 else branches


def _short(board: _Board, given: Mapping[int, int]) -> list[tuple[int, float]]:
    """The wants that get something, and less than is of use, with their part of it; the farthest from it first."""
    parts = ((want, got / board.least[want]) for want, got in given.items())
    return sorted(((want, part) for want, part in parts if part < 1), key=lambda one: (one[1], one[0]))


def _worth(board: _Board, flows: Sequence[int], given: Mapping[int, int], raised: Iterable[int]) -> int:
    """What a plan is worth, fairness counted; -1 where a minimum that was insisted on is not reached."""
    if any(given.get(want, 0) < board.least[want] for want in raised):
        return -1
    return -board.network.cost(flows) - sum(board.least[want] for want in raised) * board.paid


def _prices(board: _Board, flows: Sequence[int], out: Iterable[int]) -> tuple[dict[int, int], dict[int, int]]:
    """What one more unit of each stock would be worth, and to whom it would go first."""
    prices: dict[int, int] = {}
    next_to: dict[int, int] = {}
    if len(board.pairs) > flow.OURS_UP_TO:
        return prices, next_to  # nobody reads thousands of explanations
    wants = {node: want for want, node in board.nodes_of_wants.items()}
    given = board.given(flows)
    capacities = [max(capacity, sent) for capacity, sent in zip(board.capacities(out), flows, strict=True)]
    for arc, (_, want) in board.pairs.items():
        if not given.get(want) and board.least[want] > 1:  # one unit alone would be of no use to it
            capacities[arc] = 0
    nodes = board.nodes_of_stocks
    found = flow.one_more(board.network, capacities, flows, list(nodes.values()))
    for stock, node in nodes.items():
        cost, path = found.get(node, (0, []))
        prices[stock] = max(0, -cost)
        if cost < 0:  # the last want on the way has more in the end; those before it only change stocks
            next_to[stock] = next(wants[step] for step in reversed(path) if step in wants)
    return prices, next_to
