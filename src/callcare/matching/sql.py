"""The two questions of the engine, one statement each: every line of the family ranked exactly, in plain SQL.

The filters and the score are those of `rules`, in the same whole numbers; a test holds the two together. `stops` is
the sum of `rules.filters.Stop`: its lowest bit is the filter told to a person, one bit alone is a near miss.
"""

from callcare.matching.models import Trait

FAMILY = """
    mine AS (SELECT code, path FROM catalogue_category WHERE id = %(category)s),
    family AS MATERIALIZED (
        SELECT c.id{breadth} FROM catalogue_category c, mine
        WHERE c.path @> ARRAY[mine.code]::varchar[] OR c.code = ANY(mine.path)
    )"""

# How many categories with open needs a line of this category could serve: versatile givers are kept for hard needs.
BREADTH = """, greatest(1, (
            SELECT count(*) FROM catalogue_category r
            WHERE (r.path @> ARRAY[c.code]::varchar[] OR r.code = ANY(c.path))
                AND EXISTS (SELECT FROM matching_wanted w WHERE w.category_id = r.id AND w.is_open AND w.open > 0)
        ))::int AS breadth"""

# The family of a category alone, for a round that looks at many needs of it.
FAMILY_OF = "WITH" + FAMILY.format(breadth=BREADTH) + " SELECT id, breadth FROM family"  # noqa: S608

SOLICITED = """
    asked AS MATERIALIZED (
        SELECT giver_id, count(*)::int AS times FROM matching_solicitation WHERE at >= %(solicited_since)s GROUP BY 1
    )"""

# What is not to be proposed for this need: lines, givers altogether, and givers in contact.
ASIDE_OF_NEED = """
    dismissed AS MATERIALIZED (
        SELECT coalesce(d.commitment_line_id, 0) AS line_id, coalesce(d.giver_id, 0) AS giver_id
        FROM matching_dismissal d LEFT JOIN commitments_commitmentline l ON l.id = d.commitment_line_id
        WHERE d.need_line_id = %(line)s AND (d.is_final OR (d.need_revision = %(revision)s
            AND (l.id IS NULL OR d.commitment_revision = l.revision)))
    ),
    in_contact AS MATERIALIZED (
        SELECT giver_id FROM matching_solicitation
        WHERE need_id = %(need)s AND (closed_at IS NULL OR %(ever_asked)s)
    )"""

# Nearness and distance, of line `o` to the place of the question.
KM = """round(sqrt((o.x - %(x)s) * (o.x - %(x)s) + (o.y - %(y)s) * (o.y - %(y)s)
            + (o.z - %(z)s) * (o.z - %(z)s)))::int"""
NEAR = """CASE
            WHEN {no_road} THEN %(near_same_epci)s
            WHEN o.commune_id = %(commune)s THEN %(near)s
            WHEN {km} IS NULL THEN CASE WHEN o.epci_id = %(epci)s THEN %(near_same_epci)s ELSE %(near_unknown)s END
            WHEN o.epci_id = %(epci)s THEN greatest(%(near_same_epci)s, %(near)s - %(near)s * {km} / %(near_reach_km)s)
            ELSE greatest(0, %(near)s - %(near)s * {km} / %(near_reach_km)s)
        END"""

# The last step of both: the first rows, the near misses, and what each filter removed.
PICKED = """
    picked AS (
        (SELECT *, 0 AS part FROM seen WHERE stops = 0 AND is_sure ORDER BY {order} LIMIT %(limit)s)
        UNION ALL
        (SELECT *, 1 AS part FROM seen WHERE stops = 0 AND NOT is_sure ORDER BY {order} LIMIT %(apart)s)
        UNION ALL
        (SELECT *, 2 AS part FROM seen WHERE stops > 0 AND stops & (stops - 1) = 0
            AND (%(all_misses)s OR NOT EXISTS (SELECT FROM seen WHERE stops = 0)) ORDER BY {order} LIMIT %(misses)s)
    ),{chosen}
    SELECT
        (SELECT coalesce(jsonb_agg(to_jsonb(card) ORDER BY card.part, {card_order}), '[]') FROM ({card}) card),
        (SELECT coalesce(jsonb_object_agg(stop, n), '{{}}') FROM (
            SELECT stops & -stops AS stop, count(*) AS n FROM seen GROUP BY 1) told),
        (SELECT count(*) FROM (SELECT FROM {table} o WHERE {visible} LIMIT %(pool)s) pool)
"""

VISIBLE_OFFERS = """(o.desk_id = %(desk)s OR o.sharing = 'all' OR (o.sharing = 'neighbours' AND o.desk_id IN (
            SELECT to_desk_id FROM desk_desk_neighbours WHERE from_desk_id = %(desk)s)))"""

