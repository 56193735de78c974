"""One supervisor: children in their own process groups, started in order, stopped in order, all or none."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from launcher.speech import Trouble, last_lines, say

LIBC = ctypes.CDLL(None)
DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


@dataclass
class Child:
    """A program of ours: its name for people, and how long it may take to stop (seconds)."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    patience: float

    def is_dead(self) -> bool:
        return self.process.poll() is not None

    def signal(self, number: int) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def stop(self) -> None:
        """Ask, wait, then insist."""
        if not self.is_dead():
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGKILL)
                self.process.wait()
        self.signal(signal.SIGKILL)  # what the child left behind in its group


class Vital(Protocol):
    """What is not our child, and without which the house is no good: the database server."""

    name: str
    log: Path

    def is_dead(self) -> bool: ...


def last_words(log: Path) -> str:
    try:
        return last_lines(log.read_text(errors="replace"))
    except OSError:
        return ""


class Asked(BaseException):
    """Somebody asked us to stop, by Ctrl-C or by a signal."""


@dataclass
class Supervisor:
    """The last child started is the first stopped."""

    logs: Path
    children: list[Child] = field(default_factory=list)
    vital: list[Vital] = field(default_factory=list)

    def listen(self) -> None:
        """From now on SIGINT, SIGTERM and a closed terminal raise Asked, once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)

    def deafen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.deafen()  # a second Ctrl-C must not interrupt the orderly stop
        raise Asked

    def start(
        self,
        name: str,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        patience: float,
        handles: Sequence[int] = (),
    ) -> Child:
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        parent = os.getpid()

        def born() -> None:
            LIBC.prctl(DIE_WITH_PARENT, signal.SIGTERM)  # a launcher killed outright leaves no orphan
            if os.getppid() != parent:
                os._exit(1)

        with log.open("wb") as written:
            process = subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=handles,
                preexec_fn=born,  # noqa: PLW1509  # the launcher has one thread
            )
        child = Child(name, process, log, patience)
        self.children.append(child)
        return child

    def check(self) -> None:
        """Raise Trouble when one has died: the others are no good without it."""
        watched: list[Vital] = [*self.vital, *self.children]
        for one in watched:
            if one.is_dead():
                raise Trouble(
                    f"« {one.name} » s’est arrêté tout seul. Ses dernières lignes ({one.log}) :\n{last_words(one.log)}"
                )

    def watch(self) -> None:
        """Until somebody asks to stop, or a child dies."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        self.deafen()
        while self.children:
            child = self.children.pop()
            say(f"· Arrêt de « {child.name} »")
            child.stop()
