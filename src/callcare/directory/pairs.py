"""The probable duplicates of the whole directory, kept: compared when something was written, read when they are shown.

Names are compared within a commune among those that share a word; a word that more than fifty organisations of a
commune share says nothing. So one more organisation may silence a word for fifty others: they are compared anew too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from callcare.directory.duplicates import NEAR, SAME_SIREN, WEIGHTS, name_says, reached_so
from callcare.directory.models import Organisation, ProbablePair, Unpaired
from callcare.directory.rules import emails, names

COMMON = 50  # a word more organisations of a commune share says nothing
BROUGHT_TOGETHER = NEAR - 0.25  # the database's likeness counts every word: it brings together, `names` judges
ONE_AT_A_TIME = 7_104_003  # the advisory lock of who compares

Said = dict[tuple[int, int], list[str]]  # two keys, the smaller first → what the database says brings them together


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that may be one, the older first."""

    first: Organisation
    second: Organisation
    reasons: tuple[str, ...]
    weight: int


def duplicate_pairs(*, of: Organisation | None = None, limit: int = 50) -> list[Pair]:
    """The pairs of the whole directory, or of one organisation, that may be one, the likeliest first.

    What was written since the last comparison is compared as well, and not kept: reading a page writes nothing.
    """
    stale, fresh = _since()
    kept = ProbablePair.objects.order_by("-weight", "one", "other")
    if stale:
        kept = kept.exclude(Q(one__in=stale) | Q(other__in=stale))
    if of:
        kept = kept.filter(Q(one=of.pk) | Q(other=of.pk))
        fresh = [pair for pair in fresh if of.pk in (pair.one, pair.other)]
    pairs = sorted([*kept[:limit], *fresh], key=lambda pair: (-pair.weight, pair.one, pair.other))[:limit]
    rows = Organisation.objects.select_related("commune__departement").in_bulk(
        {pk for pair in pairs for pk in (pair.one, pair.other)}
    )
    return [Pair(rows[pair.one], rows[pair.other], tuple(pair.reasons), pair.weight) for pair in pairs]


def have_duplicates(organisations: Collection[int]) -> set[int]:
    """Which of these have a probable duplicate, as of the last comparison. One statement."""
    if not organisations:
        return set()
    kept = ProbablePair.objects.filter(Q(one__in=organisations) | Q(other__in=organisations))
    return {pk for pair in kept.values_list("one", "other") for pk in pair} & set(organisations)


def keep_pairs() -> int:
    """Compare anew what was written since; answers how many organisations. Safe to run twice, and at the same time.

    What is written meanwhile leaves its own mark: it is taken away by the next comparison, never by this one.
    """
    if not Unpaired.objects.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute(_STALE, {"common": COMMON})
        marks, stale = cursor.fetchone()
        if not marks:
            return 0  # another compared while we waited
        cursor.execute("DELETE FROM directory_unpaired WHERE id = ANY (%s)", [marks])
        said = _said(stale)
        ProbablePair.objects.filter(Q(one__in=stale) | Q(other__in=stale)).delete()
        ProbablePair.objects.bulk_create(_judged(said), batch_size=2000)
        return len(stale)


def _since() -> tuple[list[int], list[ProbablePair]]:
    """Whom what was written since makes us compare, and the pairs they are in now."""
    if not Unpaired.objects.exists():
        return [], []
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"common": COMMON})
        marks, stale = cursor.fetchone()
    return (stale, _judged(_said(stale))) if marks and stale else ([], [])


def _said(stale: list[int]) -> Said:
    said: Said = defaultdict(list)
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {
            "stale": stale, "near": BROUGHT_TOGETHER, "common": COMMON, "everybodys": list(emails.EVERYBODYS),
        }  # fmt: skip
        cursor.execute(_PAIRS, asked)
        for one, other, reason in cursor.fetchall():
            said[one, other].append(reason)
    return said


def _judged(said: Said) -> list[ProbablePair]:
    rows = Organisation.objects.in_bulk({pk for pair in said for pk in pair})
    pairs = []
    for (one, other), why in said.items():
        if reasons := list(_confirmed(rows[one], rows[other], why)):
            weight = sum(WEIGHTS[reason] for reason in reasons)
            pairs.append(ProbablePair(one=one, other=other, reasons=reasons, weight=weight))
    return pairs


