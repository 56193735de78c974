"""The letters of the ladder, and the proposals that nobody answered: what the machine does by itself.

Only while the desk is open; one letter a day at most for one address, with all that is asked of it; each letter is
queued in the transaction that makes its step, so that none is written twice or for what is past.
"""

import hashlib
from collections import defaultdict
from datetime import datetime

from django.contrib.contenttypes.models import ContentType

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.actions import overtake_reminders, queue_letter
from callcare.desk.actions.following import follow, hold_still
from callcare.desk.calendar import after_open_days, calendar_of
from callcare.desk.enums import BY_MACHINE, DeskVerb, ReminderState, ReminderStep
from callcare.desk.models import Desk, OutgoingMail, Reminder
from callcare.introductions import mails
from callcare.introductions.actions.closing import expire
from callcare.introductions.actions.consenting import new_link
from callcare.introductions.actions.following import asked_by_letter
from callcare.introductions.enums import IntroductionState, Side
from callcare.introductions.mails import Nudge
from callcare.introductions.models import Introduction

AT_ONCE = 200  # steps one run makes
STATES = {
    ReminderStep.GIVER_SILENT: IntroductionState.PROPOSED,
    ReminderStep.EXPIRES: IntroductionState.PROPOSED,
    ReminderStep.SECOND_NUDGE: IntroductionState.SENT,
    ReminderStep.NO_NEWS: IntroductionState.IN_PROGRESS,
}
NO_ADDRESS = "Pas d’adresse de courriel : à appeler."


def follow_up(desk: Desk) -> int:
    """Make the steps of this desk that are the machine's and are due; returns how many. Nothing while it is closed."""
    if not calendar_of(desk).is_open(clock.now()):
        return 0
    due = Reminder.objects.planned().filter(
        desk=desk, step__in=BY_MACHINE, due_at__lte=clock.now(),
        subject_type=ContentType.objects.get_for_model(Introduction),
    ).order_by("due_at", "pk")  # fmt: skip
    seen = list(due[:AT_ONCE])
    if not seen:
        return 0
    with deed(DeskVerb.REMINDER_WRITTEN, by=None):
        hold_still(*{ref for one in seen for ref in one.moves})
        here = due.filter(pk__in=[one.pk for one in seen])
        return _make(desk, list(here.select_for_update(of=("self",), skip_locked=True)))


def _make(desk: Desk, reminders: list[Reminder]) -> int:
    rows = Introduction.objects.for_list().select_related("asker_person", "giver_person")
    known = rows.in_bulk([one.subject_id for one in reminders])
    letters: dict[str, list[Nudge]] = defaultdict(list)
    made = []
    for reminder in reminders:
        introduction = known[reminder.subject_id]
        if introduction.state != STATES[ReminderStep(reminder.step)]:
            overtake_reminders(introduction, [ReminderStep(reminder.step)])
        elif reminder.step == ReminderStep.EXPIRES:
            expire(introduction, because="Personne n’a répondu.")
        elif _was_written_today(desk, addresses := _addresses(introduction, reminder.step)):
            Reminder.objects.filter(pk=reminder.pk).update(due_at=after_open_days(desk, days=1))
            follow(reminder.moves)
        else:
            for side, address in addresses.items():
                letters[address].append(_nudge(introduction, side, reminder.step))
            made.append((reminder, "" if addresses else NO_ADDRESS))
    for address, nudges in sorted(letters.items()):
        _write(desk, address, nudges)
    for reminder, note in made:
        reminder.move(ReminderState.DONE, done_at=clock.now(), note=note)
        follow(reminder.moves)
    return len(reminders)


def _addresses(introduction: Introduction, step: str) -> dict[Side, str]:
    """Whom this step writes to, and where; nobody who asked to be left in peace."""
    sides: list[Side] = [Side.GIVER]
    if step == ReminderStep.GIVER_SILENT:
        sides = asked_by_letter(introduction)
    elif step == ReminderStep.NO_NEWS:
        sides = list(Side)
    found = {side: mails.address_of(introduction, side) for side in sides}
    return {side: address for side, address in found.items() if address and _may_write(introduction, side)}


def _may_write(introduction: Introduction, side: Side) -> bool:
    person = mails.person_of(introduction, side)
    return person is None or not (person.do_not_contact or person.left_on)


def _nudge(introduction: Introduction, side: Side, step: str) -> Nudge:
    link, until = new_link(introduction, side) if step == ReminderStep.GIVER_SILENT else ("", None)
    return Nudge(introduction, side, step, link, until)


def _write(desk: Desk, address: str, nudges: list[Nudge]) -> None:
    letter = mails.nudged(nudges)
    queue_letter(
        desk=desk,
        key=_key(desk, address, clock.now()),
        to=address,
        to_name=letter.to_name,
        subject=letter.subject,
        body=letter.body,
    )


def _was_written_today(desk: Desk, addresses: dict[Side, str]) -> bool:
    keys = [_key(desk, address, clock.now()) for address in addresses.values()]
    return OutgoingMail.objects.filter(key__in=keys).exists()


def _key(desk: Desk, address: str, at: datetime) -> str:
    """One letter of this kind for one address and one day."""
    digest = hashlib.sha256(address.lower().encode()).hexdigest()[:24]
    return f"nudge:{desk.pk}:{digest}:{at.astimezone(clock.PARIS):%Y-%m-%d}"
