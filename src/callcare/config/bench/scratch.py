"""The bench's own database, made beside the configured one. Never a real one: its name ends in _bench."""

from hashlib import sha256
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

SUFFIX = "_bench"
REPLAY = "_replay"  # where recorded calls are played again
MADE_BY_US = "callcare_bench"  # the table that says: this database is ours to drop


def enter(suffix: str = SUFFIX) -> str:
    """Point Django at the scratch database, made if it does not exist; returns its name.

    As the owner, where there is one: the application's role makes no database.
    """
    if settings.OWNER:
        connection.close()
        connection.settings_dict |= settings.OWNER
    name = str(connection.settings_dict["NAME"])
    bench = name if name.endswith(suffix) else name[: 63 - len(suffix)] + suffix
    found = sql.SQL("SELECT 1 FROM pg_database WHERE datname = {}").format(sql.Literal(bench))
    if not _server(found):
        _create(bench)
    connection.close()
    connection.settings_dict["NAME"] = bench
    connection.settings_dict["OPTIONS"] = {
        "pool": False, "options": "-c statement_timeout=0 -c lock_timeout=5000 -c jit=off",
    }  # fmt: skip
    return bench


def empty() -> None:
    """Drop and make the scratch database anew; refuses one that this bench did not make."""
    bench = str(connection.settings_dict["NAME"])
    if not bench.endswith((SUFFIX, REPLAY)) or not (is_ours() or is_blank()):
        raise CommandError(f"La base « {bench} » n’a pas été faite par ce banc de mesure : elle reste telle quelle.")
    connection.close()
    _server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(bench)))
    _create(bench)


def is_ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [MADE_BY_US])
        return bool(cursor.fetchone()[0])


def is_blank() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return bool(cursor.fetchone()[0] == 0)


def prepare() -> None:
    """Lay the schema, and sign the database as ours."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {MADE_BY_US} (size int, seed int, migrations text)")


def holds(size: int, seed: int, shape: str = "regional") -> bool:
    """Is the dataset of this size, seed and shape here, made under the present migrations?"""
    if not is_ours():
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT size, seed, migrations FROM {MADE_BY_US}")  # noqa: S608  # our own name
        return bool(cursor.fetchall() == [(size, seed, f"{shape} {_migrations()}")])


def sign(size: int, seed: int, shape: str = "regional") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MADE_BY_US} VALUES (%s, %s, %s)",  # noqa: S608  # our own name
            [size, seed, f"{shape} {_migrations()}"],
        )


def megabytes() -> int:
    """What the scratch database takes of the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) >> 20")
        return int(cursor.fetchone()[0])


def _migrations() -> str:
    names = sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)
    return f"{len(names)} {sha256(' '.join(names).encode()).hexdigest()[:16]}"


def _create(bench: str) -> None:
    _server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(bench)))


def _server(statement: sql.Composed) -> Any:
    facts = connection.get_connection_params()
    kept = {key: facts[key] for key in ("host", "port", "user", "password") if facts.get(key)}
    with psycopg.connect(**kept, dbname="postgres", autocommit=True) as server:
        answer = server.execute(statement)
        return answer.fetchone() if answer.description else None