# In two steps, the first closed before the second begins: one join of ten tables takes 10 ms to plan, these two 1 ms.
CHOSEN_OFFERS = """
    chosen AS MATERIALIZED (
        SELECT p.part, p.stops, p.score, p.solicited, p.breadth, o.*, l.every, l.unit_id, l.factor,
            c.ref, c.title
        FROM picked p JOIN matching_offered o USING (line_id)
        JOIN commitments_commitmentline l ON l.id = o.line_id JOIN commitments_commitment c ON c.id = o.commitment_id
    )"""
CARD_OF_OFFER = """
        SELECT o.part, o.stops, o.score, o.line_id AS line, o.commitment_id AS commitment, o.giver_id AS organisation,
            o.desk_id AS desk, o.category_id AS category, k.path, k.label, o.kind, o.measure, o.free, o.is_countable,
            o.mode, o.every, o.specs, o.starts_on, o.ends_on, o.commune_id AS commune, o.epci_id AS epci,
            o.x, o.y, o.z, o.is_rough, o.radius_km, o.travel, o.sharing, o.revision, o.is_open, o.confirmed_on,
            o.is_reachable, o.max_live, o.live, o.solicited, o.breadth, o.opened_on,
            CASE WHEN o.line_id IN (SELECT line_id FROM dismissed)
                    OR o.giver_id IN (SELECT giver_id FROM dismissed) THEN 'dismissed'
                WHEN o.giver_id IN (SELECT giver_id FROM in_contact) THEN 'live'
                WHEN o.giver_id = %(asker)s THEN 'own' ELSE '' END AS pair,
            o.ref, o.title, g.name AS organisation_name, g.kind AS organisation_kind, t.name AS commune_name,
            s.name AS desk_name, u.label AS unit, u.plural AS units, o.factor
        FROM chosen o JOIN directory_organisation g ON g.id = o.giver_id
        JOIN catalogue_category k ON k.id = o.category_id JOIN catalogue_unit u ON u.id = o.unit_id
        JOIN desk_desk s ON s.id = o.desk_id LEFT JOIN territories_territory t ON t.id = o.commune_id"""

# The same for a line of the index, by its traits.
VISIBLE_LINES = f"""(o.desk_id = %(desk)s OR o.traits & {Trait.FOR_ALL} > 0 OR (o.traits & {Trait.FOR_NEIGHBOURS} > 0
            AND o.desk_id IN (SELECT to_desk_id FROM desk_desk_neighbours WHERE from_desk_id = %(desk)s)))"""  # noqa: S608

# Every line of the family, with its distance and how often its giver was asked. OFFSET 0 is a fence: what is worked
# out below it is worked out once a row, however often it is named above. The kind and the measure are asked above it:
# a family has mostly one, and a filter the planner cannot weigh led it to loop over every giver for every line.
LINES_OF_OFFERS = (
    "SELECT"  # our own words only
    """ o.line_id, o.traits, o.free, o.starts_on, o.ends_on, o.radius_km, o.giver_id, o.max_live,
            o.confirmed_on, o.commune_id, o.epci_id, {specs} AS specs_differ,
            o.live, coalesce(a.times, 0) AS solicited, f.breadth,
            CASE WHEN o.times > 0 AND %(times)s > 0 THEN o.times ELSE 1 END AS free_times,
            CASE WHEN o.times > 0 AND %(times)s > 0 THEN %(times)s ELSE 1 END AS open_times,
            """
    + KM
    + """ AS km
        FROM family f
        JOIN matching_offered o ON o.category_id = f.id
        LEFT JOIN asked a ON a.giver_id = o.giver_id
        WHERE """
    + VISIBLE_LINES
    + """ OFFSET 0"""
)
# In the order of `rules.filters.Stop`; each says no when it is true.
FILTERS_OF_OFFERS = {
    2: "o.traits & %(modes)s = 0",
    4: "o.specs_differ",
    8: f"NOT (o.traits & {Trait.OPEN} > 0 AND %(is_open)s)",
    16: f"""%(open)s <= 0 OR (o.traits & {Trait.COUNTABLE} > 0 AND (o.free <= 0
                OR o.free * o.free_times < least(%(min_useful)s, %(open)s) * o.open_times))""",
    32: "o.starts_on > %(until)s::date OR o.ends_on < %(since)s::date",
    64: "o.km > o.radius_km AND NOT ({no_road})",
    128: """o.line_id IN (SELECT line_id FROM dismissed)
                OR o.giver_id IN (SELECT giver_id FROM dismissed UNION ALL SELECT giver_id FROM in_contact)
                OR o.giver_id = %(asker)s""",
    256: f"o.traits & {Trait.REACHABLE} = 0 OR o.live >= o.max_live OR o.solicited >= %(max_solicited)s",
}
FIRST_STOP = (
    "CASE " + "\n            ".join(f"WHEN {no} THEN {bit}" for bit, no in FILTERS_OF_OFFERS.items()) + " ELSE 0 END"
)
ALL_STOPS = "\n            + ".join(f"CASE WHEN {no} THEN {bit} ELSE 0 END" for bit, no in FILTERS_OF_OFFERS.items())
SCORE_OF_OFFER = (
    f"""CASE WHEN o.traits & {Trait.COUNTABLE} = 0 OR o.free * o.free_times >= %(open)s * o.open_times THEN %(covers)s
                ELSE %(covers)s * greatest(o.free, 0) * o.free_times / (%(open)s * o.open_times) END
            + """
    + NEAR
    + """
            + CASE WHEN o.confirmed_on >= %(fresh_since)s::date THEN %(fresh)s
                WHEN o.confirmed_on >= %(fading_since)s::date THEN %(fresh_fading)s ELSE 0 END
            + %(rest)s * greatest(0, %(max_solicited)s - o.solicited) / %(max_solicited)s
            + %(specific)s / o.breadth
            + %(of_asker)s"""
)


