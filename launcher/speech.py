"""What the launcher says: steps with their time, and troubles in one sentence."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 3  # seconds between two dots, so that a long step is seen to live


class Trouble(Exception):
    """A foreseeable cause: one French sentence, with what to do. Shown without a traceback."""


def say(sentence: str = "", *, end: str = "\n") -> None:
    """Nobody listening any more (a closed pipe, a closed terminal) never keeps us from ending our work."""
    try:
        print(sentence, end=end, flush=True)
    except OSError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # for the rest of our life


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, then how long it took."""
    say(f"· {title} …", end="")
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        say()
        raise
    say(f" {seconds(time.monotonic() - begun)}")


def seconds(duration: float) -> str:
    return f"{duration:.1f} s".replace(".", ",")


def patiently(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> tuple[int, str]:
    """Run a command that says nothing to the person; a dot now and then. Its exit status and all it wrote."""
    process = subprocess.Popen(
        command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    while True:
        try:
            written, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            say(".", end="")
        except BaseException:
            process.terminate()
            process.wait()
            raise
        else:
            return process.returncode, written.decode(errors="replace")


def warn(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def last_lines(text: str, count: int = 12) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines()[-count:])
