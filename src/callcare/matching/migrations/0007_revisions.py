"""Which transaction wrote a row last, and which rows went: what a copy in memory asks to catch up.

`rev` is the number of the writing transaction, not of a sequence: numbers of a sequence become visible out of order,
while every transaction below the xmin of a snapshot has ended. A reader that asks again for all rows from that xmin
on misses nothing, whatever commits late.
"""

from django.db import migrations, models

TRIGGERS = """
CREATE FUNCTION matching_rev() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.rev := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE FUNCTION matching_went() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO matching_gone (line, rev, at)
        VALUES (OLD.line_id, pg_current_xact_id()::text::bigint, clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER matching_rev BEFORE INSERT OR UPDATE ON matching_offered
    FOR EACH ROW EXECUTE FUNCTION matching_rev();
CREATE TRIGGER matching_went AFTER DELETE ON matching_offered
    FOR EACH ROW EXECUTE FUNCTION matching_went();
"""
UNDO = """
DROP TRIGGER matching_rev ON matching_offered; DROP TRIGGER matching_went ON matching_offered;
DROP FUNCTION matching_rev, matching_went;
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0006_live")]
    operations = [
        migrations.AddField(
            "offeredline", "rev", models.BigIntegerField("dernière transaction", default=0, db_default=0)
        ),
        migrations.AddIndex("offeredline", models.Index(fields=["rev"], name="offered_by_rev")),
        migrations.CreateModel(
            "GoneLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.BigIntegerField("ligne")),
                ("rev", models.BigIntegerField("dernière transaction")),
                ("at", models.DateTimeField("le")),
            ],
            options={
                "verbose_name": "ligne partie",
                "verbose_name_plural": "lignes parties",
                "db_table": "matching_gone",
                "indexes": [models.Index(fields=["rev"], name="gone_by_rev")],
            },
        ),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
