"""Many rows in one statement: what `bulk_create` does, for tables it writes value by value.

Django sends columns as arrays too, but not for a model with an array among its columns: then each value of each row
is a parameter, and reading ten thousand rows of twenty parameters takes longer than storing them. Here every column is
one array of texts that PostgreSQL casts.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models


def put_many(
    model: type[models.Model],
    rows: Sequence[models.Model],
    *,
    once: Collection[str] = (),
    updates: Collection[str] = (),
) -> None:
    """Insert these rows, and give those that are new their keys.

    `once`: the columns under which a row that is there already is left as it is, or brought up to date with the fields
    `updates`. Rows left out get no key. Rows must not meet each other.
    """
    if not rows:
        return
    fields = [one for one in model._meta.concrete_fields if not one.generated]
    is_new = rows[0].pk is None
    if is_new:
        fields = [one for one in fields if not one.primary_key]
    names = [_column(model, one.name) for one in fields]
    casts = [f"{name}::{_cast(one)}" for name, one in zip(names, fields, strict=True)]
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)})"  # noqa: S608  # our own
        f" SELECT {', '.join(casts)} FROM unnest({', '.join(['%s::text[]'] * len(fields))})"
        f" WITH ORDINALITY AS given ({', '.join(names)}, turn) ORDER BY turn"
    )
    if once:
        there = ", ".join(_column(model, name) for name in once)
        fresh = [_column(model, name) for name in updates]
        does = "UPDATE SET " + ", ".join(f"{name} = EXCLUDED.{name}" for name in fresh) if fresh else "NOTHING"
        statement += f" ON CONFLICT ({there}) DO {does}"
    columns = [[_text(_value(one, row)) for row in rows] for one in fields]
    with connection.cursor() as cursor:
        if not is_new or once:
            cursor.execute(statement, columns)
            return
        cursor.execute(f"{statement} RETURNING {_column(model, model._meta.pk.name)}", columns)
        for row, (given,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = given


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.pk if name == "id" else model._meta.get_field(name)
    return str(connection.ops.quote_name(field.column))  # type: ignore[union-attr, arg-type]


def _cast(field: "models.Field[Any, Any]") -> str:
    kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return str(kind)


def _value(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    return field.pre_save(row, add=True) if row.pk is None else getattr(row, field.attname)


def _text(value: Any) -> str | None:
    """As PostgreSQL reads it from a text."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return "{" + ",".join(_quoted(str(one)) for one in value) + "}"
        case dict():
            return json.dumps(value)
        case bytes() | memoryview():
            return "\\x" + bytes(value).hex()
        case _:
            return str(value)


def _quoted(text: str) -> str:
    """One text among those of an array."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
