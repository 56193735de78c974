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

GONE = """
DROP FUNCTION IF EXISTS directory_initials(text);
DROP FUNCTION IF EXISTS directory_folded(text);
"""


class Migration(migrations.Migration):
    """What the search needs of the database: two extensions every PostgreSQL brings, and two small functions."""

    dependencies = [("directory", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL(FOLDED + INITIALS, GONE),
    ]
