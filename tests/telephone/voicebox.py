"""A voice box: baresip takes the call, plays a greeting and records; the message is then told to the desk, as an
address from which it can be fetched.
"""

import json
import re
import socket
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

from tests.telephone.processes import LOOPBACK, Program, bound, free_port, wait_for
from tests.telephone.sound import heard, tone, write_wav

MODULES = Path("/usr/lib/baresip/modules")
GREETING = 30  # seconds: its end would hang up
# Where it records is said from its own folder: a longer name would be cut off at 128 characters.
CONFIG = """\
poll_method epoll
sip_listen {host}:{port}
rtp_ports {rtp}-{rtp_last}
call_local_timeout 20
call_max_calls 4
audio_source aufile,{folder}/greeting.wav
audio_player aubridge,nil
audio_alert aubridge,nil
audio_path {folder}
audio_buffer 20-160
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path recorded
ctrl_tcp_listen {host}:{control}
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None: ...


class VoiceBox:
    """`hook` is told of each message. `messages` holds those taken, by the call's id."""

    def __init__(self, folder: Path, hook: str) -> None:
        self.folder, self.hook = folder / "baresip", hook
        (self.folder / "recorded").mkdir(parents=True)
        (self.folder / "messages").mkdir()
        self.messages: dict[str, bytes] = {}
        self.port = free_port(span=2)  # it takes the next one too, for TLS
        self.control = free_port()

    @property
    def address(self) -> str:
        return f"sip:box@{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        write_wav(self.folder / "greeting.wav", tone(GREETING))
        rtp = free_port(span=22)
        words = {"host": LOOPBACK, "port": self.port, "control": self.control, "rtp": rtp, "rtp_last": rtp + 20}
        (self.folder / "config").write_text(CONFIG.format(folder=self.folder, modules=MODULES, **words))
        (self.folder / "accounts").write_text(
            "<sip:box@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1\n"
        )
        self.program = Program("baresip", ["baresip", "-4", "-f", self.folder], self.folder)
        wait_for(lambda: bound(self.port), within=20, why="baresip does not start")
        self.ear = _connected(self.control, self.program)
        self.listening = Thread(target=self._listen, daemon=True)
        self.listening.start()
        shelf = partial(_Quiet, directory=str(self.folder / "messages"))
        self.shelf = ThreadingHTTPServer((LOOPBACK, 0), shelf)
        self.serving = Thread(target=self.shelf.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.program.stop()
        self.ear.close()
        self.listening.join(5)
        self.shelf.shutdown()
        self.shelf.server_close()
        self.serving.join(5)

    def _listen(self) -> None:
        for event in _netstrings(self.ear):
            if event.get("type") == "CALL_CLOSED":
                self._keep(str(event["id"]))

    def _keep(self, call_id: str) -> None:
        """The newest recording of what the caller said is hers: this box takes one call at a time."""
        content = _complete(
            max((self.folder / "recorded").glob("*-dec.wav"), key=lambda path: path.stat().st_mtime_ns)
        )
        name = re.sub(r"\W", "-", call_id) + ".wav"
        (self.folder / "messages" / name).write_bytes(content)
        self.messages[call_id] = content
        told = {"event": "voicemailRecording", "callId": call_id, "ts": f"{time.time():.6f}"}
        told |= {"mediaUrl": f"http://{LOOPBACK}:{self.shelf.server_address[1]}/{name}"}
        told |= {"duration": str(round(heard(content)[1]))}
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.hook, json.dumps(told).encode(), headers)  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=20):  # noqa: S310
            pass


def _connected(port: int, program: Program) -> socket.socket:
    for _ in range(1000):
        assert program.is_running, program.said()
        try:
            return socket.create_connection((LOOPBACK, port), timeout=None)
        except ConnectionRefusedError:
            time.sleep(0.02)
    program.stop()
    raise TimeoutError("the voice box does not say what it does")


def _complete(path: Path) -> bytes:
    """A recording once it does not grow any more and its head says its length."""
    size = -1
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        content = path.read_bytes()
        if len(content) == size and int.from_bytes(content[4:8], "little") == size - 8:
            return content
        size = len(content)
        time.sleep(0.05)
    raise TimeoutError(f"{path.name} is not closed")


def _netstrings(ear: socket.socket) -> Iterator[dict[str, Any]]:
    """What baresip says: a length, a colon, JSON, a comma."""
    waiting = b""
    while True:
        try:
            more = ear.recv(65536)
        except OSError:
            return
        if not more:
            return
        waiting += more
        while (match := re.match(rb"(\d+):", waiting)) and len(waiting) > match.end() + int(match[1]):
            end = match.end() + int(match[1])
            yield json.loads(waiting[match.end() : end])
            waiting = waiting[end + 1 :]
