"""The offered lines of the whole house, copied into this process: one block of columns for each category.

The copy catches up before each answer. Rows carry the number of the transaction that wrote them; each reading asks
for all rows from the oldest transaction that was still running at the reading before (`pg_snapshot_xmin`). Whatever
commits late is read then, and a row read twice is the same row. What went is told by `matching_gone`.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Column = NDArray[Any]

NEVER, EVER = -(2**31), 2**31 - 1  # days before and after all others; a radius without limit
OLDEST = 3600.0  # seconds: a copy not looked at for longer is made again, since `matching_gone` is swept
ROOM = 64

# name: how it is held, how it is sent, what the row says. Days are counted from 2000.
COLUMNS: Mapping[str, tuple[str, str, str]] = {
    "line": ("i8", "int8", "line_id"),
    "traits": ("i4", "int4", "traits"),
    "desk": ("i8", "int8", "desk_id"),
    "free": ("i8", "int8", "free"),
    "times": ("i4", "int4", "times::int"),
    "starts": ("i4", "int4", f"coalesce(starts_on - date '2000-01-01', {NEVER})"),
    "ends": ("i4", "int4", f"coalesce(ends_on - date '2000-01-01', {EVER})"),
    "confirmed": ("i4", "int4", f"coalesce(confirmed_on - date '2000-01-01', {NEVER})"),
    "commune": ("i8", "int8", "coalesce(commune_id, 0)"),
    "epci": ("i8", "int8", "coalesce(epci_id, 0)"),
    "x": ("f8", "float8", "coalesce(x, 'NaN')"),
    "y": ("f8", "float8", "coalesce(y, 'NaN')"),
    "z": ("f8", "float8", "coalesce(z, 'NaN')"),
    "radius": ("i4", "int4", f"coalesce(radius_km, {EVER})"),
    "giver": ("i8", "int8", "giver_id"),
    "live": ("i4", "int4", "live::int"),
    "max_live": ("i4", "int4", "max_live::int"),
}
ROW_BYTES = sum(np.dtype(held).itemsize for held, _, _ in COLUMNS.values()) + 4

# One statement, hence one snapshot: what was written, what went, and from where to ask the next time.
CHANGES = (
    "WITH changed AS MATERIALIZED (SELECT * FROM matching_offered WHERE rev >= %(since)s),"  # noqa: S608
    " blocks AS (SELECT category_id, "
    + ", ".join(f"string_agg({sent}send({what}), ''::bytea) AS {name}" for name, (_, sent, what) in COLUMNS.items())
    + """, coalesce(jsonb_object_agg(line_id, specs) FILTER (WHERE specs <> '{}'), '{}') AS specs
        FROM changed GROUP BY category_id)
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id_if_assigned() IS NOT NULL,
        (SELECT coalesce(array_agg(line), '{}') FROM matching_gone WHERE rev >= %(since)s), b.*
    FROM (SELECT) one LEFT JOIN blocks b ON true
