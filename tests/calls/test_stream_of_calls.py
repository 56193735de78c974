"""The stream of an operator: what is there, each change, and its end. Real LISTEN and NOTIFY, no browser."""

import asyncio
import contextlib
import json

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from django.urls import reverse

from callcare.accounts.actions import close_account
from callcare.accounts.models import User
from callcare.calls import board
from callcare.calls.actions import take_call
from callcare.calls.models import Call, Presence
from callcare.core import live
from callcare.core.deeds import Refused
from callcare.desk.actions import identify
from callcare.desk.models import Draft, Interaction
from tests import cast, loops
from tests.calls import stage
from tests.core.test_live import cut, lines

pytestmark = pytest.mark.django_db(transaction=True)


class Reading:
    """The events of one open stream, as (name, data)."""

    def __init__(self, answer):
        self.status = answer.status_code
        self.chunks = answer.streaming_content if answer.streaming else None

    async def next(self, within=5.0):
        """The next event; comments that keep the line open are passed over."""
        while True:
            chunk = await asyncio.wait_for(anext(self.chunks), within)
            text = chunk.decode()
            if text.startswith("event: "):
                name, _, data = text.strip().partition("\n")
                return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))

    async def nothing(self, within=0.4):
        """Nothing comes for a while."""
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            name, data = await self.next(within)
            raise AssertionError(f"{name}: {data}")


@contextlib.asynccontextmanager
async def watching(who):
    user = await sync_to_async(who)()
    browser = AsyncClient()
    await sync_to_async(browser.force_login)(user)
    answer = await browser.get(reverse("calls:stream"))
    reading = Reading(answer)
    try:
        yield reading
    finally:
        if reading.chunks is not None:
            await reading.chunks.aclose()


def run(walk):
    async def whole():
        try:
            await asyncio.wait_for(walk(), 30)
        finally:
            board.board().threads.shutdown()
            await sync_to_async(connections.close_all)()

    loops.run(whole())


hear = sync_to_async(stage.hear)


def prepare():
    cast.claire()
    stage.trunk()
    for who in (cast.marion, cast.nathalie, cast.amelie):
        who()


def test_she_gets_what_is_there_then_each_change_and_the_other_desk_nothing():
    prepare()
    stage.hear(stage.said("newCall"))

    async def walk():
        async with watching(cast.marion) as marion, watching(cast.amelie) as amelie:
            name, data = await marion.next()
            assert name == "snapshot"
            assert [strip["phase"] for strip in data["strips"]] == ["ringing"]
            assert "Claire Delattre" in data["strips"][0]["html"]
            assert (await amelie.next())[1] == {"strips": []}
            await hear(stage.said("newCall", "call-2", **{"from": "0353019999"}))
            name, strip = await marion.next()
            assert (name, strip["phase"]) == ("strip", "ringing")
            assert "numéro inconnu" in strip["html"]
            await hear(stage.said("hangup", "call-2", cause="cancel"))
            _, strip = await marion.next()
            assert strip["phase"] == "missed"
            assert "rappel à faire avant" in strip["html"]
            assert strip["closes"] == 60
            await amelie.nothing()

    run(walk)


def test_answered_by_one_it_is_hers_and_closes_for_the_others():
    prepare()

    async def walk():
        async with watching(cast.marion) as marion, watching(cast.nathalie) as nathalie:
            await marion.next(), await nathalie.next()
            await hear(stage.said("newCall"))
            rung = [await marion.next(), await nathalie.next()]
            assert rung[0] == rung[1]
            await hear(stage.said("answer", user="Marion"))
            (_, hers), (_, theirs) = await marion.next(), await nathalie.next()
            assert "En ligne avec" in hers["html"]
            assert hers["holds"]
            assert hers["closes"] is None
            assert "prise par Marion" in theirs["html"]
            assert theirs["closes"] == 5
            await hear(stage.said("hangup", cause="normalClearing"))
            (_, hers), (_, theirs) = await marion.next(), await nathalie.next()
            assert "Appel terminé" in hers["html"]
            assert theirs["html"] == ""

    run(walk)


@pytest.mark.parametrize("who", [cast.stephane, cast.ada, cast.samir])
def test_who_keeps_no_desk_has_no_stream(who):
    async def walk():
        async with watching(who) as reading:
            assert reading.status == 403
            assert reading.chunks is None

    run(walk)


def test_a_stranger_is_sent_to_sign_in():
    async def walk():
        answer = await AsyncClient().get(reverse("calls:stream"))
        assert answer.status_code == 302

    run(walk)


def test_where_no_stream_can_flow_the_present_is_answered(client):
    prepare()
    stage.hear(stage.said("newCall"))
    client.force_login(cast.marion())
    assert client.get(reverse("calls:stream")).status_code == 204
    [strip] = client.get(reverse("calls:present")).json()["strips"]
    assert strip["phase"] == "ringing"
    client.force_login(cast.amelie())
    assert client.get(reverse("calls:present")).json() == {"strips": []}


def test_a_closed_account_loses_its_stream_at_once():
    prepare()

    async def walk():
        async with watching(cast.nathalie) as nathalie:
            await nathalie.next()
            await sync_to_async(close_account)(cast_now("nathalie"), by=None, because="elle est partie")
            assert (await nathalie.next())[0] == "leave"
            with pytest.raises(StopAsyncIteration):
                await nathalie.next()

    def cast_now(name):
        return found[name]

    found = {"nathalie": cast.nathalie()}
    run(walk)


