"""Who may be calling: a number is a hint, never a proof. It selects, it never unlocks, reveals or changes anything."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from callcare.directory.enums import Certainty, ChannelUse
from callcare.directory.models import Organisation, Person
from callcare.directory.rules import phones
from callcare.directory.rules.phones import Phone, PhoneKind

MOST = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the number was noted for. `person` is None for a number of the organisation itself."""

    organisation: Organisation
    person: Person | None
    use: str
    certainty: str
    last_seen_at: datetime | None
    extension: str

    @property
    def use_label(self) -> str:
        return str(ChannelUse(self.use).label)

    @property
    def is_direct(self) -> bool:
        return self.use == ChannelUse.DIRECT and self.certainty == Certainty.KNOWN


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of a number. `organisation` and `person` are set only where there is no doubt.

    The same person under several of her numbers counts once. `others` says there are more than the five shown.
    """

    phone: Phone
    candidates: tuple[Candidate, ...] = ()
    others: bool = False

    @property
    def is_masked(self) -> bool:
        return self.phone.kind == PhoneKind.HIDDEN

    @property
    def organisation(self) -> Organisation | None:
        """The one organisation of this number, if there is one only; a former number says nothing."""
        live = {c.organisation.pk: c.organisation for c in self.candidates if c.use != ChannelUse.FORMER}
        return next(iter(live.values())) if len(live) == 1 and not self.others else None

    @property
    def person(self) -> Person | None:
        """The one person of this direct and sure number. A switchboard or a shared number selects nobody."""
        speaking = [c for c in self.candidates if c.use != ChannelUse.FORMER]
        people = {c.person.pk: c.person for c in speaking if c.person}
        direct = bool(speaking) and all(c.is_direct for c in speaking) and not self.others
        return next(iter(people.values())) if direct and len(people) == 1 else None


def who_calls(number: str) -> Caller:
    """The organisations and persons this number was noted for, the likeliest first, five at most.

    Known before possible, direct before switchboard, then the last seen. Three statements at most, none for a masked
    number: who it was noted for (the function `directory_noted`), then their rows.
    """
    return who_call([number])[number]


def who_call(numbers: Collection[str]) -> dict[str, Caller]:
    """The same for many numbers at once, by the spelling they were asked in, in as many statements."""
    read = {number: phones.parse(number) for number in numbers}
    found: dict[str, list[Candidate]] = defaultdict(list)
    for note, candidate in _candidates(_noted({phone.value for phone in read.values() if phone.value})):
        found[note.number].append(candidate)
    return {number: _caller(phone, found[phone.value] if phone.value else []) for number, phone in read.items()}


class _Note(NamedTuple):
    """A number as it was noted for somebody, by the keys of the rows that are kept."""

    number: str
    person: int | None
    organisation: int
    use: str
    certainty: str
    last_seen_at: datetime | None
    raw: str


def _noted(values: Collection[str]) -> list[_Note]:
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM directory_noted(%s, %s)", [sorted(values), 4 * MOST])
        return [_Note(*row) for row in cursor.fetchall()]


def _candidates(notes: Collection[_Note]) -> Iterable[tuple[_Note, Candidate]]:
    persons = Person.objects.in_bulk({note.person for note in notes if note.person})
    bodies = {note.organisation for note in notes} | {person.organisation_id for person in persons.values()}
    organisations = Organisation.objects.in_bulk(bodies)
    for person in persons.values():
        person.organisation = organisations[person.organisation_id]
    for note in notes:
        yield (
            note,
            Candidate(
                organisations[note.organisation],
                persons[note.person] if note.person else None,
                note.use,
                note.certainty,
                note.last_seen_at,
                phones.parse(note.raw).extension,
            ),
        )


def _caller(phone: Phone, candidates: Iterable[Candidate]) -> Caller:
    found: dict[tuple[int, int | None], Candidate] = {}
    for candidate in candidates:
        found.setdefault((candidate.organisation.pk, candidate.person.pk if candidate.person else None), candidate)
    every = tuple(found.values())
    return Caller(phone, every[:MOST], others=len(every) > MOST)
