"""The engine in memory beside the statement, one need after the other, each answered by both in turn.

Both answers must be one and the same, or the run stops: a quick engine that loses a candidate is worth nothing. The
floor of a ranking is the time to read the family's columns once, at the speed of memory measured in this run.
"""

import os
import random
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
from django.core.management.base import CommandError

from callcare.config.bench.measures import Measure, Row, of_largest_family, percentiles, some
from callcare.config.bench.spent import Processor
from callcare.matching import engines, memory, ranking
from callcare.matching.candidates import candidates_for_need
from callcare.matching.lines import this_day, wanted_by
from callcare.matching.models import OfferedLine
from callcare.needs.models import NeedLine

READ = 64 << 20  # bytes summed to know the speed of memory
TIMES_THE_BYTES = 3
HALF = 0.5


def bytes_a_second() -> float:
    """How quickly this process sums a column that no cache holds."""
    column = np.ones(READ // 4, "f4")
    times = []
    for _ in range(5):
        begin = perf_counter()
        column.sum()
        times.append(perf_counter() - begin)
    return READ / sorted(times)[2]


class Watched:
    """The engine in memory, each of its steps timed: catching up, what is around, ranking, the cards."""

    def __init__(self) -> None:
        self.copy = memory.Copy()
        self.ranking: list[float] = []
        self.bytes: list[int] = []

    def __call__(self, wanted: Any, params: dict[str, Any], *, today: Any, with_misses: bool) -> engines.Answer:
        self.copy.catch_up(is_private=True)
        around = engines.around(params)
        begin = perf_counter()
        best = ranking.ranked(self.copy, params, around, with_misses=with_misses)
        if not with_misses:
            self.ranking.append(perf_counter() - begin)
            self.bytes.append(self.copy.size_of(around.categories) * memory.ROW_BYTES)
        return engines.shown(best, params)


def measure(pick: random.Random, repeats: int) -> Iterator[Row]:
    """Any need, then needs of the largest family; A B A B."""
    needs = NeedLine.objects.filter(need__state="open").select_related("need__commune", "category", "unit")
    wanted = [wanted_by(line) for line in some(needs.order_by("pk"), pick, repeats)]
    watched, speed, begin = Watched(), bytes_a_second(), perf_counter()
    watched.copy.catch_up(is_private=True)
    built, size = perf_counter() - begin, OfferedLine.objects.count()
    yield Row("memory-built", size, round(built * 1000), round(built * 1000), 0, 0, f"{watched.copy.bytes >> 20} Mio",
              None, round(built * 1000), repeats=1, load=_load())  # fmt: skip
    for name, lines in (
        ("any", wanted),
        ("largest-family", (of_largest_family(wanted) * repeats)[: min(repeats, 100)]),
    ):
        yield from _beside(name, lines, watched, size, speed)


def _beside(name: str, wanted: list[Any], watched: Watched, size: int, speed: float) -> Iterator[Row]:
    today, processor = this_day(), Processor()
    watched.ranking, watched.bytes = [], []
    ways: dict[str, engines.Engine] = {"sql": engines.by_statement, "memory": watched}
    times: dict[str, list[float]] = {way: [] for way in ways}
    worked: dict[str, list[float]] = {way: [] for way in ways}
    for one in wanted:
        answers = []
        for way, engine in ways.items():
            before, begin = processor(), perf_counter()
            answers.append(candidates_for_need(one, today=today, engine=engine))
            times[way].append(perf_counter() - begin)
            worked[way].append(processor() - before)
        if answers[0] != answers[1]:
            raise CommandError(f"Ligne de besoin {one.line} : les deux moteurs ne répondent pas de même.")
    floors = [family / speed for family in watched.bytes]
    base = percentiles(times["sql"])[0]
    for way in ways:
        most = HALF if way == "memory" else None
        yield _row(f"engine-{way}-{name}", size, times[way], base, "≤ 0,5 × SQL", worked[way], most)
    floor = percentiles(floors)[0]
    target = f"≤ {TIMES_THE_BYTES} × lire les octets"
    yield _row(f"ranking-{name}", size, watched.ranking, floor, target, [], TIMES_THE_BYTES)


def _row(
    name: str, size: int, times: list[float], floor_ms: float, target: str, worked: list[float], most: float | None
) -> Row:
    p50, p95, p99 = percentiles(times)
    ratio = round(p50 / floor_ms, 2) if floor_ms else 0.0
    return Row(
        name, size, p50, p99, floor_ms, ratio, target if most else "", ratio <= most if most else None, p95,
        repeats=len(times), cpu_ms=percentiles(worked)[0] if worked else 0.0, load=_load(),
    )  # fmt: skip


def _load() -> float:
    return round(os.getloadavg()[0], 1)


MEASURE = Measure("engines", measure)
