"""Programs of the telephone kit: started in a folder of their own, on free ports, ended by their own number."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock

LOOPBACK = "127.0.0.1"
CARRIER = "127.0.0.2"  # the provider's side of the line; a loopback address too
STRANGER = "127.0.0.3"


# Below the ports the kernel hands to clients by itself: no connection of anybody takes one of ours meanwhile.
LOWEST, HIGHEST = 10_240, 32_000
_given: set[int] = set()
_choosing = Lock()


def free_port(host: str = LOOPBACK, *, span: int = 1) -> int:
    """A port nobody has, over UDP and TCP, with the `span - 1` that follow; this run gives it once."""
    with _choosing:
        for _ in range(1000):
            first = LOWEST + secrets.randbelow(HIGHEST - LOWEST - span) & ~1
            ports = set(range(first, first + span))
            if not ports & _given and all(_is_free(port, host) for port in ports):
                _given.update(ports)
                return first
    raise OSError("no port is free")


def _is_free(port: int, host: str) -> bool:
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind((host, port))
    except OSError:
        return False
    return True


def bound(port: int, host: str = LOOPBACK) -> bool:
    """Does somebody listen on this UDP port? Asked of the kernel, so that nothing is sent."""
    address = "".join(f"{int(part):02X}" for part in reversed(host.split(".")))
    lines = Path("/proc/net/udp").read_text().splitlines()[1:]
    return any(line.split()[1] in {f"{address}:{port:04X}", f"00000000:{port:04X}"} for line in lines)


def wait_for(what: Callable[[], object], *, within: float, why: str) -> None:
    deadline = time.monotonic() + within
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(why)
        time.sleep(0.01)


class Program:
    """One process and its children, in a session of their own. What it wrote stands in `<name>.log`."""

    def __init__(
        self,
        name: str,
        command: Iterable[str | Path],
        folder: Path,
        *,
        notes: Path | None = None,
        env: Mapping[str, str] = os.environ,
    ) -> None:
        self.name, self.log, self.notes = name, folder / f"{name}.log", notes or folder / f"{name}.notes"
        with self.log.open("ab") as written:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**env, "HOME": str(folder), "TERM": "dumb"},
            )

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def wait(self, *, within: float) -> int:
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.stop()
            raise TimeoutError(f"{self.name} is not done after {within} s:\n{self.said()}") from None

    def stop(self) -> None:
        """Ask, then insist. The group is ours alone: it bears the number of the process we started."""
        for number, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)):
            if self.process.poll() is not None:
                break
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
