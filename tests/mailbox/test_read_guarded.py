"""The process apart: it is reused, bounded, and its death is no exception."""

import os
import signal
import time
from pathlib import Path

import pytest

from callcare.mailbox import reader
from callcare.mailbox.reader import DIED, NOT_STARTED, TOO_LONG, TOO_MUCH, Reader, Unreadable, read_guarded
from callcare.mailbox.rules.reading import read
from callcare.mailbox.rules.readings import Kind, Ours, Reading
from tests.mailbox import corpus

PLAIN = next(mail.raw for mail in corpus.golden() if mail.name == "clients/gmail")


@pytest.fixture
def own():
    """A reader of this test alone."""
    made: list[Reader] = []

    def make(**how) -> Reader:
        made.append(Reader(**how))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_the_process_apart_understands_the_same():
    for mail in corpus.golden():
        assert read_guarded(mail.raw, corpus.OURS) == read(mail.raw, corpus.OURS), mail.name


def test_one_process_reads_many_mails(own):
    apart = own()
    apart.read(PLAIN, corpus.OURS)
    first = apart.pid
    for _ in range(50):
        assert isinstance(apart.read(PLAIN, corpus.OURS), Reading)
    assert apart.pid == first != os.getpid()


def test_a_process_that_died_while_nobody_asked_is_started_anew(own):
    apart = own()
    apart.read(PLAIN, corpus.OURS)
    os.kill(apart.pid, signal.SIGKILL)
    assert isinstance(apart.read(PLAIN, corpus.OURS), Reading)


def test_a_reading_without_end_is_stopped(own):
    """The process is made to stand still, as a reading that hangs; the next mail gets another one."""
    apart = own(seconds=0.3)
    apart.read(PLAIN, corpus.OURS)
    held = apart.pid
    os.kill(held, signal.SIGSTOP)
    assert apart.read(PLAIN, corpus.OURS) == Unreadable(TOO_LONG)
    with pytest.raises(ProcessLookupError):
        os.kill(held, 0)
    apart.seconds = 5
    assert isinstance(apart.read(PLAIN, corpus.OURS), Reading)


def test_a_large_mail_is_stopped_too(own):
    """More bytes than a pipe holds, to a process that does not listen."""
    apart = own(seconds=0.3)
    apart.read(PLAIN, corpus.OURS)
    os.kill(apart.pid, signal.SIGSTOP)
    assert apart.read(PLAIN + b"x" * 5_000_000, corpus.OURS) == Unreadable(TOO_LONG)


def test_too_much_memory_is_said(own):
    apart = own(memory=60_000_000)
    assert isinstance(apart.read(PLAIN, corpus.OURS), Reading)
    assert apart.read(PLAIN + b"x" * 39_000_000, corpus.OURS) == Unreadable(TOO_MUCH)
    assert isinstance(apart.read(PLAIN, corpus.OURS), Reading)


def test_a_large_mail_fits(own):
    opened = b"--000000000000a1\r\nContent-Type: x/y\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = PLAIN.replace(b"--000000000000a1--", opened)
    (part,) = own().read(raw + b"QUJD" * 5_000_000 + b"\r\n--000000000000a1--", corpus.OURS).parts
    assert part.size == 15_000_000


def test_a_reader_that_cannot_start_is_said(own, monkeypatch):
    monkeypatch.setattr(reader.sys, "executable", "/nonexistent/python")
    assert own().read(PLAIN, corpus.OURS) == Unreadable(NOT_STARTED)


def test_nonsense_from_the_process_is_no_reading(own, monkeypatch):
    apart = own()
    monkeypatch.setattr(reader.json, "loads", lambda said: {"kind": "?"})
    assert apart.read(PLAIN, corpus.OURS) == Unreadable(DIED)


def test_the_process_knows_no_secret(own, monkeypatch):
    monkeypatch.setenv("CALLCARE_SECRET_KEY", "hush")
    monkeypatch.setenv("DATABASE_URL", "postgres://hush")
    apart = own()
    apart.read(PLAIN, corpus.OURS)
    about = Path(f"/proc/{apart.pid}")
    surroundings = (about / "environ").read_bytes()
    assert b"PYTHONPATH" in surroundings
    assert b"hush" not in surroundings
    assert b"psycopg" not in (about / "maps").read_bytes()
    assert len(list((about / "fd").iterdir())) <= 5


def test_the_process_ends_with_its_owner(own):
    apart = own()
    apart.read(PLAIN, corpus.OURS)
    child = apart._child
    apart._line.close()
    assert child.wait(10) == 0


def test_our_own_copies_are_recognised_by_who_knows_the_keys():
    """The process apart has no key, and no database: whether an identifier is ours is asked here."""
    asked = []
    ours = Ours("call-care.test", lambda one: asked.append(one) or True)
    answer = read_guarded(PLAIN, ours)
    assert answer.kind == Kind.OWN
    assert answer.why.startswith("Son identifiant est l’un des nôtres")
    assert asked == ["<CAB+x1@mail.exemple.test>"]


def test_fifty_mails_a_second_with_room_to_spare():
    """In processor time of this side; the other side's is held by the bombs."""
    begun = time.process_time()
    for _ in range(200):
        read_guarded(PLAIN, corpus.OURS)
    assert time.process_time() - begun < 200 / 50
