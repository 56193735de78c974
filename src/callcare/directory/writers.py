"""Who may be writing: an address is a hint, as a number is. It selects; it unlocks and reveals nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import CharField, F, Func, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from callcare.directory.callers import MOST, Candidate
from callcare.directory.enums import Certainty, ChannelKind
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.rules import emails

MOST_READ = 200  # channels of one address or domain: an academy writes from thousands


@dataclass(frozen=True, slots=True)
class Writer:
    """What is known of an address: those it was noted for, else the organisations of its domain.

    `organisation` and `person` are set only where there is no doubt: what is known before what may be, and an address
    that several share names nobody.
    """

    address: str
    candidates: tuple[Candidate, ...] = ()
    others: bool = False
    organisation: Organisation | None = None
    person: Person | None = None
    is_masked: bool = False  # an address always shows


def who_writes(address: str) -> Writer:
    """Those who have this address, five at most; where nobody has it, the organisations that write from its domain."""
    return who_write([address])[address]


def who_write(addresses: Collection[str]) -> dict[str, Writer]:
    """The same for many addresses at once, by the spelling they were asked in. Two statements for all of them."""
    read = {one: one.strip().lower() for one in addresses}
    noted: dict[str, list[Channel]] = defaultdict(list)
    if asked := set(read.values()) - {""}:
        for channel in _latest(_emails().filter(value__in=asked), "value"):
            noted[channel.value].append(channel)
    of_domain: dict[str, list[Channel]] = defaultdict(list)
    if unknown := {emails.domain(one) for one in asked if one not in noted} - {""}:
        domain = Func(F("value"), Value("@"), Value(2), function="split_part", output_field=CharField())
        for channel in _latest(_emails().annotate(domain=domain).filter(domain__in=unknown), "domain"):
            of_domain[emails.domain(channel.value)].append(channel)
    return {
        one: _of_address(address, noted[address]) if address in noted else _of_domain(address, of_domain)
        for one, address in read.items()
    }


def _emails() -> QuerySet[Channel]:
    """What is in use, of whoever has not left; merged rows lead to the one kept."""
    rows = Channel.objects.in_use().filter(Q(person__isnull=True) | Q(person__left_on=None), kind=ChannelKind.EMAIL)
    return rows.select_related(
        "organisation__merged_into", "person__organisation__merged_into", "person__merged_into__organisation"
    )


def _latest(rows: QuerySet[Channel], by: str) -> QuerySet[Channel]:
    latest = (F("last_seen_at").desc(nulls_last=True), F("pk").asc())
    place = Window(RowNumber(), partition_by=F(by), order_by=latest)
    return rows.annotate(place=place).filter(place__lte=MOST_READ).order_by(by, "place")


def _of_address(address: str, channels: list[Channel]) -> Writer:
    found = [_candidate(one, _person(one), one.certainty) for one in channels]
    sure = [one for one in found if one.certainty == Certainty.KNOWN] or found
    is_hers = all(one.is_direct and one.person for one in sure)
    bodies = {one.organisation.pk: one.organisation for one in sure}
    people = {one.person.pk: one.person for one in sure if one.person}
    return _writer(
        address,
        found,
        next(iter(bodies.values())) if len(bodies) == 1 else None,
        next(iter(people.values())) if is_hers and len(people) == 1 else None,
    )


def _of_domain(address: str, known: dict[str, list[Channel]]) -> Writer:
    """A colleague of theirs, perhaps: the organisation where it is the only one, and nobody in it."""
    domain = emails.domain(address)
    found = [_candidate(one, None, Certainty.MAYBE) for one in known.get(domain, ())] if domain else []
    bodies = {one.organisation.pk: one.organisation for one in found}
    return _writer(address, found, next(iter(bodies.values())) if len(bodies) == 1 else None, None)


def _writer(
    address: str, candidates: Iterable[Candidate], organisation: Organisation | None, person: Person | None
) -> Writer:
    shown: dict[tuple[int, int | None], Candidate] = {}
    for one in candidates:
        shown.setdefault((one.organisation.pk, one.person.pk if one.person else None), one)
    every = tuple(shown.values())
    return Writer(address, every[:MOST], len(every) > MOST, organisation, person)


def _person(channel: Channel) -> Person | None:
    return channel.person and (channel.person.merged_into or channel.person)


def _candidate(channel: Channel, person: Person | None, certainty: str) -> Candidate:
    hers = _person(channel)
    owner = hers.organisation if hers else channel.organisation
    assert owner is not None, "a channel has one owner"  # noqa: S101  # the database says so
    return Candidate(owner.merged_into or owner, person, channel.use, certainty, channel.last_seen_at, "")
