"""Where the house goes and asks: OVHcloud's stream of events, Asterisk's manager interface. Run by the worker.

Each event is kept as one request before it is read, like those that come to the door. A lost connection is tried again
after one to sixty seconds, and said on the page « Téléphonie »: what happened meanwhile is not told afterwards.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from callcare.calls.actions import hear_pending, note_listening, receive
from callcare.calls.models import Trunk
from callcare.calls.rules.adapters import ADAPTERS, asterisk
from callcare.calls.rules.requests import Request
from callcare.core import clock
from callcare.core.fetch import NotFetched, fetch

OVH_EVENTS = "https://events.voip.ovh.net/"
OVH_PATIENCE = 90.0  # seconds; OVHcloud answers a long request within a minute
LARGEST = 1024 * 1024
LOOKED_EVERY = 20.0  # seconds between two looks at which trunks there are to listen to
LONGEST_WAIT = 60.0
AMI_PATIENCE = 120.0  # seconds of silence after which the line is asked whether it lives

logger = logging.getLogger(__name__)


class Lost(Exception):
    """The provider cannot be heard, for a reason fit to show."""


async def listen_always() -> None:
    """Listen to every trunk that wants it, one task each; ends when it is cancelled."""
    tasks: dict[int, asyncio.Task[None]] = {}
    try:
        while True:
            try:
                wanted = {trunk.pk: trunk for trunk in await _in_thread(_wanted)}
            except Exception:  # the database may be restarting: the next look will do
                logger.exception("no look at the trunks")
                wanted = {}
            for gone in set(tasks) - set(wanted):
                tasks.pop(gone).cancel()
            for pk, trunk in wanted.items():
                if pk not in tasks or tasks[pk].done():
                    tasks[pk] = asyncio.create_task(_keep(trunk))
            await asyncio.sleep(LOOKED_EVERY)
    finally:
        for task in tasks.values():
            task.cancel()


def _wanted() -> list[Trunk]:
    listening = [name for name, adapter in ADAPTERS.items() if adapter.listens]
    return list(Trunk.objects.filter(is_enabled=True, provider__in=listening).select_related("desk").order_by("pk"))


async def _keep(trunk: Trunk) -> None:
    """Listen to one trunk, by one worker at a time: the lock goes with its connection."""
    line = await psycopg.AsyncConnection.connect(**_facts(), autocommit=True)
    try:
        found = await line.execute("SELECT pg_try_advisory_lock(%s, %s)", [0x0CA11, trunk.pk])
        if (await found.fetchone()) == (True,):
            await _listen(trunk)
    finally:
        await line.close()


def _facts() -> dict[str, Any]:
    facts = connection.get_connection_params()
    return {name: facts[name] for name in ("host", "port", "user", "password", "dbname") if facts.get(name)}


async def _listen(trunk: Trunk) -> None:
    source = {"ovh": ovh_events, "asterisk": ami_packets}[trunk.provider]
    wait = 1.0
    while True:
        try:
            async for body in source(trunk):
                wait = 1.0
                await _in_thread(_take, trunk, body)
        except (TimeoutError, Lost, OSError) as error:
            said = str(error) if isinstance(error, Lost) else f"Connexion impossible ({type(error).__name__})."
            await _in_thread(note_listening, trunk, said)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def _take(trunk: Trunk, body: bytes) -> None:
    """Keep one event, then read it; an empty one only says that the line lives."""
    note_listening(trunk, "")
    if not body:
        return
    kind = "application/json" if trunk.provider == "ovh" else "text/plain"
    receive(trunk, Request(headers={"content-type": kind}, body=body, received_at=clock.now()))
    while hear_pending():
        pass


async def ovh_events(trunk: Trunk) -> AsyncIterator[bytes]:
    """One long request after the other; each event of an answer by itself, and b"" for an answer without any."""
    token = trunk.settings.get("token", "")
    if not token:
        raise Lost("Notez le jeton d’évènements donné par OVHcloud.")
    address = trunk.settings.get("address") or OVH_EVENTS
    while True:
        try:
            answer = await asyncio.to_thread(fetch, f"{address}?token={token}", most=LARGEST, patience=OVH_PATIENCE)
        except NotFetched as error:
            raise Lost(str(error)) from error
        for event in events_of(answer.body):
            yield event
        yield b""


def events_of(body: bytes) -> list[bytes]:
    """The events of one answer, whether it is a list, an object of events by their ids, or a single one."""
    try:
        said = json.loads(body or b"[]")
    except ValueError as error:
        raise Lost("La réponse d’OVHcloud n’est pas lisible.") from error
    if isinstance(said, dict):
        said = [said] if "Event" in said or "Data" in said else list(said.values())
    return [json.dumps(one).encode() for one in said if isinstance(one, dict)] if isinstance(said, list) else []


async def ami_packets(trunk: Trunk) -> AsyncIterator[bytes]:
    """The packets that matter, from a login until the line is lost; b"" when Asterisk answers that it lives."""
    host, port = trunk.settings.get("host", ""), trunk.settings.get("port") or "5038"
    if not host or not port.isdecimal():
        raise Lost("Notez le serveur et le port d’Asterisk.")
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port), limit=LARGEST), 10)
    try:
        await asyncio.wait_for(reader.readline(), 10)  # its greeting
        words = {"Username": trunk.settings.get("user", ""), "Secret": trunk.settings.get("secret", "")}
        await _say(writer, "Login", Events="call,agent", **words)
        if b"Success" not in await asyncio.wait_for(_packet(reader), 10):
            raise Lost("Asterisk refuse l’identifiant ou le secret.")
        yield b""
        while True:
            try:
                packet = await asyncio.wait_for(_packet(reader), AMI_PATIENCE)
            except TimeoutError:
                await _say(writer, "Ping")
                packet = await asyncio.wait_for(_packet(reader), 10)
            name = asterisk.packet_of(packet.decode("utf-8", "replace")).get("Event", "")
            yield packet if name in asterisk.WANTED else b""
    except asyncio.IncompleteReadError as error:
        raise Lost("Asterisk a fermé la connexion.") from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _say(writer: asyncio.StreamWriter, action: str, **fields: str) -> None:
    lines = [f"Action: {action}", *(f"{name}: {_one_line(word)}" for name, word in fields.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    await writer.drain()


def _one_line(word: str) -> str:
    """No line break enters the protocol, whatever was typed on the page."""
    return " ".join(word.split())


async def _packet(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


async def _in_thread(work: Callable[..., Any], *words: Any) -> Any:
    def done() -> Any:
        close_old_connections()
        try:
            return work(*words)
        finally:
            close_old_connections()

    return await sync_to_async(done, thread_sensitive=False)()
