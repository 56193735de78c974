"""What chance would not bring: a duplicate, a repeat, and the work that waits for who opens the demo."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from callcare.commitments.models import Commitment
from callcare.config.demo.contacts import contact, operator, type_commitment, type_need
from callcare.config.demo.speech import Said, say
from callcare.config.demo.world import Caller, Office, World
from callcare.core import clock
from callcare.desk.actions import log_interaction, promise_call_back, save_draft
from callcare.desk.case_capture import read_anew
from callcare.desk.case_reading import understood
from callcare.desk.enums import CaseState, InteractionChannel
from callcare.desk.models import Interaction
from callcare.introductions.actions import propose_by_mail
from callcare.needs.actions import close_as_duplicate, repeat_need
from callcare.needs.models import Need

ALL = frozenset({"name", "phone", "email"})
PHONE, MAIL, FORM = InteractionChannel.PHONE, InteractionChannel.MAIL, InteractionChannel.FORM
# What is asked last, of which the month leaves enough: candidates wait for somebody to relate them.
LEFT_OPEN = (
    ("Lycée des Beffrois", "hygiene", PHONE, 150),
    ("Foyer de l’Aubépine", "laptops", MAIL, 95),
    ("Parole et Lecture", "books", FORM, 60),
    ("Jeunes en Sambre", "sport", MAIL, 40),
    ("Ville de Denain", "summer", PHONE, 25),  # its quantity is still to be asked
)
ASKED = Said("2 jours de comptabilité pour préparer le bilan à Roubaix", 2, 12, "employment")
GIVEN = Said("4 jours de comptabilité à Lille", 4, 0, "")


def plan(world: World, days: list[date]) -> None:
    """Put the scenes of Lille in their place; a short story keeps only its end."""
    office = world.offices["lille"]
    if len(days) > 12:
        world.on(_at(days[3], 10), lambda: _asked_twice(world, office))
        world.on(_at(days[5], 11), lambda: _asked_again(world, office, days[11]))
    for name, thing, channel, minutes in LEFT_OPEN:
        caller = named(office, name)
        world.on(world.until - timedelta(minutes=minutes), _left_open(world, office, caller, thing, channel))
    world.on(world.until - timedelta(minutes=75), lambda: _waits_for_a_yes(world, office))
    world.on(world.until - timedelta(minutes=52), lambda: _to_call_back(world, office, "CCAS de Liévin", 1))
    world.on(world.until - timedelta(minutes=31), lambda: _to_call_back(world, office, "Groupe Hautecloque", 4))
    world.on(world.until - timedelta(minutes=6), lambda: _on_the_line(world, office))


def named(office: Office, name: str) -> Caller:
    return next(caller for caller in office.callers if caller.organisation.name == name)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 20), clock.PARIS)


def _asked_twice(world: World, office: Office) -> None:
    """By telephone in the morning, by mail after lunch: the second is closed as a duplicate of the first."""
    caller, needs = named(office, "Radio Beffroi"), list[Need]()
    said = say("need", "video", city=caller.city, today=clock.today(), chance=world.chance)
    for by, channel, hours in zip(office.operators, (PHONE, MAIL), (0, 4), strict=True):
        with clock.at(clock.now() + timedelta(hours=hours)):
            contact(
                world, office, caller, by=by, channel=channel,
                does=lambda here, by=by: needs.append(type_need(caller, here, said, by=by)),  # type: ignore[misc]
            )  # fmt: skip
    first, second = needs
    with clock.at(clock.now() + timedelta(hours=5)):
        close_as_duplicate(second, by=office.operators[0], of=first, because="Même demande, reçue deux fois.")


def _asked_again(world: World, office: Office, later: date) -> None:
    """She calls again eight days later: no new need, one more repeat."""
    caller, by, needs = named(office, "Ville de Denain"), operator(world, office), list[Need]()
    said = say("need", "bus", city=caller.city, today=clock.today(), chance=world.chance)
    contact(world, office, caller, by=by, channel=PHONE,
            does=lambda here: needs.append(type_need(caller, here, said, by=by)))  # fmt: skip

    def again() -> None:
        [need] = needs
        need.refresh_from_db()
        if need.state != CaseState.CLOSED:
            contact(world, office, caller, by=by, channel=PHONE, summary="Relance : le forum approche.",
                    does=lambda here: repeat_need(need, by=by, interaction=here, priority=1))  # fmt: skip

    world.on(_at(later, 15), again)


def _left_open(
    world: World, office: Office, caller: Caller, thing: str, channel: InteractionChannel
) -> Callable[[], None]:
    def asks() -> None:
        by = operator(world, office)
        said = say("need", thing, city=caller.city, today=clock.today(), chance=world.chance)
        contact(world, office, caller, by=by, channel=channel, does=lambda here: type_need(caller, here, said, by=by))

    return asks


def _waits_for_a_yes(world: World, office: Office) -> None:
    """The asker agreed on the telephone; the accountant is still to be asked."""
    by = office.operators[0]
    asker, giver = named(office, "Atelier du Canal"), named(office, "Cabinet Carlier et associés")
    made: list[Commitment] = []

    def offers(here: Interaction) -> None:
        made.append(type_commitment(giver, here, GIVEN, by=by, sure=True, agrees=False))

    contact(world, office, giver, by=by, channel=MAIL, does=offers)

    def asks(here: Interaction) -> None:
        need = type_need(asker, here, ASKED, by=by)
        [offer] = made
        propose_by_mail(
            by=by, need_line=need.lines.get(), commitment_line=offer.lines.get(), asker_gives=ALL, interaction=here,
            asks=False,
        )  # fmt: skip

    contact(world, office, asker, by=by, channel=PHONE, does=asks)


def _to_call_back(world: World, office: Office, name: str, hours: int) -> None:
    by, caller = operator(world, office), named(office, name)
    due = clock.now() + timedelta(hours=hours)

    def promise(here: Interaction) -> None:
        promise_call_back(here, by=by, due_at=due, number=caller.number, note="Attend notre appel.")

    contact(world, office, caller, by=by, channel=PHONE, does=promise, summary="Coupée par une réunion, à rappeler.")


def _on_the_line(world: World, office: Office) -> None:
    """Marion has somebody on the line: the line is typed, nothing is recorded yet."""
    marion, caller = world.users["marion"], named(office, "Un toit pour apprendre")
    here = log_interaction(
        by=marion, desk=office.desk, channel=PHONE, person=caller.person, raw_identity=caller.number
    )
    line = "8 ordinateurs portables Lille avant le " + f"{clock.today() + timedelta(days=20):%d/%m} pour étudiants"
    typed = {"line": line} | read_anew({"line": line}, understood(line, office.desk))
    save_draft(here, by=marion, seen=0, part="need", typed=typed)
