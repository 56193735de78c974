"""From a provider's event to the strip on 200 screens: a real uvicorn, real connections, on this machine only.

The time counts from the request at the door to the last byte of the strip on each screen: reading, folding, the
contact, the drawing and 200 copies are in it. The screens live in this process, on the same two cores.
"""

import asyncio
import contextlib
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from statistics import quantiles
from time import perf_counter, time
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from callcare.accounts.models import User
from callcare.calls.actions import open_trunk
from callcare.calls.enums import Provider
from callcare.calls.models import Trunk
from callcare.config.bench.dataset import OPERATOR
from callcare.config.bench.measures import Measure, Row
from callcare.desk.models import Desk
from callcare.directory.enums import ChannelKind
from callcare.directory.models import Channel
from callcare.needs.models import Need

SCREENS = 200
MOST_EVENTS = 60
BUDGET = 250.0  # ms, p95
MOST_BYTES = 2**22  # of one event: a desk where many calls ring begins with all of them
WITHIN = 30.0  # seconds after which the measure gives up


def stream(pick: random.Random, repeats: int) -> Iterator[Row]:
    """Calls that ring, one after the other, seen by 200 browsers of operators of their desk."""
    operator = User.objects.get(email=OPERATOR)
    address = door(operator.desks.get())
    cookies = [_signed_in(operator) for _ in range(SCREENS)]
    numbers = _numbers(pick)
    with house() as port:
        times = asyncio.run(_measured(port, address, cookies, [pick.choice(numbers) for _ in range(_events(repeats))]))
    p50, p95, p99 = (percentile(times, at) for at in (50, 95, 99))
    beside = percentile([_floor(pick) for _ in range(50)], 50)
    yield Row(
        "stream", SCREENS, p50, p99, beside, round(p50 / beside, 1), f"p95 ≤ {BUDGET:g} ms", p95 <= BUDGET, p95,
        repeats=_events(repeats),
    )  # fmt: skip


def _events(repeats: int) -> int:
    return min(repeats, MOST_EVENTS)


def percentile(times: list[float], at: int) -> float:
    return round(quantiles(times, n=100, method="inclusive")[at - 1] * 1000, 2)


def _floor(pick: random.Random) -> float:
    """One look-up by primary key."""
    begun = perf_counter()
    Need.objects.filter(pk=pick.randint(1, 1000)).first()
    return perf_counter() - begun


def door(desk: Desk) -> str:
    """The address of a trunk of its own: a secret is shown once, so each run opens one."""
    slug = f"banc-de-mesure-{Trunk.objects.count()}"
    _, secret = open_trunk(by=None, desk=desk, slug=slug, name="banc de mesure", provider=Provider.GENERIC)
    return f"/cti/{slug}/{secret}"


def _signed_in(operator: User) -> str:
    browser = Client()
    browser.force_login(operator)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


def _numbers(pick: random.Random) -> list[str]:
    """Callers that are known, and one that is not."""
    noted = Channel.objects.filter(kind=ChannelKind.PHONE).order_by("pk").values_list("value", flat=True)[:2000]
    return [*pick.sample(list(noted), min(50, len(noted))), "0353019999"]


@contextlib.contextmanager
def house() -> Iterator[int]:
    """The house as it is served, on the bench's database, at a free port of the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    env = os.environ | {"DATABASE_URL": _url(), "CALLCARE_POOL": "1"}
    command = [sys.executable, "-m", "uvicorn", "callcare.config.asgi:application", "--host", "127.0.0.1"]
    command += ["--app-dir", str(settings.ROOT / "src")]
    command += ["--port", str(port), "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    process = subprocess.Popen(command, env=env)  # noqa: S603  # our own words
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _url() -> str:
    facts = connection.settings_dict
    who = quote(str(facts["USER"])) + (f":{quote(str(facts['PASSWORD']))}" if facts["PASSWORD"] else "")
    where = {"host": facts["HOST"], "port": facts["PORT"]}
    return f"postgresql://{who}@/{facts['NAME']}?{urlencode({name: it for name, it in where.items() if it})}"


async def _measured(port: int, door: str, cookies: list[str], numbers: list[str]) -> list[float]:
    await awake(port)
    async with contextlib.AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(_screen(port, cookie)) for cookie in cookies]
        await asyncio.gather(*(_event(screen, b"event: snapshot") for screen in screens))
        times: list[float] = []
        for at, number in enumerate(numbers):
            begun = perf_counter()
            arrivals = asyncio.gather(*(_event(screen, b"event: strip") for screen in screens))
            await _ring(port, door, f"{time()}-{at}", number)
            times += [arrived - begun for arrived in await asyncio.wait_for(arrivals, WITHIN)]
        return times[SCREENS:] or times  # the first drawing also loads the templates


async def awake(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("the house of the bench did not open")


@contextlib.asynccontextmanager
async def _screen(port: int, cookie: str) -> AsyncIterator[asyncio.StreamReader]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=MOST_BYTES)
    lines = [f"GET {reverse('calls:stream')} HTTP/1.1", "Host: localhost", f"Cookie: {cookie}", "", ""]
    writer.write("\r\n".join(lines).encode())
    try:
        yield reader
    finally:
        writer.close()


async def _event(screen: asyncio.StreamReader, name: bytes) -> float:
    """The instant its last byte is there."""
    await asyncio.wait_for(screen.readuntil(name + b"\n"), WITHIN)
    await asyncio.wait_for(screen.readuntil(b"\n\n"), WITHIN)
    return perf_counter()


async def _ring(port: int, door: str, call: str, number: str) -> None:
    said = json.dumps(
        {"event": "newCall", "callId": call, "from": number, "to": "0353010000", "direction": "in"}
    ).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [
        f"POST {door} HTTP/1.1", "Host: localhost", "Content-Type: application/json",
        f"Content-Length: {len(said)}", "Connection: close", "", "",
    ]  # fmt: skip
    writer.write("\r\n".join(head).encode() + said)
    answer = await reader.read()
    writer.close()
    if b" 200 " not in answer[:20]:
        raise RuntimeError(f"the door of the bench answered {answer[:60]!r}")


MEASURE = Measure("stream", stream)
