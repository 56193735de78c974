"""Many rows in one statement: what `bulk_create` does, for tables it writes value by value.

Django sends columns as arrays too, but not for a model with an array among its columns: then each value of each row
is a parameter, and reading ten thousand rows of twenty parameters takes longer than storing them. Here all rows are
one JSON text: nothing writes and reads values faster on both sides, and arrays and objects travel as they are.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db import connection, models

from callcare.core import refs
from callcare.core.fields import RefField

Column: TypeAlias = "models.Field[Any, Any]"


def put_many(model: type[models.Model], rows: Sequence[models.Model], *, once: Collection[str] = ()) -> None:
    """Insert these rows, and give them their keys.

    `once`: the columns under which a row that is there already is left as it is; then no row gets its key.
    """
    if not rows:
        return
    fields = [one for one in model._meta.concrete_fields if not one.generated and not one.primary_key]
    for one in fields:
        if isinstance(one, RefField):
            _draw(model, one, rows)
    names = ", ".join(_name(one) for one in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) SELECT {names} FROM {_given(fields)} ORDER BY turn"  # noqa: S608  # ours
    with connection.cursor() as cursor:
        if once:
            there = ", ".join(_name(_field(model, name)) for name in once)
            cursor.execute(f"{statement} ON CONFLICT ({there}) DO NOTHING", [_told(fields, rows, add=True)])
            return
        key = _name(model._meta.pk)
        cursor.execute(f"{statement} RETURNING {key}", [_told(fields, rows, add=True)])
        for row, (given,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = given


def bring_many(model: type[models.Model], rows: Sequence[models.Model], names: Collection[str]) -> None:
    """Bring these columns of these rows up to date. `bulk_update` would write a CASE for each value: slow to plan."""
    if not rows:
        return
    fields = [_field(model, name) for name in sorted(names)]
    key = _name(model._meta.pk)
    fresh = ", ".join(f"{_name(one)} = given.{_name(one)}" for one in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    fields = [model._meta.pk, *fields]
    statement = f"UPDATE {table} SET {fresh} FROM {_given(fields)} WHERE {table}.{key} = given.{key}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [_told(fields, rows, add=False)])


def _draw(model: type[models.Model], field: RefField, rows: Sequence[models.Model]) -> None:
    """A reference for each row that no other row bears: with so many drawn at once, some meet one that is taken.

    Who takes one between this and the insert is met by the constraint, and the deed is done again (see `core.again`).
    """
    name = field.attname
    without = [row for row in rows if not getattr(row, name)]
    taken: set[str] = set()
    while without:
        for row in without:
            setattr(row, name, refs.new(field.letter))
        drawn = {getattr(row, name) for row in without}
        taken |= set(model._base_manager.filter(**{f"{name}__in": drawn}).values_list(name, flat=True))
        again = []
        for row in without:
            if getattr(row, name) in taken:
                again.append(row)
            taken.add(getattr(row, name))
        without = again


def _field(model: type[models.Model], name: str) -> "Column":
    return model._meta.pk if name == "id" else model._meta.get_field(name)  # type: ignore[return-value]


def _name(field: "Column") -> str:
    return str(connection.ops.quote_name(str(field.column)))


def _given(fields: Sequence["Column"]) -> str:
    """The rows told as one parameter, as a table with their turn."""
    typed = ", ".join(f"{_name(one)} {_type(one)}" for one in fields)
    names = ", ".join(_name(one) for one in fields)
    return f"ROWS FROM (json_to_recordset(%s::json) AS ({typed})) WITH ORDINALITY AS given ({names}, turn)"


def _type(field: "Column") -> str:
    kind = field.rel_db_type(connection) if field.is_relation or field.primary_key else field.db_type(connection)
    return str(kind)


def _told(fields: Sequence["Column"], rows: Sequence[models.Model], *, add: bool) -> str:
    columns = [one.column for one in fields]
    values = [[one.pre_save(row, add) if add else getattr(row, one.attname) for one in fields] for row in rows]
    return json.dumps([dict(zip(columns, row, strict=True)) for row in values], default=_text)


def _text(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it from a text."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return "\\x" + bytes(value).hex()
        case _:
            return str(value)
