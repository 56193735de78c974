"""The numbers beside the menu, and the line under it: things to do something about, nothing else."""

from datetime import UTC, datetime
from functools import lru_cache

from django.db.models import QuerySet

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.french import FIXED
from callcare.desk.calendar import calendar_of
from callcare.desk.enums import InteractionState, MailState
from callcare.desk.models import Desk, Interaction, OutgoingMail, Reminder, desks_of
from callcare.desk.rules.hours import PARIS


def contacts_open(user: User) -> QuerySet[Interaction]:
    """Her contacts still being typed."""
    return Interaction.objects.visible_to(user).filter(state=InteractionState.DRAFT, operator=user)


def late_reminders(user: User) -> QuerySet[Reminder]:
    """What is owed and late."""
    return Reminder.objects.visible_to(user).planned().filter(due_at__lte=clock.now())


def failed_letters(user: User) -> QuerySet[OutgoingMail]:
    """Letters that could not leave: somebody has to telephone."""
    return OutgoingMail.objects.visible_to(user).filter(state=MailState.FAILED)


def where(user: User) -> str:
    """« Guichet de Lille, ouvert jusqu’à 18 h »."""
    desk = next(iter(desks_of(user)), None) if user.is_operator else None
    return f"{desk.name}, {_until(desk.pk, int(clock.now().timestamp()) // 60)}" if desk else ""


@lru_cache(maxsize=64)
def _until(desk: int, minute: int) -> str:
    """Open until when; worked out once a minute for each desk, since it stands on every page."""
    now = datetime.fromtimestamp(minute * 60, UTC)
    for begin, end in calendar_of(Desk(pk=desk)).stretches(now):
        here = end.astimezone(PARIS)
        minutes = f"{FIXED}{here:%M}" if here.minute else ""
        return f"ouvert jusqu’à {here.hour}{FIXED}h{minutes}" if begin <= now else "fermé"
    return "fermé"
