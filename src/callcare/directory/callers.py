"""Who may be calling: a number is a hint, never a proof. It selects, it never unlocks, reveals or changes anything."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from callcare.directory.enums import Certainty, ChannelKind, ChannelUse
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.rules import phones
from callcare.directory.rules.phones import Phone, PhoneKind

MOST = 5

_BY_USE = (ChannelUse.DIRECT, ChannelUse.SWITCHBOARD, ChannelUse.SHARED, ChannelUse.FORMER)
_LIKELIEST = (
    Case(When(use=ChannelUse.FORMER, then=Value(1)), default=Value(0), output_field=IntegerField()),
    Case(When(certainty=Certainty.KNOWN, then=Value(0)), default=Value(1), output_field=IntegerField()),
    Case(*(When(use=use, then=Value(rank)) for rank, use in enumerate(_BY_USE)), output_field=IntegerField()),
    F("last_seen_at").desc(nulls_last=True),
    F("pk").asc(),
)


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

    Known before possible, direct before switchboard, then the last seen. One statement; none for a masked number.
    """
    return who_call([number])[number]


def who_call(numbers: Collection[str]) -> dict[str, Caller]:
    """The same for many numbers at once, by the spelling they were asked in. One statement for all of them."""
    read = {number: phones.parse(number) for number in numbers}
    noted: dict[str, list[Channel]] = defaultdict(list)
    if values := {phone.value for phone in read.values() if phone.value}:
        for channel in _noted(values):
            noted[channel.value].append(channel)
    return {number: _caller(phone, noted[phone.value] if phone.value else []) for number, phone in read.items()}


def _caller(phone: Phone, channels: Iterable[Channel]) -> Caller:
    found: dict[tuple[int, int | None], Candidate] = {}
    for channel in channels:
        candidate = _candidate(channel)
        key = (candidate.organisation.pk, candidate.person.pk if candidate.person else None)
        found.setdefault(key, candidate)
    every = tuple(found.values())
    return Caller(phone, every[:MOST], others=len(every) > MOST)


def _noted(values: Collection[str]) -> QuerySet[Channel]:
    rows = Channel.objects.filter(
        Q(person__isnull=True) | Q(person__left_on=None), kind=ChannelKind.PHONE, value__in=values
    ).select_related(
        "organisation__merged_into", "person__organisation__merged_into", "person__merged_into__organisation"
    )
    if len(values) == 1:  # one call that rings: a window would cost Django more to write than PostgreSQL to answer
        return rows.order_by(*_LIKELIEST)[: 4 * MOST]
    place = Window(RowNumber(), partition_by=F("value"), order_by=_LIKELIEST)
    return rows.annotate(place=place).filter(place__lte=4 * MOST).order_by("value", "place")


def _candidate(channel: Channel) -> Candidate:
    """Merged rows lead to the one kept."""
    person = channel.person and (channel.person.merged_into or channel.person)
    owner = person.organisation if person else channel.organisation
    assert owner is not None, "a channel has one owner"  # noqa: S101  # the database says so
    organisation = owner.merged_into or owner
    return Candidate(
        organisation, person, channel.use, channel.certainty, channel.last_seen_at, phones.parse(channel.raw).extension
    )