def test_who_signed_out_loses_it_at_the_next_check(monkeypatch):
    """Signing out tells nobody: the stream asks by itself."""
    monkeypatch.setattr(board, "CHECKED_EVERY", 0.2)
    prepare()

    async def walk():
        user = await sync_to_async(cast.marion)()
        browser = AsyncClient()
        await sync_to_async(browser.force_login)(user)
        reading = Reading(await browser.get(reverse("calls:stream")))
        assert (await reading.next())[0] == "snapshot"
        await asyncio.sleep(0.5)
        await sync_to_async(browser.logout)()
        assert (await reading.next())[0] == "leave"

    run(walk)


def test_a_lost_database_connection_brings_the_present_again(monkeypatch):
    monkeypatch.setattr(live, "BACKOFF", (1.5,))  # long enough for a call to be missed
    prepare()

    async def walk():
        async with watching(cast.marion) as marion:
            await marion.next()
            assert await cut() == 1
            await hear(stage.said("newCall"))  # said while nobody listened
            name, data = await marion.next()
            while name != "snapshot":
                name, data = await marion.next()
            assert [strip["phase"] for strip in data["strips"]] == ["ringing"]

    run(walk)


def test_a_hundred_browsers_share_one_line_and_hold_no_connection():
    """A stream keeps neither a connection of the pool nor a listener of its own."""
    prepare()

    async def walk():
        async with contextlib.AsyncExitStack() as stack:
            readings = [await stack.enter_async_context(watching(cast.marion)) for _ in range(20)]
            for reading in readings:
                assert (await reading.next())[0] == "snapshot"
            assert await lines() == 1
            await hear(stage.said("newCall"))
            for reading in readings:
                assert (await reading.next())[1]["phase"] == "ringing"
            assert await sessions() < 8

    run(walk)


@sync_to_async
def sessions():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_presence_is_noted_while_a_screen_is_there(monkeypatch):
    monkeypatch.setattr(board, "CHECKED_EVERY", 0.2)
    prepare()

    async def walk():
        async with watching(cast.marion) as marion, watching(cast.marion) as again:
            await marion.next(), await again.next()
            await marion.nothing(0.6)

    run(walk)
    presence = Presence.objects.get()  # two browsers of hers are one presence
    assert (presence.desk, presence.operator) == (cast.lille_desk(), cast.marion())
    assert presence.seen_at > presence.began_at


def ringing():
    prepare()
    stage.hear(stage.said("newCall"), stage.said("answer"))
    return Interaction.objects.get()


def test_it_is_me_takes_the_contact_and_the_second_is_told_by_whom():
    contact = ringing()
    take_call(contact, by=cast.marion())
    assert Call.objects.get().operator == cast.marion()
    contact.refresh_from_db()
    assert contact.operator == cast.marion()
    assert Draft.objects.get().saved_by == cast.marion()
    take_call(contact, by=cast.marion())  # pressing twice changes nothing
    with pytest.raises(Refused, match="Marion a déjà pris cet appel"):
        take_call(contact, by=cast.nathalie())
    stage.hear(stage.said("hangup", cause="normalClearing"))  # a later event does not take it away again
    assert Call.objects.get().operator == cast.marion()


def test_it_is_me_needs_somebody_who_answered_and_keeps_the_desk(client):
    prepare()
    stage.hear(stage.said("newCall"))
    contact = Interaction.objects.get()
    with pytest.raises(Refused, match="Personne n’a encore décroché"):
        take_call(contact, by=cast.marion())
    stage.hear(stage.said("answer"))
    with pytest.raises(Refused, match="guichet"):
        take_call(contact, by=cast.amelie())
    client.force_login(cast.amelie())
    assert client.post(reverse("calls:take", args=[contact.ref])).status_code == 404
    client.force_login(cast.nathalie())
    assert client.post(reverse("calls:take", args=[contact.ref]), headers={"X-Live": "1"}).status_code == 204
    client.force_login(cast.marion())
    answer = client.post(reverse("calls:take", args=[contact.ref]), headers={"X-Live": "1"})
    assert answer.status_code == 409
    assert answer.content.decode() == "Nathalie a déjà pris cet appel."


def test_the_strip_takes_the_name_the_operator_says():
    prepare()
    stage.hear(stage.said("newCall", **{"from": "0353019999"}))
    contact = Interaction.objects.get()
    marion, workshop = cast.marion(), cast.workshop()

    async def walk():
        async with watching(cast.marion) as reading:
            assert "numéro inconnu" in (await reading.next())[1]["strips"][0]["html"]
            await sync_to_async(identify)(contact, by=marion, organisation=workshop)
            _, strip = await reading.next()
            assert "Atelier du Canal" in strip["html"]
            assert "probable" not in strip["html"]

    run(walk)


def test_accounts_without_a_desk_get_an_empty_stream():
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        user = User.objects.create_user("libre@call-care.test", display_name="Libre", roles=["operator"])
    prepare()
    stage.hear(stage.said("newCall"))

    async def walk():
        async with watching(lambda: user) as reading:
            assert (await reading.next())[1] == {"strips": []}

    run(walk)
