"""The rest of a day at the desk: sales calls, wrong numbers, questions, call-backs, people sent to a service."""

from datetime import timedelta
from functools import partial

from callcare.config.demo import ringing
from callcare.config.demo.contacts import contact, operator
from callcare.config.demo.world import NUMBER, Caller, Office, World
from callcare.core import clock
from callcare.desk.actions import do_reminder, promise_call_back, refer, take_reminder, try_reminder
from callcare.desk.enums import Direction, Disposition, InteractionChannel, ReminderState, ReminderStep
from callcare.desk.models import Interaction, Reminder
from callcare.desk.rules.hours import due

PHONE = InteractionChannel.PHONE
SALES = ("Contrat de photocopieur.", "Pompe à chaleur.", "Énergie pour les professionnels.", "Référencement internet.")
QUESTIONS = (
    "Demande les horaires du guichet.",
    "Voudrait savoir qui peut appeler.",
    "Demande si un reçu fiscal est possible : les organismes d’intérêt général l’établissent eux-mêmes.",
    "Prépare un article sur le guichet, rappellera.",
    "Veut faire connaître le numéro à ses collègues.",
    "Demande comment proposer du temps en dehors du travail.",
)
SERVICES = (
    ("service social départemental (UTPAS)", "Une famille sans logement : orientée vers le service social."),
    ("point d’accueil écoute jeunes", "Un jeune de moins de 20 ans en rupture : orienté."),
    ("France Travail, agence la plus proche", "Question sur des droits au chômage : orientée."),
    ("CCAS de la commune", "Demande d’aide alimentaire pour un foyer : orientée."),
    ("mission locale", "Cherche une formation : orienté vers la mission locale."),
)


def sales(world: World, office: Office) -> None:
    contact(world, office, None, by=operator(world, office), led_to=[Disposition.SALES],
            summary=world.chance.choice(SALES), channel=PHONE, identity=_stranger(world))  # fmt: skip


def nobody(world: World, office: Office) -> None:
    led_to = world.chance.choice((Disposition.WRONG_NUMBER, Disposition.SILENT))
    contact(world, office, None, by=operator(world, office), led_to=[led_to], channel=PHONE, identity=_stranger(world))


def question(world: World, office: Office) -> None:
    caller = world.chance.choice(office.callers) if world.chance.random() < 0.6 else None
    contact(world, office, caller, by=operator(world, office), led_to=[Disposition.INFORMATION],
            summary=world.chance.choice(QUESTIONS))  # fmt: skip


def referral(world: World, office: Office) -> None:
    by = operator(world, office)
    service, summary = world.chance.choice(SERVICES)
    contact(world, office, None, by=by, summary=summary, channel=PHONE, identity=_stranger(world),
            does=lambda here: _refer(here, by, service))  # fmt: skip


def _refer(here: Interaction, by: object, service: str) -> None:
    refer(here, by=by, service=service, organisation=None)  # type: ignore[arg-type]


def call_back(world: World, office: Office, caller: Caller | None = None, *, is_kept: bool = True) -> None:
    """Somebody asks to be called back; most are, a little later."""
    by = operator(world, office)
    who = caller or world.chance.choice(office.callers)
    owed: list[Reminder] = []

    def promise(here: Interaction) -> None:
        due = clock.now() + timedelta(minutes=world.chance.choice((60, 90, 120, 180)))
        owed.append(promise_call_back(here, by=by, due_at=due, number=who.number, note="Préfère l’après-midi."))

    contact(world, office, who, by=by, channel=PHONE, does=promise, summary="En réunion, à rappeler.")
    if is_kept:
        [one] = owed
        late = timedelta(minutes=world.chance.choice((-20, -5, 10, 45)))
        world.on(one.due_at + late, lambda: _called_back(world, office, who, one))


def missed(world: World, office: Office) -> None:
    """Everybody is on the line: the number is called back within the hour."""
    caller = world.chance.choice(office.callers)
    ringing.in_vain(world, office, number=caller.number)
    owed = Reminder.objects.planned().filter(desk=office.desk, step=ReminderStep.CALL_BACK, number=caller.number)
    for one in owed:
        late = world.chance.choice((15, 25, 40, 70))
        back = due(clock.now(), minutes=late, calendar=office.calendar)
        world.on(back, partial(_called_back, world, office, caller, one))


def _called_back(world: World, office: Office, caller: Caller, owed: Reminder) -> None:
    by = operator(world, office)
    owed.refresh_from_db()
    if owed.state != ReminderState.PLANNED:
        return  # she called first
    take_reminder(owed, by=by)
    if world.chance.random() < 0.2:
        try_reminder(owed, by=by)
        world.on(owed.due_at + timedelta(minutes=5), lambda: _called_back(world, office, caller, owed))
        return
    do_reminder(owed, by=by, note="Rappelé.")
    contact(world, office, caller, by=by, channel=PHONE, direction=Direction.OUT, led_to=[Disposition.INFORMATION],
            summary="Rappelé : la demande viendra par courriel.")  # fmt: skip


def _stranger(world: World) -> str:
    return NUMBER.format(world.chance.randint(5000, 9999)) if world.chance.random() < 0.8 else ""
