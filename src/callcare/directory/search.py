"""An organisation found while somebody types or speaks: by letters, number, address, identifier or reference.

Two statements at most. Letters go first through the beginnings of words (exact, an index alone answers); only when
that finds nothing, through the table of spellings, which forgives one slip in each word of four letters or more.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callcare.core import refs
from callcare.core.replica import connection
from callcare.directory.enums import OrganisationKind
from callcare.directory.rules import names, phones
from callcare.territories.rules import typos

CANDIDATES = 150  # how many rows a very common beginning may bring to the ranking
HEAD = 8  # letters: so short a beginning is a key of the index (`directory_heads`); a longer one brings few words
LARGE, WALKED, ENOUGH = 100_000, 2000, 14  # organisations; rows walked before the index is asked; rows that are enough
NEAR = 100  # names nearly alike that are looked at one by one


@dataclass(frozen=True, slots=True)
class Hit:
    """One organisation found. `because` says through what, where it was not the name; `near`: only nearly."""

    pk: int
    ref: str
    name: str
    kind: str
    commune: str
    departement: str
    because: str
    near: bool

    @property
    def kind_label(self) -> str:
        return str(OrganisationKind(self.kind).label)

    def __str__(self) -> str:
        return f"{self.name} ({self.commune})" if self.commune else self.name


def find_organisations(text: str, *, limit: int = 10) -> list[Hit]:
    """The organisations this text may mean, best first; merged ones lead to the one kept. Empty for empty text."""
    text = text.strip()[:200]
    if ref := _reference(text):
        return _run(_BY_REF, {"ref": ref}, limit)
    if "@" in text:
        return _by_address(text.lower().replace(" ", ""), limit)
    if sum(c.isdigit() for c in text) >= 3 and (hits := _by_number(text, limit)):
        return hits
    words = names.words(text)
    if sum(map(len, words)) < 2:
        return []
    return _by_letters(words, limit) or _likeliest(words, limit)


def _likeliest(words: Sequence[str], limit: int) -> list[Hit]:
    """Of the names nearly alike, those that take the fewest slips; each word that may be meant in its turn.

    Else ten names with the first such word would hide the others.
    """
    slips, turns = Slips(words), Counter[tuple[str, ...]]()
    ranked: list[tuple[int, int, Hit]] = []
    for hit in _nearly(words, NEAR):
        many, meant = slips.of(f"{hit.name} {hit.because}")
        turns[meant] += 1
        ranked.append((many, turns[meant], hit))
    return [hit for _, _, hit in sorted(ranked, key=lambda one: one[:2])][:limit]


def _reference(text: str) -> str:
    ref = refs.clean(text) if re.match(r"\s*[oO0]\W", text) or len(text) == 8 else None
    return ref if ref and ref.startswith("O-") else ""


def _by_address(text: str, limit: int) -> list[Hit]:
    begins, _, domain = text.partition("@")
    if begins:
        return _run(_BY_EMAIL, {"begins": _like(text)}, limit)
    return _run(_BY_DOMAIN, {"domain": domain}, limit)


def _by_number(text: str, limit: int) -> list[Hit]:
    packed = re.sub(r"[\s.\-/]", "", text).upper()
    phone = phones.parse(text)
    begins = phone.value or phones.typed_so_far(text) or "-"
    facts = {"siren": packed, "siret": packed, "rna": packed, "exact": phone.value or "-", "begins": _like(begins)}
    return _run(_BY_NUMBER, facts, limit)


def _by_letters(words: Sequence[str], limit: int) -> list[Hit]:
    asked = " ".join(words)
    facts = {
        "query": " & ".join(map(_head, words)), "asked": asked, "begins": _like(asked), "few": CANDIDATES,
        "holding": [f"% {word}%" for word in words],
    }  # fmt: skip
    return _run(_BY_LETTERS, facts, limit)


def _head(word: str) -> str:
    return f"'{word}'" if len(word) <= HEAD else f"'{word}':*"


def _nearly(words: Sequence[str], limit: int) -> list[Hit]:
    pairs = [(str(place), key) for place, word in enumerate(words) for key in names.spellings(word)]
    short = [_head(word) for word in words if len(word) < 4]
    if not pairs:
        return []
    facts = {
        "places": [place for place, _ in pairs], "keys": [key for _, key in pairs], "is_alone": len(words) == 1,
        "short": short, "asked": " ".join(words), "few": 2 * CANDIDATES,
    }  # fmt: skip
    return _run(_NEARLY, facts, limit, near=True)


class Slips:
    """How many slips make what was typed of a name; each pair of words is compared once."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.known: dict[tuple[str, str], int] = {}

    def of(self, name: str) -> tuple[int, tuple[str, ...]]:
        """The slips of all words, and the words of the name that are meant by them."""
        known = names.folded(name).split()
        nearest = [min((self._between(word, one), one) for one in known) for word in self.words]
        return sum(many for many, _ in nearest), tuple(one for _, one in nearest)

    def _between(self, word: str, one: str) -> int:
        if (word, one) not in self.known:
            self.known[word, one] = typos(word, one, most=2)
        return self.known[word, one]


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"


