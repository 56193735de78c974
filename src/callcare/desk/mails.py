"""The desk's own letters: one builder each; the first line of a template is the subject."""

from dataclasses import dataclass

from django.db.models import Q
from django.template.loader import render_to_string

from callcare.core import clock, french
from callcare.desk.models import Reminder
from callcare.directory.enums import ChannelKind
from callcare.directory.models import Channel


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be queued."""

    to: str
    to_name: str
    subject: str
    body: str


def unreached(reminder: Reminder) -> Letter | None:
    """To somebody we called three times in vain; None where we have no address she still reads."""
    address = _address_of(reminder)
    if address is None:
        return None
    since = reminder.created_at.astimezone(clock.PARIS).date()
    said = render_to_string(
        "desk/mail/unreached.txt",
        {
            "greeting": f"Bonjour {reminder.person}," if reminder.person else "Bonjour,",
            "since": f"le {french.day(since, today=clock.today())}",
            "number": next(iter(reminder.desk.numbers), ""),
            "signature": reminder.desk.name,
        },
    )
    subject, _, body = said.strip().partition("\n")
    return Letter(address.value, str(reminder.person or reminder.organisation), subject, body.strip() + "\n")


def _address_of(reminder: Reminder) -> Channel | None:
    """Hers first, else one that the organisation itself uses."""
    if not (reminder.person_id or reminder.organisation_id):
        return None
    usable = Channel.objects.filter(kind=ChannelKind.EMAIL, undeliverable_at=None)
    hers = usable.filter(person=reminder.person_id) if reminder.person_id else usable.none()
    theirs = usable.filter(Q(organisation=reminder.organisation_id)) if reminder.organisation_id else usable.none()
    return hers.order_by("pk").first() or theirs.order_by("pk").first()
