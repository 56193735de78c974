"""Pictures of numbers. Drawn in SVG with attributes only (no inline style), each with its numbers in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django import template

from callcare.core import french
from callcare.ui.templatetags.words import qty

register = template.Library()
_ids = count(1)


@register.inclusion_tag("ui/score.html")
def score(value: int) -> dict[str, Any]:
    """{% score 93 %}: a ring, the number inside it."""
    around = 106.8  # the circumference of a circle of radius 17
    return {"value": value, "part": round(around * max(0, min(100, value)) / 100, 1), "around": around}


def _share(part: int, whole: int) -> float:
    return round(100 * max(0, min(part, whole)) / whole, 1) if whole > 0 else 0.0


@register.inclusion_tag("ui/gauge.html")
def gauge(label: str, value: int, target: int = 0, *, pace: int = 0, note: str = "", url: str = "") -> dict[str, Any]:
    """{% gauge "Ordinateurs remis" 638 2021 pace=1400 url=… note=… %}: a big figure against its target.

    `pace` is where one should be today (the red mark); `url` opens the rows behind the figure.
    """
    return {
        "label": label, "value": value, "target": target, "note": note, "url": url,
        "share": _share(value, target), "pace": pace,
        "mark": _share(pace, target), "percent": round(_share(value, target)),
    }  # fmt: skip


@register.inclusion_tag("ui/quantities.html")
def quantities(line: Any, *, total: int, promised: int, done: int, word: str = "demandé") -> dict[str, Any]:
    """{% quantities line total=line.qty_requested promised=line.qty_reserved done=line.qty_fulfilled %}.

    The bar of asked, promised and handed over, in the line's measure. `promised` includes what is `done`.
    """
    return {
        "promised_share": _share(promised, total), "done_share": _share(done, total),
        "parts": [
            ("done", "réalisé" if line.measure in ("minute", "cent", "place") else "remis", qty(line, done)),
            ("promised", "affecté", qty(line, promised)),
            ("all", word, qty(line, total)),
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel: a word, its count, and the rows behind it."""

    label: str
    value: int
    url: str = ""


@register.inclusion_tag("ui/funnel.html")
def funnel(steps: Iterable[Step | tuple[Any, ...]]) -> dict[str, Any]:
    """{% funnel steps %}: steps are (label, count) or (label, count, url)."""
    known = [step if isinstance(step, Step) else Step(*step) for step in steps]
    most = max((step.value for step in known), default=0)
    return {"steps": [(step, max(_share(step.value, most), 0.5 if step.value else 0)) for step in known]}


WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 190, 34, 160, 14


@register.inclusion_tag("ui/chart.html")
def chart(points: Sequence[tuple[str, int]], *, label: str, column: str = "Période") -> dict[str, Any]:
    """{% chart points label="Contacts par semaine" %}: a line through (label, count) points, and its table."""
    values = [value for _, value in points]
    ceiling = _round_up(max(values, default=0))
    across = (WIDTH - LEFT - 12) / max(1, len(points) - 1)
    dots = [
        (round(LEFT + index * across, 1), round(BOTTOM - (BOTTOM - TOP) * value / ceiling, 1))
        for index, value in enumerate(values)
    ]
    every = max(1, -(-len(points) // 6))
    curve = " ".join(f"{x} {y}" for x, y in dots)
    said = f"{label} : de {french.number(min(values))} à {french.number(max(values))}" if values else label
    return {
        "points": points, "label": label, "said": said, "column": column, "curve": curve,
        "last": dots[-1] if dots else None,
        "area": f"M{curve} V{BOTTOM} H{LEFT} Z" if dots else "",
        "grid": [(BOTTOM - (BOTTOM - TOP) * step / 4, ceiling * step // 4) for step in range(0, 5, 2)],
        "ticks": [(dots[i][0], points[i][0]) for i in range(0, len(points), every)], "id": f"chart-{next(_ids)}",
    }  # fmt: skip


def _round_up(value: int) -> int:
    """The next round number that four grid lines divide."""
    step = 4
    while step * 10 < value:
        step *= 10
    return -(-max(value, 4) // step) * step


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """{% progress 120 200 "Lignes lues" %}: how far long work is."""
    return {"done": done, "total": total, "label": label}