def _confirmed(first: Organisation, second: Organisation, said: Iterable[str]) -> Iterable[str]:
    """What the database brought together, judged by the same rules as before saving."""
    likeness = names.likeness(first.name, second.name)
    here = first.commune_id is not None and first.commune_id == second.commune_id
    if SAME_SIREN in said and (here or likeness >= NEAR):
        yield SAME_SIREN
    yield from reached_so(set(said), likeness)
    if name := name_says(same=names.same(first.name, second.name), likeness=likeness, here=here):
        yield name


# The marks, and whom they make us compare: those they name, and all who share in a commune a word that may have
# become too common, or rare again. A mark adds or takes away one organisation at most. One statement: one instant.
_STALE = """
WITH mark AS MATERIALIZED (
    SELECT id, organisation, commune, name FROM directory_unpaired
), touched AS MATERIALIZED (
    SELECT commune, w AS word, count(*) AS changes FROM mark, string_to_table(name, ' ') w
    WHERE commune IS NOT NULL AND length(w) >= 4 GROUP BY 1, 2
), word AS (
    SELECT id, commune_id, w AS word, count(*) OVER (PARTITION BY commune_id, w) AS n
    FROM (SELECT DISTINCT o.id, o.commune_id, w
          FROM directory_organisation o, string_to_table(o.search_name, ' ') w
          WHERE o.merged_into_id IS NULL AND o.commune_id IN (SELECT commune FROM touched)
            AND length(w) >= 4) each_once
), stale AS (
    SELECT organisation AS id FROM mark
    UNION
    SELECT word.id FROM word JOIN touched ON touched.commune = word.commune_id AND touched.word = word.word
    WHERE n + changes > %(common)s AND n - changes <= %(common)s
)
SELECT (SELECT array_agg(id) FROM mark), (SELECT array_agg(id ORDER BY id) FROM stale)
"""

_PAIRS = """
WITH stale AS MATERIALIZED (
    SELECT o.id, o.siren, o.commune_id, o.search_name
    FROM directory_organisation o WHERE o.id = ANY (%(stale)s) AND o.merged_into_id IS NULL
), reached AS MATERIALIZED (
    SELECT s.id, c.kind, c.value, c.use
    FROM stale s JOIN directory_channel c ON c.organisation_id = s.id WHERE c.use <> 'former'
    UNION ALL
    SELECT s.id, c.kind, c.value, c.use
    FROM stale s JOIN directory_person p ON p.organisation_id = s.id
    JOIN directory_channel c ON c.person_id = p.id WHERE c.use <> 'former'
), word AS MATERIALIZED (
    SELECT id, commune_id, w AS word, count(*) OVER (PARTITION BY commune_id, w) AS n
    FROM (SELECT DISTINCT o.id, o.commune_id, w
          FROM directory_organisation o, string_to_table(o.search_name, ' ') w
          WHERE o.merged_into_id IS NULL AND o.commune_id IN (SELECT commune_id FROM stale)
            AND length(w) >= 4) each_once
)
SELECT DISTINCT least(a, b), greatest(a, b), reason FROM (
    SELECT a.id AS a, b.id AS b, 'même SIREN' AS reason
    FROM stale a JOIN directory_organisation b ON b.siren = a.siren AND b.siren <> '' AND b.id <> a.id
    UNION
    SELECT a.id, coalesce(c.organisation_id, p.organisation_id),
           CASE a.kind WHEN 'phone' THEN 'même téléphone' ELSE 'même courriel' END
    FROM reached a JOIN directory_channel c ON c.kind = a.kind AND c.value = a.value
    LEFT JOIN directory_person p ON p.id = c.person_id
    WHERE a.use = 'direct' AND c.use = 'direct'
    UNION
    SELECT a.id, coalesce(c.organisation_id, p.organisation_id), 'même domaine de courriel'
    FROM reached a JOIN directory_channel c ON split_part(c.value, '@', 2) = split_part(a.value, '@', 2)
    LEFT JOIN directory_person p ON p.id = c.person_id
    WHERE a.kind = 'email' AND c.kind = 'email' AND c.use <> 'former'
      AND split_part(a.value, '@', 2) <> ALL (%(everybodys)s)
    UNION
    SELECT a.id, b.id, 'nom proche'
    FROM stale a JOIN word wa ON wa.id = a.id
    JOIN word wb ON wb.commune_id = wa.commune_id AND wb.word = wa.word AND wb.id <> wa.id
    JOIN directory_organisation b ON b.id = wb.id
    WHERE wa.n <= %(common)s AND similarity(a.search_name, b.search_name) >= %(near)s
) found
JOIN directory_organisation one ON one.id = a AND one.merged_into_id IS NULL
JOIN directory_organisation other ON other.id = b AND other.merged_into_id IS NULL
WHERE a <> b
"""
