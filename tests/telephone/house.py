"""The desk itself, as it is served: uvicorn in a process of its own, on the database of the test."""

import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

from django.db import connection

from launcher.demo import uvicorn
from launcher.places import surroundings
from tests.telephone.processes import LOOPBACK, Program, free_port, wait_for


def database_url() -> str:
    """The address of the test's own database, as libpq writes it."""
    facts = connection.settings_dict
    options = {name: facts[name.upper()] for name in ("host", "port") if facts[name.upper()]}
    return f"postgresql://{quote(facts['USER'])}:{quote(facts['PASSWORD'])}@/{facts['NAME']}?{urlencode(options)}"


class LiveDesk:
    """`url` is where it is served. It can be killed and started again at the same place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "desk"
        self.folder.mkdir()
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        env = surroundings(self.folder, DATABASE_URL=database_url(), CALLCARE_POOL="1", CALLCARE_URL=self.url)
        command = uvicorn("--host", LOOPBACK, "--port", str(self.port), "--log-level", "warning")
        assert command[0] == sys.executable
        self.program = Program("uvicorn", command, self.folder, env=env)
        wait_for(lambda: self._answers() or not self.program.is_running, within=60, why="the desk does not start")
        assert self.program.is_running, self.program.said()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/cti/nobody/nothing", data=b"", timeout=2):  # noqa: S310
                return False
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code == 401
        except OSError:
            return False

    def kill(self) -> None:
        """As the power does."""
        os.killpg(self.program.process.pid, signal.SIGKILL)
        self.program.process.wait(5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.program.stop()
