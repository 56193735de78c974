"""What an introduction waits for next: the ladder of `rules.ladder`, read for one introduction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType

from callcare.core import clock
from callcare.core.enums import LinkPurpose
from callcare.core.models import Link
from callcare.desk.actions.following import Owed, now_or
from callcare.desk.calendar import after_open_days, next_opening
from callcare.desk.enums import ReminderState, ReminderStep
from callcare.desk.models import Reminder
from callcare.directory.enums import ChannelKind
from callcare.introductions import mails
from callcare.introductions.enums import IntroductionState, Side
from callcare.introductions.models import Introduction
from callcare.introductions.rules import ladder

S = IntroductionState


def owed_for(introduction: Introduction, planned: Sequence[Reminder]) -> Owed | None:
    """The next rung, unless one is planned already."""
    if planned:
        return None
    start = _since(introduction)
    made = _made(introduction, start)
    asked = introduction.state == S.PROPOSED and asked_by_letter(introduction) != []
    rung = ladder.next_rung(introduction.state, made=made, asked=asked)
    side = _whom(introduction, rung.step)
    person, organisation = mails.person_of(introduction, side), mails.organisation_of(introduction, side)
    phone = mails.channel_of(person, organisation, ChannelKind.PHONE)
    return Owed(
        step=ReminderStep(rung.step),
        due_at=_due(introduction, rung, start),
        about=_about(introduction, rung.step),
        organisation=organisation,
        person=person,
        number=phone.value if phone else "",
        owner=introduction.owner,
    )


def asked_by_letter(introduction: Introduction) -> list[Side]:
    """The sides that hold a live link and have not said yes."""
    links = Link.objects.of_thing(introduction).filter(
        purpose=LinkPurpose.ANSWER, used_at=None, revoked_at=None, expires_at__gt=clock.now()
    )
    held = set(links.values_list("side", flat=True))
    return [side for side in introduction.sides_without_consent() if side in held]


def _since(introduction: Introduction) -> datetime:
    """When the clock of the present state started."""
    match introduction.state:
        case S.SENT:
            return introduction.sent_at or introduction.proposed_at
        case S.IN_PROGRESS:
            return introduction.first_contact_at or introduction.proposed_at
        case _:
            return introduction.proposed_at


def _made(introduction: Introduction, start: datetime) -> set[str]:
    kind = ContentType.objects.get_for_model(introduction)
    done = Reminder.objects.filter(subject_type=kind, subject_id=introduction.pk, state=ReminderState.DONE)
    return set(done.filter(done_at__gte=start).values_list("step", flat=True))


def _due(introduction: Introduction, rung: ladder.Rung, start: datetime) -> datetime:
    desk = introduction.desk
    if not (rung.open_days or rung.days):  # the last rung, once more
        return after_open_days(desk, days=ladder.AGAIN)
    if rung.days:
        return next_opening(desk, now_or(start + timedelta(days=rung.days)))
    return next_opening(desk, now_or(after_open_days(desk, start, days=rung.open_days)))


def _whom(introduction: Introduction, step: str) -> Side:
    """Who is called or written to first: whoever has not said yes, else the giver."""
    if introduction.state == S.PROPOSED and Side.GIVER not in (missing := introduction.sides_without_consent()):
        return missing[0] if missing else Side.GIVER
    return Side.GIVER


def _about(introduction: Introduction, step: str) -> str:
    asker, giver = introduction.need.organisation, introduction.giver
    if introduction.state == S.PROPOSED and not introduction.sides_without_consent():
        return f"{asker} et {giver} ont dit oui : les mettre en relation"
    said = {
        ReminderStep.NOT_TAKEN: f"{asker} et {giver} se sont-ils parlé ?",
        ReminderStep.SECOND_NUDGE: f"{asker} et {giver} se sont-ils parlé ?",
        ReminderStep.LAST_CHANCE: f"{asker} et {giver} ne se sont pas parlé : {introduction.need.title}",
        ReminderStep.NO_NEWS: f"Où en sont {asker} et {giver} ?",
        ReminderStep.STILL_NO_NEWS: f"Où en sont {asker} et {giver} ?",
    }
    return said.get(ReminderStep(step), f"{asker} et {giver} : {introduction.need.title}")
