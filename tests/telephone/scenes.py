"""What happens on the telephone, played for real: each scene is a few calls, and what the exchange must tell of them.

`told` is the story in the exchange's words, one list a call, in the order of the calls. The same scenes are played
before a receiver of our own, before the desk itself, and (from their traces) where no Kamailio is.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.telephone.pbx import PASSWORDS, RINGS_FOR, Pbx
from tests.telephone.phones import Phone, call, call_back
from tests.telephone.processes import CARRIER, LOOPBACK, Program, free_port, wait_for
from tests.telephone.sound import tone, write_alaw
from tests.telephone.voicebox import VoiceBox

PITCH = 700  # Hz, of what the caller says to the voice box


@dataclass
class Line:
    """One exchange and the telephones on it."""

    pbx: Pbx
    of: int = 0  # which line: each has callers of its own
    hops: int = 70  # how often a call of its callers may be passed on
    programs: list[Program] = field(default_factory=list)

    def number(self, caller: int = 1) -> str:
        """The number of one of its callers, as French carriers write it."""
        return number_of(self.of, caller)

    def phone(self, operator: str, how: str = "at-a-desk", *, calls: int = 1, within: int = 60, **words: Any) -> Phone:
        """A telephone, started and registered."""
        phone = Phone(operator, self.pbx.folder, how, calls=calls, within=within, words=words)
        phone.start(self.programs)
        phone.register(self.pbx.port, PASSWORDS[operator])
        return phone

    def call(self, how: str = "caller", **words: Any) -> Program:
        program = call(
            self.pbx.folder, self.pbx.port, how=how, **({"caller": self.number(), "hops": self.hops} | words)
        )
        self.programs.append(program)
        return program

    def call_and_wait(self, how: str = "caller", *, patience: float = 60, **words: Any) -> None:
        finished(self.call(how, **words), within=patience)

    def stop(self) -> None:
        for program in self.programs:
            program.stop()


def number_of(line: int, caller: int = 1) -> str:
    return f"035301{line:02d}{caller:02d}"


def finished(program: Program, *, within: float = 60) -> None:
    status = program.wait(within=within)
    assert status == 0, f"{program.name} ended with {status}:\n{program.said()}"


def answered(line: Line) -> None:
    phone = line.phone("marion")
    line.call_and_wait()
    phone.done()


def both_ring(line: Line) -> None:
    marion, nathalie = line.phone("marion"), line.phone("nathalie", rings_for=20_000)
    line.call_and_wait()
    marion.done()
    nathalie.done()


def busy_then_the_second(line: Line) -> None:
    marion, nathalie = line.phone("marion", "refuses"), line.phone("nathalie")
    line.call_and_wait()
    marion.done()
    nathalie.done()


def all_busy(line: Line) -> None:
    line.phone("marion", "refuses")
    line.phone("nathalie", "refuses")
    line.call_and_wait("caller-in-vain", code=486)


def not_to_be_disturbed(line: Line) -> None:
    line.phone("marion", "refuses", code=603, reason="Decline")
    line.call_and_wait("caller-in-vain", code=603)


def out_of_order(line: Line) -> None:
    line.phone("marion", "refuses", code=500, reason="Out Of Order")
    line.call_and_wait("caller-in-vain", code=500)


def given_up(line: Line) -> None:
    phone = line.phone("marion", rings_for=20_000)
    line.call_and_wait("caller-gives-up")
    phone.done()


def nobody_registered(line: Line) -> None:
    line.call_and_wait("caller-in-vain", code=480)


def rings_out(line: Line) -> None:
    phone = line.phone("marion", rings_for=20_000)
    line.call_and_wait("caller-in-vain", code=408)
    phone.done()


def operator_hangs_up(line: Line) -> None:
    phone = line.phone("marion", "hangs-up")
    line.call_and_wait("caller-is-left")
    phone.done()


def hidden_number(line: Line) -> None:
    phone = line.phone("marion")
    line.call_and_wait(caller="anonymous", name='"Anonymous"')
    phone.done()


SPELLINGS = ("+33", "0033", "0")


def three_spellings(line: Line) -> None:
    phone = line.phone("marion", calls=3)
    for prefix in SPELLINGS:
        line.call_and_wait(caller=prefix + line.number().removeprefix("0"))
    phone.done()


def two_and_two(line: Line) -> None:
    """The second caller finds Marion speaking; Nathalie takes her."""
    marion, nathalie = line.phone("marion", calls=2), line.phone("nathalie", calls=2, rings_for=2000)
    first = line.call(speaks_for=4000)
    answered_by_somebody(first)
    second = line.call(caller=line.number(2))
    finished(first)
    finished(second)
    marion.done()
    nathalie.done()


def answered_by_somebody(program: Program) -> None:
    """The caller's own sipp notes it."""
    wait_for(lambda: program.notes.exists() and program.notes.read_text(), within=20, why="nobody answers")


def called_back(line: Line) -> None:
    """Nobody was there; an operator calls back from her telephone."""
    line.call_and_wait("caller-in-vain", code=480)
    far = Phone("partenaire", line.pbx.folder, "answers", host=CARRIER, port=int(line.pbx.carrier.rpartition(":")[2]))
    far.start(line.programs)
    program = call_back(
        line.pbx.folder, line.pbx.port, operator="marion", password=PASSWORDS["marion"], called=line.number()
    )
    line.programs.append(program)
    finished(program)
    far.done()


