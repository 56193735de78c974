"""`./callcare migrate`, and the first half of `./callcare demo`: all that stands between a database and a page."""

import hashlib
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from callcare.config import demo_database, rights
from callcare.core.owner import as_owner

HOUSE = Path(demo_database.__file__).resolve().parents[1]
REFERENCE = [HOUSE / "territories" / "data", HOUSE / "catalogue" / "data"]
TURN = 0x63616C6C  # the key of our advisory lock: two launchers never migrate at once


class Command(BaseCommand):
    help = "Prépare la base et les fichiers ; avec --demo, joue aussi l’histoire de démonstration."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="jouer l’histoire de démonstration")
        parser.add_argument("--reset", action="store_true", help="effacer d’abord la base de démonstration")

    def handle(self, *args: Any, **options: Any) -> None:
        application = rights.current_role()
        with self.turn():
            with as_owner():
                self.lay_schema(application, **options)
            self.collect()
            if options["demo"] and "demo_story" in get_commands():
                self.stdout.write("· Histoire de démonstration :")
                call_command("demo_story", stdout=self.stdout)

    def lay_schema(self, application: str, *, demo: bool, reset: bool, **options: Any) -> None:
        """The tables and what they hold from the first day; then who may do what with them."""
        if not rights.may_change_the_schema():
            raise CommandError(
                f"Le rôle « {rights.current_role()} » ne peut pas changer le schéma : "
                "indiquez dans CALLCARE_OWNER_URL l’adresse de celui qui possède la base (docs/operations.md)."
            )
        if reset:
            with self.step("Effacement de la démonstration"):
                demo_database.empty()
        if demo:
            demo_database.claim()
        with self.step("Mise à jour du schéma de la base"):
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            rights.lay(application)
        self.lay_reference()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One at a time: the lock has a connection of its own, and falls with it."""
        with as_owner():
            guard = connection.copy()
        try:
            try:
                guard.ensure_connection()
            except OperationalError as error:
                raise CommandError(f"La base ne répond pas à CALLCARE_OWNER_URL : {error}") from error
            with guard.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
                cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
            yield
        finally:
            guard.close()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        begun = time.monotonic()
        self.stdout.write(f"· {title} …", ending="")
        self.stdout.flush()
        try:
            yield
        except BaseException:
            self.stdout.write("")
            raise
        self.stdout.write(f" {time.monotonic() - begun:.1f} s".replace(".", ","))
        self.stdout.flush()

    def lay_reference(self) -> None:
        """The communes and the founding catalogue, unless this database has those of the same files."""
        seal = f"callcare: {sealed(REFERENCE)}"
        if table_comment() == seal:
            return
        with self.step("Communes de France et catalogue"):
            call_command("load_communes", stdout=StringIO())
            call_command("found_catalogue", stdout=StringIO())
            write_table_comment(seal)

    def collect(self) -> None:
        """Static files under hashed names, unless those that are there come from the same sources."""
        seal, known = fingerprint(), Path(settings.STATIC_ROOT) / ".sources"
        if known.exists() and known.read_text() == seal:
            return
        with self.step("Fichiers du site"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            known.write_text(seal)


def table_comment() -> str:
    """What this database says of the reference data it holds: it goes away with the data."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('django_migrations'::regclass, 'pg_class')")
        (comment,) = cursor.fetchone()
    return comment or ""


def write_table_comment(comment: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE django_migrations IS '{comment}'")  # a hash of ours, nothing typed


def sealed(folders: Sequence[Path]) -> str:
    """Changes with any byte of the files of these folders."""
    seal = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.glob("*.*") if path.suffix != ".py"):
        seal.update(path.name.encode() + path.read_bytes())
    return seal.hexdigest()


def fingerprint() -> str:
    """Changes as soon as a static file is added, taken away or written to."""
    seal = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list(None), key=lambda found: found[0]):
            found = Path(storage.path(name)).stat()
            seal.update(f"{storage.path(name)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return seal.hexdigest()
