"""Read an official file of communes, line by line: La Poste's and INSEE's CSV, the State's geographic API (JSON, CSV).

Pure: bytes in, lines and errors out. What a file does not say stays None, and is then left as it is known.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from callcare.territories.rules import normalise

# Our name of a column, and how the files call it (normalised: no accent, no underscore, lower case).
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "code commune insee", "code insee", "code commune", "insee", "com", "codgeo"),
    "name": ("nom", "nom de la commune", "nom commune", "libelle", "libgeo", "commune"),
    "postcodes": ("codespostaux", "codes postaux", "code postal", "cp"),
    "departement": ("codedepartement", "code departement", "dep", "departement"),
    "epci": ("codeepci", "code epci", "epci"),
    "population": ("population", "population municipale", "pmun", "ptot"),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon", "lng"),
    "point": ("coordonnees gps", "coordonnees geographiques", "geo point 2d", "geopoint", "gps"),
    "centre": ("centre", "mairie"),
    "type": ("typecom",),
}
CODE = re.compile(r"(\d\d|2[AB])\d{3}")
POSTCODE = re.compile(r"\d{5}")
# The arrondissements of the three towns are counted with the town.
TOWNS = {"75056": range(75101, 75121), "69123": range(69381, 69390), "13055": range(13201, 13217)}
ARRONDISSEMENTS = {str(code): town for town, codes in TOWNS.items() for code in codes}


@dataclass(slots=True)
class Told:
    """What a file says of one commune, from one line or several."""

    line: int
    code: str
    name: str | None = None
    postcodes: set[str] = field(default_factory=set)
    departement: str = ""
    epci: str | None = None
    population: int | None = None
    point: tuple[float, float] | None = None


@dataclass(slots=True)
class Reading:
    """A file read: the communes by code, and what could not be understood, by line."""

    communes: dict[str, Told] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lines: int = 0


def read(raw: bytes) -> Reading:
    """Read a whole file. Errors are sentences that begin with their line; a CSV has its header on line 1."""
    reading = Reading()
    try:
        rows = list(_rows(raw))
    except ValueError as error:
        reading.errors.append(str(error))
        return reading
    for line, row in rows:
        reading.lines += 1
        try:
            told = _told(line, row)
        except ValueError as error:
            reading.errors.append(f"Ligne {line} : {error}")
            continue
        if told:
            _join(reading.communes, told)
    return reading


def _rows(raw: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if text.lstrip().startswith(("[", "{")):
        yield from _json_rows(text)
        return
    header, *_ = text.splitlines() or [""]
    delimiter = max(";,\t|", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    names = _columns(next(reader, []))
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, {names[i]: cell.strip() for i, cell in enumerate(cells) if i in names}


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"Ligne {error.lineno} : ce JSON est incomplet ou abîmé.") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError("Ligne 1 : une liste de communes est attendue.")
    for number, item in enumerate(items, 1):
        names = list(item)
        columns = _columns(names)
        yield number, {columns[i]: item[name] for i, name in enumerate(names) if i in columns}


def _columns(header: Iterable[str]) -> dict[int, str]:
    known = {alias: ours for ours, aliases in COLUMNS.items() for alias in aliases}
    found: dict[int, str] = {}
    for i, name in enumerate(header):
        ours = known.get(normalise(name))
        if ours and ours not in found.values():
            found[i] = ours
    if "code" not in found.values():
        raise ValueError("Ligne 1 : aucune colonne ne porte le code INSEE (par exemple « code » ou « COM »).")
    return found


def _told(line: int, row: Mapping[str, Any]) -> Told | None:
    """One line understood; None where it speaks of something else than a commune (INSEE's delegated communes)."""
    if row.get("type") not in (None, "", "COM", "ARM"):
        return None
    typed = str(row.get("code") or "")
    if not typed:
        raise ValueError("le code INSEE manque.")
    code = typed.upper().zfill(5)  # a spreadsheet may have eaten the zero of 02691
    if not CODE.fullmatch(code):
        raise ValueError(f"« {typed} » n’est pas un code INSEE.")
    told = Told(line, code, postcodes=_postcodes(row.get("postcodes")))
    if code in ARRONDISSEMENTS:  # only its postcodes are the town's
        told.code = ARRONDISSEMENTS[code]
        told.departement = told.code[:2]
        return told
    told.name = str(row.get("name") or "").strip().replace("'", "’") or None
    told.departement = str(row.get("departement") or "") or (code[:3] if code.startswith("97") else code[:2])
    told.epci = str(row.get("epci") or "") or None
    told.population = _whole(row.get("population"))
    told.point = _point(row)
    return told


def _postcodes(value: Any) -> set[str]:
    codes = value if isinstance(value, list) else re.split(r"[\s,;/|]+", str(value or ""))
    told = {str(code).zfill(5) for code in codes if code}
    if wrong := next((code for code in sorted(told) if not POSTCODE.fullmatch(code)), None):
        raise ValueError(f"« {wrong} » n’est pas un code postal.")
    return told


def _whole(value: Any) -> int | None:
    if value in (None, ""):
        return None
    text = re.sub(r"\s", "", str(value))
    if not text.isdecimal():
        raise ValueError(f"« {value} » n’est pas un nombre d’habitants.")
    return int(text)


def _point(row: Mapping[str, Any]) -> tuple[float, float] | None:
    centre = row.get("centre")
    if isinstance(centre, dict) and isinstance(centre.get("coordinates"), list):
        lon, lat = (centre["coordinates"] + [None, None])[:2]
    elif row.get("point"):
        lat, _, lon = str(row["point"]).partition(",")
    else:
        lat, lon = row.get("lat"), row.get("lon")
    if lat in (None, "") and lon in (None, ""):
        return None
    try:
        point = float(str(lat).replace(",", ".")), float(str(lon).replace(",", "."))
    except ValueError:
        raise ValueError(f"« {lat} », « {lon} » : ce point n’est pas en degrés.") from None
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise ValueError(f"le point {point[0]}, {point[1]} n’est pas sur la Terre.")
    return round(point[0], 5), round(point[1], 5)


def _join(communes: dict[str, Told], told: Told) -> None:
    """La Poste has a line for each postcode of a commune: the first line gives the point, all give postcodes."""
    first = communes.setdefault(told.code, told)
    if first is not told:
        first.postcodes |= told.postcodes
        first.name = first.name or told.name
        first.epci = first.epci or told.epci
        first.population = told.population if first.population is None else first.population
        first.point = first.point or told.point
