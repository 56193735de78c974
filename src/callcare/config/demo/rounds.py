"""The reminders of a day, taken one after the other: the desk owes a step, somebody makes it or puts it off."""

from datetime import timedelta
from typing import cast

from callcare.accounts.models import User
from callcare.allocations.actions import confirm
from callcare.allocations.enums import AllocationState
from callcare.allocations.models import Allocation
from callcare.catalogue.models import Reason
from callcare.commitments.actions import confirm_commitment, edit_line as edit_offer, open_commitment
from callcare.commitments.models import Commitment
from callcare.config.demo import helping
from callcare.config.demo.contacts import contact, operator
from callcare.config.demo.world import Office, World
from callcare.core import clock
from callcare.desk.actions import do_reminder, snooze_reminder, try_reminder
from callcare.desk.actions.cases import LineFacts
from callcare.desk.enums import CaseState, Direction, Disposition, InteractionChannel, ReminderStep
from callcare.desk.models import Reminder
from callcare.introductions.actions import follow_up, unreachable
from callcare.introductions.enums import IntroductionState
from callcare.introductions.models import Introduction
from callcare.needs.actions import close_need, edit_line, open_need
from callcare.needs.models import Need

SAID = "Quantité précisée au téléphone."
STILL = (
    "Toujours rien, on continue de chercher.",
    "Appelé trois entreprises du secteur, sans suite pour l’instant.",
    "En attente d’une réponse du réseau.",
    "La demande tient toujours.",
)


def make(world: World, office: Office, *, leaves: int = 0) -> None:
    """Do what is due; `leaves` reminders stay late, for who opens the demo."""
    follow_up(office.desk)
    due = Reminder.objects.planned().filter(desk=office.desk, due_at__lte=clock.now())
    waiting = list(due.exclude(step=ReminderStep.CALL_BACK).order_by("due_at", "pk"))
    for reminder in waiting[: len(waiting) - leaves]:
        _make(world, office, reminder)


def qualify(world: World, office: Office) -> None:
    """What was noted without its quantity is asked by telephone the day after, then opened."""
    yesterday = clock.now() - timedelta(hours=20)
    waiting = {"desk": office.desk, "state": CaseState.TO_QUALIFY, "opened_at__lt": yesterday}
    for need in cast("list[Need]", list(Need.objects.filter(**waiting).order_by("pk"))):
        by = operator(world, office)
        _ask_how_many(world, office, need, by)
        for line in need.lines.select_related("need", "category__unit"):
            facts = LineFacts(category=line.category, quantity=need.people_expected or 1)
            edit_line(line, by=by, seen=line.revision, facts=facts, because=SAID)
        open_need(need, by=by)
    for commitment in cast("list[Commitment]", list(Commitment.objects.filter(**waiting).order_by("pk"))):
        by = operator(world, office)
        _ask_how_many(world, office, commitment, by)
        for offer in commitment.lines.select_related("commitment", "category__unit"):
            facts = LineFacts(category=offer.category, quantity=world.chance.randint(2, 5) * 10)
            edit_offer(offer, by=by, seen=offer.revision, facts=facts, because=SAID)
        open_commitment(commitment, by=by, next_action_at=world.some_open_day(office, 20, 35))


def _ask_how_many(world: World, office: Office, case: Need | Commitment, by: User) -> None:
    contact(
        world, office, helping.caller_of(world, case.organisation_id), by=by, led_to=[Disposition.UPDATE],
        summary=SAID, channel=InteractionChannel.PHONE, direction=Direction.OUT,
    )  # fmt: skip


def _make(world: World, office: Office, reminder: Reminder) -> None:
    by = operator(world, office)
    match reminder.subject:
        case Need() as need:
            _need(world, office, need, reminder, by)
        case Commitment() as commitment:
            if commitment.state == CaseState.OPEN:
                confirm_commitment(commitment, by=by)
        case Introduction() as introduction:
            _introduction(world, office, introduction, reminder, by)
        case Allocation() as allocation:
            _allocation(world, office, allocation, reminder, by)
        case _:
            do_reminder(reminder, by=by, note="Lu au téléphone.")


def _need(world: World, office: Office, need: Need, reminder: Reminder, by: User) -> None:
    if need.state != CaseState.OPEN or helping.look_for_help(world, office, need):
        return
    age = (clock.now() - need.opened_at).days
    is_past = need.ends_on is not None and need.ends_on < clock.today()
    if is_past or (age > 7 and world.chance.random() < 0.25):
        code = "expired" if is_past else world.chance.choice(("unanswered", "served_elsewhere", "withdrawn"))
        close_need(need, by=by, reason=Reason.objects.get(code=code))
        return
    until = world.some_open_day(office, 3, 6)
    snooze_reminder(reminder, by=by, until=until, because=world.chance.choice(STILL))


def _introduction(world: World, office: Office, it: Introduction, reminder: Reminder, by: User) -> None:
    asker = helping.caller_of(world, it.need.organisation_id)
    if asker is None or it.state not in (IntroductionState.SENT, IntroductionState.IN_PROGRESS):
        return
    pair = helping.Pair(office, it, asker, helping.caller_of(world, it.giver_id))
    draw = world.chance.random()
    if it.state == IntroductionState.SENT and draw < 0.5:
        helping.taken_up(world, pair)
    elif it.state == IntroductionState.SENT and draw < 0.6:
        unreachable(it, by=by, because="Trois appels sans réponse.")
    elif draw < 0.75:
        contact(
            world, office, pair.giver or asker, by=by, led_to=[Disposition.NO_ANSWER], direction=Direction.OUT,
            channel=InteractionChannel.PHONE,
        )  # fmt: skip
        try_reminder(reminder, by=by)
    else:
        snooze_reminder(reminder, by=by, until=world.some_open_day(office, 2, 4), because="Ils se voient bientôt.")


def _allocation(world: World, office: Office, allocation: Allocation, reminder: Reminder, by: User) -> None:
    if reminder.step == ReminderStep.HOLD_ENDS and allocation.state == AllocationState.HELD:
        confirm(allocation, by=by)
    elif reminder.step == ReminderStep.OUTCOME_ASKED and allocation.introduction:
        asker = helping.caller_of(world, allocation.need_line.need.organisation_id)
        if asker:
            helping.thanks(world, helping.Pair(office, allocation.introduction, asker, None))
    else:
        snooze_reminder(
            reminder, by=by, until=world.some_open_day(office, 1, 3), because="Remise prévue cette semaine."
        )
