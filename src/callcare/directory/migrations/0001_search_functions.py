from django.db import migrations

FOLDED = r"""
CREATE OR REPLACE FUNCTION directory_folded(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(lower(unaccent(name)), '[^a-z0-9]+', ' ', 'g'))
$$;
"""

INITIALS = r"""
CREATE OR REPLACE FUNCTION directory_initials(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN count(*) > 2 THEN string_agg(left(word, 1), '' ORDER BY place) END
    FROM regexp_split_to_table(directory_folded(name), ' ') WITH ORDINALITY AS w(word, place)
    WHERE word NOT IN ('d', 'de', 'des', 'du', 'et', 'l', 'la', 'le', 'les', 'en', 'pour', 'a', 'au', 'aux', '')
$$;
"""

# Each beginning of 4 to 8 letters, under itself and under itself with one letter left out.
# A word whose longest beginning is known has been learnt before: one look-up in the index, word by word (as one
# statement over all words the planner reads the whole table). No unique key: nobody waits for anybody.
LEARN = r"""
CREATE OR REPLACE FUNCTION directory_learn(folded text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    word text;
BEGIN
    FOREACH word IN ARRAY string_to_array(folded, ' ') LOOP
        CONTINUE WHEN length(word) < 4;
        PERFORM 1 FROM directory_spelling s WHERE s.key = left(word, 8) AND s.prefix = left(word, 8) LIMIT 1;
        CONTINUE WHEN FOUND;
        INSERT INTO directory_spelling (key, prefix)
        SELECT k.key, p.prefix
        FROM (SELECT left(word, n) FROM generate_series(4, least(length(word), 8)) n) AS p(prefix)
        CROSS JOIN LATERAL (
            SELECT p.prefix UNION
            SELECT overlay(p.prefix PLACING '' FROM i FOR 1) FROM generate_series(1, length(p.prefix)) i
        ) AS k(key);
    END LOOP;
END $$;
"""

GONE = """
DROP FUNCTION IF EXISTS directory_learn(text);
DROP FUNCTION IF EXISTS directory_initials(text);
DROP FUNCTION IF EXISTS directory_folded(text);
"""


class Migration(migrations.Migration):
    """What the search needs of the database: two extensions every PostgreSQL brings, and three small functions.

    The last one, which learns known words when a name is kept, names a table that the next migration makes.
    """

    replaces = [("directory", "0002_search_functions"), ("directory", "0004_search_learns")]
    dependencies = []
    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL(FOLDED + INITIALS + LEARN, GONE),
    ]
