"""A web server that keeps every request it gets, and can be slow, deaf or away."""

import json
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Self

from tests.telephone.processes import LOOPBACK, wait_for

SECRET = "un-secret-pour-les-essais-de-telephone"  # in the address, as on a real line


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


class Receiver:
    """`hook` is its address. `slow` is how many of the next requests it answers only after `pause` seconds."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.slow, self.pause = 0, 0.0
        self.statuses: list[int] = []  # what the next requests are answered, 200 once it is empty
        self.lock = Lock()
        self.port = 0

    @property
    def hook(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/cti/kamailio/{SECRET}"

    def open(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # the name the library calls
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, pause = receiver.keep(Received(time.time(), self.path, dict(self.headers), body))
                time.sleep(pause)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:  # who waited too long has left
                    self.close_connection = True

            def log_message(self, *words: Any) -> None: ...

        self.server = _Server((LOOPBACK, self.port), Handler)
        self.port = self.server.server_address[1]
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def keep(self, request: Received) -> tuple[int, float]:
        with self.lock:
            self.requests.append(request)
            pause = self.pause if self.slow > 0 else 0.0
            self.slow -= 1
            return (self.statuses.pop(0) if self.statuses else 200), pause

    def events(self) -> list[dict[str, Any]]:
        with self.lock:
            return [request.said for request in self.requests]

    def wait(self, count: int, *, within: float = 20) -> None:
        """Until so many requests have come; then a moment more, for one too many."""
        wait_for(lambda: len(self.requests) >= count, within=within, why=f"{len(self.requests)} of {count} came")
        time.sleep(0.05)

    def quiet(self, *, least: int = 0, for_seconds: float = 0.5, within: float = 30) -> None:
        """Until so many requests have come and no more follow."""
        deadline, seen, since = time.monotonic() + within, -1, time.monotonic()
        while seen < least or time.monotonic() - since < for_seconds:
            assert time.monotonic() < deadline, f"{len(self.requests)} requests, and no end"
            if len(self.requests) != seen:
                seen, since = len(self.requests), time.monotonic()
            time.sleep(0.02)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
