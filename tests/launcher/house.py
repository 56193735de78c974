"""A launcher run as a person runs it, in a folder of its own, with the environment of these tests."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 240  # seconds, on a machine that has much else to do


def plain_environment() -> dict[str, str]:
    """Without what the tests' own run has set: the launcher decides by itself."""
    mine = {"DATABASE_URL", "CALLCARE_DATA", "CALLCARE_POOL", "CALLCARE_SMTP_URL", "CALLCARE_DEMO", "CI"}
    kept = {name: value for name, value in os.environ.items() if name not in mine and not name.startswith("PYTEST")}
    return kept | {"CALLCARE_VENV": sys.prefix}


def callcare(*words: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(ROOT / "callcare"), *words],
        env=plain_environment() | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def said(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Its exit status and all it wrote, once it has ended."""
    try:
        out, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
        raise AssertionError(f"the launcher did not end: {out}") from None
    return process.returncode, out


def wait_for_demo(data: Path, process: "subprocess.Popen[str]") -> dict[str, str]:
    """What the demo told of itself, once the site is open."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        assert process.poll() is None, said(process)[1]
        if (data / "demo.json").exists() and (told := (data / "demo.json").read_text()):
            facts = json.loads(told)
            asked = http.client.HTTPConnection(urlsplit(facts["CALLCARE_URL"]).netloc, timeout=LIMIT)
            asked.request("GET", "/healthz")
            answer = asked.getresponse()
            state = json.loads(answer.read())
            asked.close()
            if answer.status == http.client.OK:
                return facts | {"health": state}
        time.sleep(0.2)
    raise AssertionError("the demo never opened")


def left_behind(data: Path) -> list[str]:
    """The programs of this folder that still run, as lines of their command."""
    lines = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            told = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(data) in line or f"CALLCARE_DATA={data}" in told:
            lines.append(line)
    return lines


def postmaster(data: Path) -> int:
    return int((data / "pg" / "postmaster.pid").read_text().split()[0])
