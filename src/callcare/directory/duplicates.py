"""Probable duplicates, with their evidence in words. Shown before saving; nothing is ever merged by the machine."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
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
    yield from _reached_so(reached, likeness)
    if said := _name_says(same=names.same(facts.name, row.name), likeness=likeness, here=here):
        yield said


def _reached_so(reached: set[str], likeness: float) -> Iterable[str]:
    yield from sorted({SAME_PHONE, SAME_EMAIL} & reached, reverse=True)
    if SAME_DOMAIN in reached and likeness >= RELATED:
        yield SAME_DOMAIN


def _name_says(*, same: bool, likeness: float, here: bool) -> str:
    if same:
        return SAME_NAME_HERE if here else SAME_NAME
    if likeness >= VERY_NEAR:
        return NEAR_NAME_HERE if here else NEAR_NAME
    return NEAR_NAME_HERE if here and likeness >= NEAR else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that may be one, the older first."""

    first: Organisation
    second: Organisation
    reasons: tuple[str, ...]

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[reason] for reason in self.reasons)


def duplicate_pairs(*, limit: int = 50) -> list[Pair]:
    """The pairs of the whole directory that may be one organisation, the likeliest first. Two statements.

    Names are compared within a commune among those that share a word, so that it stays a matter of seconds at
    national size; words more than fifty organisations of a commune share say nothing.
    """
    said: dict[tuple[int, int], list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"near": NEAR - 0.25, "most": 4 * limit, "everybodys": list(emails.EVERYBODYS)})
        for first, second, reason in cursor.fetchall():
            said[first, second].append(reason)
    rows = Organisation.objects.select_related("commune__departement").in_bulk({pk for pair in said for pk in pair})
    pairs = [Pair(rows[a], rows[b], tuple(_confirmed(rows[a], rows[b], why))) for (a, b), why in said.items()]
    return sorted((p for p in pairs if p.reasons), key=lambda p: (-p.weight, p.first.pk, p.second.pk))[:limit]


def _confirmed(first: Organisation, second: Organisation, said: Iterable[str]) -> Iterable[str]:
    """What the database brought together, judged by the same rules as before saving."""
    likeness = names.likeness(first.name, second.name)
    here = first.commune_id is not None and first.commune_id == second.commune_id
    if SAME_SIREN in said and (here or likeness >= NEAR):
        yield SAME_SIREN
    yield from _reached_so(set(said), likeness)
    if name := _name_says(same=names.same(first.name, second.name), likeness=likeness, here=here):
        yield name


_PAIRS = """
WITH live AS (
    SELECT id, siren, commune_id, search_name FROM directory_organisation WHERE merged_into_id IS NULL
), reached AS (
    SELECT coalesce(c.organisation_id, p.organisation_id) AS id, c.kind, c.value, c.use
    FROM directory_channel c LEFT JOIN directory_person p ON p.id = c.person_id
    WHERE c.use <> 'former'
), word AS (
    SELECT id, commune_id, w AS word, count(*) OVER (PARTITION BY commune_id, w) AS n
    FROM (SELECT DISTINCT id, commune_id, w FROM live, regexp_split_to_table(search_name, ' ') w
          WHERE commune_id IS NOT NULL AND length(w) >= 4) each_once
)
SELECT least(a, b), greatest(a, b), reason FROM (
    SELECT a.id AS a, b.id AS b, 'même SIREN' AS reason
    FROM live a JOIN live b ON b.siren = a.siren AND b.id > a.id WHERE a.siren <> ''
    UNION
    SELECT a.id, b.id, CASE a.kind WHEN 'phone' THEN 'même téléphone' ELSE 'même courriel' END
    FROM reached a JOIN reached b ON b.kind = a.kind AND b.value = a.value AND b.id > a.id
    WHERE a.use = 'direct' AND b.use = 'direct'
    UNION
    SELECT a.id, b.id, 'même domaine de courriel'
    FROM reached a JOIN reached b ON split_part(b.value, '@', 2) = split_part(a.value, '@', 2) AND b.id > a.id
    WHERE a.kind = 'email' AND b.kind = 'email' AND split_part(a.value, '@', 2) <> ALL (%(everybodys)s)
    UNION
    SELECT a.id, b.id, 'nom proche'
    FROM word wa JOIN word wb ON wb.commune_id = wa.commune_id AND wb.word = wa.word AND wb.id > wa.id
    JOIN directory_organisation a ON a.id = wa.id JOIN directory_organisation b ON b.id = wb.id
    WHERE wa.n <= 50 AND similarity(a.search_name, b.search_name) >= %(near)s
) found
JOIN live one ON one.id = a JOIN live other ON other.id = b
ORDER BY 1, 2
LIMIT %(most)s
"""
