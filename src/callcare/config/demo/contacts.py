"""Contacts at the desk: who calls, what it leads to, and the line that is typed while she speaks."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from callcare.accounts.models import User
from callcare.commitments.actions import record_commitment
from callcare.commitments.forms import CommitmentCaptureForm
from callcare.commitments.models import Commitment
from callcare.config.demo import ringing
from callcare.config.demo.speech import Said
from callcare.config.demo.world import Caller, Office, World
from callcare.core import clock
from callcare.desk.actions import finish_interaction, log_interaction
from callcare.desk.case_capture import CaptureForm
from callcare.desk.case_reading import understood
from callcare.desk.enums import Direction, InteractionChannel
from callcare.desk.models import Interaction
from callcare.needs.actions import record_need
from callcare.needs.forms import NeedCaptureForm
from callcare.needs.models import Need

CHANNELS = (
    (InteractionChannel.PHONE,) * 7
    + (InteractionChannel.MAIL,) * 3
    + (
        InteractionChannel.FORM,
        InteractionChannel.VISIT,
    )
)


def operator(world: World, office: Office) -> User:
    return world.chance.choice(office.operators)


def contact(
    world: World,
    office: Office,
    caller: Caller | None,
    *,
    by: User,
    does: Callable[[Interaction], object] | None = None,
    led_to: Iterable[str] = (),
    summary: str = "",
    channel: InteractionChannel | None = None,
    direction: Direction = Direction.IN,
    identity: str = "",
) -> Interaction:
    """One contact from its first second to its end: begun, worked on, recorded."""
    channel = channel or world.chance.choice(CHANNELS)
    if caller and not identity:
        identity = caller.number if channel == InteractionChannel.PHONE else caller.email
        identity = "" if channel == InteractionChannel.VISIT else identity
    here, line = _begun(world, office, caller, by=by, channel=channel, direction=direction, identity=identity)
    talk = timedelta(seconds=world.chance.randint(70, 420) if caller or summary else world.chance.randint(8, 40))
    with clock.at(clock.now() + talk):
        if does:
            does(here)
        if line:
            ringing.hung_up(line, typed_on=talk * world.chance.uniform(0, 0.25))
        finish_interaction(here, by=by, dispositions=led_to, summary=summary)
    return here


def _begun(
    world: World,
    office: Office,
    caller: Caller | None,
    *,
    by: User,
    channel: InteractionChannel,
    direction: Direction,
    identity: str,
) -> tuple[Interaction, ringing.Line | None]:
    """A call opens its contact through the door of the telephone; anything else is noted by hand."""
    if channel == InteractionChannel.PHONE:
        return ringing.answered(world, office, number=identity, direction=direction, by=by)
    here = log_interaction(
        by=by,
        desk=office.desk,
        channel=channel,
        direction=direction,
        person=caller.person if caller else None,
        raw_identity=identity,
    )
    return here, None


def type_need(caller: Caller, here: Interaction, said: Said, *, by: User, **more: Any) -> Need:
    """The line of a need, typed in the console's own form."""
    told = {"people_expected": said.people, "audience": said.audience}
    return record_need(by=by, **_typed(NeedCaptureForm, caller, here, said, told), **more)


def type_commitment(
    caller: Caller, here: Interaction, said: Said, *, by: User, sure: bool, agrees: bool = True, **more: Any
) -> Commitment:
    """The line of a commitment, typed in the console's own form. `agrees`: her details may be passed on."""
    told = {"is_confirmed": "on"} if sure else {}
    return record_commitment(by=by, **_typed(CommitmentCaptureForm, caller, here, said, told, agrees=agrees), **more)


def _typed(
    form_class: type[CaptureForm],
    caller: Caller,
    here: Interaction,
    said: Said,
    told: dict[str, Any],
    *,
    agrees: bool = True,
) -> dict[str, Any]:
    """What the form makes of the line, as it does on the page. Raises ValueError where it would not save."""
    fields: dict[str, Any] = told | understood(said.line, here.desk)
    fields |= {"line": said.line, "organisation": caller.organisation.ref, "person": caller.person.pk}
    fields |= dict.fromkeys(("gives_name", "gives_phone", "gives_email"), "on") if agrees else {}
    form = form_class(fields, desk=here.desk, interaction=here)
    if not form.is_valid():
        raise ValueError(f"{said.line}: {form.errors.as_json()}")
    return form.facts()
