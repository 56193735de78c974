"""The house behind a real uvicorn, with its door and its streams, on the database of the test.

    def test_it_rings(served, transactional_db): ...   # served.url, served.stop(), served.start()

`live_server` speaks WSGI: no stream flows there.
"""

import gc
import socket
import threading
import time
import warnings
from collections.abc import Iterator

import pytest
import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.handlers.asgi import ASGIHandler

from callcare.calls.door import Door


class House:
    """One server in a thread; it can be stopped and started again at the same address."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"  # the host of `live_server`
        self.start()

    def start(self) -> None:
        app = Door(ASGIStaticFilesHandler(ASGIHandler()))
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, log_level="error", timeout_graceful_shutdown=1, lifespan="off"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 10
        while not self.server.started:
            assert time.monotonic() < deadline, "uvicorn did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()
        with warnings.catch_warnings():  # Django leaves the (empty) body of a request that is cut open
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture
def served(transactional_db, live_server, settings) -> Iterator[House]:
    """Asks for `live_server` too: browsers of `as_person` are signed in for its host, and cookies know no port."""
    house = House()
    yield house
    house.stop()
