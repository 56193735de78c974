"""The reminders of a day, taken one after the other: the desk owes a step, somebody makes it or puts it off."""

from callcare.accounts.models import User
from callcare.allocations.actions import confirm
from callcare.allocations.enums import AllocationState
from callcare.allocations.models import Allocation
from callcare.catalogue.models import Reason
from callcare.config.demo import helping
from callcare.config.demo.contacts import contact, operator
from callcare.config.demo.world import Office, World
from callcare.core import clock
from callcare.desk.actions import do_reminder, snooze_reminder, try_reminder
from callcare.desk.enums import CaseState, Direction, Disposition, InteractionChannel, ReminderStep
from callcare.desk.models import Reminder
from callcare.introductions.actions import unreachable
from callcare.introductions.enums import IntroductionState
from callcare.introductions.models import Introduction
from callcare.needs.actions import close_need, edit_need
from callcare.needs.models import Need

STILL = (
    "Toujours rien, on continue de chercher.",
    "Appelé trois entreprises du secteur, sans suite pour l’instant.",
    "En attente d’une réponse du réseau.",
    "La demande tient toujours.",
)


def make(world: World, office: Office, *, leaves: int = 0) -> None:
    """Do what is due; `leaves` reminders stay late, for who opens the demo."""
    due = Reminder.objects.planned().filter(desk=office.desk, due_at__lte=clock.now())
    waiting = list(due.exclude(step=ReminderStep.CALL_BACK).order_by("due_at", "pk"))
    for reminder in waiting[: len(waiting) - leaves]:
        _make(world, office, reminder)


def _make(world: World, office: Office, reminder: Reminder) -> None:
    by = operator(world, office)
    match reminder.subject:
        case Need() as need:
            _need(world, office, need, reminder, by)
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
    need.refresh_from_db()
    edit_need(need, by=by, seen=need.version, next_action_at=until)


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
