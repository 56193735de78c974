"""The telephone of the month: what each call makes happen at the door of its desk, read as a provider's events are."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from callcare.accounts.models import User
from callcare.calls.actions import hear_pending, open_trunk, receive, set_extension
from callcare.calls.enums import Provider
from callcare.calls.models import Call, Trunk
from callcare.calls.rules.requests import Request
from callcare.config.demo.world import Office, World
from callcare.core import clock
from callcare.desk.enums import Direction
from callcare.desk.models import Interaction

SLUG = "demo"  # and the desk's own: `telephone.py` takes the line of Lille over when the story is told
PATIENCE = (4, 40)  # seconds until somebody answers; a few hang up before


def open_lines(world: World) -> None:
    """A line for each desk, and an extension for each operator."""
    for office in world.offices.values():
        line, _ = open_trunk(
            by=None, desk=office.desk, slug=f"{SLUG}-{office.desk.slug}", name="Ligne de démonstration",
            provider=Provider.GENERIC,
        )  # fmt: skip
        for operator in office.operators:
            set_extension(line, by=None, operator=operator, value=_extension(office, operator))


@dataclass(slots=True)
class Line:
    """One call under way."""

    trunk: Trunk
    call: str
    number: str
    direction: Direction

    def says(self, event: str, at: datetime, **more: str) -> None:
        """One event reaches the door at that moment."""
        ours = self.trunk.desk.numbers[0]
        ends = (ours, self.number) if self.direction == Direction.OUT else (self.number, ours)
        said = {"event": event, "callId": self.call, "from": ends[0], "to": ends[1], "direction": self.direction.value,
                "ts": at.timestamp(), **more}  # fmt: skip
        body = json.dumps(said).encode()
        receive(self.trunk, Request(headers={"content-type": "application/json"}, body=body, received_at=at))


def answered(world: World, office: Office, *, number: str, direction: Direction, by: User) -> tuple[Interaction, Line]:
    """Somebody is on the line with this operator: the contact the call opened, and the line."""
    line = _line(world, office, number, direction)
    rang = clock.now() - timedelta(seconds=world.chance.randint(*PATIENCE))
    line.says("newCall", rang)
    line.says("answer", clock.now(), answeringNumber=_extension(office, by))
    hear_pending()
    interaction = Call.objects.select_related("interaction__desk").get(trunk=line.trunk, call_id=line.call).interaction
    if interaction is None:
        raise RuntimeError("the call opened no contact")
    return interaction, line


def in_vain(world: World, office: Office, *, number: str) -> None:
    """Nobody answers: the desk owes a call."""
    line = _line(world, office, number, Direction.IN)
    line.says("newCall", clock.now())
    line.says("hangup", clock.now() + timedelta(seconds=world.chance.randint(3, 50)), cause="cancel")
    hear_pending()


def hung_up(line: Line, *, typed_on: timedelta) -> None:
    """The call was over that long ago: the operator still typed. It is read with the next one."""
    line.says("hangup", clock.now() - typed_on, cause="normalClearing")


def _line(world: World, office: Office, number: str, direction: Direction) -> Line:
    trunk = Trunk.objects.select_related("desk").get(slug=f"{SLUG}-{office.desk.slug}")
    return Line(trunk, f"histoire-{next(world.calls)}", number or "anonymous", direction)


def _extension(office: Office, operator: User) -> str:
    return f"10{office.operators.index(operator) + 1}"
