"""What callers say: a line of French with its numbers and days, as an operator types it."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """One line, and what the caller tells besides."""

    line: str
    quantity: int
    people: int
    audience: str


@cache
def _tables() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(files(__package__).joinpath("said.toml").read_text(encoding="utf-8"))


def say(side: str, thing: str, *, city: str, today: date, chance: Random) -> Said:
    """One way to ask for (« need ») or to offer (« commitment ») this thing."""
    row = _tables()[side][thing]
    least, most = row.get("n", (1, 1))
    quantity = chance.randint(least, most)
    line = chance.choice(row["said"]).format(
        n=quantity,
        ville=city,
        de_ville=f"d’{city}" if city.startswith(("A", "É", "Hazebrouck", "Hénin")) else f"de {city}",
        bientot=_day(today, chance.randint(12, 24)),
        plustard=_day(today, chance.randint(30, 60)),
    )
    people = row.get("people", "n")
    count = quantity if people == "n" else chance.randint(*people)
    return Said(line, quantity, count, row.get("audience", ""))


def _day(today: date, days: int) -> str:
    return f"{today + timedelta(days=days):%d/%m}"
