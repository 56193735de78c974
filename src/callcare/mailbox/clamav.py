"""Asking ClamAV: the few lines of clamd's protocol that scan a stream."""

import contextlib
import socket
import struct
from contextlib import closing
from dataclasses import dataclass

from django.conf import settings

from callcare.mailbox.enums import ScanState

SECONDS = 60
CHUNK = 1 << 16
LONGEST_ANSWER = 4096


class NoScanner(Exception):
    """No scanner is named, or it does not answer: nothing is known of the file."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said."""

    state: ScanState
    said: str


def is_named() -> bool:
    """Does the house know of a scanner?"""
    return bool(settings.CLAMD)


def scan(data: bytes) -> Verdict:
    """What clamd says of these bytes. Raises NoScanner when nobody can be asked."""
    try:
        with closing(_line()) as line:
            line.sendall(b"zINSTREAM\0")
            is_taken = _send(line, data)
            said = _answer(line)
    except (OSError, ValueError) as error:
        raise NoScanner(str(error)) from error
    if not said and not is_taken and _lives():
        return Verdict(ScanState.FAILED, "refusée par l’antivirus avant la fin")
    return _verdict(said)


def _send(line: socket.socket, data: bytes) -> bool:
    """False where clamd hangs up before the end, as it does with what is longer than it takes."""
    try:
        for at in range(0, len(data), CHUNK):
            piece = data[at : at + CHUNK]
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _lives() -> bool:
    """Does it still answer? Then it did not like the file; else nothing is known of the file."""
    with contextlib.suppress(OSError, ValueError), closing(_line()) as line:
        line.sendall(b"zPING\0")
        return _answer(line) == "PONG"
    return False


def _line() -> socket.socket:
    """`unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`."""
    way, _, where = settings.CLAMD.partition(":")
    if way == "unix" and where:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    if way == "tcp" and where:
        host, _, port = where.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    raise NoScanner("no scanner is named")


def _answer(line: socket.socket) -> str:
    said = b""
    with contextlib.suppress(ConnectionResetError):  # what it said before it hung up counts
        while b"\0" not in said and len(said) < LONGEST_ANSWER:
            if not (more := line.recv(1024)):
                break
            said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(said: str) -> Verdict:
    """« stream: OK », « stream: Eicar-Test-Signature FOUND », « INSTREAM size limit exceeded. ERROR »."""
    what = said.removeprefix("stream: ")
    if what == "OK":
        return Verdict(ScanState.CLEAN, "")
    if what.endswith(" FOUND"):
        return Verdict(ScanState.INFECTED, what.removesuffix(" FOUND")[:200])
    if what.endswith("ERROR"):
        return Verdict(ScanState.FAILED, what[:200])
    raise NoScanner("an answer nobody understands")
