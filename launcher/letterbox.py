"""The demo's letter box: letters really leave by SMTP, and stay on this machine as files one can open."""

import asyncio
import itertools
import signal
import socket
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Box:
    """Writes each letter it accepts to a numbered .eml file, complete before its name appears."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = [int(path.stem.split("-")[0]) for path in folder.glob("*.eml") if path.stem.split("-")[0].isdecimal()]
        self.numbers = itertools.count(max(kept, default=0) + 1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        letter = content if isinstance(content, bytes) else content.encode()
        reader = "".join(sign for sign in (envelope.rcpt_tos or ["?"])[0] if sign.isalnum() or sign in "@.-_")[:80]
        path = self.folder / f"{next(self.numbers):05d}-{reader}.eml"
        draft = path.with_suffix(".part")
        draft.write_bytes(letter)
        draft.replace(path)
        return "250 OK"


async def serve(listening: socket.socket, folder: Path) -> None:
    box, loop, asked = Box(folder), asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, asked.set)
    await loop.create_server(lambda: SMTP(box, hostname="call-care.test", enable_SMTPUTF8=True), sock=listening)
    await asked.wait()


if __name__ == "__main__":
    handle, chosen = sys.argv[1:]
    asyncio.run(serve(socket.socket(fileno=int(handle)), Path(chosen)))
