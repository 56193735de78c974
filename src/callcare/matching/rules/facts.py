"""What the rule knows of a need line and of a commitment line. No names of people, no telephone, no address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import Any, Literal

EARTH_KM = 6371.0
LOOKED_AT = 60  # days: a desk closed longer than that counts no open day
TIMES_A_YEAR: Mapping[str, int] = {"": 0, "week": 52, "month": 12, "quarter": 4, "year": 1}

Point = tuple[float, float, float]
Pair = Literal["", "dismissed", "live", "own"]
Tone = Literal["good", "plain", "limit"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Every number of the rule. Points of the score add up to 100; the source of each is named beside it.

    Inside, a score is counted in tenths of a point, in whole numbers: the database and this module then agree
    to the last unit.
    """

    # docs/matching.md, table of the score
    covers: int = 25
    near: int = 20
    near_same_epci: int = 16
    near_unknown: int = 8  # an unknown place is neither a virtue nor a fault
    near_reach_km: int = 100  # beyond, nearness brings nothing
    urgent: int = 15
    urgent_later: int = 8
    urgent_open_days: int = 5
    urgent_later_days: int = 15
    waiting: int = 10  # reached after `waiting_days` open days, a part of it each day
    waiting_days: int = 10
    fair: int = 10
    fresh: int = 10
    fresh_fading: int = 5
    fresh_days: int = 30
    fresh_fading_days: int = 90
    rest: int = 5  # less for each solicitation of the giver, nothing once she is left in peace
    specific: int = 5
    # docs/matching.md, filters
    solicited_days: int = 30
    max_solicited: int = 5  # a giver asked five times in thirty days is left in peace
    # how distances are spoken of
    far_km: int = 50
    versatile: int = 3  # kinds of needs a line could serve, from where it is said

    def weighed(self, weights: Mapping[str, int]) -> "Settings":
        """The same rule with other weights; what is a part of a weight (same grouping, unknown place…) follows it."""
        usual = {name: (part, getattr(self, name), getattr(self, part)) for name, part in PARTS_OF.items()}
        parts = {name: (2 * weights[part] * own + whole) // (2 * whole) for name, (part, own, whole) in usual.items()}
        return replace(self, **{name: weights[name] for name in WEIGHTS}, **parts)


# The eight parts of the score, and what is a part of one of them.
WEIGHTS = ("covers", "near", "urgent", "waiting", "fair", "fresh", "rest", "specific")
PARTS_OF: Mapping[str, str] = {
    "near_same_epci": "near", "near_unknown": "near", "urgent_later": "urgent", "fresh_fading": "fresh",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """A day at the desk: its date (`on`), the fifth open day from now, and the last ten open days, oldest first."""

    on: date
    soon: date
    last_open: tuple[date, ...]


def plain_week(day: date) -> bool:
    """Monday to Friday, where nothing better is known of the desk's hours."""
    return day.weekday() < 5


def day_of(on: date, *, settings: Settings, is_open: Callable[[date], bool] = plain_week) -> Day:
    """The Day of `on`, at a desk that opens on the days `is_open` says."""
    before = (on - timedelta(days) for days in range(LOOKED_AT))
    after = (on + timedelta(days) for days in range(1, LOOKED_AT))
    past = [day for day in before if is_open(day)][: settings.waiting_days]
    coming = [day for day in after if is_open(day)][: settings.urgent_open_days]
    return Day(on, coming[-1] if coming else on, tuple(reversed(past)))


def point(lat: float | None, lon: float | None) -> Point | None:
    """Latitude and longitude as a point in space, in kilometres: a distance is then one square root."""
    if lat is None or lon is None:
        return None
    phi, lam = radians(lat), radians(lon)
    return EARTH_KM * cos(phi) * cos(lam), EARTH_KM * cos(phi) * sin(lam), EARTH_KM * sin(phi)


def latitude_longitude(at: Point) -> tuple[float, float]:
    """The way back from `point`, in degrees."""
    x, y, z = at
    return degrees(asin(max(-1.0, min(1.0, z / EARTH_KM)))), degrees(atan2(y, x))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is: its commune, the grouping of it, a point, and whether the point is only about right."""

    commune: int | None = None
    epci: int | None = None
    point: Point | None = None
    is_rough: bool = False


def km_between(one: Place, other: Place) -> int | None:
    """Whole kilometres as the crow flies (the chord: 0,1 % short at 1 000 km); None where a point is missing."""
    if one.point is None or other.point is None:
        return None
    (a, b, c), (x, y, z) = one.point, other.point
    return round(sqrt((a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z)))


@dataclass(frozen=True, slots=True)
class Counting:
    """How a quantity is said: « 12 », « 3 000 € », « 2 demi-journées »."""

    measure: str = "piece"
    one: str = "pièce"
    many: str = "pièces"
    factor: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need line, or what is being typed of one (then it has no `line`). Quantities are in measures."""

    category: int
    path: tuple[str, ...]
    kind: str
    measure: str
    open: int
    mode: str = "either"
    every: str = ""
    min_useful: int = 1
    specs: Mapping[str, Any] = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    place: Place = Place()
    counting: Counting = Counting()
    desk: int = 0
    line: int | None = None
    need: int | None = None
    asker: int | None = None
    revision: int = 1
    is_open: bool = True
    opened_on: date | None = None
    served_percent: int = 0

    def until(self, day: date) -> date | None:
        """The last useful day; a date that has passed no longer excludes anybody."""
        return self.ends_on if self.ends_on and self.ends_on >= day else None

    def since(self, day: date) -> date:
        return max(self.starts_on, day) if self.starts_on else day


@dataclass(frozen=True, slots=True)
class Offered:
    """A commitment line, or what is being typed of one. Quantities are in measures."""

    category: int
    path: tuple[str, ...]
    label: str
    kind: str
    measure: str
    free: int
    is_countable: bool = True
    mode: str = "either"
    every: str = ""
    specs: Mapping[str, Any] = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    place: Place = Place()
    radius_km: int | None = None
    travel: str = "either"
    counting: Counting = Counting()
    desk: int = 0
    sharing: str = "desk"
    line: int | None = None
    commitment: int | None = None
    giver: int | None = None
    revision: int = 1
    is_open: bool = True
    confirmed_on: date | None = None
    is_reachable: bool = True
    live: int = 0
    max_live: int = 3
    solicited: int = 0
    breadth: int = 1

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_on is not None

    @property
    def needs_no_road(self) -> bool:
        """Money, and what is done at a distance, know no kilometres."""
        return self.travel == "remote" or self.kind == "money"


def amounts(wanted: Wanted, offered: Offered) -> tuple[int, int]:
    """What is asked and what is free, comparable: both a year long where both have a rhythm, else once."""
    asked, free = TIMES_A_YEAR[wanted.every], TIMES_A_YEAR[offered.every]
    if asked and free:
        return wanted.open * asked, offered.free * free
    return wanted.open, offered.free