def _run(sql: str, facts: dict[str, Any], limit: int, *, near: bool = False) -> list[Hit]:
    with connection.cursor() as cursor:
        for name, meaning in (("$owner", _OWNER), ("$first", _FIRST), ("$enough", str(ENOUGH))):
            sql = sql.replace(name, meaning)
        cursor.execute(sql + _HITS, facts | {"limit": limit, "near": near})
        return [Hit(*row) for row in cursor.fetchall()]


# Every way of finding gives (id, rank, because); this turns it into hits: merged rows lead to the kept one, each
# organisation once, at its best rank, those last heard of first among equals.
_HITS = """
, best AS (
    SELECT id, rank, because FROM found ORDER BY rank, id LIMIT greatest(60, %(limit)s)
), kept AS (
    SELECT coalesce(o.merged_into_id, o.id) AS id, min(f.rank) AS rank,
           (array_agg(f.because ORDER BY f.rank, f.because))[1] AS because
    FROM best f JOIN directory_organisation o ON o.id = f.id
    GROUP BY 1
)
SELECT o.id, o.ref, o.name, o.kind, coalesce(t.name, ''), coalesce(d.code, ''), kept.because, %(near)s
FROM kept
JOIN directory_organisation o ON o.id = kept.id
LEFT JOIN territories_territory t ON t.id = o.commune_id
LEFT JOIN territories_territory d ON d.id = t.departement_id
ORDER BY kept.rank, o.search_name, o.id
LIMIT %(limit)s
"""

_OWNER = "coalesce(c.organisation_id, (SELECT p.organisation_id FROM directory_person p WHERE p.id = c.person_id))"

# The first rows of a directory that is large; of another, none: its index is quick.
_FIRST = f"""
        SELECT id, search_name, search_text FROM directory_organisation ORDER BY id LIMIT (
            SELECT CASE WHEN reltuples > {LARGE} THEN {WALKED} ELSE 0 END
            FROM pg_class WHERE oid = 'directory_organisation'::regclass)"""  # noqa: S608  # our own numbers

_BY_REF = """
WITH found AS (SELECT id, 0::float AS rank, '' AS because FROM directory_organisation WHERE ref = %(ref)s)"""

_BY_EMAIL = """
WITH found AS (
    SELECT $owner AS id, 0::float AS rank, c.value AS because FROM directory_channel c
    WHERE c.kind = 'email' AND c.value LIKE %(begins)s ORDER BY c.value LIMIT 100
)"""

_BY_DOMAIN = """
WITH found AS (
    SELECT $owner AS id, 0::float AS rank, '@' || %(domain)s AS because FROM directory_channel c
    WHERE c.kind = 'email' AND split_part(c.value, '@', 2) = %(domain)s LIMIT 100
)"""

_BY_NUMBER = """
WITH found AS (
    SELECT id, 0::float AS rank, siret AS because FROM directory_organisation WHERE siret <> '' AND siret = %(siret)s
    UNION ALL
    SELECT id, 0, rna FROM directory_organisation WHERE rna <> '' AND rna = %(rna)s
    UNION ALL
    SELECT id, 1, siren FROM directory_organisation WHERE siren <> '' AND siren = %(siren)s
    UNION ALL
    (SELECT $owner, CASE WHEN c.use = 'former' THEN 4 WHEN c.value = %(exact)s THEN 2 ELSE 3 END, c.value
     FROM directory_channel c WHERE c.kind = 'phone' AND c.value LIKE %(begins)s ORDER BY c.value LIMIT 100)
)"""

