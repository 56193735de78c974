"""Who may be writing: an address is a hint, as a number is. It selects; it never unlocks or reveals anything."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import CharField, F, Func, Q, Value

from callcare.directory.enums import Certainty, ChannelKind, ChannelUse
from callcare.directory.models import Channel, ChannelQuerySet, Organisation, Person
from callcare.directory.rules import emails

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever an address names without a doubt."""

    organisation: Organisation | None
    person: Person | None


def who_write(addresses: Collection[str]) -> dict[str, Writer]:
    """Two statements for all of them: those it was noted for, else the one organisation with that domain."""
    asked = {one for one in addresses if one}
    noted: dict[str, list[Channel]] = defaultdict(list)
    for channel in _emails().filter(Q(person__isnull=True) | Q(person__left_on=None), value__in=asked):
        noted[channel.value].append(channel)
    unknown = {emails.domain(one) for one in asked if one not in noted} - {""}
    of_domain: dict[str, dict[int, Organisation]] = defaultdict(dict)
    if unknown:
        domain = Func(F("value"), Value("@"), Value(2), function="split_part", output_field=CharField())
        for channel in _emails().alias(domain=domain).filter(domain__in=unknown):
            body = _body(channel)
            if body is not None:
                of_domain[emails.domain(channel.value)][body.pk] = body
    return {
        one: _writer(noted[one]) if one in noted else Writer(_only(of_domain[emails.domain(one)]), None)
        for one in asked
    }


def _emails() -> ChannelQuerySet:
    rows = Channel.objects.in_use().filter(kind=ChannelKind.EMAIL)
    return rows.select_related(
        "organisation__merged_into", "person__organisation__merged_into", "person__merged_into__organisation"
    )


def _writer(channels: list[Channel]) -> Writer:
    """What is known before what may be; an address that several share names nobody."""
    sure = [one for one in channels if one.certainty == Certainty.KNOWN] or channels
    bodies = {body.pk: body for one in sure if (body := _body(one))}
    people = {who.pk: who for one in sure if (who := _person(one))}
    is_hers = all(one.use == ChannelUse.DIRECT and one.certainty == Certainty.KNOWN and one.person_id for one in sure)
    return Writer(_only(bodies), _only(people) if is_hers else None)


def _only(found: dict[int, T]) -> T | None:
    return next(iter(found.values())) if len(found) == 1 else None


def _person(channel: Channel) -> Person | None:
    return channel.person and (channel.person.merged_into or channel.person)


def _body(channel: Channel) -> Organisation | None:
    person = _person(channel)
    body = person.organisation if person else channel.organisation
    return body and (body.merged_into or body)
