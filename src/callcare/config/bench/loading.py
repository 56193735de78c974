"""Rows by the hundred thousand: COPY, references in order, and triggers passed by."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models
from stdnum import luhn

from callcare.core.refs import ALPHABET

Row = dict[str, Any]
Say = Callable[[str, int, int], None]


def ref(letter: str, number: int) -> str:
    """References in order, not by luck: a hundred thousand drawn ones would clash."""
    body = ""
    for _ in range(6):
        number, rest = divmod(number, len(ALPHABET))
        body = ALPHABET[rest] + body
    body += luhn.calc_check_digit(body, alphabet=ALPHABET)
    return f"{letter}-{body[:4]}-{body[4:]}"


def copy(model: type[models.Model], rows: Iterable[Row], count: int, say: Say, *, after: int = 0) -> None:
    """COPY rows that say only what matters; the model's defaults say the rest. Keys are theirs, or follow `after`."""
    first, rows = _peek(rows)
    if not first:
        return
    fields = [f for f in model._meta.concrete_fields if not getattr(f, "generated", False)]
    blank = model()
    usual: dict[str, Any] = {
        f.column or f.name: f.get_db_prep_save(getattr(blank, f.attname), connection) for f in fields
    }
    nullable = {f.column for f in fields if f.null}
    json = {str(f.column): f for f in fields if isinstance(f, models.JSONField)}
    key: str = model._meta.pk.column or "id"
    columns = [name for name, value in usual.items() if name in first or value is not None or name in nullable]
    columns += [key] if key not in columns else []
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copying:
            for number, row in enumerate(rows, 1):
                row.setdefault(key, after + number)
                for name in json.keys() & row.keys():
                    row[name] = json[name].get_db_prep_save(row[name], connection)
                copying.write_row([row.get(column, usual[column]) for column in columns])
                if number % 2000 == 0 or number == count:
                    say(str(model._meta.verbose_name_plural), number, count)
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])
        if (sequence := cursor.fetchone()[0]) is not None:
            cursor.execute(f"SELECT setval(%s, (SELECT max({key}) FROM {table}))", [sequence])  # noqa: S608


def _peek(rows: Iterable[Row]) -> tuple[Row, Iterator[Row]]:
    rest = iter(rows)
    first = list(islice(rest, 1))
    return (first[0] if first else {}), (row for part in (first, rest) for row in part)


@contextmanager
def without_triggers(*kept: type[models.Model]) -> Iterator[None]:
    """Keys and checks stay; what triggers would have written is computed afterwards, at once."""
    tables = [model._meta.db_table for model in kept]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
