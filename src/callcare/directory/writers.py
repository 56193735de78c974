"""Who may be writing: an address is a hint, as a number is. It selects; it unlocks and reveals nothing."""

from dataclasses import dataclass

from django.db.models import CharField, F, Func, Value

from callcare.directory.callers import MOST, Candidate
from callcare.directory.enums import Certainty, ChannelKind
from callcare.directory.models import Channel, ChannelQuerySet
from callcare.directory.rules import emails


@dataclass(frozen=True, slots=True)
class Writer:
    """What is known of an address: those it was noted for, else the organisations of its domain."""

    address: str
    candidates: tuple[Candidate, ...] = ()
    others: bool = False
    is_masked: bool = False  # an address always shows


def who_writes(address: str) -> Writer:
    """Those who have this address, five at most; where nobody has it, the organisations that write from its domain."""
    address = address.strip().lower()
    noted = Channel.objects.in_use().filter(kind=ChannelKind.EMAIL)
    rows = list(_with_owner(noted.filter(value=address)))
    certainty = Certainty.KNOWN
    domain = emails.domain(address)
    if not rows and domain:
        of = Func(F("value"), Value("@"), Value(2), function="split_part", output_field=CharField())
        rows = list(_with_owner(noted.alias(of=of).filter(of=domain)))
        certainty = Certainty.MAYBE
    found: dict[tuple[int, int | None], Candidate] = {}
    for row in rows:
        body = row.organisation if row.person is None else row.person.organisation
        person = row.person if certainty == Certainty.KNOWN else None
        if body is not None and body.merged_into_id is None:
            one = Candidate(body, person, row.use, certainty, row.last_seen_at, "")
            found.setdefault((body.pk, person.pk if person else None), one)
    return Writer(address, tuple(found.values())[:MOST], len(found) > MOST)


def _with_owner(rows: ChannelQuerySet) -> ChannelQuerySet:
    return rows.select_related("organisation", "person__organisation").order_by("-last_seen_at", "pk")[:50]