def _ranked(stops: str, score: str) -> str:
    """The lines with the filters that stop them and their score."""
    return f"""
        SELECT o.line_id, o.confirmed_on IS NOT NULL AS is_sure, o.solicited, o.breadth, o.stops,
            {score} AS score
        FROM (SELECT o.*, {stops} AS stops FROM ({LINES_OF_OFFERS}) o
            WHERE o.traits >> {Trait.ABOVE} = %(likeness)s OFFSET 0) o"""  # noqa: S608


def _offers(seen: str) -> str:
    return (  # our own words only; every value travels as a parameter
        "WITH"
        + FAMILY.format(breadth=BREADTH)
        + ","
        + SOLICITED
        + ","
        + ASIDE_OF_NEED
        + """,
    seen AS MATERIALIZED ("""
        + seen
        + """
    ),"""
        + PICKED
    )


# Usually the first filter that says no is enough, and a score only where none does. The near misses ask for all
# filters of all lines: they have a statement of their own, for when they are shown.
OFFERS = _offers(_ranked(FIRST_STOP, f"CASE WHEN o.stops = 0 THEN {SCORE_OF_OFFER} END"))
OFFERS_WITH_MISSES = _offers(_ranked(ALL_STOPS, SCORE_OF_OFFER))


def offers(*, with_specs: bool, with_misses: bool) -> str:
    """The candidates for a need line; with the near misses, twice as long."""
    return (OFFERS_WITH_MISSES if with_misses else OFFERS).format(
        specs="NOT matching_specs_agree(%(specs)s::jsonb, o.specs)" if with_specs else "false",
        no_road=f"o.traits & {Trait.NO_ROAD} > 0",
        km="o.km",
        order="score DESC, line_id",
        card_order="card.score DESC, card.line",
        chosen=CHOSEN_OFFERS,
        card=CARD_OF_OFFER,
        table="matching_offered",
        visible=VISIBLE_OFFERS,
    )


