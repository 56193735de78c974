"""A made-up country at national size: a million organisations, three million numbers and addresses, a million offers.

Every row is drawn by the database from the seed and its own number, so that one statement writes fifty thousand; what
the triggers would have kept is written with it, or made by the house's own rebuild. A test on a small size holds the
two ways together. No life lies behind these rows (see `history`): lists, look-ups and rankings are what it is for.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

from callcare.catalogue.actions import found_catalogue
from callcare.catalogue.models import Category, Unit
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.config.bench.loading import Say
from callcare.config.bench.national_sql import DRAWN, INSERTS, LEARNT, PLACES, SHELF, UNPAIRED
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.core.refs import ALPHABET
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.pairs import keep_pairs
from callcare.matching.actions import rebuild
from callcare.matching.models import Solicitation
from callcare.needs.models import Need, NeedLine
from callcare.report.months import count_touched_days
from callcare.territories.actions import load_communes

SIZE = 1_000_000
AT_ONCE = 50_000  # rows of one statement
SLOTS = 20_000  # of the shelf: categories by Zipf, each as often as it is asked
OF_KIND = {"goods": "piece", "time": "hour", "skill": "day", "venue": "piece"}
TABLES: tuple[type[models.Model], ...] = (
    Organisation, Person, Channel, Commitment, CommitmentLine, Need, NeedLine, Solicitation,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each, for so many open commitments."""

    commitments: int

    def of(self, model: type[models.Model]) -> int:
        """An organisation a commitment, each with a person and three numbers or addresses; a need for five of them."""
        parts = {Channel: (3, 1), Need: (1, 5), NeedLine: (1, 5), Solicitation: (1, 50)}
        times, by = parts.get(model, (1, 1))
        return max(1, self.commitments * times // by)


def fill(*, size: int, seed: int, desks: list[int], operator: int, say: Say) -> None:
    """Fill a prepared scratch database that has its desks and its operator."""
    load_communes(by=None)
    found_catalogue(by=None)
    facts = _facts(seed, size, desks, operator)
    _families()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        for statement in (DRAWN, PLACES, SHELF):
            cursor.execute(statement, facts)
        with _bare(say):
            for model in TABLES:
                _insert(model, facts, Sizes(size).of(model), say)
        cursor.execute(LEARNT)
        cursor.execute(UNPAIRED)
    _kept(say)


def _kept(say: Say) -> None:
    """What the house computes from rows: the engine's tables, the months of the figures, the probable duplicates."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for name, step in (("moteur", rebuild), ("jours des chiffres", count_touched_days), ("doublons", keep_pairs)):
        say(name, 0, 1)
        step()
        say(name, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")


def _facts(seed: int, size: int, desks: list[int], operator: int) -> dict[str, Any]:
    said = tomllib.loads(Path(__file__).with_name("national.toml").read_text(encoding="utf-8"))
    lists = {name: value for name, value in said.items() if isinstance(value, list)}
    return lists | {
        "seed": seed, "bodies_count": Sizes(size).of(Organisation), "needs_count": Sizes(size).of(Need),
        "commitments_count": Sizes(size).of(Commitment), "first_desk": desks[0], "second_desk": desks[-1],
        "operator": operator, "now": clock.now(), "today": clock.today(), "alphabet": ALPHABET, "slots": SLOTS,
    }  # fmt: skip


class BenchVerb(models.TextChoices):
    LAID = "bench.laid", "a fait les familles du jeu de mesure"


def _families() -> None:
    """Sixty families of five leaves, in the order of their popularity: kinds take turns, as they are long."""
    said = tomllib.loads(Path(__file__).with_name("national.toml").read_text(encoding="utf-8"))
    units = {unit.code: unit for unit in Unit.objects.all()}
    roots = {one.code: one for one in Category.objects.filter(parent=None)}
    names = sorted(
        ((place / len(families), kind, name) for kind, families in said["families"].items()
         for place, name in enumerate(families)),
        key=lambda one: (one[0], one[1]),
    )  # fmt: skip
    with deed(BenchVerb.LAID, by=None):
        for number, (_, kind, name) in enumerate(names, 1):
            root, unit, code = roots[kind], units[OF_KIND[kind]], f"n{number:02}"
            family = Category.objects.create(
                code=code, label=name, kind=kind, unit=unit, parent=root, path=[root.code, code]
            )
            for leaf, how in enumerate(said["qualifiers"], 1):
                mine = f"{code}_{leaf}"
                Category.objects.create(
                    code=mine, label=f"{name} {how}", kind=kind, unit=unit, parent=family,
                    path=[root.code, code, mine],
                )  # fmt: skip


def _insert(model: type[models.Model], facts: Mapping[str, Any], count: int, say: Say) -> None:
    """Rows 1 to `count`, fifty thousand a statement; what the table does not say, the model's defaults do."""
    told, source = INSERTS[model._meta.model_name or ""]
    blank, table = model(), model._meta.db_table
    usual: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        name = str(one.column)
        if name in told or one.null or getattr(one, "generated", False):
            continue
        value = one.get_db_prep_save(getattr(blank, one.attname), connection)
        usual[name] = [] if isinstance(one, ArrayField) else value
    columns = ", ".join(f'"{name}"' for name in (*told, *usual))
    values = ", ".join((*told.values(), *(f"%(usual_{name})s" for name in usual)))
    statement = f"INSERT INTO {table} ({columns}) SELECT {values} FROM {source} ORDER BY i"  # noqa: S608  # ours
    named = dict(facts) | {f"usual_{name}": value for name, value in usual.items()}
    with connection.cursor() as cursor:
        for first in range(1, count + 1, AT_ONCE):
            last = min(count, first + AT_ONCE - 1)
            cursor.execute(statement, named | {"first": first, "last": last})
            say(str(model._meta.verbose_name_plural), last, count)
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, count])
        cursor.execute(f"ANALYZE {table}")


@contextmanager
def _bare(say: Say) -> Iterator[None]:
    """Tables without triggers, foreign keys and indexes while they are filled; these are made anew at once.

    A key that points nowhere stops the making of its constraint: nothing is left unchecked.
    """
    names = [model._meta.db_table for model in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [names])
        keys = cursor.fetchall()
        cursor.execute(_INDEXES, [names])
        indexes = cursor.fetchall()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name, _ in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for table in names:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        for number, (_, statement) in enumerate(indexes, 1):
            cursor.execute(statement)
            say("index", number, len(indexes))
        for number, (table, name, definition) in enumerate(keys, 1):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            say("clés", number, len(keys))
        for table in names:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1
"""
