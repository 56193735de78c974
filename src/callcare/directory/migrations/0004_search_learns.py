from django.db import migrations

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


class Migration(migrations.Migration):
    """Known words are learnt when a name is kept; the function stands after its table, which it names."""

    dependencies = [("directory", "0003_search")]
    operations = [migrations.RunSQL(LEARN, "DROP FUNCTION IF EXISTS directory_learn(text)")]
