"""`./callcare check`: all that can be seen without running the house. Every check is run, then counted."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from launcher.places import ROOT, surroundings
from launcher.speech import last_lines, say, seconds

BIN = Path(sys.prefix) / "bin"
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"  # what is checked here asks no database


def checks() -> dict[str, list[str]]:
    """What each check asks, by the name people know."""
    templates = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("templates/**/*.html"))
    django = [sys.executable, "-W", "ignore", "manage.py"]
    all_checks = {
        "style (ruff)": [str(BIN / "ruff"), "check", "-q", ".", "callcare"],
        "mise en forme (ruff)": [str(BIN / "ruff"), "format", "-q", "--check", ".", "callcare"],
        "types (mypy)": [str(BIN / "mypy"), "--no-error-summary"],
        "étages (import-linter)": [str(BIN / "lint-imports"), "--no-cache"],
        "gabarits (djade)": [str(BIN / "djade"), "--check", "--target-version", "5.2", *templates],
        "dépendances (deptry)": [str(BIN / "deptry"), "--no-ansi", "."],
        "code mort (vulture)": [str(BIN / "vulture")],
        "migrations": [*django, "makemigrations", "--check", "--dry-run"],
        "réglages (Django)": [*django, "check", "--fail-level", "WARNING"],
    }
    return {name: command for name, command in all_checks.items() if templates or "djade" not in name}


def check(options: argparse.Namespace) -> int:
    """0 when every check is content."""
    env = surroundings(Path(os.environ.get("CALLCARE_DATA") or ROOT / "var"), CALLCARE_POOL="0")
    env.setdefault("DATABASE_URL", NO_DATABASE)
    failed = 0
    for name, command in checks().items():
        begun = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        failed += bool(done.returncode)
        say(f"{'✗' if done.returncode else '✓'} {name} ({seconds(time.monotonic() - begun)})")
        if done.returncode:
            say(last_lines(done.stdout + done.stderr, 40))
    say("Tout est en ordre." if not failed else f"{failed} vérification(s) en échec.")
    return min(failed, 1)
