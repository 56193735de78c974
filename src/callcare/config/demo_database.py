"""A database that belongs to the demo says so itself: nothing else is ever filled with the story, or emptied."""

from django.core.management.base import CommandError
from django.db import connection

MARK = "callcare: demo"
PLAYED = "callcare: the story was played to its end"


def is_demo() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        (comment,) = cursor.fetchone()
    return bool(comment == MARK)


def is_empty() -> bool:
    """No table of ours yet, or nobody has an account: there is nothing a story could be mixed with."""
    if "accounts_user" not in connection.introspection.table_names():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM accounts_user)")
        (empty,) = cursor.fetchone()
    return bool(empty)


def mark() -> None:
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {name} IS '{MARK}'")


def claim() -> None:
    """Make it the demo's, once. Raises CommandError when it holds somebody's work."""
    if is_demo():
        return
    if not is_empty():
        raise CommandError("Cette base contient un vrai travail : la démonstration n’y touche pas.")
    mark()


def empty() -> None:
    """Forget all that the demo's database holds. Raises CommandError when it is not the demo's."""
    if not is_demo() and not is_empty():
        raise CommandError("Cette base n’est pas celle d’une démonstration : --reset ne l’efface pas.")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    mark()


def is_played() -> bool:
    """Was the whole story played here? An interrupted one was not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('desk_desk'::regclass, 'pg_class')")
        (comment,) = cursor.fetchone()
    return bool(comment == PLAYED)


def note_played() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE desk_desk IS '{PLAYED}'")
