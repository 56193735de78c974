"""The table of communes that ships with the house: where it comes from is told in docs/territories.md."""

import gzip
import json
from importlib.resources import files
from typing import NamedTuple


class Commune(NamedTuple):
    """One line of the table. Codes are INSEE's, points are degrees (WGS 84)."""

    code: str
    name: str
    postcodes: str  # parted by a space
    epci: str  # "" for the few islands that belong to none
    departement: str
    population: int
    lat: float | None
    lon: float | None
    precision: str
    other_names: list[str]


class Table(NamedTuple):
    regions: list[tuple[str, str]]
    departements: list[tuple[str, str, str]]  # code, name, region
    epcis: list[tuple[str, str]]
    communes: list[Commune]


def table() -> Table:
    """Read the packaged table: about 0.1 s. No database is needed."""
    packed = files(__package__).joinpath("communes.json.gz").read_bytes()
    raw = json.loads(gzip.decompress(packed))
    return Table(
        regions=[tuple(row) for row in raw["regions"]],
        departements=[tuple(row) for row in raw["departements"]],
        epcis=[tuple(row) for row in raw["epcis"]],
        communes=[Commune._make(row) for row in raw["communes"]],
    )
