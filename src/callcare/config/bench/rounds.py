"""The round of the night over the whole made-up country: how long it takes, and its longest transaction.

First the two rankers beside each other, one need line after the other: their answers must be the same, or the run
stops.
"""

import os
import random
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from django.core.management.base import CommandError

from callcare.config.bench.measures import Measure, Row, percentiles
from callcare.config.bench.spent import Processor
from callcare.matching.actions import make_round, rounds
from callcare.matching.lines import this_day
from callcare.matching.models import OfferedLine, Suggestion
from callcare.matching.suggesting import Ranker, Statement, by_columns, open_lines
from callcare.matching.weights import in_force

LIMIT = 10
NIGHT = 60_000.0  # ms of one processor: the whole round
WRITE = 500.0  # ms: its longest transaction


def measure(pick: random.Random, repeats: int) -> Iterator[Row]:
    """One need line by both rankers, A B A B; then the round, made twice."""
    size = OfferedLine.objects.count()
    yield from _beside(pick, repeats, size)
    Suggestion.objects.all().delete()  # the bench's own: as on the first night
    longest: list[float] = []
    write = rounds.write_some
    rounds.write_some = _timed(write, longest)
    try:
        for name in ("sweep", "sweep-again"):
            longest.clear()
            processor = Processor()
            before, begin = processor(), perf_counter()
            made = make_round(by=None)
            took, worked = perf_counter() - begin, processor() - before
            if made is None:
                raise CommandError("Une tournée est déjà en cours dans la base de mesure.")
            yield _row(name, size, [took], [worked], f"≤ {NIGHT / 1000:.0f} s de processeur", NIGHT)
            yield _row(f"{name}-need", size, [took / made.needs], [worked / made.needs], f"{made.needs} lignes", None)
            yield _row(f"{name}-write", size, [max(longest)], [], f"≤ {WRITE:.0f} ms", WRITE)
    finally:
        rounds.write_some = write


def _timed(write: Callable[..., None], longest: list[float]) -> Callable[..., None]:
    def timed(*said: Any) -> None:
        begin = perf_counter()
        write(*said)
        longest.append(perf_counter() - begin)

    return timed


def _beside(pick: random.Random, repeats: int, size: int) -> Iterator[Row]:
    lines = list(open_lines())
    start = pick.randrange(max(1, len(lines) - repeats))
    some = lines[start : start + repeats]  # side by side, as a round has them
    today, by, processor = this_day(), in_force(), Processor()
    ways: dict[str, Ranker] = {"sql": Statement(), "memory": by_columns()}
    times: dict[str, list[float]] = {way: [] for way in ways}
    worked: dict[str, list[float]] = {way: [] for way in ways}
    for wanted in some:
        answers = []
        for way, ranker in ways.items():
            before, begin = processor(), perf_counter()
            answers.append(list(ranker(wanted, today=today, limit=LIMIT, settings=by)))
            times[way].append(perf_counter() - begin)
            worked[way].append(processor() - before)
        if answers[0] != answers[1]:
            raise CommandError(f"Ligne de besoin {wanted.line} : les deux moteurs ne répondent pas de même.")
    for way in ways:
        yield _row(f"sweep-rank-{way}", size, times[way], worked[way], "", None)


def _row(name: str, size: int, times: list[float], worked: list[float], target: str, most: float | None) -> Row:
    many = times if len(times) > 1 else times * 2
    p50, p95, p99 = percentiles(many)
    cpu = percentiles(worked if len(worked) > 1 else worked * 2)[0] if worked else 0.0
    return Row(
        name, size, p50, p99, 0.0, 0.0, target, (cpu or p50) <= most if most else None, p95,
        repeats=len(times), cpu_ms=cpu, load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


MEASURE = Measure("sweep", measure)