# Names that begin with the letters as typed come first, then names with such words in any order, then persons, who are
# asked only where names leave room. Very common beginnings bring `few` rows only: the ranking of ten thousand equals
# helps nobody. An index brings all rows of a key or none: of a large directory the first rows are walked before, which
# is enough for what one name in a hundred and fifty holds.
_BY_LETTERS = """
WITH walked AS MATERIALIZED (
    SELECT id, search_name FROM ($first
    ) AS first WHERE ' ' || search_text LIKE ALL (%(holding)s)
), beginning AS (
    SELECT id, CASE WHEN search_name = %(asked)s THEN 0::float ELSE 1 END AS rank, '' AS because
    FROM directory_organisation WHERE search_name LIKE %(begins)s ORDER BY search_name USING ~<~ LIMIT 50
), containing AS MATERIALIZED (
    SELECT id, 3 - similarity(search_name, %(asked)s) AS rank, '' AS because FROM (
        SELECT id, search_name FROM walked WHERE (SELECT count(*) FROM walked) >= $enough
        UNION ALL
        SELECT id, search_name FROM directory_organisation
        WHERE (SELECT count(*) FROM walked) < $enough AND directory_heads(search_text) @@ %(query)s::tsquery
        LIMIT %(few)s
    ) AS few
), speaking AS (
    SELECT organisation_id AS id, 4 - similarity(search_name, %(asked)s) AS rank,
           btrim(first_name || ' ' || last_name) AS because FROM (
        SELECT organisation_id, search_name, first_name, last_name FROM directory_person
        WHERE (SELECT count(*) FROM containing) < %(limit)s
            AND directory_heads(search_name) @@ %(query)s::tsquery AND merged_into_id IS NULL
        LIMIT %(few)s
    ) AS few
), found AS (
    SELECT * FROM beginning UNION ALL SELECT * FROM containing UNION ALL SELECT * FROM speaking
)"""

# One slip a word: the words asked meet the words known under a common key; words nothing is near to are left out.
_NEARLY = """
WITH meant AS (
    SELECT asked.place, string_agg(DISTINCT quote_literal(s.prefix), ' | ') AS words,
        array_agg(DISTINCT '%% ' || s.prefix || '%%') AS holding
    FROM unnest(%(places)s::text[], %(keys)s::text[]) AS asked(place, key)
    JOIN directory_spelling s ON s.key = asked.key
    GROUP BY asked.place
), query AS (
    SELECT string_agg('(' || words || ')', ' & ')::tsquery AS words
    FROM (SELECT words FROM meant UNION ALL SELECT unnest(%(short)s::text[])) AS each_word
    WHERE EXISTS (SELECT 1 FROM meant)
), walked AS MATERIALIZED (
    SELECT id, search_name FROM ($first
    ) AS first WHERE %(is_alone)s AND (SELECT cardinality(holding) FROM meant LIMIT 1) <= 6
        AND ' ' || search_text LIKE ANY ((SELECT holding FROM meant LIMIT 1)::text[])
), named AS MATERIALIZED (
    SELECT id, 1 - similarity(search_name, %(asked)s)::float AS rank, '' AS because FROM (
        SELECT id, search_name FROM walked WHERE (SELECT count(*) FROM walked) >= $enough
        UNION ALL
        SELECT o.id, o.search_name FROM query, directory_organisation o
        WHERE (SELECT count(*) FROM walked) < $enough AND directory_heads(o.search_text) @@ query.words
        LIMIT %(few)s
    ) AS few
), found AS (
    SELECT * FROM named
    UNION ALL
    (SELECT p.organisation_id, 2 - similarity(p.search_name, %(asked)s)::float,
            btrim(p.first_name || ' ' || p.last_name)
     FROM query, directory_person p
     WHERE (SELECT count(*) FROM named) < %(limit)s
        AND directory_heads(p.search_name) @@ query.words AND p.merged_into_id IS NULL LIMIT %(few)s)
)"""
