"""The ranker of a round by the copy in memory. Wants numpy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count

from callcare.desk.models import Desk
from callcare.matching import memory, ranking, sql
from callcare.matching.candidates import question
from callcare.matching.engines import NoMemory
from callcare.matching.lines import solicited_since
from callcare.matching.models import Dismissal, Solicitation, Trait, WantedLine
from callcare.matching.rules.facts import Day, Settings, Wanted


class Columns:
    """The copy in memory, and beside it what a page asks for each need: read once for the whole round."""

    def __init__(self, copy: memory.Copy | None = None, *, is_private: bool = False) -> None:
        self.copy = copy or memory.HELD
        with self.copy.turn:
            if not self.copy.catch_up(is_private=is_private):
                raise NoMemory
        self._key: tuple[int, int, int] | None = None
        self._pruned = memory.Copy()
        self.families: dict[int, dict[int, int]] = {}
        self.neighbours: dict[int, list[int]] = {}
        for desk, other in Desk.neighbours.through.objects.values_list("from_desk", "to_desk"):
            self.neighbours.setdefault(desk, []).append(other)
        live = WantedLine.objects.filter(is_open=True)
        self.met: dict[int, list[int]] = {}
        asked = Solicitation.objects.filter(need__in=live.values("need"))
        for need, giver in asked.values_list("need", "giver"):
            self.met.setdefault(need, []).append(giver)
        self.aside: dict[int, list[tuple[int | None, int | None]]] = {}
        held = Dismissal.objects.holding().filter(need_line__in=live.values("pk"))
        for need_line, line, giver in held.values_list("need_line", "commitment_line", "giver"):
            self.aside.setdefault(need_line, []).append((line, giver))
        lately = Solicitation.objects.filter(at__gte=solicited_since()).values_list("giver").annotate(n=Count("pk"))
        givers = sorted(lately.order_by())
        self.givers = np.array([giver for giver, _ in givers], "i8")
        self.asked = np.array([times for _, times in givers], "i4")

    def __call__(self, wanted: Wanted, *, today: Day, limit: int, settings: Settings) -> list[tuple[int, int, bool]]:
        params = question(wanted, today=today, limit=limit, settings=settings, is_round=True)
        around = self.around(wanted)
        best = ranking.ranked(self.pruned(wanted, params, around), params, around, with_misses=False)
        picked = best.picked
        return [
            (line, score, part == 1)
            for line, score, part in zip(picked["line_id"], picked["score"], picked["part"], strict=True)
            if part < 2
        ]

    def pruned(self, wanted: Wanted, params: Mapping[str, Any], around: ranking.Around) -> memory.Copy:
        """The lines of the family any need of this category and desk may get, closed up: kept for the next need.

        What is left out here, a filter would stop for each of them. Need lines come by category and desk.
        """
        key = (wanted.category, wanted.desk, params["likeness"])
        if key != self._key:
            self._key, self._pruned = key, memory.Copy(specs=self.copy.specs)
            with self.copy.turn:
                for (block, breadth), category in zip(
                    self.copy.family(around.categories), self._held(around.categories), strict=True
                ):
                    rows = ranking.seen(block, breadth, params, around)
                    some = rows.has(Trait.OPEN) & ((rows["free"] > 0) | ~rows.has(Trait.COUNTABLE))
                    some &= ~ranking.no_giver(rows)
                    closed_up = block.some(rows.rows[some])
                    closed_up.columns["solicited"] = rows.solicited()[some]
                    self._pruned.blocks[category] = closed_up
        return self._pruned

    def _held(self, categories: Mapping[int, int]) -> list[int]:
        return [one for one in categories if one in self.copy.blocks]

    def around(self, wanted: Wanted) -> ranking.Around:
        aside = self.aside.get(wanted.line or 0, ())
        closed = [giver for _, giver in aside if giver is not None]
        return ranking.Around(
            self.family(wanted.category), tuple(self.neighbours.get(wanted.desk, ())), self.givers, self.asked,
            tuple(line for line, _ in aside if line is not None),
            (*closed, *self.met.get(wanted.need or 0, ())),
        )  # fmt: skip

    def family(self, category: int) -> dict[int, int]:
        if category not in self.families:
            with connection.cursor() as cursor:
                cursor.execute(sql.FAMILY_OF, {"category": category})
                self.families[category] = dict(cursor.fetchall())
        return self.families[category]
