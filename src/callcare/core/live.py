"""What happens in the house, told to whoever is listening in this process.

A deed says `tell(channel, text)`: it leaves with the commit, or not at all. One connection per process listens
(`LISTEN`), and hands each word to everybody who listens here. After a lost connection it comes back by itself and
says RESYNC: words may have been missed, so whoever shows a state asks for it anew.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from asgiref.sync import SyncToAsync
from django.db import close_old_connections, connection
from psycopg import sql

MOST_WAITING = 1000  # words a listener may lag behind before it is told to ask anew
PROBED_EVERY = 30.0  # seconds of silence after which the connection is asked whether it still lives
ANSWERS_WITHIN = 5.0
BACKOFF = (0.1, 0.3, 1.0, 2.0, 5.0)  # seconds between two tries
OURS = {"host", "hostaddr", "port", "user", "password", "dbname", "service", "passfile"}  # and whatever concerns TLS

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said on which channel."""

    channel: str
    text: str

    @property
    def is_resync(self) -> bool:
        """Some words may be missing: ask for the present state."""
        return not self.channel


RESYNC = Word("", "")
Words = asyncio.Queue[Word]


def tell(channel: str, text: str) -> None:
    """Say it to every process: with the commit of the deed under way. Ids only; at most 8,000 bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, text])


@dataclass(eq=False)
class Hub:
    """One per event loop, hence per process. It listens while somebody does, and lets go of its connection after."""

    listeners: dict[str, set[Words]] = field(default_factory=lambda: defaultdict(set))
    task: "asyncio.Task[None] | None" = None
    line: "psycopg.AsyncConnection[Any] | None" = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def listening(self, *channels: str) -> AsyncIterator[Words]:
        """A queue of the words said on these channels from now on; RESYNC among them when some may be missing."""
        words: Words = asyncio.Queue(MOST_WAITING)
        is_new = {channel for channel in channels if not self.listeners[channel]}
        for channel in channels:
            self.listeners[channel].add(words)
        if self.task is None or is_new:
            await self._stop()
            self.task = asyncio.create_task(self._run())
        with contextlib.suppress(TimeoutError):  # the database is away: once it is back, RESYNC comes first
            await asyncio.wait_for(self.ready.wait(), ANSWERS_WITHIN)
        try:
            yield words
        finally:
            for channel in channels:
                self.listeners[channel].discard(words)
            if not any(self.listeners.values()):
                await self._stop()

    async def _stop(self) -> None:
        task, self.task = self.task, None
        self.ready.clear()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        tries, is_first = 0, True
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_address(), autocommit=True) as self.line:
                    for channel in [name for name, heard in self.listeners.items() if heard]:
                        await self.line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    if not is_first:
                        self._to_all(RESYNC)
                    tries, is_first = 0, False
                    self.ready.set()
                    await self._hear(self.line)
            except (OSError, psycopg.Error, TimeoutError) as error:
                is_first = False
                wait = BACKOFF[min(tries, len(BACKOFF) - 1)]
                logger.warning("the line to the database is lost (%s); again in %s s", type(error).__name__, wait)
                tries += 1
                await asyncio.sleep(wait)
            finally:
                self.line = None

    async def _hear(self, line: "psycopg.AsyncConnection[Any]") -> None:
        while True:
            async for said in line.notifies(timeout=PROBED_EVERY):
                for words in self.listeners.get(said.channel, ()):
                    _put(words, Word(said.channel, said.payload))
            async with asyncio.timeout(ANSWERS_WITHIN):  # a connection cut without a word looks like silence
                await line.execute("SELECT 1")

    def _to_all(self, word: Word) -> None:
        for words in set().union(*self.listeners.values()):
            _put(words, word)


def _put(words: Words, word: Word) -> None:
    """A listener that lags too far behind loses the single words, and is told so."""
    if words.full():
        while not words.empty():
            words.get_nowait()
        word = RESYNC
    words.put_nowait(word)


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the loop we are in."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def _address() -> dict[str, Any]:
    """Where Django's own connections go."""
    facts = connection.get_connection_params()
    return {name: value for name, value in facts.items() if name in OURS or name.startswith("ssl")}


def let_go_of_thread() -> None:
    """A stream says it once it flows: each request holds a thread of its own until it ends, and a stream lasts hours.

    Whatever still has to be done at its end gets another.
    """
    request = SyncToAsync.thread_sensitive_context.get(None)
    threads = SyncToAsync.context_to_thread_executor.pop(request, None) if request else None
    if threads is not None:
        threads.shutdown(wait=False)


async def beside(threads: Executor, work: Callable[..., Any], *words: Any) -> Any:
    """Ask the database in another thread; its connection goes back to the others at once, not when a stream ends."""
    return await asyncio.get_running_loop().run_in_executor(threads, _given_back, work, *words)


def _given_back(work: Callable[..., Any], *words: Any) -> Any:
    close_old_connections()
    try:
        return work(*words)
    finally:
        connection.close()
