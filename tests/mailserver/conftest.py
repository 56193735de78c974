import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from callcare.mailbox import fetching
from callcare.mailbox.models import Mailbox
from tests.mailbox import stage
from tests.mailserver.dovecot import PASSWORD, Dovecot


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


class Worker:
    """The worker's loop, in a thread of its own."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.task = self.loop.create_task(fetching.fetch_always())
        try:
            self.loop.run_until_complete(self.task)
        except asyncio.CancelledError:
            pass
        finally:
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()
            connections.close_all()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join(10)
        for thread in threading.enumerate():
            if thread.name.startswith(("mailbox-", "mail-reading")):
                thread.join(10)


@pytest.fixture
def worker(transactional_db, monkeypatch) -> Iterator[Worker]:
    monkeypatch.setattr(fetching, "LOOKED_EVERY", 0.2)
    monkeypatch.setattr(fetching, "FIRST_WAIT", 0.2)
    monkeypatch.setattr(fetching, "LONGEST_WAIT", 0.5)
    worker = Worker()
    yield worker
    worker.stop()


@pytest.fixture
def connected(transactional_db) -> Callable[..., Mailbox]:
    """`connected(dovecot)`: the box of the desk of Lille, on this server."""

    def connect(server: Dovecot, *, port: int = 0, **over: object) -> Mailbox:
        facts = {"host": "127.0.0.1", "port": port or server.imap, "security": "none", "password": PASSWORD}
        return stage.box(**{**facts, **over})

    return connect
