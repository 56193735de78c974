import django.contrib.postgres.indexes
from django.db import migrations, models

# The words of a text and their first one to eight letters, as keys. A beginning asked of an ordinary index of words
# gathers every word that begins so; here it is one key, and two keys meet without reading either whole. Its cost is told:
# no plan may work it out row by row.
HEADS = """
CREATE OR REPLACE FUNCTION directory_heads(folded text) RETURNS tsvector LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
    word text;
    said text[] := '{}';
BEGIN
    FOREACH word IN ARRAY coalesce(string_to_array(folded, ' '), '{}') LOOP
        CONTINUE WHEN word = '';
        said := said || ARRAY[word, left(word, 1), left(word, 2), left(word, 3), left(word, 4), left(word, 5),
            left(word, 6), left(word, 7), left(word, 8)];
    END LOOP;
    RETURN array_to_tsvector(said);
END $$;
"""
GONE = "DROP FUNCTION IF EXISTS directory_heads(text);"


def heads_of(column: str) -> models.Func:
    return models.Func(models.F(column), function="directory_heads")


class Migration(migrations.Migration):
    """Names looked up by the beginnings of their words, at the size of a country."""

    dependencies = [("directory", "0008_who_calls")]
    operations = [
        migrations.RunSQL(HEADS, GONE),
        migrations.AddIndex(
            "organisation",
            django.contrib.postgres.indexes.GinIndex(heads_of("search_text"), name="organisation_heads"),
        ),
        migrations.AddIndex(
            "person", django.contrib.postgres.indexes.GinIndex(heads_of("search_name"), name="person_heads")
        ),
        migrations.RemoveIndex("person", "person_words"),
    ]
