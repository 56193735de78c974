"""Find a commune by what somebody types: letters, a postcode or its beginning, an INSEE code.

Plain SQL on three indexes: a line typed costs one statement, three when nothing is spelled right
(docs/territories.md has the times). The rows come flat: making models of them took longer than finding them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from callcare.core.replica import connection
from callcare.territories.enums import FoundBy
from callcare.territories.models import Territory
from callcare.territories.rules import Asked, asked, km, normalise, slips, typos, typos_forgiven

CANDIDATES = 20  # how many communes of a near spelling are compared letter by letter
VOCABULARY = 120  # how many near words are looked at, those of the largest communes first
SPELLINGS = 6  # how many near words are tried for each word typed

# The index `territory_words` is on this very expression.
WORDS = "to_tsvector('simple'::regconfig, coalesce(t.search_name, '') || ' ' || coalesce(t.other_search, ''))"
READ = """
    SELECT t.id, t.code, t.name, t.search_name, t.other_names, coalesce(d.code, ''), coalesce(d.name, ''),
        t.population, t.lat, t.lon,
        ARRAY(SELECT p.code FROM territories_postcode p WHERE p.commune_id = t.id ORDER BY p.code)
    FROM chosen JOIN territories_territory t USING (id) LEFT JOIN territories_territory d ON d.id = t.departement_id
"""
BEGINS = """
    SELECT t.id FROM territories_territory t
    WHERE t.level = 'commune' AND t.search_name LIKE %(begin)s {within}
    ORDER BY (t.search_name = %(name)s) DESC, t.population DESC, t.code LIMIT %(limit)s
"""
MEETS = f"""
    SELECT t.id FROM territories_territory t
    WHERE t.level = 'commune' AND {WORDS} @@ to_tsquery('simple', %(words)s) {{within}}
    ORDER BY t.population DESC, t.code LIMIT %(limit)s
"""  # noqa: S608  # our own expression
BY_NAME = f"""
    WITH begins AS ({BEGINS}), meets AS (
        SELECT id FROM ({MEETS}) met WHERE (SELECT count(*) FROM begins) < %(limit)s
    ), chosen AS (SELECT id FROM begins UNION SELECT id FROM meets)
"""  # noqa: S608
BY_WORDS = f"WITH chosen AS ({MEETS})"
BY_NUMBER = """
    WITH chosen AS (
        (SELECT t.id FROM territories_territory t
         WHERE t.level = 'commune'
            AND t.id IN (SELECT commune_id FROM territories_postcode WHERE code LIKE %(begin)s)
         ORDER BY t.population DESC, t.code LIMIT %(limit)s)
        UNION SELECT id FROM territories_territory WHERE level = 'commune' AND code = %(number)s
    )
