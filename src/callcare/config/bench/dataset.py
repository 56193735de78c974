"""A made-up country at the size of the issue: 20,000 organisations, 100,000 open commitments, 20,000 open needs.

Real communes weighted by their population, the founding catalogue, quantities and periods as they come in life; as
many cases again as there are needs are closed, and two years of work lie behind them all (`history`). The same seed
gives the same rows. Bulk-loaded by COPY; the engine's tables are then filled as a restore fills them.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

from django.db import connection, models
from pghistory.models import Context
from stdnum import luhn

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.catalogue.actions import found_catalogue
from callcare.catalogue.models import Category, Reason
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.config.bench import history, national
from callcare.config.bench.loading import Row, Say, copy, ref, without_triggers
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.models import Desk, Draft, Interaction
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.pairs import keep_pairs
from callcare.introductions.models import Introduction
from callcare.matching.actions import rebuild
from callcare.matching.models import Solicitation
from callcare.needs.models import Need, NeedLine
from callcare.report.enums import Indicator
from callcare.report.models import Target
from callcare.report.months import count_touched_days
from callcare.territories.actions import load_communes
from callcare.territories.enums import Level
from callcare.territories.models import Territory

OPERATOR = "banc@call-care.test"
CHIEF = "pilote@call-care.test"
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
        copy(Organisation, islice(rows, FIRST_WORDS), bodies, say)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE directory_spelling")
        copy(Organisation, rows, bodies, say)
    tables = (Commitment, CommitmentLine, Need, NeedLine, Solicitation, *history.TABLES)
    with without_triggers(*tables), deed(BenchVerb.MADE, by=None):
        cases = Cases(pick, places, shelf, desks, operator, bodies)
        years = history.Years(pick, cases, history.Sizes(size))
        copy(Person, history.people(bodies, pick), bodies, say)
        copy(Channel, history.channels(bodies), 2 * bodies, say)
        copy(Interaction, years.contacts(), years.sizes.contacts, say)
        copy(Draft, years.drafts(), history.DRAFTS, say)
        copy(Commitment, cases.commitments(size), size + bodies, say)
        copy(CommitmentLine, cases.lines("commitment", size + bodies), size + bodies, say)
        copy(Need, cases.needs(bodies), 2 * bodies, say)
        copy(NeedLine, cases.lines("need", 2 * bodies), 2 * bodies, say)
        asked = min(size // 50, bodies)
        copy(Solicitation, cases.solicitations(asked, bodies), asked, say)
        years.write(say)
        history.count_promises()
    say("moteur", 0, 2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what was copied has no statistics yet: plans without them never end
    rebuild()
    say("moteur", 1, 2)
    _lives(Interaction, Need, Commitment, Introduction)
    count_touched_days()
    keep_pairs()
    say("moteur", 2, 2)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def make_national(*, size: int, seed: int, say: Say) -> None:
    """The same desks and operators, and a country of `size` organisations and commitments without a past."""
    with deed(BenchVerb.MADE, by=None):
        desks = _desks()
        operator = _operator(desks)
    national.fill(size=size, seed=seed, desks=[desk.pk for desk in desks], operator=operator.pk, say=say)


def _lives(*models_told: type[models.Model]) -> None:
    """The first line of the life of each row, as the triggers would have written it."""
    metadata = {"verb": BenchVerb.MADE.value, "said": BenchVerb.MADE.label, "by": None, "because": ""}
    context = Context.objects.create(metadata=metadata | {"at": clock.now().isoformat()})
    with connection.cursor() as cursor:
        for model in models_told:
            event: Any = model.events.rel.related_model  # type: ignore[attr-defined]
            kept = ", ".join(f'"{f.column}"' for f in event._meta.concrete_fields if not f.name.startswith("pgh_"))
            cursor.execute(
                f"INSERT INTO {event._meta.db_table} ({kept}, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id)"  # noqa: S608
                f" SELECT {kept}, now(), 'insert', id, %s FROM {model._meta.db_table}",
                [context.pk],
            )


def _desks() -> list[Desk]:
    lille, _ = Desk.objects.get_or_create(slug="lille", defaults={"name": "Guichet de Lille"})
    amiens, _ = Desk.objects.get_or_create(slug="amiens", defaults={"name": "Guichet d’Amiens"})
    lille.neighbours.add(amiens)
    return [lille, amiens]


def _operator(desks: list[Desk]) -> User:
    user = User.objects.create_user(OPERATOR, display_name="Opératrice du banc", roles=[Role.OPERATOR])
    User.objects.create_user(CHIEF, display_name="Pilote du banc", roles=[Role.STEWARD, Role.ADMIN])
    desks[0].operators.add(user)
    first, last = clock.today() - timedelta(500), clock.today()  # the review begins with its oldest target
    Target.objects.create(indicator=Indicator.COMPUTERS, value=2021, from_on=first, due_on=last)
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
        siren = str(80_000_000 + number - (5 if number % 100 == 0 else 0))  # a few share theirs
        yield {
            "id": number, "ref": ref("O", number), "name": name, "kind": kind, "commune_id": places.one(),
            "siren": siren + luhn.calc_check_digit(siren) if number % 5 < 3 else "",
        }  # fmt: skip


class Cases:
    """Needs and commitments with one line each; the first ones open, the last ones closed."""

    def __init__(
        self, pick: random.Random, places: _Places, shelf: _Shelf, desks: list[Desk], operator: User, bodies: int
    ) -> None:
        self.pick, self.places, self.shelf, self.bodies = pick, places, shelf, bodies
        self.desks = [desk.pk for desk in desks]
        self.operator, self.now, self.today = operator.pk, clock.now(), clock.today()
        self.served = Reason.objects.get(code="served").pk
        self.of: dict[str, list[int]] = {"commitment": [], "need": []}
        self.organisation: dict[str, list[int]] = {"commitment": [], "need": []}
        self.opened: dict[str, list[datetime]] = {"commitment": [], "need": []}
        self.category: dict[str, list[int]] = {"commitment": [], "need": []}
        self.quantity: dict[str, list[int]] = {"commitment": [], "need": []}
        self.factor: dict[str, list[int]] = {"commitment": [], "need": []}

    def one_desk(self) -> int:
        return self.desks[0] if self.pick.random() < 0.8 else self.desks[1]

    def commitments(self, count: int) -> Iterator[Row]:
        """So many open, and as many closed as there are organisations."""
        pick = self.pick
        for number in range(1, count + self.bodies + 1):
            confirmed = None if pick.random() < 0.1 else self.now - timedelta(pick.randint(0, 150))
            yield self._case("commitment", "E", number, 90, is_closed=number > count) | {
                "level": "confirmed" if confirmed else "announced",
                "confirmed_at": confirmed,
                # The worst case: one desk may propose nearly every commitment of the country.
                "sharing": pick.choice(["desk", "all"]) if self.of["commitment"][-1] == self.desks[0] else "all",
                "radius_km": pick.choice([20, 50, 100, 200, None]),
                "travel": pick.choice(["either", "giver_delivers", "asker_collects", "remote"]),
            }

    def needs(self, count: int) -> Iterator[Row]:
        for number in range(1, 2 * count + 1):
            facts = self._case("need", "B", number, 30, is_closed=number > count)
            yield facts | {"audience": self.pick.choice(["school", "university", ""])}

    def _case(self, kind: str, letter: str, number: int, days: int, *, is_closed: bool) -> Row:
        pick = self.pick
        body = pick.randint(1, self.bodies)
        opened = self.now - timedelta(pick.randint(61, history.YEARS) if is_closed else pick.randint(0, 60))
        self.of[kind].append(self.one_desk())
        self.organisation[kind].append(body)
        self.opened[kind].append(opened)
        starts: date | None = self.today + timedelta(pick.randint(-60, 30)) if pick.random() < 0.5 else None
        return {
            "id": number, "ref": ref(letter, number), "desk_id": self.of[kind][-1], "organisation_id": body,
            "person_id": body, "title": "Pour la mesure", "commune_id": self.places.one(), "owner_id": self.operator,
            "next_action_at": None if is_closed else self.now + timedelta(pick.randint(0, 20)), "starts_on": starts,
            "ends_on": (starts or self.today) + timedelta(pick.randint(1, 2 * days)) if pick.random() < 0.6 else None,
            "opened_at": opened, "state": "closed" if is_closed else "open",
            "closed_at": min(self.now, opened + timedelta(40)) if is_closed else None,
            "close_reason_id": self.served if is_closed else None,
        }  # fmt: skip

    def lines(self, kind: str, count: int) -> Iterator[Row]:
        pick = self.pick
        for number in range(1, count + 1):
            category = self.shelf.one()
            quantity = max(1, int(pick.lognormvariate(2.0, 1.2))) * category.unit.factor
            self.category[kind].append(category.pk)
            self.quantity[kind].append(quantity)
            self.factor[kind].append(category.unit.factor)
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