"""
)


class Block:
    """The lines of one category, as columns side by side; `count` of them are in use."""

    def __init__(self) -> None:
        self.count = 0
        self.columns: dict[str, Column] = {name: np.empty(ROOM, held) for name, (held, _, _) in COLUMNS.items()}
        self.columns["specs"] = np.zeros(ROOM, "i4")

    def __getitem__(self, name: str) -> Column:
        return self.columns[name][: self.count]

    def add(self, rows: Mapping[str, Column]) -> None:
        end = self.count + len(rows["line"])
        if end > len(self.columns["line"]):
            room = max(end, self.count + self.count // 4)
            self.columns = {
                name: np.concatenate([column[: self.count], np.empty(room - self.count, column.dtype)])
                for name, column in self.columns.items()
            }
        for name, values in rows.items():
            self.columns[name][self.count : end] = values
        self.count = end

    def some(self, rows: Column) -> "Block":
        """Some of the lines, side by side in a block of their own."""
        block = Block()
        block.count, block.columns = len(rows), {name: self[name][rows] for name in self.columns}
        return block

    def drop(self, lines: Column) -> None:
        """The others close up, in their order."""
        stay = np.flatnonzero(~np.isin(self["line"], lines))
        if len(stay) < self.count:
            for name in self.columns:
                self.columns[name][: len(stay)] = self[name][stay]
            self.count = len(stay)


@dataclass
class Copy:
    """What one process holds. Threads take turns to catch up; a ranking keeps the turn while it reads."""

    blocks: dict[int, Block] = field(default_factory=dict)
    specs: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    turn: threading.RLock = field(default_factory=threading.RLock)
    since: int = 0
    looked_at: float = 0.0
    _where: dict[int, int] = field(default_factory=dict)
    _specs: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        return len(self._where)

    @property
    def bytes(self) -> int:
        return sum(column.nbytes for block in self.blocks.values() for column in block.columns.values())

    def catch_up(self, *, is_private: bool = False) -> bool:
        """Read what changed. False, and nothing read, where the reader's own transaction has written something.

        What it wrote may yet be undone, and others read this copy too. A copy that lives no longer than the
        transaction is private: it may see all.
        """
        if monotonic() - self.looked_at > OLDEST:
            self.forget()
        with connection.cursor() as cursor:
            cursor.execute(CHANGES, {"since": self.since})
            rows = cursor.fetchall()
        since, wrote, gone = rows[0][:3]
        if wrote and not is_private:
            return False
        changed = [(row[3], self._decoded(row[4:])) for row in rows if row[3] is not None]
        self._drop([*gone, *(int(line) for _, block in changed for line in block["line"])])
        # A line that went and came back is among the changed, in the state the snapshot sees.
        for category, block in changed:
            self.blocks.setdefault(category, Block()).add(block)
            self._where.update(dict.fromkeys(block["line"].tolist(), category))
        self.since, self.looked_at = since, monotonic()
        return True

    def forget(self) -> None:
        """Begin again from nothing, at the next reading."""
        self.blocks, self.specs, self._where, self._specs = {}, [{}], {}, {}
        self.since = 0

    def size_of(self, categories: Mapping[int, int]) -> int:
        return sum(self.blocks[one].count for one in categories if one in self.blocks)

    def family(self, categories: Mapping[int, int]) -> Iterator[tuple[Block, int]]:
        """The blocks of these categories, each with the breadth of its own."""
        for one, breadth in categories.items():
            if one in self.blocks:
                yield self.blocks[one], breadth

    def _decoded(self, sent: tuple[Any, ...]) -> dict[str, Column]:
        *columns, specs = sent
        rows: dict[str, Column] = {}
        for (name, (held, _, _)), value in zip(COLUMNS.items(), columns, strict=True):
            rows[name] = np.frombuffer(value, ">" + held).astype(held)
        known = self._known(specs)
        rows["specs"] = np.array([known.get(line, 0) for line in rows["line"].tolist()], "i4") if known else (
            np.zeros(len(rows["line"]), "i4")
        )  # fmt: skip
        return rows

    def _known(self, specs: Any) -> dict[int, int]:
        """Equal precisions are held once: a need compares each kind of them, not each line."""
        known = {}
        for line, said in _read(specs).items():
            key = repr(sorted(said.items()))
            if key not in self._specs:
                self._specs[key] = len(self.specs)
                self.specs.append(said)
            known[int(line)] = self._specs[key]
        return known

    def _drop(self, lines: list[int]) -> None:
        leaving: dict[int, list[int]] = {}
        for line in lines:
            if (category := self._where.pop(line, None)) is not None:
                leaving.setdefault(category, []).append(line)
        for category, some in leaving.items():
            self.blocks[category].drop(np.array(some, "i8"))


def _read(specs: Any) -> dict[str, dict[str, Any]]:
    return dict(json.loads(specs) if isinstance(specs, str) else specs)


HELD = Copy()  # of this process
