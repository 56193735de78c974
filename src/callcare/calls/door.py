"""The door providers knock at: `/cti/<trunk>/<secret>`. It stands in front of Django: a telephone does not wait.

Size, secret and signature are checked over the raw bytes; the request is committed; only then is it answered.
Requests that come together share one commit. What they mean is read afterwards, in a thread of its own, and by the
worker if this process dies in between. Nothing that was answered 2xx is lost.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import close_old_connections

from callcare.calls.actions import hear_pending
from callcare.calls.enums import RefusalReason
from callcare.calls.models import Trunk
from callcare.calls.raw import Kept, count_refusals, keep
from callcare.calls.rules.adapters import Reply
from callcare.calls.rules.requests import Request
from callcare.core import clock

PREFIX = "/cti/"
LARGEST = 64 * 1024  # bytes of a body; a call event has a few hundred
KNOWN_FOR = 5.0  # seconds the list of trunks is believed
LATELY = timedelta(minutes=5)
AT_ONCE = 200  # requests in one commit
KEPT_HEADERS = frozenset({"content-type", "user-agent", "x-forwarded-for"})
SIGNED_HEADERS = "signature"  # headers with this word are kept too: they say how the request was signed

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)


class TurnedAway(Exception):
    """The request is not let in."""

    def __init__(self, status: HTTPStatus, reason: RefusalReason, trunk: Trunk | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.trunk = status, reason, trunk


@dataclass
class Door:
    """One per process. `app` answers whatever is not for us."""

    app: App
    trunks: dict[str, Trunk] = field(default_factory=dict)
    read_at: float = float("-inf")
    waiting: list[tuple[Kept, "asyncio.Future[None]"]] = field(default_factory=list)
    refused: Counter[tuple[int | None, str]] = field(default_factory=Counter)
    committing: "asyncio.Task[None] | None" = None
    hearing: "asyncio.Future[None] | None" = None
    heard_all: bool = True
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "calls"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status, reply = HTTPStatus.OK, await self._let_in(scope, receive)
        except TurnedAway as away:
            self._count(away)
            status, reply = away.status, Reply("text/plain; charset=utf-8", away.status.phrase.encode())
        except Exception:  # the database is away: not kept, so not acknowledged, and the provider tries again
            logger.exception("a request at the door could not be kept")
            status, reply = HTTPStatus.SERVICE_UNAVAILABLE, Reply("text/plain; charset=utf-8", b"")
        headers = [(b"content-type", reply.content_type.encode()), (b"content-length", str(len(reply.body)).encode())]
        headers += [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _let_in(self, scope: Scope, receive: Receive) -> Reply:
        slug, _, secret = scope["path"].removeprefix(PREFIX).rstrip("/").partition("/")
        body = await _body(receive)
        trunk = await self._trunk(slug)
        if trunk is None:
            raise TurnedAway(HTTPStatus.UNAUTHORIZED, RefusalReason.UNKNOWN)
        if not trunk.is_enabled or not trunk.opens_with(secret, at=clock.now()):
            raise TurnedAway(HTTPStatus.UNAUTHORIZED, RefusalReason.SECRET, trunk)
        if body is None:
            raise TurnedAway(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, RefusalReason.TOO_LARGE, trunk)
        request = _request(scope, body)
        adapter = trunk.adapter
        if request.method not in adapter.methods:
            raise TurnedAway(HTTPStatus.METHOD_NOT_ALLOWED, RefusalReason.METHOD, trunk)
        if not adapter.is_genuine(request, trunk.settings):
            raise TurnedAway(HTTPStatus.UNAUTHORIZED, RefusalReason.SIGNATURE, trunk)
        if not adapter.is_fresh(request, trunk.settings):
            raise TurnedAway(HTTPStatus.UNAUTHORIZED, RefusalReason.REPLAYED, trunk)
        await self._keep(Kept.of(trunk, adapter.scrub(request), adapter.dedupe(request)))
        return adapter.reply(request, trunk.settings, _address(scope))

    async def _trunk(self, slug: str) -> Trunk | None:
        """From a list read every few seconds: a stranger's guesses cost the database nothing."""
        if time.monotonic() - self.read_at > KNOWN_FOR:
            self.trunks = await self._in_thread(_all_trunks)
            self.read_at = time.monotonic()
        return self.trunks.get(slug)

    async def _keep(self, kept: Kept) -> None:
        """Returns once the request is committed, together with those that came meanwhile."""
        kept_now: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((kept, kept_now))
        if self.committing is None or self.committing.done():
            self.committing = asyncio.create_task(self._commit())
        await kept_now

    async def _commit(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
            try:
                await self._in_thread(keep, [kept for kept, _ in batch])
            except Exception as error:  # noqa: BLE001  # each of them is told
                for _, told in batch:
                    if not told.done():
                        told.set_exception(error)
            else:
                for _, told in batch:
                    if not told.done():
                        told.set_result(None)
                self._hear()

    def _hear(self) -> None:
        """Have what was kept read, by one thread at a time."""
        self.heard_all = False
        if self.hearing is None or self.hearing.done():
            self.hearing = asyncio.ensure_future(self._hear_all())

    async def _hear_all(self) -> None:
        while not self.heard_all:
            self.heard_all = True
            with contextlib.suppress(Exception):  # logged where it happened; the worker takes up what is left
                while await self._in_thread(_hear_lately):
                    pass
            await self._write_refusals()

    def _count(self, away: TurnedAway) -> None:
        """Counted in memory, written once in a while: a flood of forged requests is no flood of writes."""
        self.refused[away.trunk.pk if away.trunk else None, away.reason.value] += 1
        if self.refused.total() == 1:
            self.late = asyncio.get_running_loop().call_later(1.0, self._hear)

    async def _write_refusals(self) -> None:
        if self.refused:
            counted, self.refused = self.refused, Counter()
            with contextlib.suppress(Exception):
                await self._in_thread(count_refusals, counted)

    async def _in_thread(self, work: Callable[..., Any], *words: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, _with_connection, work, *words)


def _with_connection(work: Callable[..., Any], *words: Any) -> Any:
    close_old_connections()
    try:
        return work(*words)
    finally:
        close_old_connections()


def _hear_lately() -> int:
    """What came to the door just now; the worker reads what is older."""
    return hear_pending(since=clock.now() - LATELY)


def _all_trunks() -> dict[str, Trunk]:
    return {trunk.slug: trunk for trunk in Trunk.objects.select_related("desk").order_by("pk")}


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None where it is too large: the rest is thrown away, so that the answer can be heard."""
    body, more, size = b"", True, 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        size += len(message.get("body", b""))
        body = body + message.get("body", b"") if size <= LARGEST else b""
        more = message.get("more_body", False)
        if size > 200 * LARGEST:
            break
    return body if size <= LARGEST else None


def _request(scope: Scope, body: bytes) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    kept = {name: value[:2000] for name, value in headers.items() if name in KEPT_HEADERS or SIGNED_HEADERS in name}
    query = scope.get("query_string", b"").decode("latin-1")[:4000]
    return Request(headers=kept, body=body, query=query, method=scope["method"], received_at=clock.now())


def _address(scope: Scope) -> str:
    """Where the provider reached us, for those who have to be told where to send what follows."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "localhost")
    return f"{scope.get('scheme', 'https')}://{host}{scope['path']}"
