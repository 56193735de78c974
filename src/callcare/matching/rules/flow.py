"""The cheapest way to send things through a network: whole quantities, exact.

Ours is the method of successive shortest paths with potentials, on whole numbers. Where OR-Tools is installed (the
extra `sharing`) it answers for large networks; a test holds both, and trying everything, to the same total.

Arcs go from a lower node to a higher one, so that a cost may be negative and no circle pays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from operator import mul

OURS_UP_TO = 4_000  # arcs: beyond, OR-Tools is asked where it is installed
NEVER = 1 << 60


@dataclass(slots=True)
class Network:
    """Arcs with a capacity and a cost for each unit. Node 0 sends, the last node receives."""

    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)

    def arc(self, tail: int, head: int, capacity: int, cost: int) -> int:
        """Add an arc; returns its number."""
        if tail >= head:
            raise ValueError("an arc goes from a lower node to a higher one")
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)
        self.costs.append(cost)
        return len(self.tails) - 1

    @property
    def nodes(self) -> int:
        return max(self.heads, default=0) + 1

    def cost(self, flows: Sequence[int]) -> int:
        return sum(map(mul, flows, self.costs))


Run = Callable[[Sequence[int]], list[int]]  # capacities in, what passes on each arc out
Solver = Callable[[Network], Run]


def solver(network: Network) -> Run:
    """How much passes on each arc so that the sum of the costs is the lowest; sends only what pays.

    The network is read once, and may then be asked again with other capacities.
    """
    return with_ortools(network) if len(network.tails) > OURS_UP_TO and has_ortools() else by_shortest_paths(network)


class _Residual:
    """What can still be sent on, and taken back: arc `2k` is arc k, arc `2k + 1` undoes it."""

    __slots__ = ("costs", "heads", "leaving", "room")

    def __init__(self, network: Network, capacities: Sequence[int], flows: Sequence[int] | None = None) -> None:
        self.heads: list[int] = []
        self.costs: list[int] = []
        self.room: list[int] = []
        self.leaving: list[list[int]] = [[] for _ in range(network.nodes)]
        sent = flows or [0] * len(network.tails)
        arcs = zip(network.tails, network.heads, capacities, network.costs, sent, strict=True)
        for number, (tail, head, capacity, cost, flow) in enumerate(arcs):
            self.heads += (head, tail)
            self.costs += (cost, -cost)
            self.room += (capacity - flow, flow)
            self.leaving[tail].append(2 * number)
            self.leaving[head].append(2 * number + 1)


def by_shortest_paths(network: Network) -> Run:
    """Ours: send along the shortest path of what is left, until no path pays any more."""

    def run(capacities: Sequence[int]) -> list[int]:
        return _sent(_Residual(network, capacities), network.nodes - 1)

    return run


def _sent(residual: _Residual, sink: int) -> list[int]:
    heads, room = residual.heads, residual.room
    potentials = _first_potentials(residual)
    if potentials[sink] >= 0:
        return [0] * (len(heads) // 2)
    while (came := _shorten(residual, potentials, sink)) is not None:
        if potentials[sink] - potentials[0] >= 0:
            break
        most, node = NEVER, sink
        while node:
            most = min(most, room[came[node]])
            node = heads[came[node] ^ 1]
        node = sink
        while node:
            room[came[node]] -= most
            room[came[node] ^ 1] += most
            node = heads[came[node] ^ 1]
    return room[1::2]


def _first_potentials(residual: _Residual) -> list[int]:
    """The shortest way to each node while nothing is sent: nodes in their order, since arcs only go up."""
    best = [NEVER] * len(residual.leaving)
    best[0] = 0
    for node, arcs in enumerate(residual.leaving):
        if best[node] == NEVER:
            continue
        for arc in arcs:
            if residual.room[arc]:
                best[residual.heads[arc]] = min(best[residual.heads[arc]], best[node] + residual.costs[arc])
    return best


def _shorten(residual: _Residual, potentials: list[int], sink: int) -> dict[int, int] | None:
    """The arc by which each node of a shortest path is reached; None where nothing reaches the sink.

    Stops as soon as the sink is known. The potentials are made those of the next search.
    """
    heads, costs, room, leaving = residual.heads, residual.costs, residual.room, residual.leaving
    known: dict[int, int] = {0: 0}
    came: dict[int, int] = {}
    done: list[int] = []
    is_done = bytearray(len(leaving))
    waiting = [(0, 0)]
    while waiting:
        far, node = heappop(waiting)
        if is_done[node]:
            continue
        if node == sink:
            for one in done:
                potentials[one] += known[one] - far
            return came
        is_done[node] = 1
        done.append(node)
        here = far + potentials[node]
        for arc in leaving[node]:
            head = heads[arc]
            if not room[arc] or is_done[head]:
                continue
            reached = here + costs[arc] - potentials[head]
            if reached < known.get(head, NEVER):
                known[head], came[head] = reached, arc
                heappush(waiting, (reached, head))
    return None


def one_more(
    network: Network, capacities: Sequence[int], flows: Sequence[int], starts: Sequence[int]
) -> dict[int, tuple[int, list[int]]]:
    """What one more unit at each of these nodes would cost, and by which nodes it would go; not where it cannot go.

    This is the price of a unit there: the dual value of the best plan, with its reason.
    """
    residual, sink = _Residual(network, capacities, flows), network.nodes - 1
    found = {}
    for start in starts:
        best, came = _ways_from(residual, start)
        if best[sink] == NEVER:
            continue
        path = [sink]
        while path[-1] != start:
            path.append(residual.heads[came[path[-1]] ^ 1])
        found[start] = best[sink], path[::-1]
    return found


def _ways_from(residual: _Residual, start: int) -> tuple[list[int], list[int]]:
    """The cheapest way to every node, and the arc it comes by. Costs may be negative, circles never are."""
    best, came = [NEVER] * len(residual.leaving), [-1] * len(residual.leaving)
    best[start] = 0
    waiting, is_waiting = [start], {start}
    for node in waiting:  # grows while it is read
        is_waiting.discard(node)
        for arc in residual.leaving[node]:
            head = residual.heads[arc]
            if head and residual.room[arc] and best[node] + residual.costs[arc] < best[head]:
                best[head], came[head] = best[node] + residual.costs[arc], arc
                if head not in is_waiting:
                    is_waiting.add(head)
                    waiting.append(head)
    return best, came


def has_ortools() -> bool:
    """Is the extra `sharing` installed?"""
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec("ortools") is not None


def with_ortools(network: Network) -> Run:
    """The same answer from OR-Tools, for thousands of lines."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415

    theirs = min_cost_flow.SimpleMinCostFlow()
    arcs = theirs.add_arcs_with_capacity_and_unit_cost(network.tails, network.heads, network.capacities, network.costs)
    first = [arc for arc, tail in enumerate(network.tails) if tail == 0]
    past = theirs.add_arc_with_capacity_and_unit_cost(0, network.nodes - 1, 0, 0)  # what does not pay goes past it all

    def run(capacities: Sequence[int]) -> list[int]:
        most = sum(capacities[arc] for arc in first)
        theirs.set_arc_capacities(arcs, capacities)
        theirs.set_arc_capacity(past, most)
        theirs.set_node_supply(0, most)
        theirs.set_node_supply(network.nodes - 1, -most)
        if theirs.solve() != theirs.OPTIMAL:
            raise ArithmeticError("OR-Tools found no plan where sending nothing is one")
        return list(map(int, theirs.flows(arcs).tolist()))

    return run
