"""The rule of `rules.filters` and `rules.scores` over columns: a family of the copy ranked exactly, in whole numbers.

Line for line what `sql.OFFERS` says; a test holds the two, and the pure rule, together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcare.matching.memory import EVER, NEVER, Block, Copy
from callcare.matching.models import Trait
from callcare.matching.rules.filters import Stop, specs_agree

Column = NDArray[Any]
FROM = date(2000, 1, 1)
TOLD = tuple(stop.value for stop in Stop if stop is not Stop.OTHER)


@dataclass(frozen=True, slots=True)
class Around:
    """What a ranking asks of the database beside the copy: few rows, as of the answer."""

    categories: Mapping[int, int]  # of the family, each with its breadth
    neighbours: tuple[int, ...]
    givers: Column  # asked of late, in order; and how often
    asked: Column
    dismissed_lines: tuple[int, ...]
    closed_givers: tuple[int, ...]  # set aside altogether, or already in contact


@dataclass(frozen=True, slots=True)
class Ranked:
    """The rows to show, as columns of the same length, and how many lines each filter was the first to stop."""

    picked: Mapping[str, list[int]]
    counts: Mapping[int, int]


class Rows:
    """Some lines of a block, with what is worked out of them once."""

    def __init__(self, block: Block, breadth: int, rows: Column, params: Mapping[str, Any], around: Around) -> None:
        self.block, self.breadth, self.rows, self.params, self.around = block, breadth, rows, params, around

    def __getitem__(self, name: str) -> Column:
        return self.block[name][self.rows]

    def only(self, keep: Column) -> "Rows":
        return Rows(self.block, self.breadth, self.rows[keep], self.params, self.around)

    def km(self) -> Column:
        """Not a number where a place is unknown: compared with anything, that is false, as NULL is."""
        params = self.params
        if params["x"] is None:
            return np.full(len(self.rows), np.nan)
        a, b, c = self["x"] - params["x"], self["y"] - params["y"], self["z"] - params["z"]
        found: Column = np.rint(np.sqrt(a * a + b * b + c * c))
        return found

    def has(self, trait: int) -> Column:
        return self["traits"] & trait > 0

    def amounts(self) -> tuple[Column, Column]:
        """By how much the free and the open quantity are multiplied to be compared."""
        times, mine = self["times"].astype("i8"), self.params["times"]
        both = (times > 0) & (mine > 0)
        return np.where(both, times, 1), np.where(both, mine, 1)

    def solicited(self) -> Column:
        if "solicited" in self.block.columns:  # worked out already, where many needs ask the same
            return self["solicited"]
        givers, asked = self.around.givers, self.around.asked
        if not len(givers):
            return np.zeros(len(self.rows), "i8")
        at = np.minimum(np.searchsorted(givers, self["giver"]), len(givers) - 1)
        return np.where(givers[at] == self["giver"], asked[at], 0).astype("i8")


def days(on: date | None, unknown: int) -> int:
    return unknown if on is None else (on - FROM).days


def no_mode(rows: Rows) -> Column:
    return ~rows.has(rows.params["modes"])


def no_specs(rows: Rows, specs: list[dict[str, Any]]) -> Column:
    wanted = rows.params["wanted_specs"]
    if not wanted:
        return np.zeros(len(rows.rows), bool)
    kinds, where = np.unique(rows["specs"], return_inverse=True)
    return np.array([not specs_agree(wanted, specs[kind]) for kind in kinds.tolist()], bool)[where]


def no_open(rows: Rows) -> Column:
    found: Column = ~(rows.has(Trait.OPEN) & rows.params["is_open"])
    return found


def no_free(rows: Rows) -> Column:
    params, free, (free_times, open_times) = rows.params, rows["free"], rows.amounts()
    least = min(params["min_useful"], params["open"])
    short = (free <= 0) | (free * free_times < least * open_times)
    found: Column = (rows.has(Trait.COUNTABLE) & short) | (params["open"] <= 0)
    return found


def no_dates(rows: Rows) -> Column:
    return (rows["starts"] > days(rows.params["until"], EVER)) | (rows["ends"] < days(rows.params["since"], NEVER))


def no_road(rows: Rows) -> Column:
    return (rows.km() > rows["radius"]) & (rows["radius"] < EVER) & ~rows.has(Trait.NO_ROAD)


def no_pair(rows: Rows) -> Column:
    around, givers = rows.around, set(rows.around.closed_givers)
    if rows.params["asker"] is not None:
        givers.add(rows.params["asker"])
    stops = np.zeros(len(rows.rows), bool)
    if givers:
        stops = np.isin(rows["giver"], np.array(sorted(givers), "i8"))
    if around.dismissed_lines:
        stops |= np.isin(rows["line"], np.array(around.dismissed_lines, "i8"))
    return stops


def no_giver(rows: Rows) -> Column:
    busy = rows["live"] >= rows["max_live"]
    found: Column = ~rows.has(Trait.REACHABLE) | busy | (rows.solicited() >= rows.params["max_solicited"])
    return found


FILTERS: dict[int, Callable[[Rows], Column]] = {
    Stop.MODE.value: no_mode, Stop.CLOSED.value: no_open, Stop.FREE.value: no_free, Stop.DATES.value: no_dates,
    Stop.FAR.value: no_road, Stop.PAIR.value: no_pair, Stop.GIVER.value: no_giver,
}  # fmt: skip


def covers(rows: Rows) -> Column:
    params, free, (free_times, open_times) = rows.params, rows["free"], rows.amounts()
    has, asks = free * free_times, params["open"] * open_times
    part = params["covers"] * np.maximum(has, 0) // np.maximum(asks, 1)
    found: Column = np.where(~rows.has(Trait.COUNTABLE) | (has >= asks), params["covers"], part)
    return found


def near(rows: Rows) -> Column:
    params, km = rows.params, rows.km()
    known = ~np.isnan(km)
    by_road = np.maximum(
        0, params["near"] - params["near"] * np.where(known, km, 0).astype("i8") // params["near_reach_km"]
    )
    same = np.zeros(len(km), bool) if params["epci"] is None else rows["epci"] == params["epci"]
    here = np.zeros(len(km), bool) if params["commune"] is None else rows["commune"] == params["commune"]
    score = np.where(same, np.maximum(params["near_same_epci"], by_road), by_road)
    score = np.where(known, score, np.where(same, params["near_same_epci"], params["near_unknown"]))
    found: Column = np.where(rows.has(Trait.NO_ROAD), params["near_same_epci"], np.where(here, params["near"], score))
    return found


def fresh(rows: Rows) -> Column:
    params, confirmed = rows.params, rows["confirmed"]
    fading = np.where(confirmed >= days(params["fading_since"], NEVER), params["fresh_fading"], 0)
    return np.where(confirmed >= days(params["fresh_since"], NEVER), params["fresh"], fading)


def score(rows: Rows) -> Column:
    params = rows.params
    most = params["max_solicited"]
    rest = params["rest"] * np.maximum(0, most - rows.solicited()) // most
    found: Column = (
        covers(rows) + near(rows) + fresh(rows) + rest + params["specific"] // rows.breadth + params["of_asker"]
    )
    return found


def seen(block: Block, breadth: int, params: Mapping[str, Any], around: Around) -> Rows:
    """The lines of a block this desk may propose, of the same kind and measure."""
    traits, desk = block["traits"], block["desk"]
    shown = (desk == params["desk"]) | (traits & Trait.FOR_ALL > 0)
    if around.neighbours:
        shown |= (traits & Trait.FOR_NEIGHBOURS > 0) & np.isin(desk, np.array(around.neighbours, "i8"))
    alike = traits >> Trait.ABOVE == params["likeness"]
    return Rows(block, breadth, np.flatnonzero(shown & alike), params, around)


def ranked(copy: Copy, params: Mapping[str, Any], around: Around, *, with_misses: bool) -> Ranked:
    """The first rows and the counts. With the near misses, every filter and every score is asked of every line."""
    counts: dict[int, int] = {}
    parts: list[tuple[Rows, Column]] = []
    for block, breadth in copy.family(around.categories):
        rows = seen(block, breadth, params, around)
        stops = np.zeros(len(rows.rows), "i4")
        open_still = rows
        for stop in TOLD:
            no = no_specs(open_still, copy.specs) if stop == Stop.SPECS else FILTERS[stop](open_still)
            if with_misses:
                stops += np.where(no, stop, 0).astype("i4")
            elif no.any():
                counts[stop] = counts.get(stop, 0) + int(no.sum())
                open_still = open_still.only(~no)
        if with_misses:
            for first, count in zip(*np.unique(stops & -stops, return_counts=True), strict=True):
                counts[int(first)] = counts.get(int(first), 0) + int(count)
        else:
            counts[0] = counts.get(0, 0) + len(open_still.rows)
            stops = np.zeros(len(open_still.rows), "i4")
        parts.append((open_still, stops))
    return Ranked(_picked(parts, params, any_serves=counts.get(0, 0) > 0), {k: n for k, n in counts.items() if n})


def _picked(parts: list[tuple[Rows, Column]], params: Mapping[str, Any], *, any_serves: bool) -> dict[str, list[int]]:
    names = ("line_id", "part", "stops", "score", "solicited", "breadth")
    picked: dict[str, list[int]] = {name: [] for name in names}
    if not parts:
        return picked
    stops = np.concatenate([mine for _, mine in parts])
    lines = np.concatenate([rows["line"] for rows, _ in parts])
    scores = np.concatenate([score(rows) for rows, _ in parts])
    sure = np.concatenate([rows["confirmed"] > NEVER for rows, _ in parts])
    solicited = np.concatenate([rows.solicited() for rows, _ in parts])
    breadth = np.concatenate([np.full(len(rows.rows), rows.breadth) for rows, _ in parts])
    misses = params["misses"] if params["all_misses"] or not any_serves else 0
    serves = stops == 0
    wanted = (
        (0, serves & sure, params["limit"]),
        (1, serves & ~sure, params["apart"]),
        (2, ~serves & (stops & (stops - 1) == 0), misses),
    )
    for part, those, limit in wanted:
        rows = np.flatnonzero(those)
        if limit and len(rows) > limit:  # the limit-th best score: what is below it cannot be shown
            least = np.partition(scores[rows], len(rows) - limit)[len(rows) - limit]
            rows = rows[scores[rows] >= least]
        best = rows[np.lexsort((lines[rows], -scores[rows]))][:limit]
        for name, values in zip(names, (lines, None, stops, scores, solicited, breadth), strict=True):
            picked[name] += [part] * len(best) if values is None else values[best].tolist()
    return picked
