"""The made-up country as statements: what each column of a row is, drawn from the seed and the row's own number.

`pg_temp.draw(i, salt)` is a number in [0, 1) for row `i`, `pg_temp.one(i, salt, n)` one of 0 … n-1; each fact of a row
has a salt of its own. Two tables that speak of one thing (a commitment and its line) draw it with the same salt.
"""

from collections.abc import Mapping

Columns = Mapping[str, str]

DRAWN = """
CREATE FUNCTION pg_temp.draw(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (hashint8extended(i, %(seed)s * 1000 + salt) & 9007199254740991)::float8 / 9007199254740992
$$;
CREATE FUNCTION pg_temp.one(i bigint, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor((hashint8extended(i, %(seed)s * 1000 + salt) & 9007199254740991)::float8 / 9007199254740992 * n)::int
$$;
CREATE FUNCTION pg_temp.luhn(n bigint, b bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ((b - (
        n / b %% b + n / (b*b*b) %% b + n / (b*b*b*b*b) %% b + n / (b*b*b*b*b*b*b) %% b
        + 2 * (n %% b) / b + 2 * (n %% b) %% b
        + 2 * (n / (b*b) %% b) / b + 2 * (n / (b*b) %% b) %% b
        + 2 * (n / (b*b*b*b) %% b) / b + 2 * (n / (b*b*b*b) %% b) %% b
        + 2 * (n / (b*b*b*b*b*b) %% b) / b + 2 * (n / (b*b*b*b*b*b) %% b) %% b
    ) %% b) %% b)::int
$$;
CREATE FUNCTION pg_temp.ref(letter text, n bigint, a text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT letter || '-' || substr(a, (n >> 25 & 31)::int + 1, 1) || substr(a, (n >> 20 & 31)::int + 1, 1)
        || substr(a, (n >> 15 & 31)::int + 1, 1) || substr(a, (n >> 10 & 31)::int + 1, 1) || '-'
        || substr(a, (n >> 5 & 31)::int + 1, 1) || substr(a, (n & 31)::int + 1, 1)
        || substr(a, pg_temp.luhn(n, 32) + 1, 1)
$$;
"""

# Communes, each as often as it has thousands of inhabitants, once at least.
PLACES = """
CREATE TEMP TABLE national_place ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY t.id, again) - 1 AS slot, t.id, directory_folded(t.name) AS folded
    FROM territories_territory t,
        generate_series(1, greatest(1, round(coalesce(t.population, 0) / 1000.0))::int) again
    WHERE t.level = 'commune';
CREATE UNIQUE INDEX ON national_place (slot);
ANALYZE national_place;
CREATE FUNCTION pg_temp.places() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT count(*)::int FROM national_place $$;
"""

# Sixty families by Zipf from the second rank on: the first holds one line in seven. Leaves, then the family itself.
SHELF = """
CREATE TEMP TABLE national_shelf ON COMMIT DROP AS
    WITH families AS (
        SELECT c.id, c.path, 1.0 / (substr(c.code, 2)::int + 1) AS weight FROM catalogue_category c
        WHERE c.code ~ '^n[0-9][0-9]$'
    ), parts AS (
        SELECT c.id, c.kind, c.unit_id, c.label, f.weight
            * (CASE WHEN c.id = f.id THEN 0.10 ELSE (ARRAY[0.36, 0.22, 0.14, 0.10, 0.08])[right(c.code, 1)::int] END)
            / (SELECT sum(weight) FROM families) AS share, f.id AS family
        FROM families f JOIN catalogue_category c ON c.id = f.id OR c.parent_id = f.id
    )
    SELECT row_number() OVER (ORDER BY p.id, again) - 1 AS slot, p.id, p.kind, p.unit_id, u.measure, u.factor, p.label
    FROM parts p JOIN catalogue_unit u ON u.id = p.unit_id,
        generate_series(1, greatest(1, round(p.share * %(slots)s))::int) again;
CREATE UNIQUE INDEX ON national_shelf (slot);
ANALYZE national_shelf;
CREATE FUNCTION pg_temp.shelf() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT count(*)::int FROM national_shelf $$;
"""


def _word(name: str, salt: int) -> str:
    return f"(%({name})s::text[])[1 + pg_temp.one(i, {salt}, cardinality(%({name})s::text[]))]"


def _proper(salt: int) -> str:
    """One of 64,000 made-up words; some far more often than others."""
    return (
        f"initcap((%(syllables)s::text[])[1 + floor(pow(pg_temp.draw(i, {salt}), 2) * 40)::int]"
        f" || {_word('syllables', salt + 1)} || {_word('syllables', salt + 2)})"
    )


def _some(salt: int, n: int = 6) -> str:
    """So many words of French, side by side."""
    return "concat_ws(' ', " + ", ".join(_word("words", salt + k) for k in range(n)) + ")"


