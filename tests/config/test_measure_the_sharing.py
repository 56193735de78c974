"""The bench of sharing asks no database, draws the same country from the same seed, and cannot flatter a plan."""

import random

from callcare.config.bench import sharing, sharing_online
from callcare.matching.rules import flow


def small(seed):
    pick = random.Random(seed)  # noqa: S311
    return sharing.country(pick, goods=80, kinds=3, depots=6, needs=40)


def test_the_same_seed_draws_the_same_country():
    assert small(1).questions == small(1).questions
    assert small(1).questions != small(2).questions


def test_a_plan_is_measured_between_first_come_and_the_bound():
    rows = {row.name: row for row in sharing._worth(small(1), flow.by_shortest_paths, "x")}
    assert 0.9 < rows["x-value-to-bound"].ratio <= rows["x-value-to-bound-without-fairness"].ratio <= 1
    assert rows["x-value-to-first-come"].ratio >= 1
    (timed,) = sharing._measured("x", small(1), flow.by_shortest_paths, 0.001)
    assert timed.ok is False  # nothing is done in no time
    assert timed.cpu_ms == timed.p50_ms > 0


def test_nobody_does_better_than_hindsight(monkeypatch):
    monkeypatch.setattr(sharing_online, "NEEDS", 60)
    monkeypatch.setattr(sharing_online, "GIFTS", 8)
    for seed in range(3):
        one = sharing_online.season(seed, 0.5)
        most = sharing_online.hindsight(one, flow.by_shortest_paths)
        lived = [sharing_online.lived(one, flow.by_shortest_paths, price=price) for price in (None, 0, 200)]
        assert 0 < max(lived) <= most
