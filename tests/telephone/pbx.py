"""A telephone exchange of our own: Kamailio with the very configuration the documentation gives."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.telephone.processes import CARRIER, LOOPBACK, Program, bound, free_port, wait_for

RECIPE = Path(__file__).resolve().parents[2] / "samples/kamailio/kamailio.cfg"
PASSWORDS = {"marion": "une-phrase-pour-marion", "nathalie": "une-autre-pour-nathalie"}
RINGS_FOR = 1500  # ms; thirty seconds on a real line
TRIES = 3  # another program may take the free port before we do


class Pbx:
    """Started in `folder`, it tells `hook` what happens to calls. `box` is the address of a voice box."""

    def __init__(
        self, folder: Path, hook: str, *, box: str = "", guarded: bool = True, carrier: str = "", patience: int = 400
    ) -> None:
        self.folder = folder / "kamailio"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hook, self.box, self.guarded, self.carrier, self.patience = hook, box, guarded, carrier, patience

    def settings(self) -> str:
        """What a territory writes in desk.cfg."""
        lines = [
            f"#!define LISTEN udp:{LOOPBACK}:{self.port}",
            f'#!define HOOK "{self.hook}"',
            f'#!define CARRIER "{CARRIER + "/32" if self.guarded else "127.0.0.0/8"}"',
            f"#!define RINGS_FOR {RINGS_FOR}",
            "#!define REACHED_WITHIN 1000",
            f"#!define PATIENCE {self.patience}",
            f'#!define CONTROL "tcp:{LOOPBACK}:{self.control}"',
        ]
        if self.box:
            lines.append(f'#!define BOX "{self.box}"')
        if self.carrier:
            lines.append(f'#!define CARRIER_URI "{self.carrier}"')
        if not self.guarded:
            lines.append("#!define WITHOUT_GUARD")
        operators = [f'    $sht(operators=>{name}) = "{word}";' for name, word in PASSWORDS.items()]
        return "\n".join([*lines, "event_route[htable:mod-init] {", *operators, "}", ""])

    def __enter__(self) -> Self:
        shutil.copy(RECIPE, self.folder)
        for attempt in range(TRIES):
            self.port, self.control = free_port(), free_port(socket.SOCK_STREAM)
            (self.folder / "desk.cfg").write_text(self.settings())
            command = ["kamailio", "-f", self.folder / "kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "8"]
            command += ["-w", self.folder, "-Y", self.folder, "-P", self.folder / "kamailio.pid"]
            self.program = Program("kamailio", command, self.folder)
            wait_for(lambda: bound(self.port) or not self.program.is_running, within=10, why="Kamailio does not start")
            if self.program.is_running:
                return self
            assert attempt < TRIES - 1, self.program.said()
        raise AssertionError("Kamailio does not start")

    def __exit__(self, *_: object) -> None:
        self.program.stop()

    def waiting(self) -> int:
        """How many lines of its queue the desk has not taken yet, without the one under way."""
        command = ["kamcmd", "-s", f"tcp:{LOOPBACK}:{self.control}", "mqueue.get_size", "desk"]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout
        return int(re.findall(r"size: (\d+)", said)[0])

    def told_everything(self, *, within: float = 30) -> None:
        wait_for(lambda: self.waiting() == 0, within=within, why="the queue does not empty")
        time.sleep(0.2)  # for the last one, on its way
