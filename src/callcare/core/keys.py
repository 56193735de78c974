"""Keys the database keeps for us where Django has no word for them."""

from django.db.migrations.operations import RunSQL


def same_desk(child: str, column: str, parent: str) -> RunSQL:
    """A row and the row it hangs from belong to the same desk: a foreign key on (id, desk_id).

    `child` and `parent` are table names, `column` the child's key. The parent needs a UNIQUE (id, desk_id),
    made here once. With the desk in every key the tables can be partitioned by it later.
    """
    # The names are our own tables, written in a migration.
    key = f"""DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{parent}_of_desk') THEN
            ALTER TABLE {parent} ADD CONSTRAINT {parent}_of_desk UNIQUE (id, desk_id);
        END IF;
    END $$"""  # noqa: S608
    rule = f"{child}_{column}_same_desk"
    reference = f"FOREIGN KEY ({column}, desk_id) REFERENCES {parent} (id, desk_id) DEFERRABLE INITIALLY DEFERRED"
    return RunSQL(
        sql=[key, f"ALTER TABLE {child} ADD CONSTRAINT {rule} {reference}"],
        reverse_sql=[f"ALTER TABLE {child} DROP CONSTRAINT {rule}"],
    )
