"""The founding catalogue as plain facts, read from the tables beside this file. No database, no Django."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class FoundingUnit:
    """A unit as it is typed and shown; `factor` measures make one."""

    code: str
    label: str
    plural: str
    measure: str
    factor: int


@dataclass(frozen=True, slots=True)
class FoundingCategory:
    """A category with what it inherits from its parents already written out."""

    code: str
    label: str
    kind: str
    unit: str
    path: tuple[str, ...]
    synonyms: tuple[str, ...]
    is_tracked: bool
    is_computer: bool

    @property
    def parent(self) -> str | None:
        return self.path[-2] if len(self.path) > 1 else None


@dataclass(frozen=True, slots=True)
class FoundingReason:
    """A reason, the deeds it serves, and whether it holds for ever."""

    code: str
    label: str
    used_for: tuple[str, ...]
    is_final: bool


# A day is seven hours and a half-day three and a half (model.md, M2): a line freezes the factor it was typed with.
UNITS = (
    FoundingUnit("piece", "pièce", "pièces", "piece", 1),
    FoundingUnit("place", "place", "places", "place", 1),
    FoundingUnit("hour", "heure", "heures", "minute", 60),
    FoundingUnit("half_day", "demi-journée", "demi-journées", "minute", 210),
    FoundingUnit("day", "jour", "jours", "minute", 420),
    FoundingUnit("euro", "euro", "euros", "cent", 100),
)


@cache
def categories() -> tuple[FoundingCategory, ...]:
    """The tree, parents before their children."""
    found: dict[str, FoundingCategory] = {}
    for code, row in _table("categories").items():
        parent = found[row["under"]] if "under" in row else None
        found[code] = FoundingCategory(
            code=code,
            label=row["label"],
            kind=parent.kind if parent else row["kind"],
            unit=row.get("unit") or (parent.unit if parent else ""),
            path=(*(parent.path if parent else ()), code),
            synonyms=tuple(word.strip() for word in row.get("said", "").replace("'", "’").split(",") if word.strip()),
            is_tracked=row.get("tracked", False),
            is_computer=row.get("computer", False),
        )
    return tuple(found.values())


@cache
def reasons() -> tuple[FoundingReason, ...]:
    """The reasons, in the order they are proposed."""
    return tuple(
        FoundingReason(code, row["label"], tuple(row["for"]), not row.get("later", False))
        for code, row in _table("reasons").items()
    )


def _table(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
