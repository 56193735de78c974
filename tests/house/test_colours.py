"""Every pair of colours can be read, in both themes: computed from the tokens themselves."""

import math
import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "src/callcare/ui/static/ui/css/tokens.css").read_text()
LIGHT, DARK = TOKENS.split("@media", 1)
INKS = ("ink", "ink-soft", "brand", "coral", "amber", "leaf")
PAIRS = [
    *[(ink, ground, 4.5) for ink in INKS for ground in ("paper", "sheet")],
    *[(ink, "sunk", 4.5) for ink in ("ink", "ink-soft", "brand")],
    *[(tone, f"{tone}-soft", 4.5) for tone in ("brand", "coral", "amber", "leaf")],
    *[("ink", f"{tone}-soft", 4.5) for tone in ("brand", "coral", "amber", "leaf")],
    *[("ink-soft", f"{tone}-soft", 4.5) for tone in ("brand", "coral", "amber", "leaf")],
    ("brand-ink", "brand", 4.5),
    ("coral-ink", "coral", 4.5),
    *[(line, ground, 3.0) for line in ("line-strong", "brand") for ground in ("paper", "sheet", "sunk")],
]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, medium, short = (
        (lightness + x * a + y * b) ** 3
        for x, y in [(0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480)]
    )
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1, max(0, channel)) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right():
    assert contrast(luminance(1, 0, 0), luminance(0, 0, 0)) == pytest.approx(21)
    assert contrast(luminance(0.6, 0, 0), luminance(0.7, 0, 0)) < 4.5


@pytest.mark.parametrize(("theme", "css"), [("light", LIGHT), ("dark", DARK)], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_colours_can_be_read(theme, css, front, ground, least):
    colour = {
        name: luminance(float(light) / 100, float(chroma), float(hue))
        for name, light, chroma, hue in re.findall(r"--([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", css)
    }
    measured = contrast(colour[front], colour[ground])
    assert measured >= least, f"{front} on {ground} ({theme}): {measured:.2f} < {least}"