SERIES = "generate_series(%(first)s::bigint, %(last)s::bigint) i"
COMMUNE = "CASE WHEN pg_temp.draw(i, 2) < 0.03 THEN NULL ELSE p.id END"  # now and then nobody said which
PLACED = f"{SERIES} LEFT JOIN national_place p ON p.slot = pg_temp.one(i, 1, (SELECT pg_temp.places()))"
DESK = "CASE WHEN pg_temp.draw(i, 10) < 0.8 THEN %(first_desk)s ELSE %(second_desk)s END"
NEED_DESK = "CASE WHEN pg_temp.draw(i, 60) < 0.8 THEN %(first_desk)s ELSE %(second_desk)s END"


def _shelved(salt: int, beside: str = "") -> str:
    return f"{SERIES} JOIN national_shelf s ON s.slot = pg_temp.one(i, {salt}, (SELECT pg_temp.shelf())){beside}"


def _case(letter: str, salt: int, desk: str, days: int) -> dict[str, str]:
    """What needs and commitments have in common: who, where, when. `salt` to `salt + 9` are its own."""
    starts = (
        f"CASE WHEN pg_temp.draw(i, {salt + 1}) < 0.5 THEN %(today)s::date - 60 + pg_temp.one(i, {salt + 2}, 91) END"
    )
    body = f"1 + pg_temp.one(i, {salt + 3}, %(bodies_count)s)"
    return {
        "id": "i",
        "ref": f"pg_temp.ref('{letter}', i, %(alphabet)s)",
        "desk_id": desk,
        "organisation_id": body,
        "person_id": body,
        "title": f"s.label || ' ' || {_some(salt + 20, 2)}",
        "public_text": _some(salt + 20),
        "commune_id": COMMUNE.replace("(i, 2)", f"(i, {salt + 4})"),
        "owner_id": "%(operator)s",
        "next_action_at": f"%(now)s + pg_temp.one(i, {salt + 5}, 21) * interval '1 day'",
        "starts_on": starts,
        "ends_on": f"CASE WHEN pg_temp.draw(i, {salt + 6}) < 0.6"
        f" THEN coalesce({starts}, %(today)s::date) + 1 + pg_temp.one(i, {salt + 7}, {2 * days}) END",
        "opened_at": f"%(now)s - pg_temp.one(i, {salt + 8}, 61) * interval '1 day'",
        "state": "'open'",
    }


def _line(kind: str, salt: int, desk: str) -> dict[str, str]:
    quantity = (
        f"greatest(1, floor(exp(2.0 + 1.2 * sqrt(-2 * ln(1 - pg_temp.draw(i, {salt + 30})))"
        f" * cos(2 * pi() * pg_temp.draw(i, {salt + 31})))))::bigint * s.factor"
    )
    return {
        "id": "i",
        f"{kind}_id": "i",
        "desk_id": desk,
        "category_id": "s.id",
        "kind": "s.kind",
        "measure": "s.measure",
        "unit_id": "s.unit_id",
        "factor": "s.factor",
        "mode": f"(ARRAY['gift', 'gift', 'loan', 'either'])[1 + pg_temp.one(i, {salt + 32}, 4)]",
        ("qty_offered" if kind == "commitment" else "qty_requested"): quantity,
    }


NAME = f"""
    CASE pg_temp.one(i, 3, 4)
        WHEN 0 THEN {_word("bodies", 4)} || ' ' || {_word("themes", 5)} || ' ' || {_proper(6)}
        WHEN 1 THEN {_word("bodies", 4)} || ' ' || {_proper(6)} || ' ' || {_proper(12)}
        WHEN 2 THEN {_word("bodies", 4)} || ' ' || {_proper(6)}
        ELSE {_word("bodies", 4)} || ' ' || {_word("themes", 5)} || ' ' || {_proper(12)} || ' ' || {_proper(6)}
    END"""
SIREN = "(80000000 + i - CASE WHEN i %% 100 = 0 THEN 5 ELSE 0 END)"  # a few share theirs
COMMITMENT, NEED = 110, 160  # salts

