"""The house has two names at the database: the application's, and the owner's, who alone changes the schema."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def as_owner() -> Iterator[None]:
    """Speak to the database as the owner of its tables, where CALLCARE_OWNER_URL names one.

    Where it names none, the application owns them, and nothing changes. For commands only: never inside a deed,
    since the connection is another one.
    """
    if not settings.OWNER or connection.settings_dict["USER"] == settings.OWNER["USER"]:
        yield
        return
    application = connection.settings_dict
    connection.close()
    options = settings.OWNER["OPTIONS"] | {"pool": False}
    connection.settings_dict = application | settings.OWNER | {"OPTIONS": options}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = application
