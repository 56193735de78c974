"""Names of places, distances between them, and the gazetteer. Pure: no Django, no database, no clock."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from callcare.territories import data

_OTHER = re.compile(r"[^a-z0-9]+")
_OVER = re.compile(r"\bs\s?/\s?")  # « Bruay s/ Escaut »
# One sound, several spellings: « St-Omer », « Mons-en-Barœul lez Lille ». Towns are heard on the telephone.
_SPELLINGS = {"st": "saint", "ste": "sainte", "lez": "les"}
_NUMBER = re.compile(r"\d{2,5}|2[ab](\d{3})?")  # « 59 », « 591 », « 59100 », « 2A », « 2A004 »
_PLAIN = str.maketrans("-'’", "   ")


def normalise(text: str) -> str:
    """A name as it is compared: lower case, no accent, words parted by one space, « St » written « saint ».

    « Villeneuve-d’Ascq » → `villeneuve d ascq`. Normalising twice changes nothing.
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = plain.replace("œ", "oe").replace("æ", "ae")
        marked = unicodedata.normalize("NFKD", plain).casefold()
        plain = "".join(letter for letter in marked if not unicodedata.combining(letter))
    if "/" in plain:
        plain = _OVER.sub(" sur ", plain)
    words = plain.translate(_PLAIN)
    if not words.replace(" ", "").isalpha() or not words.isascii():
        words = _OTHER.sub(" ", words)
    return " ".join([_SPELLINGS.get(word, word) for word in words.split()])


def typos(typed: str, name: str, *, most: int = 99) -> int:
    """How many letters to add, drop, change or swap for `typed` to become the beginning of `name`, or all of it.

    Counting stops beyond `most`: the answer is then some number above it.
    """
    same = 0
    for letter, other in zip(typed, name, strict=False):
        if letter != other:
            break
        same += 1
    typed, name = typed[same:], name[same:]
    before: list[int] = []
    above = list(range(len(name) + 1))
    for i, letter in enumerate(typed, 1):
        row = [i]
        for j, other in enumerate(name, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and typed[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, above = above, row
        if min(above) > most:
            return min(above)
    return min(above)


FIRST_LETTERS = 7  # where a slip is looked for; what comes later is compared letter by letter


def slips(word: str) -> set[str]:
    """The beginning of a word, and what is left of it when any one letter is missing.

    Two words one letter apart (more, less, other, swapped) always share one of these: so an index finds them.
    """
    begin = word[:FIRST_LETTERS]
    return {begin} | {begin[:i] + begin[i + 1 :] for i in range(len(begin))}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed to find a commune: letters, and numbers (postcode, its beginning, département, code)."""

    name: str
    numbers: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        return self.name.split()

    @property
    def only_name(self) -> "Asked":
        return Asked(self.name, ())


def asked(text: str) -> Asked:
    """« 59100 », « Roubaix », « Roubaix (59) », « 59100 Roubaix cedex », « 2A004 » taken apart."""
    words = [word for word in normalise(text).split() if word != "cedex"]
    numbers = [word.upper() for word in words if _NUMBER.fullmatch(word)]
    return Asked(" ".join(word for word in words if not _NUMBER.fullmatch(word)), tuple(numbers))


def typos_forgiven(typed: str) -> int:
    """One slip in a short word, two from eight letters on: more, and it is another town."""
    return 1 if len(typed) < 8 else 2


EARTH_KM = 6371.0088  # the mean radius (IUGG)


def km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Kilometres as the crow flies between two points in degrees (haversine on a sphere).

    The Earth is not a sphere: the error is below 0.5 % (0.6 km between Lille and Amiens). A road is 1.2 to 1.4 times
    longer.
    """
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


# How far a point of each precision may be from the town it stands for, in km: nine in ten are nearer. Measured by
# leaving each known point out in turn (docs/territories.md).
SPREAD_KM: Mapping[str, float] = {"exact": 2.0, "postcode": 9.0, "epci": 16.0}


@dataclass(frozen=True, slots=True)
class Distance:
    """How far apart two communes are, and how well we know it."""

    km: float
    within_km: float  # nine times in ten the truth is no further off than this

    def __str__(self) -> str:
        """« dans la commune », « environ 12 km »: never more exact than we are."""
        if self.km < 1 and self.within_km <= 2 * SPREAD_KM["exact"]:
            return "tout près"
        step = 1 if self.within_km <= 2 * SPREAD_KM["exact"] else 5
        rounded = max(step, round(self.km / step) * step)
        return f"environ {rounded}\u00a0km"


def distance_between(a: tuple[float, float, str], b: tuple[float, float, str], *, same: bool = False) -> Distance:
    """The distance between two points (latitude, longitude, precision)."""
    spread = math.hypot(SPREAD_KM[a[2]], SPREAD_KM[b[2]])
    return Distance(0.0 if same else km(a[0], a[1], b[0], b[1]), spread)


class Place(NamedTuple):
    """A commune as the gazetteer knows it: no more than a sentence needs."""

    code: str
    name: str
    departement: str
    population: int
    lat: float | None
    lon: float | None

    @property
    def label(self) -> str:
        """« Lille (59) », as `Territory.label` says it."""
        return f"{self.name} ({self.departement})" if self.departement else self.name


class Gazetteer:
    """Every commune in memory: by normalised name (homonyms together, largest first) and by postcode."""

    def __init__(self, rows: Iterable[tuple[Place, Sequence[str], Sequence[str]]]) -> None:
        """Built from (place, its postcodes, its other names); another name counts where no commune bears it."""
        names: dict[str, list[Place]] = {}
        others: dict[str, list[Place]] = {}
        postcodes: dict[str, list[Place]] = {}
        self.places: dict[str, Place] = {}
        for place, codes, also in rows:
            self.places[place.code] = place
            names.setdefault(normalise(place.name), []).append(place)
            for name in also:
                others.setdefault(normalise(name), []).append(place)
            for code in codes:
                postcodes.setdefault(code, []).append(place)
        self._names = {name: _largest_first(places) for name, places in (others | names).items()}
        self._postcodes = {code: _largest_first(places) for code, places in postcodes.items()}
        self.longest_words = max((name.count(" ") + 1 for name in self._names), default=0)

    @classmethod
    def from_package(cls) -> Self:
        """The gazetteer of the table that ships with the house: no database is asked."""
        return cls(
            (Place(c.code, c.name, c.departement, c.population, c.lat, c.lon), c.postcodes.split(), c.other_names)
            for c in data.table().communes
        )

    def by_name(self, normalised: str) -> Sequence[Place]:
        """The communes of exactly this name (see `normalise`), the most populated first."""
        return self._names.get(normalised, ())

    def by_postcode(self, code: str) -> Sequence[Place]:
        """The communes this postcode serves, the most populated first."""
        return self._postcodes.get(code, ())

    def __len__(self) -> int:
        return len(self.places)


def _largest_first(places: list[Place]) -> tuple[Place, ...]:
    if len(places) == 1:
        return (places[0],)
    return tuple(sorted(places, key=lambda place: (-place.population, place.code)))
