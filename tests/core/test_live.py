"""Words said in a deed reach whoever listens in this process, once it is committed; and nobody else."""

import asyncio
import threading

import psycopg
import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connection, connections, transaction

from callcare.core import live
from tests import loops

pytestmark = pytest.mark.django_db(transaction=True)


def run(walk):
    """In a loop of its own; connections of its threads are given back."""

    async def whole():
        try:
            await asyncio.wait_for(walk(), 20)
        finally:
            await sync_to_async(connections.close_all)()

    loops.run(whole())


@sync_to_async
def say(channel, text, *, commit=True):
    with transaction.atomic():
        live.tell(channel, text)
        if not commit:
            transaction.set_rollback(True)


def test_everybody_who_listens_hears_it_once_and_over_one_connection():
    async def walk():
        async with live.hub().listening("a") as one, live.hub().listening("a", "b") as other:
            await say("a", "1")
            await say("b", "2")
            assert (await one.get()).text == "1"
            heard = [await other.get(), await other.get()]
            assert [(word.channel, word.text) for word in heard] == [("a", "1"), ("b", "2")]
            assert one.empty()
            assert await lines() == 1
        assert await lines() == 0

    run(walk)


def test_what_is_rolled_back_was_never_said():
    async def walk():
        async with live.hub().listening("a") as words:
            await say("a", "lost", commit=False)
            await say("a", "kept")
            assert (await words.get()).text == "kept"

    run(walk)


def test_a_lost_connection_comes_back_and_says_that_words_may_be_missing():
    async def walk():
        async with live.hub().listening("a") as words:
            assert await cut() == 1
            assert (await asyncio.wait_for(words.get(), 5)).is_resync
            await say("a", "again")
            assert (await words.get()).text == "again"

    run(walk)


def test_the_database_may_be_away_when_the_first_one_listens(monkeypatch):
    """She is told as soon as it is back."""
    monkeypatch.setattr(live, "ANSWERS_WITHIN", 0.2)
    whole = psycopg.AsyncConnection.connect
    tries = []

    async def refuse_twice(**facts):
        tries.append(1)
        if len(tries) < 3:
            raise psycopg.OperationalError("away")
        return await whole(**facts)

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", refuse_twice)

    async def walk():
        async with live.hub().listening("a") as words:
            assert (await asyncio.wait_for(words.get(), 5)).is_resync
            await say("a", "back")
            assert (await words.get()).text == "back"

    run(walk)


def test_who_lags_too_far_behind_is_told_to_ask_anew(monkeypatch):
    monkeypatch.setattr(live, "MOST_WAITING", 3)

    async def walk():
        async with live.hub().listening("a") as words:
            for n in range(5):
                await say("a", str(n))
            for _ in range(100):
                await asyncio.sleep(0.01)
                if not words.empty() and words.qsize() < 3:
                    break
            heard = [words.get_nowait() for _ in range(words.qsize())]
            assert any(word.is_resync for word in heard)
            assert heard[-1].text == "4"

    run(walk)


@sync_to_async
def lines():
    """How many connections of this database only listen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        return cursor.fetchone()[0]


@sync_to_async
def cut():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        return cursor.fetchone()[0]


def test_a_request_that_flows_on_holds_no_thread():
    async def flow():
        async with ThreadSensitiveContext():
            first = await sync_to_async(threading.current_thread)()
            assert first.is_alive()
            live.let_go_of_thread()
            await asyncio.to_thread(first.join, 5.0)
            second = await sync_to_async(threading.current_thread)()  # what is left to do at the end still is
            return first.is_alive(), second is first

    assert loops.run(flow()) == (False, False)
