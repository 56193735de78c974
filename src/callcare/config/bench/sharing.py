"""Sharing stocks at the scale of a country: what it takes, and what it is worth beside « premier arrivé ».

A made-up country by seed, without a database: ninety-six territories, depots that hold goods of many kinds, needs that
ask for one kind each. Goods are enough for about three fifths of what is asked; six needs in ten have a minimum.
Each kind is a question of its own. Solvers are asked in turn, block by block, in one run.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot
from statistics import median, quantiles
from time import process_time

from callcare.config.bench.measures import Measure, Row
from callcare.config.bench.sharing_online import online
from callcare.matching.rules import flow, sharing
from callcare.matching.rules.sharing import NO_FAIRNESS, Fairness, Plan, Question, Stock, Want

BLOCKS = 5
SIDE = 900  # km of the square the country is drawn in
NEAREST = 40  # depots a need may take from
PRIORITIES = (1, 1, 2, 2, 2, 3, 3, 5)
POINTS = 100  # of a value, in whole numbers: priority + 1 − 0,004 a kilometre
FAIR = Fairness(slices=10, strength=100)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Country:
    """One question for each kind, how far each pair is, and how many goods there are."""

    questions: tuple[Question, ...]
    km: dict[sharing.Pair, float]
    goods: int


def country(pick: random.Random, *, goods: int, kinds: int, depots: int, needs: int) -> Country:
    """As many goods, spread over depots and kinds; needs around the towns of their territory, most for few kinds."""
    centres = [(pick.uniform(0, SIDE), pick.uniform(0, SIDE)) for _ in range(96)]
    people = [pick.lognormvariate(0, 0.8) for _ in centres]
    popular = [1 / (kind + 4) for kind in range(kinds)]

    def near(territory: int) -> Point:
        x, y = centres[territory]
        return pick.gauss(x, 25), pick.gauss(y, 25)

    homes = [near(territory) for territory in pick.choices(range(96), people, k=depots)]
    asked = [
        (pick.choices(range(kinds), popular)[0], territory, near(territory), round(pick.lognormvariate(0.8, 0.8)) + 1)
        for territory in pick.choices(range(96), people, k=needs)
    ]
    demand = sum(quantity for *_, quantity in asked)
    held: dict[tuple[int, int], int] = {}
    for kind in pick.choices(range(kinds), popular, k=goods):
        where = (kind, pick.randrange(depots))
        held[where] = held.get(where, 0) + 1
    scale = max(1.0, 0.62 * demand / goods)  # goods never stand for more than is asked
    questions, km = [], {}
    for kind in range(kinds):
        stocks = [
            Stock(kind * depots + depot, round(free * scale)) for (of, depot), free in held.items() if of == kind
        ]
        wants, values = [], {}
        for number, (of, territory, place, quantity) in enumerate(asked):
            if of != kind:
                continue
            minimum = max(1, quantity // 2) if pick.random() < 0.6 else 1
            wants.append(Want(number, quantity, minimum, str(territory), (number,)))
            priority = pick.choice(PRIORITIES)
            far = sorted(
                (hypot(x - place[0], y - place[1]), stock.key)
                for stock in stocks
                for x, y in [homes[stock.key % depots]]
            )
            for distance, key in far[:NEAREST]:
                km[key, number] = distance
                values[key, number] = max(1, round(POINTS * (priority + 1 - 0.004 * distance)))
        questions.append(Question(stocks, wants, values, FAIR))
    return Country(tuple(questions), km, sum(stock.free for question in questions for stock in question.stocks))


def _shared(made: Country, solver: flow.Solver, fairness: Fairness = FAIR) -> list[Plan]:
    return [
        sharing.share(replace(one, solver=solver, fairness=fairness), is_explained=False) for one in made.questions
    ]


def _in_turn(made: Country) -> list[dict[sharing.Pair, int]]:
    return [sharing.in_turn(one) for one in made.questions]


def _measured(name: str, made: Country, solver: flow.Solver, budget: float | None) -> Iterator[Row]:
    """The processor's time of a whole sharing, beside that of « premier arrivé » on the same instance."""
    ours, beside = [], []
    for _ in range(BLOCKS):
        begin = process_time()
        _shared(made, solver)
        middle = process_time()
        _in_turn(made)
        ours.append((middle - begin) * 1000)
        beside.append((process_time() - middle) * 1000)
    p50, floor = median(ours), median(beside)
    yield Row(
        name, made.goods, round(p50, 1), round(max(ours), 1), round(floor, 1), round(p50 / floor, 1),
        f"p50 ≤ {budget:g} ms" if budget else "", p50 <= budget if budget else None, round(max(ours), 1),
        repeats=BLOCKS, cpu_ms=round(p50, 1),
    )  # fmt: skip


