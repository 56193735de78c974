"""`./callcare test -p tests.as_application tests/desk`: the same tests with the rights of the application's role.

A statement that `config/rights.py` does not allow fails where it is written. Tests that change the schema or sleep a
trigger need the owner, and fail here: leave their files out.
"""

import pytest

from launcher.postgres import APPLICATION, ROLES

CAST = "territories_territory, territories_postcode, territories_placeword"  # the cast makes its own communes


def become(connection, **facts) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APPLICATION}")


def as_owner_only(flush):
    """Emptying the tables between two tests is the tests' own affair."""
    return lambda self, statements: flush(self, ["RESET ROLE", *statements, f"SET ROLE {APPLICATION}"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    # A plugin is read before Django is set up.
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.backends.signals import connection_created  # noqa: PLC0415

    from callcare.config import rights  # noqa: PLC0415

    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(ROLES.read_text())
            rights.lay(APPLICATION)
            cursor.execute(f"GRANT INSERT, UPDATE ON {CAST} TO {APPLICATION}")
        become(connection)
    connection_created.connect(become, dispatch_uid="as_application")
    operations = type(connection.ops)
    operations.execute_sql_flush = as_owner_only(operations.execute_sql_flush)
