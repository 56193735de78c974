"""Which database a command works with: DATABASE_URL wins; else our own server in the data folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from launcher.postgres import OWNER, Postgres
from launcher.speech import step


def is_given() -> bool:
    return bool(os.environ.get("DATABASE_URL"))


@dataclass(frozen=True)
class Database:
    """A database that answers: its address, and our own server when it is ours."""

    url: str
    server: Postgres | None = None

    @property
    def addresses(self) -> dict[str, str]:
        """What a program is told: the application's address, and the owner's where we know it ourselves."""
        owner = {"CALLCARE_OWNER_URL": self.server.url(OWNER)} if self.server else {}
        return {"DATABASE_URL": self.url} | owner


@contextmanager
def database(data: Path, *, aloud: bool = True) -> Iterator[Database]:
    """A database for as long as it is needed: the one that is given, or our own, started and stopped."""
    if given := os.environ.get("DATABASE_URL"):
        yield Database(given)
        return
    server = Postgres(data / "pg")
    try:
        with step("Démarrage de la base PostgreSQL") if aloud else nullcontext():
            server.start()
            server.ensure()
        yield Database(server.url(), server)
    finally:
        server.stop()
