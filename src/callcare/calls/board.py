"""The board of one process: it hears which calls changed, draws each strip once, and hands it to the screens.

200 screens that each fetched a page at every event would be 200 pages; here they are one drawing and 200 copies.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from callcare.accounts.enums import SESSIONS
from callcare.calls import strips
from callcare.calls.enums import Channel
from callcare.calls.presence import Seat, still_there
from callcare.core import live
from callcare.ui import live as places

KEPT_ALIVE_EVERY = 15.0  # seconds
CHECKED_EVERY = 30.0
ALIVE = b": \n\n"
CHECK = b": ?\n\n"  # a comment too: it makes the stream ask whether she may stay
MOST_WAITING = 200  # frames a screen may lag behind before it has to begin anew

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Screen:
    """One browser of one operator, whatever the number of its tabs."""

    seat: Seat
    waiting: "asyncio.Queue[bytes]" = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    is_closed: asyncio.Event = field(default_factory=asyncio.Event)
    checked_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    handed_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def hand(self, frame: bytes) -> None:
        """A screen that does not take its frames is closed; it comes back, and begins with what is there."""
        if self.waiting.full():
            self.is_closed.set()  # its reader ends with what is left
        else:
            self.waiting.put_nowait(frame)


@dataclass(eq=False)
class Board:
    """One per event loop. It listens from its first screen to its last."""

    screens: set[Screen] = field(default_factory=set)
    task: "asyncio.Task[None] | None" = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    asking: "list[asyncio.Future[list[strips.Strip]]]" = field(default_factory=list)
    drawing: "asyncio.Task[None] | None" = None
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "screens"))

    @contextlib.asynccontextmanager
    async def shown_on(self, seat: Seat) -> AsyncIterator[Screen]:
        """A screen that gets every strip of its desks from now on."""
        screen = Screen(seat)
        self.screens.add(screen)
        if self.task is None or self.task.done():
            self.begun = asyncio.Event()
            self.task = asyncio.create_task(self._run(self.begun))
        await self.begun.wait()  # what is drawn for her before somebody listens could miss a call
        try:
            yield screen
        finally:
            self.screens.discard(screen)
            if not self.screens and self.task is not None:
                task, self.task = self.task, None
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def stream(self, seat: Seat) -> AsyncIterator[bytes]:
        """What is there, then each change, until she leaves or may not see it any more."""
        live.let_go_of_thread()
        async with self.shown_on(seat) as screen:
            yield _snapshot(await self.present(), screen.seat)
            while not screen.is_closed.is_set():
                frame = await screen.waiting.get()
                if frame is CHECK and not await self._may_stay(screen):
                    yield b"event: leave\ndata: {}\n\n"
                    return
                yield frame

    async def _keep_alive(self) -> None:
        """A comment every quarter of a minute, and every half minute the question whether she may stay.

        One clock for all screens: a timer for each wait of each screen would cost more than the frames.
        """
        loop = asyncio.get_running_loop()
        while True:
            now, due = loop.time(), []
            for screen in self.screens:
                is_check = now - screen.checked_at >= CHECKED_EVERY
                if is_check or now - screen.handed_at >= KEPT_ALIVE_EVERY:
                    due.append((screen, CHECK if is_check else ALIVE))
            for screen, frame in due:
                screen.checked_at = now if frame is CHECK else screen.checked_at
                screen.handed_at = now
                screen.hand(frame)
            await asyncio.sleep(min(1.0, CHECKED_EVERY / 2))

    async def _may_stay(self, screen: Screen) -> bool:
        """Is she still signed in, and an operator? The desks she keeps may have changed."""
        try:
            seat = await live.beside(self.threads, still_there, screen.seat)
        except Exception:  # the database is away: nothing is sent meanwhile, and the next round asks again
            logger.exception("a screen could not be checked")
            return True
        if seat is None:
            return False
        screen.seat = seat
        return True

    async def present(self) -> list[strips.Strip]:
        """What is there now. Those who ask meanwhile share the next drawing: a restart is not 200 of them."""
        asked: asyncio.Future[list[strips.Strip]] = asyncio.get_running_loop().create_future()
        self.asking.append(asked)
        if self.drawing is None or self.drawing.done():
            self.drawing = asyncio.create_task(self._draw_present())
        return await asked

    async def _draw_present(self) -> None:
        while self.asking:
            asking, self.asking = self.asking, []
            try:
                drawn = await live.beside(self.threads, strips.present)
            except Exception as error:  # noqa: BLE001  # each of them is told
                for one in asking:
                    if not one.done():
                        one.set_exception(error)
            else:
                for one in asking:
                    if not one.done():
                        one.set_result(drawn)

    async def _run(self, begun: asyncio.Event) -> None:
        ticking = asyncio.create_task(self._keep_alive())
        try:
            await self._listen(begun)
        finally:
            ticking.cancel()

    async def _listen(self, begun: asyncio.Event) -> None:
        async with live.hub().listening(Channel.CALLS.value, SESSIONS, *places.news()) as words:
            begun.set()  # even while the database is away: what is missed meanwhile comes with RESYNC
            while True:
                said = [await words.get()]
                while not words.empty():
                    said.append(words.get_nowait())
                try:
                    await self._pass_on(said)
                except Exception:  # one call that cannot be drawn must not silence the others
                    logger.exception("the board could not pass on %d words", len(said))

    async def _pass_on(self, said: Collection[live.Word]) -> None:
        if any(word.is_resync for word in said):
            drawn = await self.present()
            for screen in list(self.screens):
                screen.hand(_snapshot(drawn, screen.seat))
                for channel in places.news():
                    screen.hand(_news(channel))
            return
        self._tell_news({word for word in said if word.channel in places.news()})
        ended = {word.text for word in said if word.channel == SESSIONS}
        for screen in self.screens:
            if str(screen.seat.user) in ended:
                screen.hand(CHECK)
        desks = {screen_desk for screen in self.screens for screen_desk in screen.seat.desks}
        calls = {fact["call"] for word in said if (fact := _read(word)) and fact["desk"] in desks}
        if calls:
            self._show(await live.beside(self.threads, strips.of_calls, calls))

    def _tell_news(self, said: Collection[live.Word]) -> None:
        for word in said:
            for screen in self.screens:
                if word.text in map(str, screen.seat.desks):
                    screen.hand(_news(word.channel))

    def _show(self, drawn: Collection[strips.Strip]) -> None:
        for strip in drawn:
            mine, others = strips.as_event(strip.mine), strips.as_event(strip.others)
            for screen in self.screens:
                if strip.desk in screen.seat.desks:
                    screen.hand(mine if screen.seat.user == strip.operator else others)


def _news(channel: str) -> bytes:
    return f"event: news\ndata: {json.dumps({'of': channel})}\n\n".encode()


def _read(word: live.Word) -> dict[str, int]:
    """The ids of a call; nothing for what is none of ours."""
    if word.channel != Channel.CALLS.value:
        return {}
    try:
        said = json.loads(word.text)
        return {"desk": int(said["desk"]), "call": int(said["call"])}
    except (ValueError, TypeError, KeyError):
        logger.warning("a word on « %s » is not understood", word.channel)
        return {}


def seen_by(drawn: Collection[strips.Strip], seat: Seat) -> list[dict[str, object]]:
    """The strips of her desks, as she reads them."""
    mine = [strip.seen_by(seat.user) for strip in drawn if strip.desk in seat.desks]
    return [frame for frame in mine if frame["html"]]


def _snapshot(drawn: Collection[strips.Strip], seat: Seat) -> bytes:
    said = json.dumps({"strips": seen_by(drawn, seat)}, ensure_ascii=False)
    return f"event: snapshot\ndata: {said}\n\n".encode()


_boards: "WeakKeyDictionary[asyncio.AbstractEventLoop, Board]" = WeakKeyDictionary()


def board() -> Board:
    """The board of the loop we are in."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        _boards[loop] = Board()
    return _boards[loop]
