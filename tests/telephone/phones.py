"""Telephones and callers: sipp plays the scenarios of `scenarios/`, one process each."""

import itertools
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from tests.telephone.processes import CARRIER, LOOPBACK, Program, bound, free_port, wait_for

SCENARIOS = Path(__file__).parent / "scenarios"
OUR_NUMBER = "+33353010000"
_number = itertools.count(1)


def scenario(name: str, folder: Path, **words: object) -> Path:
    """A scenario with its blanks (`@CODE@`) filled in."""
    text = (SCENARIOS / f"{name}.xml").read_text()
    for word, value in words.items():
        text = text.replace(f"@{word.upper()}@", str(value))
    assert not re.findall(r"@[A-Z_]+@", text), f"{name}: a blank is left"
    path = folder / f"{name}-{next(_number)}.xml"
    path.write_text(text)
    return path


def sipp(
    name: str,
    *,
    folder: Path,
    play: Path,
    port: int,
    to: str = "",
    host: str = LOOPBACK,
    calls: int = 1,
    rate: int = 10,
    called: str = "service",
    within: int = 60,
    password: str = "",
    **keys: str,
) -> Program:
    """One sipp: it ends by itself after so many calls, or after `within` seconds. Exit status 0: the scenario held."""
    errors = folder / f"{name}-{next(_number)}.errors"
    command: list[str | Path] = ["sipp", "-sf", play, "-i", host, "-p", str(port), "-m", str(calls), "-nostdin"]
    command += ["-cp", str(free_port()), "-mi", host, "-mp", str(free_port(host, span=4))]
    command += ["-timeout", f"{within}s", "-timeout_error"]
    command += ["-cid_str", f"%u-{secrets.token_hex(6)}@%s"]
    command += ["-trace_err", "-error_file", errors, "-s", called, "-r", str(rate), "-l", str(max(calls, 10))]
    notes = folder / f"{play.stem}.notes"
    command += ["-trace_logs", "-log_file", notes]
    if password:
        command += ["-au", keys["operator"], "-ap", password]
    for key, value in keys.items():
        command += ["-key", key, value]
    return Program(name, [*command, *([to] if to else [])], folder, notes=notes)


@dataclass
class Phone:
    """The telephone of one operator. `how` is a scenario: answers, rings, refuses, hangs-up."""

    operator: str
    folder: Path
    how: str = "answers"
    calls: int = 1
    within: int = 60
    words: dict[str, object] = field(default_factory=dict)
    port: int = 0
    host: str = LOOPBACK

    def start(self, programs: list[Program]) -> None:
        """`programs` are those that somebody will stop, whatever comes."""
        self.port = self.port or free_port(self.host)
        self.words = {"code": 486, "reason": "Busy Here", "rings_for": 300} | self.words
        play = scenario(f"phone-{self.how}", self.folder, **self.words)
        self.program = sipp(
            f"phone-{self.operator}", folder=self.folder, play=play, port=self.port, host=self.host,
            calls=self.calls, within=self.within, operator=self.operator,
        )  # fmt: skip
        programs.append(self.program)
        wait_for(
            lambda: bound(self.port, self.host), within=20, why=f"the telephone of {self.operator} does not start"
        )

    def register(self, pbx_port: int, password: str, *, contact: str = "", expect: int = 200) -> None:
        play = scenario("register", self.folder, code=expect)
        contact = contact or f"{LOOPBACK}:{self.port}"
        program = sipp(
            f"register-{self.operator}", folder=self.folder, play=play, port=free_port(), within=20,
            to=f"{LOOPBACK}:{pbx_port}", operator=self.operator, password=password, contact=contact,
        )  # fmt: skip
        status = program.wait(within=25)
        assert status == 0, f"{self.operator} could not register:\n{program.said()}"

    def done(self, *, within: float = 30) -> None:
        status = self.program.wait(within=within)
        assert status == 0, f"the telephone of {self.operator} ended with {status}:\n{self.program.said()}"


def call(
    folder: Path,
    pbx_port: int,
    *,
    how: str = "caller",
    caller: str = "0353010001",
    called: str = OUR_NUMBER,
    name: str = "",
    host: str = CARRIER,
    calls: int = 1,
    rate: int = 10,
    within: int = 60,
    hops: int = 70,
    **words: object,
) -> Program:
    """A call to the number, from the provider's side of the line."""
    play = scenario(how, folder, **({"speaks_for": 300} | words))
    return sipp(
        how, folder=folder, play=play, port=free_port(host), to=f"{LOOPBACK}:{pbx_port}", host=host,
        calls=calls, rate=rate, within=within, called=called, caller=caller, caller_name=name,
        hops=str(hops),
    )  # fmt: skip


def call_back(folder: Path, pbx_port: int, *, operator: str, password: str, called: str, within: int = 60) -> Program:
    """An operator dials a number from her own telephone."""
    play = scenario("operator-calls", folder, speaks_for=300)
    return sipp(
        "operator-calls", folder=folder, play=play, port=free_port(), to=f"{LOOPBACK}:{pbx_port}", within=within,
        called=called, operator=operator, password=password, caller_name="",
    )  # fmt: skip