INSERTS: Mapping[str, tuple[Columns, str]] = {
    "organisation": (
        {
            "id": "i",
            "ref": "pg_temp.ref('O', i, %(alphabet)s)",
            "name": "name",
            "search_name": "directory_folded(name)",
            "search_text": "concat_ws(' ', directory_folded(name), directory_initials(name), folded)",
            "kind": "(ARRAY['association', 'association', 'company', 'school', 'local_authority'])"
            "[1 + pg_temp.one(i, 18, 5)]",
            "commune_id": "commune",
            "siren": f"CASE WHEN i %% 5 < 3 THEN {SIREN}::text || pg_temp.luhn({SIREN}, 10) ELSE '' END",
        },
        f"""(SELECT i, {NAME} AS name, {COMMUNE} AS commune, CASE WHEN pg_temp.draw(i, 2) >= 0.03 THEN p.folded END
            AS folded FROM {PLACED}) named""",  # noqa: S608  # our own words only
    ),
    "person": (
        {
            "id": "i",
            "organisation_id": "i",
            "first_name": "first",
            "last_name": "last",
            "search_name": "directory_folded(concat_ws(' ', first, last))",
            "role": "'coordination'",
            "do_not_contact": "i %% 200 = 0",
        },
        f"(SELECT i, {_word('first_names', 20)} AS first, {_proper(21)} AS last FROM {SERIES}) named",  # noqa: S608
    ),
    # The number of the house, that of its person, and her address. +33 70 and +33 71 are in no range: nobody has them.
    "channel": (
        {
            "id": "i",
            "organisation_id": "CASE WHEN (i - 1) / %(bodies_count)s = 0 THEN who END",
            "person_id": "CASE WHEN (i - 1) / %(bodies_count)s > 0 THEN who END",
            "kind": "CASE WHEN (i - 1) / %(bodies_count)s < 2 THEN 'phone' ELSE 'email' END",
            "value": """CASE (i - 1) / %(bodies_count)s
                WHEN 0 THEN '+3370' || lpad((who * 7919 %% 10000000)::text, 7, '0')
                WHEN 1 THEN '+3371' || lpad((who * 7919 %% 10000000)::text, 7, '0')
                ELSE 'contact' || who || '@organisation' || who - (who %% 50 = 0)::int || '.test' END""",
        },
        f"(SELECT i, 1 + (i - 1) %% %(bodies_count)s AS who FROM {SERIES}) numbered",  # noqa: S608
    ),
    "commitment": (
        _case("E", COMMITMENT, DESK, 90)
        | {
            "level": "CASE WHEN pg_temp.draw(i, 11) < 0.1 THEN 'announced' ELSE 'confirmed' END",
            "confirmed_at": "CASE WHEN pg_temp.draw(i, 11) >= 0.1"
            " THEN %(now)s - pg_temp.one(i, 12, 151) * interval '1 day' END",
            # The worst case: one desk may propose nearly every commitment of the country.
            "sharing": f"CASE WHEN {DESK} = %(first_desk)s AND pg_temp.draw(i, 13) < 0.5 THEN 'desk' ELSE 'all' END",
            "radius_km": "(ARRAY[20, 50, 100, 200, NULL])[1 + pg_temp.one(i, 14, 5)]",
            "travel": "(ARRAY['either', 'giver_delivers', 'asker_collects', 'remote'])[1 + pg_temp.one(i, 15, 4)]",
        },
        _shelved(16, " LEFT JOIN national_place p ON p.slot = pg_temp.one(i, 17, (SELECT pg_temp.places()))"),
    ),
    "commitmentline": (_line("commitment", COMMITMENT, DESK), _shelved(16)),
    "need": (
        _case("B", NEED, NEED_DESK, 30)
        | {"audience": "(ARRAY['school', 'university', ''])[1 + pg_temp.one(i, 61, 3)]"},
        _shelved(66, " LEFT JOIN national_place p ON p.slot = pg_temp.one(i, 67, (SELECT pg_temp.places()))"),
    ),
    "needline": (_line("need", NEED, NEED_DESK), _shelved(66)),
    "solicitation": (
        {
            "id": "i",
            "need_id": "need",
            "desk_id": NEED_DESK.replace("(i, 60)", "(need, 60)"),
            "giver_id": "i",
            "at": "at",
            "closed_at": "CASE WHEN i %% 5 > 0 THEN at END",
            "commitment_id": "1 + pg_temp.one(i, 72, %(commitments_count)s)",
        },
        f"""(SELECT i, 1 + pg_temp.one(i, 70, %(needs_count)s)::bigint AS need,
            %(now)s - pg_temp.one(i, 71, 41) * interval '1 day' AS at FROM {SERIES}) asked""",  # noqa: S608
    ),
}

# All words of four letters and more, learnt at once: what `directory_learn` does row by row. The one word the whole of
# which (its first eight letters) is the beginning of another is learnt with it.
LEARNT = """
INSERT INTO directory_spelling (key, prefix)
SELECT DISTINCT k.key, p.prefix
FROM (
    SELECT DISTINCT left(word, 8) AS word FROM (
        SELECT unnest(string_to_array(search_text, ' ')) AS word FROM directory_organisation
        UNION ALL SELECT unnest(string_to_array(search_name, ' ')) FROM directory_person
    ) said WHERE length(word) >= 4
) w
CROSS JOIN LATERAL (SELECT left(w.word, n) FROM generate_series(4, length(w.word)) n) AS p(prefix)
CROSS JOIN LATERAL (
    SELECT p.prefix UNION SELECT overlay(p.prefix PLACING '' FROM i FOR 1) FROM generate_series(1, length(p.prefix)) i
) AS k(key)
"""
# Whom to compare for probable duplicates: all of them, with their words.
UNPAIRED = """
INSERT INTO directory_unpaired (organisation, commune, name)
SELECT id, commune_id, search_name FROM directory_organisation ORDER BY id
"""