# What the copy in memory asks beside its columns: the family, who was asked of late, what was set aside.
AROUND_OFFERS = (
    "WITH"  # noqa: S608
    + FAMILY.format(breadth=BREADTH)
    + ","
    + SOLICITED
    + ","
    + ASIDE_OF_NEED
    + """
    SELECT (SELECT coalesce(jsonb_object_agg(id, breadth), '{}') FROM family),
        (SELECT coalesce(array_agg(to_desk_id), '{}') FROM desk_desk_neighbours WHERE from_desk_id = %(desk)s),
        (SELECT coalesce(string_agg(int8send(giver_id), ''::bytea ORDER BY giver_id), '') FROM asked),
        (SELECT coalesce(string_agg(int4send(times), ''::bytea ORDER BY giver_id), '') FROM asked),
        (SELECT coalesce(array_agg(line_id), '{}') FROM dismissed),
        (SELECT coalesce(array_agg(giver_id), '{}') FROM (
            SELECT giver_id FROM dismissed UNION ALL SELECT giver_id FROM in_contact) closed)"""
)
# The rows an engine outside the database chose, told as the statement tells its own.
CARDS_OF_OFFERS = (
    "WITH"  # noqa: S608
    + ASIDE_OF_NEED
    + """,
    picked AS MATERIALIZED (
        SELECT * FROM unnest(%(line_id)s::bigint[], %(part)s::int[], %(stops)s::int[], %(score)s::int[],
            %(solicited)s::int[], %(breadth)s::int[]) AS p (line_id, part, stops, score, solicited, breadth)
    ),"""
    + CHOSEN_OFFERS
    + "SELECT (SELECT coalesce(jsonb_agg(to_jsonb(card) ORDER BY card.part, card.score DESC, card.line), '[]') FROM ("
    + CARD_OF_OFFER
    + ") card), '{}', (SELECT count(*) FROM (SELECT FROM matching_offered o WHERE "
    + VISIBLE_OFFERS
    + " LIMIT %(pool)s) pool)"
)
# For the oracle: every line this desk may propose, of whatever category, as a card, without filter or score.
EVERY_OFFER = (
    "WITH"  # noqa: S608
    + FAMILY.format(breadth=BREADTH)
    + ","
    + SOLICITED
    + ","
    + ASIDE_OF_NEED
    + """,
    picked AS MATERIALIZED (
        SELECT o.line_id, 0 AS part, 0 AS stops, 0 AS score, coalesce(a.times, 0) AS solicited,
            coalesce(f.breadth, 1) AS breadth
        FROM matching_offered o LEFT JOIN family f ON f.id = o.category_id LEFT JOIN asked a USING (giver_id)
        WHERE """
    + VISIBLE_OFFERS
    + "),"
    + CHOSEN_OFFERS
    + "SELECT (SELECT coalesce(jsonb_agg(to_jsonb(card) ORDER BY card.line), '[]') FROM ("
    + CARD_OF_OFFER
    + ") card), '{}', (SELECT count(*) FROM (SELECT FROM picked LIMIT %(pool)s) pool)"
)


CHOSEN_WANTS = """
    chosen AS MATERIALIZED (
        SELECT p.part, p.stops, p.score, o.*, l.every, l.unit_id, l.factor, c.ref, c.title
        FROM picked p JOIN matching_wanted o USING (line_id)
        JOIN needs_needline l ON l.id = o.line_id JOIN needs_need c ON c.id = o.need_id
    )"""
CARD_OF_WANT = """
        SELECT o.part, o.stops, o.score, o.line_id AS line, o.need_id AS need, o.asker_id AS organisation,
            o.desk_id AS desk, o.category_id AS category, k.path, k.label, o.kind, o.measure, o.open, o.min_useful,
            o.mode, o.every, o.specs, o.starts_on, o.ends_on, o.commune_id AS commune, o.epci_id AS epci,
            o.x, o.y, o.z, o.is_rough, o.revision, o.is_open, o.opened_on, o.served_percent,
            CASE WHEN o.line_id IN (SELECT line_id FROM dismissed) THEN 'dismissed'
                WHEN o.need_id IN (SELECT need_id FROM in_contact) THEN 'live'
                WHEN o.asker_id = %(giver)s THEN 'own' ELSE '' END AS pair,
            o.ref, o.title, g.name AS organisation_name, g.kind AS organisation_kind, t.name AS commune_name,
            s.name AS desk_name, u.label AS unit, u.plural AS units, o.factor
        FROM chosen o JOIN directory_organisation g ON g.id = o.asker_id
        JOIN catalogue_category k ON k.id = o.category_id JOIN catalogue_unit u ON u.id = o.unit_id
        JOIN desk_desk s ON s.id = o.desk_id LEFT JOIN territories_territory t ON t.id = o.commune_id"""

