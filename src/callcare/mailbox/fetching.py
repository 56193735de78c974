"""Where the house goes and fetches its mails. Run by the worker: one thread for each box, by one worker at a time.

A mail is committed as bytes first; only then the server is told that it arrived. What IDLE says is a hint: after
every wait the folder is looked at, and every five minutes all that came within a week is compared with what is kept.
"""

import asyncio
import contextlib
import logging
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, connections

from callcare.core import clock
from callcare.mailbox import raw
from callcare.mailbox.actions import box_moved, note_contact, note_trouble, read_pending
from callcare.mailbox.line import Facts, Line, Trouble, opened
from callcare.mailbox.models import Mailbox, RawMail

IDLES = 60.0  # seconds; servers allow 29 minutes, and a line cut without a word is noticed the sooner
WITHOUT_IDLE = 20.0  # seconds between two looks where the server knows no IDLE
COMPARED_EVERY = 300.0
COMPARED = timedelta(days=7)
LOOKED_EVERY = 5.0  # seconds between two looks at which boxes there are
READ_EVERY = 5.0  # seconds after which what waits is read even if nobody said that something came
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
BATCH, BATCH_BYTES = 50, 8 * 1024 * 1024  # committed at once
LOCK = 0x0CA12

logger = logging.getLogger(__name__)


async def fetch_always() -> None:
    """Fetch every box that is in service, and read what was fetched; ends when it is cancelled."""
    tending: dict[int, Tending] = {}
    reading = Reading()
    reading.start()
    try:
        while True:
            try:
                wanted = await sync_to_async(_given_back, thread_sensitive=False)(_wanted)
            except Exception:  # the database may be restarting: the next look will do
                logger.exception("no look at the boxes")
                wanted = {pk: one.words for pk, one in tending.items()}
            for pk, one in list(tending.items()):
                if wanted.get(pk) != one.words or not one.is_alive():
                    tending.pop(pk).stop()
            for pk, words in wanted.items():
                if pk not in tending:
                    tending[pk] = Tending(pk, words, reading.wake)
                    tending[pk].start()
            await asyncio.sleep(LOOKED_EVERY)
    finally:
        for one in tending.values():
            one.stop()
        reading.stop()


def _wanted() -> dict[int, tuple[Any, ...]]:
    """Every box in service, with what its line depends on."""
    rows = Mailbox.objects.filter(is_enabled=True).order_by("pk")
    words = rows.values_list("pk", "host", "port", "security", "login", "sealed", "folder", "treated")
    return {row[0]: tuple(bytes(one) if isinstance(one, memoryview) else one for one in row[1:]) for row in words}


def _given_back(work: Callable[..., Any], *words: Any) -> Any:
    close_old_connections()
    try:
        return work(*words)
    finally:
        connection.close()


class Reading(threading.Thread):
    """Reads what was fetched, at once; a mail that takes its time holds up no box."""

    def __init__(self) -> None:
        super().__init__(name="mail-reading", daemon=True)
        self._came, self._over = threading.Event(), threading.Event()

    def wake(self) -> None:
        self._came.set()

    def stop(self) -> None:
        self._over.set()
        self._came.set()

    def run(self) -> None:
        while not self._over.is_set():
            try:
                while not self._over.is_set() and read_pending():
                    pass
            except Exception:  # the database may be restarting
                logger.exception("no reading of mails")
            finally:
                connections.close_all()
            self._came.wait(READ_EVERY)
            self._came.clear()


@dataclass(eq=False)
class Tending(threading.Thread):
    """One box, fetched until somebody says stop."""

    pk: int
    words: tuple[Any, ...]
    wake: Callable[[], None]
    _line: Line | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__init__(name=f"mailbox-{self.pk}", daemon=True)
        self.over = threading.Event()

    def stop(self) -> None:
        self.over.set()
        if line := self._line:
            line.break_off()

    def run(self) -> None:
        try:
            with _alone(self.pk) as lock:
                if lock is not None:
                    self._tend(lock)
        except Exception:  # the next look starts it again
            logger.exception("box %d is left", self.pk)
        finally:
            connections.close_all()

    def _tend(self, lock: "psycopg.Connection[Any]") -> None:
        wait = FIRST_WAIT
        while not self.over.is_set():
            lock.execute("SELECT 1")  # lost with its connection: another worker may be fetching already
            box = Mailbox.objects.select_related("desk").get(pk=self.pk)
            try:
                with opened(box) as self._line:
                    wait = FIRST_WAIT
                    for _ in rounds(self._line, box, self.over, self.wake):
                        lock.execute("SELECT 1")
            except Trouble as trouble:
                if self.over.is_set():
                    return
                note_trouble(box, str(trouble))
                wait = LONGEST_WAIT if trouble.is_for_people else wait
            finally:
                self._line = None
                connection.close()
            self.over.wait(wait * random.uniform(0.7, 1.3))  # noqa: S311  # so that boxes do not knock together
            wait = min(wait * 2, LONGEST_WAIT)


@contextlib.contextmanager
def _alone(pk: int) -> Iterator["psycopg.Connection[Any] | None"]:
    """Nobody else fetches this box meanwhile: the lock goes with its own connection. None where somebody does."""
    facts = connection.get_connection_params()
    mine = {name: facts[name] for name in ("host", "port", "user", "password", "dbname") if facts.get(name)}
    with psycopg.connect(**mine, autocommit=True) as lock:
        found = lock.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk]).fetchone()
        yield lock if found == (True,) else None


def rounds(line: Line, box: Mailbox, over: threading.Event, came: Callable[[], None]) -> Iterator[int]:
    """Look, wait, look again, until somebody says stop; how many mails each look brought."""
    if line.uidvalidity != box.uidvalidity:
        box_moved(box, line.uidvalidity)
    compared = 0.0
    while not over.is_set():
        new = take(line, box, line.after(box.last_uid))
        if not compared or monotonic() - compared > COMPARED_EVERY:
            new += compare(line, box)
            compared = monotonic()
        note_contact(box)
        if new:
            came()
        yield new
        if not line.can_idle:
            over.wait(WITHOUT_IDLE)
            line.noop()
        elif not new:  # after news there may be more at once
            line.idle(IDLES)


def take(line: Line, box: Mailbox, uids: Sequence[int]) -> int:
    """Fetch these, commit them, and only then tell the server. How many are new."""
    new = 0
    for some in _batches(line.facts(uids)):
        mails = [mail for one in some if (mail := line.fetch(one))]
        new += raw.keep(box.pk, line.uidvalidity, mails)
        box.last_uid = max([box.last_uid, *(mail.uid for mail in mails)])
        line.acknowledge([mail.uid for mail in mails])
    return new


def compare(line: Line, box: Mailbox) -> int:
    """All that came within a week against what is kept: what is missing is fetched, what is kept is said so again."""
    day = (clock.now() - COMPARED).date()
    there = line.since(day)
    kept = set(
        RawMail.objects.filter(mailbox=box.pk, uidvalidity=line.uidvalidity, uid__in=there).values_list(
            "uid", flat=True
        )
    )
    unsaid = line.since(day, unseen=True) if line.leaves_unmoved() else there
    if owed := [uid for uid in unsaid if uid in kept]:
        line.acknowledge(owed)
    return take(line, box, [uid for uid in there if uid not in kept])


def _batches(facts: Sequence[Facts]) -> Iterator[list[Facts]]:
    some: list[Facts] = []
    size = 0
    for one in facts:
        if some and (len(some) >= BATCH or size + one.size > BATCH_BYTES):
            yield some
            some, size = [], 0
        some.append(one)
        size += one.size
    if some:
        yield some
