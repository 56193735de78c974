"""Pictures of numbers. Drawn in SVG with attributes only (no inline style), each with its numbers in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from math import cos, radians, sqrt
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from callcare.core import french
from callcare.ui.templatetags.words import qty

register = template.Library()
_ids = count(1)


RING = 106.8  # the circumference of a circle of radius 17
_SCORE = (
    '<svg class="score" viewBox="0 0 40 40" role="img" aria-label="score {} sur 100">'
    '<circle class="all" cx="20" cy="20" r="17"/>'
    '<circle class="part" cx="20" cy="20" r="17" stroke-dasharray="{} 106.8" transform="rotate(-90 20 20)"/>'
    '<text x="20" y="20.5" aria-hidden="true">{}</text></svg>'
)


@register.simple_tag
def score(value: int) -> SafeString:
    """{% score 93 %}: a ring, the number inside. No template of its own: a list holds two hundred of them."""
    return format_html(_SCORE, value, round(RING * max(0, min(100, value)) / 100, 1), value)


@register.filter
def reasons(said: Iterable[Any]) -> SafeString:
    """{{ one.reasons|reasons }}: each with its tone, what speaks for it green, what limits it amber."""
    marks = {"good": "<b>{}</b>", "limit": "<i>{}</i>"}
    parts = [format_html(marks.get(one.tone, "{}"), one.text) for one in said]
    return format_html_join(" · ", "{}", ((part,) for part in parts))


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


MAP_WIDTH, MAP_HEIGHT, EDGE, LARGEST = 480, 360, 40, 20
LETTER = 8  # how wide one is on the map


@register.inclusion_tag("ui/places.html")
def places(points: Sequence[tuple[str, float, float, int]], *, label: str, column: str = "Commune") -> dict[str, Any]:
    """{% places points label="Besoins par commune" %}: a circle for each (name, latitude, longitude, count).

    Its area says the count; the largest have their name, and the table has them all.
    """
    known = sorted(points, key=lambda point: (-point[3], point[0]))
    most = max((point[3] for point in known), default=1)
    circles = [
        (x, y, round(max(3.0, LARGEST * sqrt(value / most)), 1), name, value)
        for (x, y), (name, _, _, value) in zip(_on_paper(known), known, strict=True)
    ]
    leader = known[0] if known else ("", 0, 0, 0)
    said = f"{label} : {len(known)} communes, la première est {leader[0]} ({french.number(leader[3])})"
    return {
        "circles": circles,
        "names": named(circles),
        "points": known,
        "label": label,
        "column": column,
        "said": said,
    }


def _on_paper(points: Sequence[tuple[str, float, float, int]]) -> list[tuple[float, float]]:
    """Where each point stands: north up, one scale for both directions, the whole in the middle."""
    if not points:
        return []
    middle = sum(lat for _, lat, _, _ in points) / len(points)
    flat = [(lon * cos(radians(middle)), -lat) for _, lat, lon, _ in points]
    (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*flat, strict=True))
    scale = min((MAP_WIDTH - 2 * EDGE) / max(right - left, 0.05), (MAP_HEIGHT - 2 * EDGE) / max(bottom - top, 0.05))
    across, down = MAP_WIDTH / 2 - scale * (left + right) / 2, MAP_HEIGHT / 2 - scale * (top + bottom) / 2
    return [(round(x * scale + across, 1), round(y * scale + down, 1)) for x, y in flat]


def named(
    circles: Sequence[tuple[float, float, float, str, int]], *, width: int = MAP_WIDTH
) -> list[tuple[float, float, str]]:
    """Names beside the first circles, where none covers another."""
    names: list[tuple[float, float, str]] = []
    for x, y, radius, name, _ in circles:
        is_left = x + radius + LETTER * len(name) > width
        at = x - radius - 4 - LETTER * len(name) if is_left else x + radius + 4
        if all(abs(y - other_y) > 17 or at > other + LETTER * len(word) or other > at + LETTER * len(name)
               for other, other_y, word in names):  # fmt: skip
            names.append((round(at, 1), y, name))
    return names[:14]


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """{% progress 120 200 "Lignes lues" %}: how far long work is."""
    return {"done": done, "total": total, "label": label}
