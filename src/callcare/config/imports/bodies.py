"""The organisation, the person and the coordinates of a line: found where they are known, entered where not."""

from dataclasses import dataclass, replace

from callcare.accounts.models import User
from callcare.config.imports.facts import Body
from callcare.core.deeds import Refused
from callcare.directory.actions import edit_organisation, record_channel, record_person, resolve_organisation
from callcare.directory.duplicates import Facts
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.rules import names

SOURCE = "import"


@dataclass(frozen=True, slots=True)
class Welcomed:
    """Who the line is about, as the directory has them now, and what had to be written, in words."""

    organisation: Organisation
    person: Person | None
    created: bool
    wrote: tuple[str, ...]


def welcome(body: Body, *, by: User | None) -> Welcomed:
    """Find or enter the organisation and who speaks for it. What the directory says already is never overwritten."""
    resolved = resolve_organisation(_where(body), by=by, source=SOURCE)
    organisation = resolved.organisation
    wrote = [*_complete(organisation, body, by=by)] if not resolved.created else []
    if resolved.created and any(body.more.values()):
        edit_organisation(organisation, by=by, seen=organisation.version, **_filled(body.more))
    person, entered = _person(organisation, body, by=by)
    if entered:
        wrote.append(f"interlocuteur {person}")
    elif _note_channels(organisation, person, body, by=by):
        wrote.append("coordonnées")
    return Welcomed(organisation, person, resolved.created, tuple(wrote))


def _where(body: Body) -> Facts:
    """A name without commune or number means the one organisation of that name; several, and it must be said."""
    facts = body.facts
    if facts.siret or facts.rna or facts.commune_id:
        return facts
    rows = Organisation.objects.live().with_words(names.words(facts.name)).order_by("pk")[:50]
    same = [row for row in rows if names.same(row.name, facts.name)]
    if len(same) > 1:
        raise Refused("Plusieurs organisations portent ce nom : ajoutez sa commune, son SIRET ou son numéro RNA.")
    return replace(facts, commune_id=same[0].commune_id) if same else facts


def _filled(facts: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}


def _complete(organisation: Organisation, body: Body, *, by: User | None) -> list[str]:
    """Fill in what the directory does not know yet."""
    facts = body.facts
    told = _filled(body.more | {"siren": facts.siren, "siret": facts.siret, "rna": facts.rna})
    missing = {name: value for name, value in told.items() if not getattr(organisation, name)}
    if missing:
        edit_organisation(organisation, by=by, seen=organisation.version, **missing)
    return [SAID[name] for name in missing]


SAID = {"address": "adresse", "website": "site", "siren": "SIREN", "siret": "SIRET", "rna": "numéro RNA"}


def _person(organisation: Organisation, body: Body, *, by: User | None) -> tuple[Person | None, bool]:
    """The person of this line, and whether she had to be entered."""
    people = list(organisation.people.present().order_by("pk"))
    full = f"{body.first_name} {body.last_name}".strip()
    if not full:
        known = Channel.objects.filter(person__in=people, value__in=body.reach).order_by("pk").first()
        return (known.person if known else None), False
    for person in people:
        if names.same(str(person), full):
            return person, False
    if not body.last_name:
        return None, False
    facts = {"first_name": body.first_name, "role": body.role, "source": SOURCE}
    return record_person(organisation, by=by, last_name=body.last_name, reach=body.reach, **facts), True


def _note_channels(organisation: Organisation, person: Person | None, body: Body, *, by: User | None) -> bool:
    """Note the numbers and addresses nobody has noted yet, on the person if there is one."""
    owner = {"person": person} if person else {"organisation": organisation}
    known = set(Channel.objects.filter(**owner, value__in=body.reach).values_list("value", flat=True))
    new = [value for value in body.reach if value not in known]
    for value in new:
        record_channel(by=by, value=value, person=person, organisation=None if person else organisation, source=SOURCE)
    return bool(new)
