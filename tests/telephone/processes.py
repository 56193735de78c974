"""Programs of the telephone kit: started in a folder of their own, on free ports, ended by their own number."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1"
CARRIER = "127.0.0.2"  # the provider's side of the line; a loopback address too
STRANGER = "127.0.0.3"


_given: set[int] = set()  # a port is free until its program has it: nobody else of this run is given it meanwhile


def free_port(kind: int = socket.SOCK_DGRAM, host: str = LOOPBACK) -> int:
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port


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
