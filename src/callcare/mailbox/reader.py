"""Reading behind a wall: mails are read in a process of their own, which may be stopped, and which knows no secret.

One child reads thousands of mails. It is started anew when it dies, when it takes too long or too much memory, and
after a while in any case. It gets bytes, it gives JSON; it sees neither the settings, nor the database, nor our keys.
"""

import atexit
import contextlib
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callcare.mailbox.rules import classify, wire
from callcare.mailbox.rules.reading import LARGEST_MAIL, understand
from callcare.mailbox.rules.readings import Kind, Ours, Reading

SECONDS = 5.0
START_SECONDS = 20.0
MEMORY = 200_000_000
NO_MEMORY = 3  # how the child ends when it has too little
GOODBYE_SECONDS = 1.0
LARGEST_ANSWER = 32_000_000
MOST_MAILS = 5_000  # of one child

TOO_LONG = "La lecture a duré trop longtemps."
TOO_MUCH = "La lecture demande trop de mémoire."
DIED = "La lecture s’est arrêtée brusquement."
NOT_STARTED = "Le lecteur de courriels n’a pas pu démarrer."

_LENGTHS = struct.Struct("!II")
_LENGTH = struct.Struct("!I")
_READY = b"R"


@dataclass(frozen=True)
class Unreadable:
    """A mail that could not be read; its card shows the original. `reason` is a French sentence."""

    reason: str


class _Gone(Exception):
    """The child is no more, or must be no more."""


class _NotStarted(Exception):
    """No child would start."""


def read_guarded(raw: bytes, ours: Ours) -> Reading | Unreadable:
    """What is understood of a mail. Never raises because of the mail, and never takes more than five seconds of it.

    `ours.is_signed` is asked in this process, once the mail is read: it may look into the database.
    """
    answer = _reader.read(raw, ours)
    if isinstance(answer, Reading) and (why := classify.own_by_id(answer.message_id, ours)):
        return replace(answer, kind=Kind.OWN, why=why, failures=())
    return answer


def close() -> None:
    """Stop the child, if there is one."""
    _reader.close()


class Reader:
    """One child, asked by one thread at a time."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self.seconds = seconds
        self.memory = memory
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._owner = 0  # the process that started the child: another one, forked, starts its own
        self._count = 0

    def read(self, raw: bytes, ours: Ours) -> Reading | Unreadable:
        with self._lock:
            for _ in range(2):  # a child may have died while nobody asked: that is not the mail's fault
                try:
                    return self._asked(self._ready(), raw, ours)
                except _NotStarted:
                    self._stop()
                    return Unreadable(NOT_STARTED)
                except TimeoutError:
                    self._stop()
                    return Unreadable(TOO_LONG)
                except (ValueError, KeyError, TypeError):  # what came is no reading
                    self._stop()
                except (OSError, _Gone):
                    had_no_memory = self._ended() == NO_MEMORY
                    self._stop()
                    if had_no_memory:
                        return Unreadable(TOO_MUCH)
            return Unreadable(DIED)

    def close(self) -> None:
        with self._lock:
            self._stop()

    @property
    def pid(self) -> int | None:
        """The child's process, for who must watch it."""
        return self._child.pid if self._child else None

    def _asked(self, line: socket.socket, raw: bytes, ours: Ours) -> Reading | Unreadable:
        until = time.monotonic() + self.seconds
        raw = raw[: LARGEST_MAIL + 1]  # the child says that the rest is not read
        facts = json.dumps(_facts(ours)).encode()
        _send(line, _LENGTHS.pack(len(facts), len(raw)) + facts, until)
        _send(line, raw, until)
        (length,) = _LENGTH.unpack(_receive(line, _LENGTH.size, until))
        if length > LARGEST_ANSWER:
            raise _Gone
        said: dict[str, Any] = json.loads(_receive(line, length, until))
        self._count += 1
        if self._count >= MOST_MAILS:
            self._stop()
        return wire.from_json(said)

    def _ready(self) -> socket.socket:
        """The line to a child that lives."""
        if self._owner != os.getpid():
            self._child = None
        if self._line and self._child and self._child.poll() is None:
            return self._line
        self._stop()
        try:
            return self._start()
        except (OSError, _Gone) as error:
            raise _NotStarted from error

    def _start(self) -> socket.socket:
        self._line, theirs = socket.socketpair()
        self._owner, self._count = os.getpid(), 0
        with theirs:
            self._child = subprocess.Popen(  # noqa: S603  # our own module, by the Python that runs us
                [sys.executable, "-m", "callcare.mailbox.reader", str(self.memory)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_surroundings(os.environ),
                close_fds=True,
            )
        if _receive(self._line, len(_READY), time.monotonic() + START_SECONDS) != _READY:
            raise _Gone
        return self._line

    def _ended(self) -> int | None:
        """What the child said by its end; None when it does not end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._child.wait(GOODBYE_SECONDS) if self._child else None
        return None

    def _stop(self) -> None:
        if self._line:
            self._line.close()
        if self._child and self._owner == os.getpid():
            self._child.kill()
            with contextlib.suppress(OSError):
                self._child.wait()
        self._child, self._line = None, None


def serve(line: socket.socket) -> None:
    """The child's whole life: a mail in, a reading out, until nobody asks any more."""
    _send(line, _READY)
    while True:
        try:
            facts_length, length = _LENGTHS.unpack(_receive(line, _LENGTHS.size))
        except _Gone:
            return
        facts = json.loads(_receive(line, facts_length))
        said = wire.as_json(understand(_receive(line, length), _ours(facts)))
        answer = json.dumps(said).encode("ascii")
        _send(line, _LENGTH.pack(len(answer)) + answer)


def main() -> None:
    """The child begins: bounded memory, no core file, deaf to Ctrl-C, which is its parent's to hear."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as line, contextlib.suppress(OSError):
        try:
            serve(line)
        except MemoryError:
            os._exit(NO_MEMORY)


def _facts(ours: Ours) -> dict[str, Any]:
    return {
        "domain": ours.domain,
        "instance": ours.instance,
        "addresses": sorted(ours.addresses),
        "servers": sorted(ours.servers),
    }


def _ours(facts: dict[str, Any]) -> Ours:
    return Ours(
        domain=facts["domain"],
        is_signed=_never,
        instance=facts["instance"],
        addresses=frozenset(facts["addresses"]),
        servers=frozenset(facts["servers"]),
    )


def _never(_message_id: str) -> bool:
    """The child has no key: its parent looks at identifiers."""
    return False


def _surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """What a Python needs to start, and nothing of the house."""
    kept = {name: environment[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in environment}
    # One heap for all: several of glibc's reserve more addresses than the child may have.
    source = str(Path(__file__).resolve().parents[2])
    return kept | {"PYTHONPATH": source, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}


def _send(line: socket.socket, data: bytes, until: float | None = None) -> None:
    _wait_until(line, until)
    line.sendall(data)


def _receive(line: socket.socket, length: int, until: float | None = None) -> bytes:
    """Exactly so many bytes. Raises _Gone when the other side ends, TimeoutError when time is up."""
    data = bytearray(length)
    view, got = memoryview(data), 0
    while got < length:
        _wait_until(line, until)
        count = line.recv_into(view[got:], min(length - got, 1 << 20))
        if not count:
            raise _Gone
        got += count
    view.release()
    return bytes(data)


def _wait_until(line: socket.socket, until: float | None) -> None:
    if until is None:
        line.settimeout(None)
        return
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


_reader = Reader()
atexit.register(close)

if __name__ == "__main__":
    main()
