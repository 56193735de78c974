"""The world of the story: who is there, what is going to happen, and the one source of chance."""

import csv
import heapq
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from random import Random

from stdnum import luhn

from callcare.accounts.models import User
from callcare.config.demo.accounts import open_accounts
from callcare.core import clock
from callcare.desk.actions import open_desk, set_desk
from callcare.desk.calendar import calendar_of
from callcare.desk.models import Desk
from callcare.desk.rules.hours import Calendar
from callcare.directory.actions import attach_account, record_organisation, record_person
from callcare.directory.models import Organisation, Person
from callcare.territories.enums import Level
from callcare.territories.models import Territory

NUMBER = "+3335301{:04}"  # the range kept for fiction


@dataclass(slots=True)
class Caller:
    """Somebody who speaks for an organisation, and the things she will ask or offer."""

    person: Person
    organisation: Organisation
    number: str
    email: str
    city: str
    asks: list[str]
    gives: list[str]


@dataclass(slots=True)
class Office:
    """A desk with its operators, its calendar and its callers."""

    desk: Desk
    operators: list[User]
    calendar: Calendar
    callers: list[Caller] = field(default_factory=list)


class World:
    """Events wait in a heap, each at its instant; what one causes is put back in it."""

    def __init__(self, *, seed: int, first: date, until: datetime) -> None:
        self.chance = Random(seed)  # noqa: S311  # a story, not a secret
        self.first, self.until = first, until
        self.offices: dict[str, Office] = {}
        self.users: dict[str, User] = {}
        self.happened: set[str] = set()  # what the month must show at least once, and does not need twice
        self.calls = itertools.count(1)  # what the provider calls each call
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def on(self, instant: datetime, does: Callable[[], None]) -> None:
        """Let this happen then; what would happen after the end of the story does not."""
        if instant <= self.until:
            heapq.heappush(self._waiting, (instant, next(self._order), does))

    def after(self, office: Office, days: int, does: Callable[[], None]) -> None:
        """Let this happen some open days later, at an hour of the desk."""
        day = clock.today()
        for _ in range(days):
            day = self.next_open(office, day)
        hour = datetime.combine(day, time(9, 10), clock.PARIS) + timedelta(minutes=self.chance.randrange(500))
        self.on(max(hour, clock.now() + timedelta(minutes=6)), does)

    def some_open_day(self, office: Office, least: int, most: int) -> datetime:
        """A morning, so many open days from now."""
        day = clock.today()
        for _ in range(self.chance.randint(least, most)):
            day = self.next_open(office, day)
        return datetime.combine(day, time(9, 30), clock.PARIS) + timedelta(minutes=15 * self.chance.randrange(24))

    def next_open(self, office: Office, day: date) -> date:
        while True:
            day += timedelta(days=1)
            if office.calendar.spans(day):
                return day

    def is_first(self, what: str) -> bool:
        """Has this not happened yet? It has, from now on."""
        is_new = what not in self.happened
        self.happened.add(what)
        return is_new

    def some(self, things: Iterable[str], share: float) -> list[str]:
        """Each of these things with the same chance: all of them in a whole month."""
        return [thing for thing in things if self.chance.random() < share]

    def open_days(self, office: Office) -> list[date]:
        """The open days of the story, the first and the last included."""
        days = (self.until.astimezone(clock.PARIS).date() - self.first).days + 1
        every = (self.first + timedelta(days=n) for n in range(days))
        return [day for day in every if office.calendar.spans(day)]

    def play(self) -> Iterator[date]:
        """Live through what waits, in order; says each day when it begins."""
        today = None
        while self._waiting:
            instant, _, does = heapq.heappop(self._waiting)
            with clock.at(instant):
                if clock.today() != today:
                    today = clock.today()
                    yield today
                does()


def open_world(*, seed: int, first: date, until: datetime) -> World:
    """The accounts, the two desks and the directory, the evening before the story begins."""
    world = World(seed=seed, first=first, until=until)
    with clock.at(datetime.combine(first - timedelta(days=1), time(17), clock.PARIS)):
        world.users = open_accounts()
        _open_desks(world)
        _fill_directory(world)
    return world


def _open_desks(world: World) -> None:
    users, ada = world.users, world.users["ada"]
    for slug, name, where, number, who in (
        ("lille", "Guichet de Lille", "59", 0, ("marion", "nathalie")),
        ("amiens", "Guichet d’Amiens", "80", 100, ("amelie",)),
    ):
        desk = open_desk(
            by=ada,
            slug=slug,
            name=name,
            territory=Territory.objects.filter(level=Level.DEPARTEMENT, code=where).first(),
            numbers=[NUMBER.format(number)],
            mailboxes=[f"{slug}@call-care.test"],
            operators=[users[key] for key in who],
        )
        world.offices[slug] = Office(desk, [users[key] for key in who], calendar_of(desk))
    lille, amiens = world.offices["lille"].desk, world.offices["amiens"].desk
    set_desk(lille, by=ada, neighbours=[amiens])


def _fill_directory(world: World) -> None:
    text = files(__package__).joinpath("cast.csv").read_text(encoding="utf-8")
    for n, row in enumerate(csv.DictReader(text.splitlines(), delimiter=";")):
        office = world.offices[row["desk"]]
        office.callers.append(_caller(office, row, n))
    users = world.users
    for key, of in (("claire", "Atelier du Canal"), ("hugo", "Filature Verlinde")):
        caller = next(one for one in world.offices["lille"].callers if one.organisation.name == of)
        attach_account(users[key], caller.organisation, by=users["ada"], person=caller.person)


def _caller(office: Office, row: dict[str, str], n: int) -> Caller:
    by = office.operators[n % len(office.operators)]
    commune = Territory.objects.get(level=Level.COMMUNE, code=row["commune"])
    organisation = record_organisation(
        by=by, name=row["name"], kind=row["kind"], siren=_siren(n), commune_id=commune.pk, source="démonstration"
    )
    number = NUMBER.format(1100 + n)
    email = f"{_slug(row['first'])}.{_slug(row['last'])}@{_slug(row['name'])}.test"
    person = record_person(
        organisation, by=by, first_name=row["first"], last_name=row["last"], role=row["role"], reach=[number, email]
    )
    return Caller(person, organisation, number, email, commune.name, row["asks"].split(), row["gives"].split())


def _siren(n: int) -> str:
    """A number with a valid key that no register gave: none begins with three zeros."""
    body = f"0005{n:04}"
    return body + str(luhn.calc_check_digit(body))


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))
