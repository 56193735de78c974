"""`./callcare lock`: the locks, from pyproject.toml. Hashes, and no address of any registry."""

import argparse
import subprocess
import sys
from pathlib import Path

from launcher.install import LOCKS
from launcher.places import ROOT
from launcher.speech import Trouble, last_lines, say

SOURCES = {
    "run.lock": ["pyproject.toml", "--extra", "embedded"],
    "dev.lock": ["pyproject.toml", "--extra", "embedded", "--group", "dev"],
    "data.lock": ["--group", "data"],
}


def relock(options: argparse.Namespace) -> int:
    """Versions already locked are kept, unless --upgrade is given."""
    uv = Path(sys.prefix) / "bin" / "uv"
    for name, source in SOURCES.items():
        command = [str(uv), "pip", "compile", *source, "--universal", "--python-version", "3.11", "--quiet"]
        command += ["--generate-hashes", "--no-header", "--no-annotate", "--output-file", str(LOCKS / name)]
        command += ["--upgrade"] if options.upgrade else []
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise Trouble(f"requirements/{name} n’a pas pu être refait :\n{last_lines(done.stderr)}")
        if "://" in (LOCKS / name).read_text():
            raise Trouble(
                f"requirements/{name} contient une adresse : il ne doit avoir que des noms et des empreintes."
            )
        say(f"requirements/{name} est à jour.")
    return 0
