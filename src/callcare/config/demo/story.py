"""The month, day by day: what comes in each morning and afternoon, drawn from one seed."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from callcare.calls.actions import hear_pending
from callcare.commitments.actions import confirm_commitment, edit_commitment, share_commitment
from callcare.commitments.enums import Sharing
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.config.demo import everyday, mails, mornings, ringing, rounds, scenes
from callcare.config.demo.contacts import contact, operator, type_commitment, type_need
from callcare.config.demo.helping import look_for_askers, look_for_help
from callcare.config.demo.speech import say
from callcare.config.demo.world import Caller, Office, World, open_world
from callcare.core import clock, refs
from callcare.desk import postbox
from callcare.desk.enums import CaseState, Disposition, InteractionChannel
from callcare.desk.models import Interaction
from callcare.needs.models import Need
from callcare.report.actions import set_target
from callcare.report.enums import Indicator

SEED = 2021
DAYS = 30
MORNING = time(10, 30)  # where the last morning stops
TARGETS = {Indicator.PEOPLE: 2021, Indicator.COMPUTERS: 400, Indicator.COMMITTED: 40}
EARLY = {"laptops_lent", "van"}  # what is lent must have the time to come back
ORDINARY: tuple[tuple[Callable[[World, Office], None], int], ...] = (
    (everyday.sales, 3),
    (everyday.nobody, 2),
    (everyday.question, 4),
    (everyday.referral, 2),
    (everyday.call_back, 2),
    (everyday.missed, 1),
)


def end_of_story() -> datetime:
    """The last instant played: half past ten this morning, or yesterday evening. Never an hour to come."""
    this_morning = datetime.combine(clock.today(), MORNING, clock.PARIS)
    if clock.now() >= this_morning:
        return this_morning
    return datetime.combine(clock.today() - timedelta(days=1), time(18), clock.PARIS)


def play(*, seed: int = SEED, days: int = DAYS, until: datetime | None = None) -> Iterator[date]:
    """Replay the last `days` days, and say each day when it begins. The same seed and end give the same rows.

    Letters are kept inside: they stand as sent at their hour, and nothing leaves.
    """
    until = until or end_of_story()
    first = until.astimezone(clock.PARIS).date() - timedelta(days=days - 1)
    with refs.drawn_from(Random(seed)), postbox.kept_inside():  # noqa: S311  # a story, not a secret
        world = open_world(seed=seed, first=first, until=until)
        with clock.at(datetime.combine(first - timedelta(days=1), time(17, 20), clock.PARIS)):
            ringing.open_lines(world)
        _aim(world)
        for office in world.offices.values():
            _plan(world, office)
        mornings.plan(world)
        yield from world.play()
        with clock.at(until):
            hear_pending()  # the last to hang up


def _aim(world: World) -> None:
    due_on = world.first + timedelta(days=150)
    with clock.at(datetime.combine(world.first - timedelta(days=1), time(17, 30), clock.PARIS)):
        for indicator, value in TARGETS.items():
            set_target(
                by=world.users["stephane"], indicator=indicator, value=value, from_on=world.first, due_on=due_on,
                desk=None, source="démonstration",
            )  # fmt: skip


def _plan(world: World, office: Office) -> None:
    """Spread what each caller will ask or offer over the open days, and the ordinary calls between them."""
    days = world.open_days(office)
    if not days:
        return
    _plan_cases(world, office, days)
    _plan_rounds(world, office, days)
    if office.desk.slug == "lille":
        scenes.plan(world, days)
        mails.plan(world, days)
    calls, weights = zip(*ORDINARY, strict=True)
    for day in days:
        for _ in range(world.chance.randint(3, 5) * len(office.operators)):
            [call] = world.chance.choices(calls, weights)
            world.on(_hour(world, day), partial(call, world, office))


def _plan_cases(world: World, office: Office, days: list[date]) -> None:
    share = min(1, len(days) / 20) ** 0.5  # a shorter story says less
    for caller in office.callers:
        for thing in world.some(caller.gives, share):
            # Offers come a little earlier than needs, so that the first answers are quick.
            day = days[0 if thing in EARLY else int(len(days) * world.chance.random() ** 1.6)]
            world.on(_hour(world, day), partial(_offers, world, office, caller, thing))
        for thing in world.some(caller.asks, share):
            world.on(_hour(world, world.chance.choice(days)), partial(_asks, world, office, caller, thing))


def _plan_rounds(world: World, office: Office, days: list[date]) -> None:
    """The reminders are made twice a day; in the end three of Lille's are left for who opens the demo."""
    leaves = 3 if office.desk.slug == "lille" else 1
    for day in days:
        for hour in (9, 14):
            here = datetime.combine(day, time(hour, 20), clock.PARIS)
            world.on(here, partial(rounds.make, world, office, leaves=leaves if day == days[-1] else 0))
            world.on(here, partial(rounds.qualify, world, office))
    world.on(world.until - timedelta(minutes=2), partial(rounds.make, world, office, leaves=leaves))