def _ratio(name: str, size: int, ratio: float, target: str, *, ok: bool | None) -> Row:
    """A measure that is no time: only its ratio is told."""
    return Row(name, size, 0.0, 0.0, 0.0, round(ratio, 4), target, ok, 0.0)


def _worth(made: Country, solver: flow.Solver, prefix: str) -> Iterator[Row]:
    """What the plans are worth: beside the bound, beside « premier arrivé », and what fairness costs and brings."""
    plans, turns = _shared(made, solver), _in_turn(made)
    bare = _shared(made, solver, NO_FAIRNESS)
    pairs = list(zip(made.questions, turns, strict=True))
    value, most = (
        sum(plan.value for plan in plans),
        sum(sharing.bound(replace(one, solver=solver)) for one in made.questions),
    )
    unfair = sum(plan.value for plan in bare)
    first = sum(sharing.value(question, turn) for question, turn in pairs)
    size = made.goods
    yield _ratio(f"{prefix}-value-to-bound", size, value / most, "≥ 0,995", ok=value / most >= 0.995)
    yield _ratio(
        f"{prefix}-value-to-bound-without-fairness", size, unfair / most, "≥ 0,999", ok=unfair / most >= 0.999
    )
    yield _ratio(f"{prefix}-value-to-first-come", size, value / first, "≥ 1,2", ok=value / first >= 1.2)
    shares = [dict(plan.shares) for plan in plans]
    yield _ratio(
        f"{prefix}-km-to-first-come", size, _km(made, shares) / _km(made, turns), "≤ 1",
        ok=_km(made, shares) <= _km(made, turns),
    )  # fmt: skip
    fair, unfair_fill, in_turn = (_tenth(made, some) for some in (shares, [dict(plan.shares) for plan in bare], turns))
    yield _ratio(f"{prefix}-tenth-territory-first-come", size, in_turn, "", ok=None)
    yield _ratio(f"{prefix}-tenth-territory-without-fairness", size, unfair_fill, "", ok=None)
    yield _ratio(f"{prefix}-tenth-territory", size, fair, "≥ 1,25 × sans", ok=fair >= 1.25 * unfair_fill)


def _km(made: Country, shares: Sequence[dict[sharing.Pair, int]]) -> float:
    """Kilometres a unit."""
    sent = [(made.km[pair], quantity) for some in shares for pair, quantity in some.items()]
    return sum(km * quantity for km, quantity in sent) / sum(quantity for _, quantity in sent)


def _tenth(made: Country, shares: Sequence[dict[sharing.Pair, int]]) -> float:
    """How much of what it asks the tenth poorest of a hundred territories gets, all kinds together."""
    asked: dict[str, int] = {}
    got: dict[str, int] = {}
    for question, some in zip(made.questions, shares, strict=True):
        where = {want.key: want.territory for want in question.wants}
        for want in question.wants:
            asked[want.territory] = asked.get(want.territory, 0) + want.open
        for (_, key), quantity in some.items():
            got[where[key]] = got.get(where[key], 0) + quantity
    return quantiles([got.get(place, 0) / most for place, most in asked.items()], n=10, method="inclusive")[0]


def one_stock(pick: random.Random, *, lines: int = 300) -> Country:
    """What one page of a region asks: one stock of two units a line, five territories, scores in tenths."""
    wants = [
        Want(number, pick.randint(2, 30), pick.choice((1, 1, 5)), str(number % 5), (number,))
        for number in range(1, lines + 1)
    ]
    values = {(0, want.key): pick.randint(300, 900) for want in wants}
    return Country((Question([Stock(0, 2 * lines)], wants, values),), dict.fromkeys(values, 1.0), 2 * lines)


def measure(pick: random.Random, repeats: int) -> Iterator[Row]:
    """A page, a region and the country; ours and OR-Tools on the same instances, where it is installed."""
    page = one_stock(pick)
    yield from _measured("sharing-page-ours", page, flow.by_shortest_paths, 200.0)
    yield from _worth(page, flow.by_shortest_paths, "sharing-page")
    region = country(pick, goods=600, kinds=10, depots=30, needs=300)
    yield from _measured("sharing-region-ours", region, flow.by_shortest_paths, None)
    if flow.has_ortools():
        yield from _measured("sharing-region-ortools", region, flow.with_ortools, None)
    yield from _worth(region, flow.by_shortest_paths, "sharing-region")
    if flow.has_ortools():
        whole = country(pick, goods=10_000, kinds=50, depots=300, needs=5_000)
        yield from _measured("sharing-country-ortools", whole, flow.with_ortools, 200.0)
        yield from _worth(whole, flow.with_ortools, "sharing-country")
        yield from online(flow.with_ortools)


MEASURE = Measure("sharing", measure, is_bare=True)
