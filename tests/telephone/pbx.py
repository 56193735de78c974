"""A telephone exchange of our own: Kamailio with the very configuration the documentation gives."""

import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.telephone.processes import CARRIER, LOOPBACK, Program, bound, free_port, wait_for

RECIPE = Path(__file__).resolve().parents[2] / "samples/kamailio/kamailio.cfg"
PASSWORDS = {"marion": "une-phrase-pour-marion", "nathalie": "une-autre-pour-nathalie"}
RINGS_FOR, REACHED_WITHIN = 10_000, 5_000  # ms; a busy machine may take its time
TRIES = 3  # another program may take the free port before we do


class Pbx:
    """Started in `folder`, it tells `hook` what happens to calls. `box` is the address of a voice box."""

    def __init__(
        self,
        folder: Path,
        hook: str,
        *,
        box: str = "",
        guarded: bool = True,
        carrier: str = "",
        rings_for: int = RINGS_FOR,
        reached_within: int = REACHED_WITHIN,
    ) -> None:
        self.folder = folder / "kamailio"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hook, self.box, self.guarded, self.carrier = hook, box, guarded, carrier
        self.rings_for, self.reached_within = rings_for, reached_within

    def settings(self) -> str:
        """What a territory writes in desk.cfg."""
        lines = [
            f"#!define LISTEN udp:{LOOPBACK}:{self.port}",
            f'#!define HOOK "{self.hook}"',
            f'#!define CARRIER "{CARRIER + "/32" if self.guarded else "127.0.0.0/8"}"',
            f"#!define RINGS_FOR {self.rings_for}",
            f"#!define REACHED_WITHIN {self.reached_within}",
            "#!define PATIENCE 400",
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
            self.port, self.control = free_port(), free_port()
            (self.folder / "desk.cfg").write_text(self.settings())
            command = ["kamailio", "-f", self.folder / "kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "8"]
            command += ["-w", self.folder, "-Y", self.folder, "-P", self.folder / "kamailio.pid"]
            self.program = Program("kamailio", command, self.folder)
            wait_for(lambda: bound(self.port) or not self.program.is_running, within=20, why="Kamailio does not start")
            if self.program.is_running:
                return self
            assert attempt < TRIES - 1, self.program.said()
        raise AssertionError("Kamailio does not start")

    def __exit__(self, *_: object) -> None:
        self.program.stop()

    def waiting(self) -> int:
        """How many lines of its queue the desk has not taken yet, without the one under way."""
        command = ["kamcmd", "-s", f"tcp:{LOOPBACK}:{self.control}", "mqueue.get_size", "desk"]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
        return int(re.findall(r"size: (\d+)", said)[0])

    def told_everything(self, *, within: float = 60) -> None:
        wait_for(lambda: self.waiting() == 0, within=within, why="the queue does not empty")
        time.sleep(0.2)  # for the last one, on its way