WANTS = (
    "WITH"  # noqa: S608
    + FAMILY.format(breadth="")
    + """,
    dismissed AS MATERIALIZED (
        SELECT d.need_line_id AS line_id FROM matching_dismissal d JOIN needs_needline l ON l.id = d.need_line_id
        WHERE (d.commitment_line_id = %(line)s OR d.giver_id = %(giver)s) AND (d.is_final OR (
            d.need_revision = l.revision
            AND (d.commitment_line_id IS NULL OR d.commitment_revision = %(revision)s)))
    ),
    in_contact AS MATERIALIZED (
        SELECT need_id FROM matching_solicitation WHERE giver_id = %(giver)s AND closed_at IS NULL
    ),
    seen AS MATERIALIZED (
        SELECT o.line_id, true AS is_sure, o.opened_on,
            (CASE WHEN o.mode <> %(mode)s AND o.mode <> 'either' AND %(mode)s <> 'either' THEN 2 ELSE 0 END)
            + (CASE WHEN {specs} THEN 4 ELSE 0 END)
            + (CASE WHEN o.is_open AND %(is_open)s THEN 0 ELSE 8 END)
            + (CASE WHEN o.open <= 0 OR (%(is_countable)s AND (%(free)s <= 0 OR %(free)s * q.free_times
                < least(o.min_useful, o.open) * q.open_times)) THEN 16 ELSE 0 END)
            + (CASE WHEN (%(starts_on)s::date IS NULL OR o.ends_on IS NULL OR o.ends_on < %(today)s::date
                    OR %(starts_on)s::date <= o.ends_on)
                AND (%(ends_on)s::date IS NULL
                    OR %(ends_on)s::date >= greatest(coalesce(o.starts_on, %(today)s::date), %(today)s::date))
                THEN 0 ELSE 32 END)
            + (CASE WHEN d.km > %(radius_km)s AND NOT ({no_road}) THEN 64 ELSE 0 END)
            + (CASE WHEN o.line_id IN (SELECT line_id FROM dismissed)
                OR o.need_id IN (SELECT need_id FROM in_contact) OR o.asker_id = %(giver)s THEN 128 ELSE 0 END)
            + %(giver_stop)s AS stops,
            CASE WHEN NOT %(is_countable)s OR %(free)s * q.free_times >= o.open * q.open_times THEN %(covers)s
                ELSE %(covers)s * greatest(%(free)s, 0) * q.free_times / (o.open * q.open_times) END
            + """
    + NEAR
    + """
            + CASE WHEN o.ends_on <= %(soon)s::date THEN %(urgent)s
                WHEN o.ends_on <= %(later)s::date THEN %(urgent_later)s ELSE 0 END
            + (%(open_days)s - width_bucket(o.opened_on, %(last_open)s::date[])) * %(waiting)s / %(waiting_days)s
            + %(fair)s * (100 - o.served_percent) / 100
            + %(of_giver)s AS score
        FROM family f
        JOIN matching_wanted o ON o.category_id = f.id
        CROSS JOIN LATERAL (SELECT """
    + KM
    + """ AS km) d
        CROSS JOIN LATERAL (SELECT
            CASE WHEN o.times > 0 AND %(times)s > 0 THEN %(times)s ELSE 1 END AS free_times,
            CASE WHEN o.times > 0 AND %(times)s > 0 THEN o.times ELSE 1 END AS open_times) q
        WHERE o.kind = %(kind)s AND o.measure = %(measure)s AND o.desk_id = %(desk)s
    ),"""
    + PICKED
)


def wants(*, with_specs: bool) -> str:
    """The needs a commitment line would serve, at one desk."""
    return WANTS.format(
        specs="NOT matching_specs_agree(o.specs, %(specs)s::jsonb)" if with_specs else "false",
        no_road="%(no_road)s",
        km="d.km",
        order="score DESC, opened_on, line_id",
        card_order="card.score DESC, card.opened_on, card.line",
        chosen=CHOSEN_WANTS,
        card=CARD_OF_WANT,
        table="matching_wanted",
        visible="o.desk_id = %(desk)s",
    )


# The lines of pairs that were kept, told as the statements above tell theirs; who was set aside is out already.
NOBODY_ASIDE = """
    dismissed AS (SELECT 0::bigint AS line_id, 0::bigint AS giver_id WHERE false),
    in_contact AS (SELECT 0::bigint AS giver_id, 0::bigint AS need_id WHERE false)"""
OFFERS_OF_PAIRS = (
    "WITH"  # noqa: S608
    + SOLICITED
    + ","
    + NOBODY_ASIDE
    + """,
    picked AS MATERIALIZED (
        SELECT o.line_id, 0 AS part, 0 AS stops, 0 AS score, coalesce(a.times, 0) AS solicited"""
    + BREADTH
    + """ FROM matching_offered o JOIN catalogue_category c ON c.id = o.category_id LEFT JOIN asked a USING (giver_id)
        WHERE o.line_id = ANY(%(lines)s)
    ),"""
    + CHOSEN_OFFERS
    + "SELECT coalesce(jsonb_agg(to_jsonb(card)), '[]') FROM ("
    + CARD_OF_OFFER
    + ") card"
)
WANTS_OF_PAIRS = (
    "WITH"  # noqa: S608
    + NOBODY_ASIDE
    + """,
    picked AS MATERIALIZED (
        SELECT line_id, 0 AS part, 0 AS stops, 0 AS score FROM matching_wanted WHERE line_id = ANY(%(lines)s)
    ),"""
    + CHOSEN_WANTS
    + "SELECT coalesce(jsonb_agg(to_jsonb(card)), '[]') FROM ("
    + CARD_OF_WANT
    + ") card"
)
