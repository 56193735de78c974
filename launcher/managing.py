"""Commands that Django does: handed over with the right environment and a database that answers."""

import argparse
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher import databases, places
from launcher.postgres import candidates
from launcher.speech import Trouble, say

# The name of the Django command, where it is not the same: `import` is a word of Python.
OTHER_NAMES = {"import": "import_file"}


@contextmanager
def house(*, prepared: bool = True) -> Iterator[dict[str, str]]:
    """The environment of a Django process. Our own database is made ready first when it is new."""
    data = places.data_folder()
    is_new = not databases.is_given() and not (data / "pg" / "PG_VERSION").exists()
    with databases.database(data, aloud=is_new) as base:
        env = places.surroundings(data, **base.addresses, CALLCARE_POOL="0", CALLCARE_STATEMENT_TIMEOUT="0")
        if not databases.is_given():
            env = demo_running(data) | env | {"CALLCARE_DEMO": "1"}
        if is_new and prepared:
            call(places.manage("prepare"), env)
        yield env


def demo_running(data: Path) -> dict[str, str]:
    """What the demo under way told its programs: where letters go, where the site is."""
    try:
        told = json.loads((data / "demo.json").read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(value) for name, value in told.items() if name.startswith("CALLCARE_")}


def call(command: Sequence[str], env: dict[str, str]) -> int:
    """Run it on the person's own terminal; Ctrl-C is its own to hear."""
    process = subprocess.Popen(command, env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def hand_over(options: argparse.Namespace) -> int:
    name = OTHER_NAMES.get(options.command, options.command)
    with house() as env:
        return call(places.manage(name, *options.words), env)


def capture(options: argparse.Namespace) -> int:
    """A line is read with the words that ship with the house: no database is started for it, unless asked."""
    if "--database" in options.words:
        return hand_over(options)
    return call(places.manage("capture", *options.words), places.surroundings(places.data_folder()))


def mail(options: argparse.Namespace) -> int:
    """A mail is read without a database."""
    if options.words and options.words[0] != "read":
        return hand_over(options)
    return call(places.manage("mail", *options.words), places.surroundings(places.data_folder()))


def manage(options: argparse.Namespace) -> int:
    if not options.words:
        options.words = ["help"]
    with house(prepared=False) as env:
        return call(places.manage(options.words[0], *options.words[1:]), env)


def migrate(options: argparse.Namespace) -> int:
    with house(prepared=False) as env:
        status = call(places.manage("prepare"), env)
    if not status:
        say("La base est à jour.")
    return status


def psql(options: argparse.Namespace) -> int:
    with house() as env:
        program = next((folder / "psql" for folder in candidates() if (folder / "psql").exists()), None)
        found = str(program) if program else shutil.which("psql")
        if not found:
            raise Trouble("Le client psql manque. Sous Debian : apt install postgresql-client")
        plain = {name: value for name, value in os.environ.items() if name != "PGDATABASE"}
        return call([found, "-d", env["DATABASE_URL"], *options.words], plain)
