"""Which database a command works with: DATABASE_URL wins; else our own server in the data folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.postgres import Postgres
from launcher.speech import step


def is_given() -> bool:
    return bool(os.environ.get("DATABASE_URL"))


@contextmanager
def database(data: Path, *, aloud: bool = True) -> Iterator[str]:
    """The address of a database that answers, for as long as it is needed."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    server = Postgres(data / "pg")
    try:
        if aloud:
            with step("Démarrage de la base PostgreSQL"):
                server.start()
                server.ensure()
        else:
            server.start()
            server.ensure()
        yield server.url()
    finally:
        server.stop()
