"""A made-up country at the size of the issue: 20,000 organisations, 100,000 open commitments, 20,000 needs.

Real communes weighted by their population, the founding catalogue, quantities and periods as they come in life; the
same seed gives the same rows. Bulk-loaded by COPY; the engine's tables are then filled as a restore fills them.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import accumulate, islice
from typing import Any, TypeVar

from django.db import connection, models
from stdnum import luhn

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.catalogue.actions import found_catalogue
from callcare.catalogue.models import Category
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.core.refs import ALPHABET
from callcare.desk.models import Desk
from callcare.directory.models import Organisation
from callcare.matching.actions import rebuild
from callcare.matching.models import Solicitation
from callcare.needs.models import Need, NeedLine
from callcare.territories.actions import load_communes
from callcare.territories.enums import Level
from callcare.territories.models import Territory

OPERATOR = "banc@call-care.test"
BODIES = ("Association", "Centre social", "Atelier", "Fondation", "Mission locale", "Comptoir", "Maison", "Société")
NAMES = (
    "du Canal", "des Tilleuls", "Verlinde", "du Moulin", "de la Lys", "Dumoulin", "des Weppes", "Saint-Martin",
    "des Trois Ponts", "de l’Avenir", "Lefebvre", "du Beffroi", "Horizon", "du Littoral", "des Peupliers",
    "Carpentier", "de la Gare", "Vasseur", "du Vieux Port", "Solidarité", "des Jeunes Pousses", "Numérique",
    "du Bassin", "Delattre",
)  # fmt: skip
SYLLABLES = (
    "bo",
    "ca",
    "dru",
    "el",
    "fon",
    "gri",
    "hau",
    "lan",
    "mer",
    "nor",
    "pel",
    "roi",
    "sau",
    "ta",
    "ver",
    "zel",
)
# The words of names are learnt row by row; without figures about its table that look-up would read it whole.
FIRST_WORDS = 300
Row = dict[str, Any]
Say = Callable[[str, int, int], None]
T = TypeVar("T")


class BenchVerb(models.TextChoices):
    MADE = "bench.made", "a fait le jeu de mesure"


def make(*, size: int, seed: int, say: Say) -> None:
    """Fill the scratch database: `size` commitments, a fifth as many organisations and needs."""
    pick = random.Random(seed)  # noqa: S311  # made-up rows, no secret
    load_communes(by=None)
    found_catalogue(by=None)
    with deed(BenchVerb.MADE, by=None):
        desks = _desks()
        operator = _operator(desks)
    places = _Places(pick)
    shelf = _Shelf(pick)
    bodies = max(1, size // 5)
    with _without_history(), deed(BenchVerb.MADE, by=None):
        rows = _organisations(bodies, pick, places)
        _copy(Organisation, islice(rows, FIRST_WORDS), bodies, say)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE directory_spelling")
        _copy(Organisation, rows, bodies, say)
    with _without_triggers(), deed(BenchVerb.MADE, by=None):
        cases = _Cases(pick, places, shelf, desks, operator, bodies)
        _copy(Commitment, cases.commitments(size), size, say)
        _copy(CommitmentLine, cases.lines("commitment", size), size, say)
        _copy(Need, cases.needs(bodies), bodies, say)
        _copy(NeedLine, cases.lines("need", bodies), bodies, say)
        asked = min(size // 50, bodies)
        _copy(Solicitation, cases.solicitations(asked, bodies), asked, say)
    say("moteur", 0, 1)
    rebuild()
    say("moteur", 1, 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _desks() -> list[Desk]:
    lille, _ = Desk.objects.get_or_create(slug="lille", defaults={"name": "Guichet de Lille"})
    amiens, _ = Desk.objects.get_or_create(slug="amiens", defaults={"name": "Guichet d’Amiens"})
    lille.neighbours.add(amiens)
    return [lille, amiens]


def _operator(desks: list[Desk]) -> User:
    user = User.objects.create_user(OPERATOR, display_name="Opératrice du banc", roles=[Role.OPERATOR])
    desks[0].operators.add(user)
    return user


class _Places:
    """Communes in proportion to their population."""

    def __init__(self, pick: random.Random) -> None:
        communes = Territory.objects.filter(level=Level.COMMUNE).order_by("pk").values_list("pk", "population")
        self.keys = [key for key, _ in communes]
        self.weights = list(accumulate(max(1, people) for _, people in communes))
        self.pick = pick

    def one(self) -> int | None:
        """A commune; now and then nobody said which."""
        if self.pick.random() < 0.03:
            return None
        return self.pick.choices(self.keys, cum_weights=self.weights)[0]


class _Shelf:
    """Categories in the order of their popularity (Zipf): the largest family holds about one line in seven."""

    def __init__(self, pick: random.Random) -> None:
        self.all = list(Category.objects.select_related("unit").order_by("pk"))
        leaves = [one for one in self.all if len(one.path) > 1]
        pick.shuffle(leaves)
        laptop = next((one for one in leaves if one.code == "laptop"), leaves[0])
        leaves.remove(laptop)
        self.ranked = [laptop, *leaves]
        self.weights = list(accumulate(1 / place for place in range(2, len(self.ranked) + 2)))
        self.pick = pick

    def one(self) -> Category:
        return self.pick.choices(self.ranked, cum_weights=self.weights)[0]


def _ref(letter: str, number: int) -> str:
    """References in order, not by luck: a hundred thousand drawn ones would clash."""
    body = ""
    for _ in range(6):
        number, rest = divmod(number, len(ALPHABET))
        body = ALPHABET[rest] + body
    body += luhn.calc_check_digit(body, alphabet=ALPHABET)
    return f"{letter}-{body[:4]}-{body[4:]}"


def _word(number: int) -> str:
    """A made-up proper name, one of four thousand: a vocabulary grows slower than a directory."""
    number = number * 7919 % 4000 + 300
    said = ""
    while number or not said:
        number, rest = divmod(number, len(SYLLABLES))
        said += SYLLABLES[rest]
    return said.capitalize()


def _organisations(count: int, pick: random.Random, places: _Places) -> Iterator[Row]:
    for number in range(1, count + 1):
        name = f"{pick.choice(BODIES)} {pick.choice(NAMES)} {pick.choice(NAMES)} {_word(number)}"
        kind = pick.choice(["association", "association", "company", "school", "local_authority"])
        yield {"id": number, "ref": _ref("O", number), "name": name, "kind": kind, "commune_id": places.one()}


class _Cases:
    """Needs and commitments with one line each."""

    def __init__(
        self, pick: random.Random, places: _Places, shelf: _Shelf, desks: list[Desk], operator: User, bodies: int
    ) -> None:  # fmt: skip
        self.pick, self.places, self.shelf, self.bodies = pick, places, shelf, bodies
        self.desks = [desk.pk for desk in desks]
        self.operator, self.now, self.today = operator.pk, clock.now(), clock.today()
        self.of: dict[str, list[int]] = {"commitment": [], "need": []}

    def commitments(self, count: int) -> Iterator[Row]:
        pick = self.pick
        for number in range(1, count + 1):
            confirmed = None if pick.random() < 0.1 else self.now - timedelta(pick.randint(0, 150))
            yield self._case("commitment", "E", number, 90) | {
                "level": "confirmed" if confirmed else "announced",
                "confirmed_at": confirmed,
                # The worst case: one desk may propose nearly every commitment of the country.
                "sharing": pick.choice(["desk", "all"]) if self.of["commitment"][-1] == self.desks[0] else "all",
                "radius_km": pick.choice([20, 50, 100, 200, None]),
                "travel": pick.choice(["either", "giver_delivers", "asker_collects", "remote"]),
            }

    def needs(self, count: int) -> Iterator[Row]:
        for number in range(1, count + 1):
            yield self._case("need", "B", number, 30) | {"audience": self.pick.choice(["school", "university", ""])}

    def _case(self, kind: str, letter: str, number: int, days: int) -> Row:
        pick = self.pick
        desk = self.desks[0] if pick.random() < 0.8 else self.desks[1]
        self.of[kind].append(desk)
        starts: date | None = self.today + timedelta(pick.randint(-60, 30)) if pick.random() < 0.5 else None
        return {
            "id": number, "ref": _ref(letter, number), "desk_id": desk,
            "organisation_id": pick.randint(1, self.bodies), "title": "Pour la mesure",
            "commune_id": self.places.one(), "owner_id": self.operator,
            "next_action_at": self.now + timedelta(pick.randint(0, 20)), "starts_on": starts,
            "ends_on": (starts or self.today) + timedelta(pick.randint(1, 2 * days)) if pick.random() < 0.6 else None,
            "opened_at": self.now - timedelta(pick.randint(0, 60)),
        }  # fmt: skip

    def lines(self, kind: str, count: int) -> Iterator[Row]:
        pick = self.pick
        for number in range(1, count + 1):
            category = self.shelf.one()
            quantity = max(1, int(pick.lognormvariate(2.0, 1.2))) * category.unit.factor
            yield {
                "id": number, f"{kind}_id": number, "desk_id": self.of[kind][number - 1],
                "category_id": category.pk, "kind": category.kind, "measure": category.unit.measure,
                "unit_id": category.unit_id,
                "factor": category.unit.factor, "mode": pick.choice(["gift", "gift", "loan", "either"]),
                ("qty_offered" if kind == "commitment" else "qty_requested"): quantity,
            }  # fmt: skip

    def solicitations(self, count: int, needs: int) -> Iterator[Row]:
        for number in range(1, count + 1):
            need = self.pick.randint(1, needs)
            at = self.now - timedelta(self.pick.randint(0, 40))
            yield {
                "id": number, "need_id": need, "desk_id": self.of["need"][need - 1], "at": at,
                "giver_id": number, "closed_at": None if number % 5 == 0 else at,
                "commitment_id": self.pick.randint(1, len(self.of["commitment"])),
            }  # fmt: skip


def _copy(model: type[models.Model], rows: Iterable[Row], count: int, say: Say) -> None:
    """COPY rows that say only what matters; the model's defaults say the rest."""
    first, rows = _peek(rows)
    if not first:
        return
    fields = [f for f in model._meta.concrete_fields if not getattr(f, "generated", False)]
    blank = model()
    usual: dict[str, Any] = {
        f.column or f.name: f.get_db_prep_save(getattr(blank, f.attname), connection) for f in fields
    }
    nullable = {f.column for f in fields if f.null}
    columns = [name for name, value in usual.items() if name in first or value is not None or name in nullable]
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for number, row in enumerate(rows, 1):
                copy.write_row([row.get(column, usual[column]) for column in columns])
                if number % 2000 == 0 or number == count:
                    say(str(model._meta.verbose_name_plural), number, count)
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [count])


def _peek(rows: Iterable[Row]) -> tuple[Row, Iterator[Row]]:
    rest = iter(rows)
    first = list(islice(rest, 1))
    return (first[0] if first else {}), (row for part in (first, rest) for row in part)


@contextmanager
def _without_history() -> Iterator[None]:
    """Only here: the rows of a scratch database have no life to tell. The other triggers stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'directory_organisation'::regclass AND tgname LIKE %s",
            ["pgtrigger_insert_insert%"],
        )
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f"ALTER TABLE directory_organisation DISABLE TRIGGER {name}")
        yield
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE directory_organisation ENABLE TRIGGER {name}")


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Keys and checks stay; what triggers would have written is computed afterwards, at once."""
    tables = [model._meta.db_table for model in (Commitment, CommitmentLine, Need, NeedLine, Solicitation)]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
