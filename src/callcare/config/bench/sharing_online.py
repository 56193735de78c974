"""Half a year of gifts and needs as they come: what is lost by not knowing what comes next.

Fifteen hundred needs and sixty gifts over 26 weeks in one region; a need waits four weeks, a gift until it is given.
Each policy sees only what has come. The best in hindsight, which knows everything, is the measure of all of them.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import hypot

from callcare.config.bench.measures import Row
from callcare.matching.rules import flow, sharing
from callcare.matching.rules.sharing import NO_FAIRNESS, Pair, Question, Stock, Want

WEEKS, PATIENCE = 26, 4
NEEDS, GIFTS, SIDE = 1_500, 60, 200
PLENTY = (0.3, 0.5, 0.7, 0.9)  # of what is asked
PRIORITIES = (1, 1, 2, 2, 2, 3, 3, 5)
TAUGHT, TESTED = range(3), range(3, 9)  # seeds: the price is learnt on the first, and tried on the others
STEPS = tuple(range(0, 401, 25))  # prices tried


@dataclass(frozen=True, slots=True)
class Season:
    """All that will come: each gift and each need with its week, and what every pair is worth."""

    stocks: tuple[Stock, ...]
    wants: tuple[Want, ...]
    weeks: Mapping[int, int]
    values: Mapping[Pair, int]


def season(seed: int, plenty: float) -> Season:
    """Gifts are large and few; there is so much of what is asked."""
    pick = random.Random(seed)  # noqa: S311

    def place() -> tuple[float, float]:
        return pick.uniform(0, SIDE), pick.uniform(0, SIDE)

    asked = [round(pick.lognormvariate(0.8, 0.8)) + 1 for _ in range(NEEDS)]
    shares = [pick.lognormvariate(0, 1) for _ in range(GIFTS)]
    given = plenty * sum(asked) / sum(shares)
    stocks = tuple(Stock(-1 - number, max(1, round(share * given))) for number, share in enumerate(shares))
    weeks = {key: pick.randrange(WEEKS) for key in [*(stock.key for stock in stocks), *range(NEEDS)]}
    wants = tuple(Want(number, quantity, since=(weeks[number], number)) for number, quantity in enumerate(asked))
    where, homes = [place() for _ in stocks], [place() for _ in wants]
    ranks = [pick.choice(PRIORITIES) for _ in wants]
    values = {}
    for stock, (x, y) in zip(stocks, where, strict=True):
        for want, (u, v), rank in zip(wants, homes, ranks, strict=True):
            if weeks[stock.key] < weeks[want.key] + PATIENCE:
                values[stock.key, want.key] = round(100 * (rank + 1 - 0.004 * hypot(x - u, y - v)))
    return Season(stocks, wants, weeks, values)


def hindsight(of: Season, solver: flow.Solver) -> int:
    """The most that could have been done."""
    return sharing.bound(Question(of.stocks, of.wants, of.values, NO_FAIRNESS, solver))


def lived(of: Season, solver: flow.Solver, *, price: int | None) -> int:
    """The worth of a season week by week: each week shared at best where a unit is worth the price; None: in turn."""
    free = {stock.key: stock.free for stock in of.stocks}
    open_ = {want.key: want.open for want in of.wants}
    total = 0
    for week in range(WEEKS + PATIENCE):
        # Nothing more is coming: what is kept would be lost.
        least = price if price is not None and week < WEEKS - 1 else 0
        stocks = [Stock(one.key, free[one.key]) for one in of.stocks if of.weeks[one.key] <= week and free[one.key]]
        wants = [
            replace(one, open=open_[one.key]) for one in of.wants
            if of.weeks[one.key] <= week < of.weeks[one.key] + PATIENCE and open_[one.key]
        ]  # fmt: skip
        pairs = ((stock.key, want.key) for stock in stocks for want in wants)
        values = {pair: of.values[pair] for pair in pairs if of.values.get(pair, -1) >= least}
        question = Question(stocks, wants, values, NO_FAIRNESS, solver)
        shares = sharing.in_turn(question) if price is None else _best(question)
        for (stock, want), quantity in shares.items():
            free[stock] -= quantity
            open_[want] -= quantity
            total += of.values[stock, want] * quantity
    return total


def _best(question: Question) -> Mapping[Pair, int]:
    return sharing.share(question, is_explained=False).shares if question.values else {}


def online(solver: flow.Solver) -> Iterator[Row]:
    """Each policy as a part of hindsight: the mean of six seasons, and the worst of them for the one with a price."""
    for plenty in PLENTY:
        taught = [season(seed, plenty) for seed in TAUGHT]
        price = max(STEPS, key=lambda step: sum(lived(one, solver, price=step) for one in taught))
        parts: dict[str, list[float]] = {"first-come": [], "weekly": [], "price": []}
        for seed in TESTED:
            one = season(seed, plenty)
            most = hindsight(one, solver)
            for name, at in (("first-come", None), ("weekly", 0), ("price", price)):
                parts[name].append(lived(one, solver, price=at) / most)
        for name, some in parts.items():
            yield _row(f"sharing-online-{plenty:g}-{name}", sum(some) / len(some))
        worst = min(parts["price"])
        yield _row(f"sharing-online-{plenty:g}-price-{price}-worst", worst, "≥ 0,97", ok=worst >= 0.97)


def _row(name: str, ratio: float, target: str = "", *, ok: bool | None = None) -> Row:
    return Row(name, NEEDS, 0.0, 0.0, 0.0, round(ratio, 4), target, ok, 0.0)