"""
# A département, a postcode or its beginning, an INSEE code.
WITHIN = """ AND (t.code = %({n})s
    OR t.departement_id = (SELECT id FROM territories_territory WHERE level = 'departement' AND code = %({n})s)
    OR EXISTS (SELECT FROM territories_postcode p WHERE p.commune_id = t.id AND p.code LIKE %({n}_begin)s))"""
NEAR_WORDS = """
    SELECT word FROM territories_placeword WHERE slips && %s::varchar[] ORDER BY weight DESC, word LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A commune that answers what was typed, and why."""

    pk: int
    code: str
    name: str
    departement: str  # its code
    departement_name: str
    population: int
    lat: float | None
    lon: float | None
    postcodes: tuple[str, ...]
    by: FoundBy
    met: str = ""  # the words met when they are not the commune's own name: Lomme, 59160

    @property
    def label(self) -> str:
        """« Lille (59) », enough to tell namesakes apart. `search` finds the commune by its own label."""
        return f"{self.name} ({self.departement})"


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    code: str
    name: str
    search_name: str
    other_names: list[str]
    departement: str
    departement_name: str
    population: int
    lat: float | None
    lon: float | None
    postcodes: list[str]

    def found(self, by: FoundBy, met: str = "") -> Found:
        return Found(
            self.pk, self.code, self.name, self.departement, self.departement_name, self.population,
            self.lat, self.lon, tuple(self.postcodes), by, met,
        )  # fmt: skip


Ranked = tuple[int, Found]  # the lower, the more exact


def search(text: str, *, limit: int = 10, near: Territory | None = None) -> list[Found]:
    """The communes meant by `text`: the most exact first, then the most populated, then the nearest to `near`.

    A slip of the finger is forgiven when nothing is found otherwise. Nothing typed, nothing found.
    """
    return [found for _, found in _ranked(text, limit, near)]


def meant(text: str, *, near: Territory | None = None) -> list[Found]:
    """The commune a person means when she leaves a field: one when it is sure, several to choose from, or none.

    A whole name, postcode or code is sure where nobody shares it; a beginning is where it leads to one commune only.
    What was only found by a near spelling is for her to confirm: it is not meant.
    """
    ranked = [one for one in _ranked(text, 20, near) if one[1].by != FoundBy.CLOSE]
    return [found for rank, found in ranked if rank == 0] or [found for _, found in ranked]


def _ranked(text: str, limit: int, near: Territory | None) -> list[Ranked]:
    wanted = asked(text)
    if not wanted.words:
        ranked = _by_number(wanted.numbers[0], limit) if wanted.numbers else []
    else:
        # « Paris 11 » is no département: without its number something may be found.
        ranked = _by_name(wanted, limit) or (_by_name(wanted.only_name, limit) if wanted.numbers else [])
        ranked = ranked or _by_near_spelling(wanted.only_name)

    def order(one: Ranked) -> tuple[int, int, float, str]:
        return one[0], -one[1].population, _away(one[1], near), one[1].code

    return sorted(ranked, key=order)[:limit]


def _away(found: Found, near: Territory | None) -> float:
    if near is None or near.lat is None or near.lon is None or found.lat is None or found.lon is None:
        return 0.0
    return km(found.lat, found.lon, near.lat, near.lon)


def _read(chosen: str, wanted: Asked, **facts: Any) -> list[_Row]:
    for i, number in enumerate(wanted.numbers):
        facts |= {f"n{i}": number, f"n{i}_begin": f"{number}%"}
    within = "".join(WITHIN.format(n=f"n{i}") for i in range(len(wanted.numbers)))
    with connection.cursor() as cursor:
        cursor.execute(chosen.format(within=within) + READ, facts)
        return [_Row(*row) for row in cursor.fetchall()]


def _by_name(wanted: Asked, limit: int) -> list[Ranked]:
    words = " & ".join(f"{word}:*" for word in wanted.words)
    rows = _read(BY_NAME, wanted, name=wanted.name, begin=f"{wanted.name}%", words=words, limit=limit)
    return [_exactness(row, wanted) for row in rows]


def _exactness(row: _Row, wanted: Asked) -> Ranked:
    """Its very name, the name of one of its parts, the beginning of its name, words of it."""
    if row.search_name == wanted.name:
        return 0, row.found(FoundBy.NAME)
    parts = {normalise(name): name for name in row.other_names}
    if wanted.name in parts:
        return 1, row.found(FoundBy.OTHER_NAME, parts[wanted.name])
    if row.search_name.startswith(wanted.name):
        return 2, row.found(FoundBy.NAME)
    if not _has_words(row.search_name, wanted.words):
        for part, name in parts.items():
            if _has_words(part, wanted.words):
                return 3, row.found(FoundBy.OTHER_NAME, name)
    return 3, row.found(FoundBy.NAME)


def _has_words(name: str, words: Iterable[str]) -> bool:
    borne = name.split()
    return all(any(one.startswith(word) for one in borne) for word in words)


def _by_near_spelling(wanted: Asked) -> list[Ranked]:
    """Each word typed, or words of the vocabulary one slip away; the whole is then compared letter by letter."""
    forms = sorted({form for word in wanted.words if len(word) > 2 for form in slips(word)})
    if not forms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEAR_WORDS, (forms, VOCABULARY))
        vocabulary = [word for (word,) in cursor.fetchall()]
    words = " & ".join(_alternatives(word, vocabulary) for word in wanted.words)
    return [_slipped(row, wanted) for row in _read(BY_WORDS, wanted, words=words, limit=CANDIDATES)]


def _alternatives(word: str, vocabulary: Sequence[str]) -> str:
    """`(omre:* | omer:*)`: the word as typed, and the near words of the largest communes."""
    most = typos_forgiven(word) if len(word) > 2 else 0
    near = [(count, other) for other in vocabulary if (count := typos(word, other, most=most)) <= most]
    near.sort(key=lambda pair: pair[0])  # stable: the largest first among equals
    return "(" + " | ".join(f"{other}:*" for other in [word, *(other for _, other in near[:SPELLINGS])]) + ")"


def _slipped(row: _Row, wanted: Asked) -> Ranked:
    """Fewest slips first; with as many, a commune's own name before that of one of its parts."""
    own = (typos(wanted.name, row.search_name, most=4) * 2, "")
    parts = [(typos(wanted.name, normalise(name), most=4) * 2 + 1, name) for name in row.other_names]
    count, met = min([own, *parts])
    return count, row.found(FoundBy.CLOSE, met)


def _by_number(number: str, limit: int) -> list[Ranked]:
    """A postcode is meant before an INSEE code: people know their postcode."""
    rows = _read(BY_NUMBER, Asked("", ()), number=number, begin=f"{number}%", limit=limit)
    ranked: list[Ranked] = []
    for row in rows:
        met = next((code for code in row.postcodes if code.startswith(number)), "")
        ranked.append((int(met != number), row.found(FoundBy.POSTCODE, met)) if met else (2, row.found(FoundBy.CODE)))
    return ranked
