"""The telephone at the size of a country: events at the door, calls folded from history, a caller among millions.

Events go to a real uvicorn over real connections of this machine; the sender shares the two cores.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from callcare.accounts.models import User
from callcare.calls.actions import BACKLOG, hear_pending, open_trunk
from callcare.calls.enums import ParseState, Provider
from callcare.calls.models import Call, InboundEvent, Trunk
from callcare.calls.raw import Kept, keep
from callcare.calls.rules.requests import Request
from callcare.config.bench import stream
from callcare.config.bench.dataset import OPERATOR
from callcare.config.bench.measures import Measure, Row, timed
from callcare.core import clock, runtime
from callcare.desk.models import Desk
from callcare.directory.callers import who_calls
from callcare.directory.models import Channel

PER_SECOND = 500  # events sent, whatever is answered
SECONDS = 12
LINES = 24  # connections kept open by the providers
HISTORY = 10_000  # calls of the fold
EVENTS = ("newCall", "ringing", "answer", "hangup")
NUMBERS = 3_000_000


def telephone(pick: random.Random, repeats: int) -> Iterator[Row]:
    """The three of them, each on the bench's own database."""
    yield _door(pick)
    yield _fold(pick)
    yield from _caller(pick, repeats)


def _desk() -> Desk:
    return User.objects.get(email=OPERATOR).desks.get()


def _number(pick: random.Random) -> str:
    return f"+3335301{pick.randint(0, 9999):04}"


def _event(kind: str, call: str, caller: str, at: datetime) -> bytes:
    said = {
        "event": kind, "callId": call, "from": caller, "to": "+33353010000", "direction": "in", "ts": at.timestamp(),
        **({"user": OPERATOR} if kind in {"ringing", "answer"} else {}),
        **({"cause": "normalClearing"} if kind == "hangup" else {}),
    }  # fmt: skip
    return json.dumps(said).encode()