def _hour(world: World, day: date) -> datetime:
    """A moment of the open day; people call more before lunch."""
    minutes = world.chance.choice((world.chance.randrange(5, 210), world.chance.randrange(5, 530)))
    return datetime.combine(day, time(9), clock.PARIS) + timedelta(minutes=minutes, seconds=world.chance.randrange(60))


def _asks(world: World, office: Office, caller: Caller, thing: str) -> None:
    by = operator(world, office)
    said = say("need", thing, city=caller.city, today=clock.today(), chance=world.chance)
    made: list[Need] = []

    def type_it(here: Interaction) -> None:
        made.append(type_need(caller, here, said, by=by))
        look_for_help(world, office, made[0])

    contact(world, office, caller, by=by, does=type_it)


def _offers(world: World, office: Office, caller: Caller, thing: str) -> None:
    by = operator(world, office)
    said = say("commitment", thing, city=caller.city, today=clock.today(), chance=world.chance)
    is_sure = world.chance.random() < 0.7
    made: list[Commitment] = []

    def type_it(here: Interaction) -> None:
        again = world.some_open_day(office, 20, 35) if is_sure else None
        made.append(type_commitment(caller, here, said, by=by, sure=is_sure, next_action_at=again))
        if thing == "national":
            share_commitment(made[0], by=by, sharing=Sharing.ALL)
        elif world.chance.random() < 0.2:
            share_commitment(made[0], by=by, sharing=Sharing.NEIGHBOURS)
        if is_sure:
            _propose(world, office, made[0])

    contact(world, office, caller, by=by, does=type_it)
    if not is_sure:
        wait = world.chance.choice(((1, 2), (1, 2), (2, 5)))
        world.after(office, world.chance.randint(*wait), lambda: _is_sure(world, office, caller, made[0]))


def _is_sure(world: World, office: Office, caller: Caller, commitment: Commitment) -> None:
    by = operator(world, office)
    commitment.refresh_from_db()
    if commitment.state != CaseState.OPEN:
        return
    contact(
        world, office, caller, by=by, led_to=[Disposition.UPDATE], summary="Confirme son engagement.",
        channel=InteractionChannel.PHONE,
    )  # fmt: skip
    confirm_commitment(commitment, by=by)
    again = world.some_open_day(office, 20, 35)
    commitment.refresh_from_db()
    edit_commitment(commitment, by=by, seen=commitment.version, next_action_at=again)
    _propose(world, office, commitment)


def _propose(world: World, office: Office, commitment: Commitment) -> None:
    if commitment.state != CaseState.OPEN:
        return
    lines = CommitmentLine.objects.filter(commitment=commitment)
    for line in lines.select_related("commitment__commune", "category", "unit"):
        look_for_askers(world, office, line)
