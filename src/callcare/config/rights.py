"""What the application's role may do with each table: laid by `./callcare migrate`, looked at by `doctor`.

A table that no list names is ordinary: its rows are read, added and changed, never taken away (release is a state).
`docs/adr/0012-database-roles.md` says why.
"""

from collections.abc import Iterable

import pghistory.models
from django.apps import apps
from django.core.management.base import CommandError
from django.db import OperationalError, connection, transaction

ALL = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
READ = frozenset({"SELECT"})
APPEND = READ | {"INSERT"}
ORDINARY = APPEND | {"UPDATE"}
PASSING = ORDINARY | {"DELETE"}

# Read only: the schema's own tables, and what is laid by `migrate` from files.
GIVEN = {
    "django_migrations", "django_content_type", "auth_group", "auth_group_permissions", "auth_permission",
    "territories_territory", "territories_postcode", "territories_placeword",
}  # fmt: skip
# Rows that are their own history.
KEPT = {"introductions_disclosure", "allocations_fulfilment", "calls_callevent"}
# Rows without a state, which come and go: sessions, drafts, caches, tasks, links between two rows.
GOING = {
    "django_session", "usersessions_usersession", "cache", "account_emailaddress", "account_emailconfirmation",
    "procrastinate_jobs", "procrastinate_events", "procrastinate_workers", "procrastinate_periodic_defers",
    "desk_draft", "desk_openinghours", "desk_closure", "desk_desk_neighbours", "desk_desk_operators",
    "calls_extension", "matching_dismissal", "matching_offered", "matching_wanted", "report_cell", "report_touched",
    "directory_probablepair", "directory_unpaired", "matching_gone",
    "matching_suggestion",
}  # fmt: skip
# Columns the triggers of `allocations` keep: nobody else writes them.
COUNTERS = {
    "needs_needline": {"qty_reserved", "qty_fulfilled"},
    "commitments_commitmentline": {"qty_reserved", "qty_fulfilled"},
    "allocations_allocation": {"qty_fulfilled", "qty_returned"},
}

# The functions that copy rows into the history work with the owner's rights, so that the application needs none there.
# pgtrigger and pghistory make them anew with each migration, and make them ordinary: hence again after each one.
COPYISTS = r"""
    SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
       AND (proname LIKE 'pgtrigger\_%' OR proname = '_pgh_attach_context')
"""
TRUST_COPYISTS = rf"""
DO $$ DECLARE copyist regprocedure; BEGIN
    FOR copyist IN {COPYISTS} LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', copyist);
    END LOOP;
END $$
"""
# `pgtrigger.ignore` tells triggers to look away. Only a session of the owner is heard: in a trigger, which works
# with the owner's rights, `current_user` is the owner and `session_user` the one who signed in.
LOOK_AWAY = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    asked text := current_setting('pgtrigger.ignore', true);
BEGIN
    IF asked IS NULL OR asked = '' OR NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
        RETURN false;
    END IF;
    RETURN trigger_name = ANY (asked::text[]);
END $$
"""


def current_role() -> str:
    """The role we are at the database. Raises CommandError when it does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return str(cursor.fetchone()[0])
    except OperationalError as error:
        raise CommandError(f"La base ne répond pas : {error}") from error


def lay(role: str) -> None:
    """By the owner, after each migration: the history is written by the database alone, and `role` gets its rights."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TRUST_COPYISTS)
        cursor.execute(LOOK_AWAY)
        if role == current_role():
            return  # one role for everything: nothing to grant
        name = connection.ops.quote_name(role)
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in tables():
            for right in sorted(allowed(table)):
                columns = _but(COUNTERS[table], table) if right == "UPDATE" and table in COUNTERS else ""
                cursor.execute(f"GRANT {right}{columns} ON {connection.ops.quote_name(table)} TO {name}")


def allowed(table: str) -> frozenset[str]:
    if table in GIVEN or table in history():
        return READ
    if table in KEPT:
        return APPEND
    return PASSING if table in GOING else ORDINARY


def history() -> set[str]:
    """The tables of deeds and of events."""
    events = {model._meta.db_table for model in apps.get_models() if issubclass(model, pghistory.models.Event)}
    return events | {pghistory.models.Context._meta.db_table}


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]


def _but(left_out: Iterable[str], table: str) -> str:
    """The columns of a table but these, as GRANT writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attname <> ALL (%s)",
            [table, list(left_out)],
        )
        names = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
    return f" ({', '.join(names)})"


def deviations() -> tuple[list[str], list[str]]:
    """What our role lacks, and what it has in excess: « DELETE on allocations_allocation »."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(name) FILTER (WHERE has_table_privilege(oid, name)) FROM pg_class"
            " CROSS JOIN unnest(%s::text[]) AS name"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') GROUP BY relname ORDER BY relname",
            [list(ALL)],
        )
        held = {table: frozenset(rights or ()) for table, rights in cursor.fetchall()}
        counters = [(table, column) for table in COUNTERS for column in sorted(COUNTERS[table]) if table in held]
        open_counters = []
        for table, column in counters:
            cursor.execute("SELECT has_column_privilege(%s::regclass, %s, 'UPDATE')", [table, column])
            open_counters += [f"UPDATE ({column}) sur {table}"] if cursor.fetchone()[0] else []
        partly = {}
        for table in COUNTERS:
            cursor.execute("SELECT has_any_column_privilege(%s::regclass, 'UPDATE')", [table])
            partly[table] = frozenset({"UPDATE"} if cursor.fetchone()[0] else ())
    lacking, excess = [], open_counters
    for table, rights in held.items():
        seen = rights | partly.get(table, frozenset())
        lacking += [f"{right} sur {table}" for right in sorted(allowed(table) - seen)]
        excess += [f"{right} sur {table}" for right in sorted(seen - allowed(table))]
    return lacking, excess


def owns_the_tables() -> bool:
    """Is our role also the one that may change the schema?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = 'accounts_user'::regclass")
        return bool(cursor.fetchone()[0])


def may_change_the_schema() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        return bool(cursor.fetchone()[0])


def plain_copyists() -> int:
    """How many functions that write the history do not have the owner's rights."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM pg_proc WHERE oid IN ({COPYISTS}) AND NOT prosecdef")  # noqa: S608
        return int(cursor.fetchone()[0])