def _door(pick: random.Random) -> Row:
    """Events sent at 500 a second, each timed from its turn to its 2xx: a sender that waits would hide the waiting."""
    address = stream.door(_desk())
    now = clock.now()
    callers = {f"bench-{number}": _number(pick) for number in range(PER_SECOND * SECONDS // len(EVENTS))}
    bodies = [_event(kind, call, caller, now) for call, caller in callers.items() for kind in EVENTS]
    with stream.house() as port:
        times, refused, lasted = asyncio.run(_sent(port, address, bodies))
    p50, p95, p99 = (stream.percentile(times, at) for at in (50, 95, 99))
    beside = stream.percentile([_commit() for _ in range(50)], 50)
    accepted = len(times) / lasted
    target = f"≥ {PER_SECOND}/s, p99 ≤ 50 ms"
    ok = not refused and accepted >= PER_SECOND * 0.98 and p99 <= 50
    return Row(
        "door", len(bodies), p50, p99, beside, round(p50 / beside, 1), target, ok, p95, repeats=round(accepted)
    )  # fmt: skip


def _commit() -> float:
    """The floor: one row committed by itself."""
    begun = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS callcare_bench_floor (n int)")
        cursor.execute("INSERT INTO callcare_bench_floor VALUES (1)")
    return perf_counter() - begun


async def _sent(port: int, address: str, bodies: list[bytes]) -> tuple[list[float], int, float]:
    """Times of the answers, how many were not 2xx, and how long it all lasted."""
    await stream.awake(port)
    begun = perf_counter() + 0.5
    answers = await asyncio.gather(*(_line(port, address, bodies[n::LINES], n, begun) for n in range(LINES)))
    times = [time for line, _ in answers for time in line]
    return times, sum(refused for _, refused in answers), perf_counter() - begun


async def _line(port: int, address: str, bodies: list[bytes], place: int, begun: float) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times, refused = [], 0
    for number, body in enumerate(bodies):
        due = begun + (number * LINES + place) / PER_SECOND
        await asyncio.sleep(max(0.0, due - perf_counter()))
        head = f"POST {address} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        length = int(answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(perf_counter() - due)
        refused += b" 200 " not in answer[:16]
    writer.close()
    await writer.wait_closed()
    return times, refused


def _fold(pick: random.Random) -> Row:
    """Ten thousand calls of the past, received in any order, read and folded into contacts."""
    trunk = Trunk.objects.filter(slug="banc-histoire").first() or _history()
    before = Call.objects.filter(trunk=trunk).count()
    begun = datetime(2024, 1, 2, 8, tzinfo=UTC)
    requests = []
    for number in range(HISTORY):
        at = begun + timedelta(minutes=number * 7)
        call, caller = f"h-{before}-{number}", _number(pick)
        kinds = EVENTS if number % 5 else ("newCall", "hangup")
        for second, kind in enumerate(kinds):
            moment = at + timedelta(seconds=second * 9)
            body = _event(kind, call, caller, moment)
            requests.append(Request(headers={"content-type": "application/json"}, body=body, received_at=moment))
    pick.shuffle(requests)
    keep([Kept.of(trunk, one, f"{before}-{place}") for place, one in enumerate(requests)])
    runtime.settle()  # as the worker does
    started = perf_counter()
    while hear_pending(BACKLOG):
        pass
    spent = round((perf_counter() - started) * 1000, 2)
    left = InboundEvent.objects.filter(trunk=trunk, parse_state=ParseState.PENDING).count()
    made = Call.objects.filter(trunk=trunk).count() - before
    beside = stream.percentile([_commit() for _ in range(20)], 50)
    ok = spent <= 10_000 and made == HISTORY and not left
    return Row(
        "fold", HISTORY, spent, spent, beside, round(spent / beside, 1), "≤ 10 s", ok, spent, repeats=len(requests)
    )  # fmt: skip


def _history() -> Trunk:
    trunk, _ = open_trunk(
        by=None, desk=_desk(), slug="banc-histoire", name="banc, histoire", provider=Provider.GENERIC
    )  # fmt: skip
    return trunk


def _caller(pick: random.Random, repeats: int) -> Iterator[Row]:
    """Who calls, among three million numbers: known ones, a switchboard, and numbers nobody noted."""
    _noted()
    known = [f"+336{pick.randint(0, NUMBERS - 1):08}" for _ in range(repeats)]
    asked = [number if place % 4 else f"+337{place:08}" for place, number in enumerate(known)]
    facts: dict[str, Any] = {"table": "directory_channel", "key": "id", "top": NUMBERS}

    def look(number: str) -> int:
        return len(who_calls(number).candidates)

    yield timed("caller", NUMBERS, asked, look, most=2, database_only=True, **facts)
    yield timed("caller-whole", NUMBERS, asked, look, most=None, **facts)


def _noted() -> None:
    """Three million numbers, spread over the organisations; made once, and kept with the bench's database."""
    if Channel.objects.filter(value__startswith="+336").count() >= NUMBERS:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE directory_channel DISABLE TRIGGER USER")
        cursor.execute(
            """
            INSERT INTO directory_channel
                (organisation_id, kind, value, raw, use, certainty, is_public, source, created_at)
            SELECT bodies.ids[1 + n %% array_length(bodies.ids, 1)], 'phone', '+336' || lpad(n::text, 8, '0'), '',
                   CASE WHEN n %% 10 = 0 THEN 'switchboard' ELSE 'direct' END, 'known', false, 'bench', now()
            FROM generate_series(0, %s - 1) AS n,
                 (SELECT array_agg(id ORDER BY id) AS ids FROM directory_organisation) AS bodies
            ON CONFLICT DO NOTHING
            """,
            [NUMBERS],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with promises to check is not altered
        cursor.execute("ALTER TABLE directory_channel ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE directory_channel")


MEASURE = Measure("telephone", telephone)
