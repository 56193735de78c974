"""`./callcare test`: every test, on a PostgreSQL that is thrown away afterwards."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from launcher import debian
from launcher.places import ROOT, surroundings
from launcher.postgres import SUPERUSER, Postgres
from launcher.speech import step

# pytest's own way to choose by marker; campaigns are long and asked for by name.
CHOOSES = ("-m",)
ALL_BUT_CAMPAIGNS = ["-m", "not campaign"]
# The whole suite is shared out among the processors, each with a database of its own; a few files are not worth it.
SHARES = ("-n", "--numprocesses", "--pdb", "-s")
MOST = 4  # beyond, one PostgreSQL and one disk are what everybody waits for


def shared_out(words: list[str]) -> list[str]:
    """How many of us test at once: everybody for the whole suite, one for what was asked for by name."""
    by_name = any(not word.startswith("-") for word in words)
    if by_name or any(word.startswith(SHARES) for word in words):
        return []
    return ["-n", str(min(os.cpu_count() or 1, MOST)), "--dist", "worksteal"]


def test(options: argparse.Namespace) -> int:
    """Run pytest with the person's own words; its exit status (5 when nothing was tested)."""
    words: list[str] = options.words
    debian.provide()
    chosen = [] if any(word.startswith(CHOOSES) for word in words) else ALL_BUT_CAMPAIGNS
    command = [sys.executable, "-m", "pytest", *shared_out(words), *chosen, *words]
    with thrown_away_database() as url, tempfile.TemporaryDirectory(prefix="callcare-var-") as data:
        env = surroundings(Path(data), DATABASE_URL=url, CALLCARE_POOL="0", CALLCARE_VENV=sys.prefix)
        return follow(subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL))


@contextmanager
def thrown_away_database() -> Iterator[str]:
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="callcare-test-"))
    server = Postgres(folder / "pg", thrown_away=True)
    try:
        with step("Démarrage d’une base pour les tests"):
            server.start()
            server.ensure()
        yield server.url(SUPERUSER)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def follow(process: "subprocess.Popen[bytes]") -> int:
    """Wait for it. A signal is passed on, and the end awaited: nothing is left behind."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells pytest itself
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