def message_left(line: Line) -> None:
    """Both are busy, and the voice box takes the call; real sound goes through it."""
    line.phone("marion", "refuses")
    line.phone("nathalie", "refuses")
    speak(line)


def message_at_night(line: Line) -> None:
    """No telephone is there: the voice box takes the call at once."""
    speak(line)


def speak(line: Line) -> None:
    speech = line.pbx.folder / "speech.alaw"
    write_alaw(speech, tone(2, pitch=PITCH))
    line.call_and_wait("caller-speaks", speech=speech, speaks_for=1200)


def calls_itself(line: Line) -> None:
    """A telephone that gave the exchange's own address as its own, on an exchange that does not look."""
    nathalie = Phone("nathalie", line.pbx.folder)
    nathalie.register(line.pbx.port, PASSWORDS["nathalie"], contact=f"{LOOPBACK}:{line.pbx.port}")
    for caller in (1, 2, 3):
        line.call_and_wait("caller-in-vain", code=483, caller=line.number(caller))


@dataclass(frozen=True)
class Scene:
    play: Callable[[Line], None]
    told: Sequence[Sequence[str]]
    rings_for: int = RINGS_FOR  # ms, after which the exchange gives up

    @property
    def name(self) -> str:
        return self.play.__name__.replace("_", "-")

    @property
    def events(self) -> int:
        return sum(len(call) for call in self.told)


NORMAL = ("ringing marion", "answer marion", "hangup normalClearing")
SCENES = [
    Scene(answered, [["newCall in marion", *NORMAL]]),
    Scene(both_ring, [["newCall in marion,nathalie", "ringing marion", "ringing nathalie", *NORMAL[1:]]]),
    Scene(
        busy_then_the_second,
        [["newCall in marion,nathalie", "ringing nathalie", "answer nathalie", "hangup normalClearing"]],
    ),
    Scene(all_busy, [["newCall in marion,nathalie", "hangup busy"]]),
    Scene(not_to_be_disturbed, [["newCall in marion", "hangup noAnswer"]]),
    Scene(out_of_order, [["newCall in marion", "hangup congestion"]]),
    Scene(given_up, [["newCall in marion", "ringing marion", "hangup cancel"]]),
    Scene(nobody_registered, [["newCall in", "hangup notFound"]]),
    Scene(rings_out, [["newCall in marion", "ringing marion", "hangup noAnswer"]], rings_for=1500),
    Scene(operator_hangs_up, [["newCall in marion", *NORMAL]]),
    Scene(hidden_number, [["newCall in marion", *NORMAL]]),
    Scene(three_spellings, [["newCall in marion", *NORMAL]] * 3),
    Scene(
        two_and_two,
        [
            ["newCall in marion,nathalie", "ringing marion", "ringing nathalie", *NORMAL[1:]],
            ["newCall in marion,nathalie", "ringing nathalie", "answer nathalie", "hangup normalClearing"],
        ],
    ),
    Scene(
        called_back,
        [["newCall in", "hangup notFound"], ["newCall out marion", "answer marion", "hangup normalClearing"]],
    ),
]
BOX = ("voicemailStart", "voicemailAnswer", "hangup normalClearing", "voicemailRecording")
BOX_SCENES = [
    Scene(message_left, [["newCall in marion,nathalie", *BOX]]),
    Scene(message_at_night, [["newCall in", *BOX]]),
]
# Each of the three calls comes back until its hops are used up; what is told of it is hundreds of lines.
STORM = Scene(calls_itself, [])
EVERY = [*SCENES, *BOX_SCENES, STORM]


def play(scene: Scene, folder: Path, hook: str, *, line: int = 0, hops: int = 70) -> None:
    """One scene, on an exchange of its own, until the last line of it is told."""
    folder = folder / scene.name
    folder.mkdir()
    with ExitStack() as stack:
        box = stack.enter_context(VoiceBox(folder, hook)) if scene in BOX_SCENES else None
        pbx = Pbx(
            folder, hook, box=box.address if box else "", carrier=f"sip:{CARRIER}:{free_port(CARRIER)}",
            guarded=scene is not STORM, rings_for=scene.rings_for,
        )  # fmt: skip
        on = Line(stack.enter_context(pbx), line, hops)
        stack.callback(on.stop)
        scene.play(on)
        pbx.told_everything()
        if box:
            wait_for(lambda: box.messages, within=20, why="the voice box kept nothing")
            time.sleep(0.2)  # it is told


def story(events: Iterable[dict[str, Any]]) -> list[list[str]]:
    """The events of each call in words, calls in the order of their beginning; telephones that ring, by name."""
    calls: dict[str, list[dict[str, Any]]] = {}
    for event in sorted(events, key=lambda one: float(one["ts"])):
        calls.setdefault(event["callId"], []).append(event)
    return [_in_words(of_one) for of_one in calls.values()]


def _in_words(events: Iterable[dict[str, Any]]) -> list[str]:
    said: list[str] = []
    for event in events:
        user = ",".join(sorted(event.get("user", [])))
        words = {"newCall": [event.get("direction", ""), user], "ringing": [user], "hangup": [event.get("cause", "")]}
        details = words.get(event["event"], [event.get("answeringNumber", "")])
        said.append(" ".join(word for word in [event["event"], *details] if word))
    rings = [place for place, words in enumerate(said) if words.startswith("ringing")]
    for place, words in zip(rings, sorted(said[place] for place in rings), strict=True):
        said[place] = words  # which of two telephones rings first is chance
    return said
