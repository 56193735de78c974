"""Probable duplicates, with their evidence in words. Shown before saving; nothing is ever merged by the machine."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from callcare.directory.enums import ChannelKind, ChannelUse
from callcare.directory.models import Channel, Organisation
from callcare.directory.rules import emails, names

NEAR = 0.65  # likeness from which two names in one commune may be one
VERY_NEAR = 0.8  # … and anywhere
RELATED = 0.35  # … and where a number or a domain says it too

SAME_SIRET, SAME_RNA, SAME_SIREN = "même SIRET", "même numéro RNA", "même SIREN"
SAME_NAME_HERE, NEAR_NAME_HERE = "même nom et même commune", "nom proche et même commune"
SAME_NAME, NEAR_NAME = "même nom", "nom proche"
SAME_PHONE, SAME_EMAIL, SAME_DOMAIN = "même téléphone", "même courriel", "même domaine de courriel"

WEIGHTS = {
    SAME_SIRET: 100, SAME_RNA: 100, SAME_NAME_HERE: 80, SAME_PHONE: 60, SAME_EMAIL: 60, NEAR_NAME_HERE: 50,
    SAME_SIREN: 40, SAME_NAME: 40, NEAR_NAME: 25, SAME_DOMAIN: 20,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an organisation before it is entered. Identifiers, numbers and addresses in any spelling."""

    name: str
    kind: str = ""
    commune_id: int | None = None
    siren: str = ""
    siret: str = ""
    rna: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """An organisation that may be the same, and why."""

    organisation: Organisation
    reasons: tuple[str, ...]

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[reason] for reason in self.reasons)

    @property
    def is_certain(self) -> bool:
        """The same establishment or the same association: the database will refuse a second one."""
        return bool({SAME_SIRET, SAME_RNA} & set(self.reasons))


def probable_duplicates(facts: Facts, *, but: Organisation | None = None, limit: int = 8) -> list[Evidence]:
    """The organisations these facts may already describe, the likeliest first. Three statements.

    Numbers and addresses must be in their kept form (E.164, lower case).
    """
    reached = _reached(facts)
    rows = Organisation.objects.live().select_related("commune__departement")
    known = Q(pk__in=reached.keys())
    if facts.siret:
        known |= Q(siret=facts.siret)
    if facts.rna:
        known |= Q(rna=facts.rna)
    if siren := facts.siren or facts.siret[:9]:
        known |= Q(siren=siren)
    near = rows.filter(search_name__trigram_similar=" ".join(names.words(facts.name)))[:60] if facts.name else ()
    found = {row.pk: row for row in [*rows.filter(known)[:60], *near]}
    if but:
        found.pop(but.pk, None)
    every = [Evidence(row, tuple(_reasons(facts, row, reached[row.pk]))) for row in found.values()]
    return sorted((e for e in every if e.reasons), key=lambda e: (-e.weight, e.organisation.pk))[:limit]


def _reached(facts: Facts) -> dict[int, set[str]]:
    """The organisations one of these numbers or addresses belongs to, each with how."""
    domains = {emails.domain(address) for address in facts.emails} - {""}
    same = Q(kind=ChannelKind.PHONE, value__in=facts.phones) | Q(kind=ChannelKind.EMAIL, value__in=facts.emails)
    for domain in domains:
        same |= Q(kind=ChannelKind.EMAIL, value__endswith=f"@{domain}")
    found: dict[int, set[str]] = defaultdict(set)
    if not facts.phones and not facts.emails:
        return found
    for channel in Channel.objects.in_use().filter(same).select_related("person")[:200]:
        owner = channel.person.organisation_id if channel.person else channel.organisation_id
        found[owner or 0].add(_how(facts, channel))
    return found


def _how(facts: Facts, channel: Channel) -> str:
    if channel.kind == ChannelKind.EMAIL:
        return SAME_EMAIL if channel.value in facts.emails else SAME_DOMAIN
    return SAME_PHONE if channel.use != ChannelUse.SHARED else ""


def _reasons(facts: Facts, row: Organisation, reached: set[str]) -> Iterable[str]:
    likeness = names.likeness(facts.name, row.name)
    here = facts.commune_id is not None and facts.commune_id == row.commune_id
    if facts.siret and facts.siret == row.siret:
        yield SAME_SIRET
    if facts.rna and facts.rna == row.rna:
        yield SAME_RNA
    siren = facts.siren or facts.siret[:9]
    if siren and siren == row.siren and facts.siret != row.siret and (here or likeness >= NEAR):
        yield SAME_SIREN
    yield from reached_so(reached, likeness)
    if said := name_says(same=names.same(facts.name, row.name), likeness=likeness, here=here):
        yield said


def reached_so(reached: set[str], likeness: float) -> Iterable[str]:
    yield from sorted({SAME_PHONE, SAME_EMAIL} & reached, reverse=True)
    if SAME_DOMAIN in reached and likeness >= RELATED:
        yield SAME_DOMAIN


def name_says(*, same: bool, likeness: float, here: bool) -> str:
    if same:
        return SAME_NAME_HERE if here else SAME_NAME
    if likeness >= VERY_NEAR:
        return NEAR_NAME_HERE if here else NEAR_NAME
    return NEAR_NAME_HERE if here and likeness >= NEAR else ""
