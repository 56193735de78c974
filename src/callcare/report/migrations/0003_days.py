"""A cell keeps the days of its month, and a mark says the day it touches, or the thing that hangs on others.

A trigger may say too much, never too little: a day said is counted from its rows. Where a change reaches rows through
a key (the commune of a need carries its hand-overs), the mark says the key, and who reads it looks the days up: a row
another transaction adds meanwhile has its own mark.
"""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SUBJECTS = ("contacts", "needs", "commitments", "introductions", "deliveries", "people")
FUNCTION = """
CREATE FUNCTION report_touch_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
{body}
RETURN NULL; END $$;
"""
TRIGGER = """
CREATE TRIGGER report_touch_{event} AFTER {event} ON {table} {rows}
    FOR EACH STATEMENT EXECUTE FUNCTION report_touch_{name}();
"""
INTO = "INSERT INTO report_touched (subject, day, via, key)"


def paris(instant: str) -> str:
    return f"({instant} AT TIME ZONE 'Europe/Paris')::date"


def on(subject: str, column: str) -> str:
    """The day a row is in."""
    return (
        f"SELECT '{subject}', {paris(f'r.{column}')}, '', NULL::bigint FROM {{rows}} r WHERE r.{column} IS NOT NULL"
    )


def by(subject: str, via: str, column: str, where: str = "TRUE") -> str:
    """The days of what hangs on the thing a row names."""
    return (
        f"SELECT '{subject}', NULL::date, '{via}', r.{column} FROM {{rows}} r"
        f" WHERE r.{column} IS NOT NULL AND {where}"
    )


# table: (the columns a figure reads, what each of its rows touches)
ROWS = {
    "desk_interaction": (("desk_id", "started_at", "channel", "organisation_id"), [on("contacts", "started_at")]),
    "needs_need": (
        ("desk_id", "opened_at", "commune_id", "duplicate_of_id", "state", "close_reason_id"),
        [on("needs", "opened_at")],
    ),
    "needs_needline": (("need_id", "category_id"), [by("needs", "need", "need_id")]),
    "commitments_commitment": (("desk_id", "opened_at", "commune_id", "level"), [on("commitments", "opened_at")]),
    "commitments_commitmentline": (
        ("commitment_id", "category_id", "qty_offered", "qty_withdrawn"),
        [by("commitments", "commitment", "commitment_id")],
    ),
    "introductions_introduction": (
        ("desk_id", "sent_at", "need_id"),
        [on("introductions", "sent_at"), by("needs", "need", "need_id", "r.sent_at IS NOT NULL")],
    ),
    "allocations_allocation": (("need_line_id", "qty", "qty_released"), [by("needs", "need_line", "need_line_id")]),
    "allocations_fulfilment": (
        ("desk_id", "at", "kind", "qty", "allocation_id", "corrects_id"),
        [on("deliveries", "at"), by("deliveries", "fulfilment", "corrects_id")],
    ),
    "outcomes_peoplecount": (("desk_id", "counted_at", "people", "need_id"), [on("people", "counted_at")]),
}
# table: column: what its change touches by the key of the row
HANGING = {
    "needs_need": {"commune_id": [(subject, "need") for subject in ("introductions", "deliveries", "people")]},
    "needs_needline": {"need_id": [("deliveries", "need_line")], "category_id": [("deliveries", "need_line")]},
    "allocations_allocation": {"need_line_id": [("deliveries", "allocation")]},
    "directory_organisation": {"commune_id": [("contacts", "organisation")]},
}
# table: column: what its change touches at all times
ALWAYS = {
    "catalogue_category": {"is_computer": ("deliveries", "commitments")},
    "catalogue_reason": {"code": ("needs",)},
    "territories_territory": {"departement_id": SUBJECTS, "code": SUBJECTS},
}
BEFORE_AND_AFTER = "old_rows o JOIN new_rows n ON n.id = o.id"
# Where a mark that names a thing is: (subject, via, the rows that hang on it, their key to it, their instant)
LINES = "needs_needline l JOIN allocations_allocation a ON a.need_line_id = l.id"
HANDED = "allocations_fulfilment x ON x.allocation_id = a.id"
FOUND = (
    ("contacts", "organisation", "desk_interaction x", "x.organisation_id", "x.started_at"),
    ("needs", "need", "needs_need x", "x.id", "x.opened_at"),
    ("needs", "need_line", "needs_needline l JOIN needs_need x ON x.id = l.need_id", "l.id", "x.opened_at"),
    ("commitments", "commitment", "commitments_commitment x", "x.id", "x.opened_at"),
    ("introductions", "need", "introductions_introduction x", "x.need_id", "x.sent_at"),
    ("people", "need", "outcomes_peoplecount x", "x.need_id", "x.counted_at"),
    ("deliveries", "need", f"{LINES} JOIN {HANDED}", "l.need_id", "x.at"),
    ("deliveries", "need_line", f"allocations_allocation a JOIN {HANDED}", "a.need_line_id", "x.at"),
    ("deliveries", "allocation", "allocations_fulfilment x", "x.allocation_id", "x.at"),
    ("deliveries", "fulfilment", "allocations_fulfilment x", "x.id", "x.at"),
)


def _found() -> str:
    """The touched days; no day: the subject at all times. What has no day (an introduction not sent) is not one."""
    branches = ["SELECT t.subject::text, t.day FROM report_touched t WHERE t.via = ''"]
    branches += [
        f"SELECT t.subject::text, {paris(instant)} FROM report_touched t, {rows}"
        f" WHERE {key} = t.key AND t.subject = '{subject}' AND t.via = '{via}' AND {instant} IS NOT NULL"
        for subject, via, rows, key, instant in FOUND
    ]
    return f"""
CREATE FUNCTION report_touched_days() RETURNS TABLE (subject text, day date) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN IF EXISTS (SELECT 1 FROM report_touched) THEN RETURN QUERY {" UNION ".join(branches)}; END IF; END $$;
"""


def _said(marks: list[str], rows: str) -> str:
    """One mark for each thing these rows touch."""
    return f"{INTO} {' UNION '.join(mark.format(rows=rows) for mark in marks)};"


def _changed(column: str) -> str:
    return f"FROM {BEFORE_AND_AFTER} WHERE o.{column} IS DISTINCT FROM n.{column}"


def _laid() -> str:
    made = []
    bodies: dict[str, list[str]] = {}
    for table, (columns, marks) in ROWS.items():
        seen = ", ".join((*columns, "id"))
        changed = (
            f"(SELECT {seen} FROM old_rows EXCEPT SELECT {seen} FROM new_rows"
            f" UNION ALL (SELECT {seen} FROM new_rows EXCEPT SELECT {seen} FROM old_rows))"
        )
        made += _armed(table, "INSERT", _said(marks, "new_rows"))
        made += _armed(table, "DELETE", _said(marks, "old_rows"))
        bodies[table] = [_said(marks, changed)]
    for table, hanging in HANGING.items():
        bodies.setdefault(table, []).extend(
            f"{INTO} SELECT '{subject}', NULL::date, '{via}', n.id {_changed(column)};"
            for column, touched in hanging.items()
            for subject, via in touched
        )
    for table, columns in ALWAYS.items():
        bodies.setdefault(table, []).extend(
            f"INSERT INTO report_touched (subject, via) SELECT unnest(ARRAY{list(touched)}), ''"
            f" WHERE EXISTS (SELECT 1 {_changed(column)});"
            for column, touched in columns.items()
        )
    for table, body in bodies.items():
        made += _armed(table, "UPDATE", "\n".join(body))
    return "\n".join(made)


def _armed(table: str, event: str, body: str) -> list[str]:
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    rows = "REFERENCING " + {"INSERT": new, "DELETE": old, "UPDATE": f"{old} {new}"}[event]
    name = f"{table}_{event.lower()}"
    return [FUNCTION.format(name=name, body=body), TRIGGER.format(name=name, table=table, event=event, rows=rows)]


LIFTED = r"""
DO $$ DECLARE touching regprocedure; BEGIN
    FOR touching IN SELECT oid FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'report\_touch%' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', touching);
    END LOOP;
END $$;
"""
earlier = import_module("callcare.report.migrations.0002_cells")
BEFORE = f"{earlier._laid()} INSERT INTO report_touched (figure) SELECT unnest(ARRAY{list(earlier.ALWAYS)})"


class Migration(migrations.Migration):
    dependencies = [
        ("report", "0002_cells"),
        ("catalogue", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(LIFTED, BEFORE),
        migrations.DeleteModel(name="Cell"),
        migrations.DeleteModel(name="Touched"),
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=24, verbose_name="chiffre")),
                ("month", models.DateField(verbose_name="mois")),
                ("departement", models.CharField(blank=True, max_length=9, verbose_name="département")),
                ("n", models.BigIntegerField(verbose_name="compte")),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=31, verbose_name="comptes des jours"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+",
                        to="catalogue.category", verbose_name="catégorie",
                    ),
                ),
                (
                    "desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="desk.desk",
                        verbose_name="guichet",
                    ),
                ),
            ],
            options={
                "verbose_name": "compte d’un mois",
                "verbose_name_plural": "comptes des mois",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("figure", "departement", "month", "desk", "category"), include=("n",),
                        nulls_distinct=False, name="cell_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=16, verbose_name="objet")),
                ("day", models.DateField(null=True, verbose_name="jour")),
                ("via", models.CharField(blank=True, max_length=16, verbose_name="par")),
                ("key", models.BigIntegerField(null=True, verbose_name="clé")),
            ],
            options={
                "verbose_name": "jour à recompter",
                "verbose_name_plural": "jours à recompter",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key", None), ("via", ""))
                        | (models.Q(("day", None), ("key__isnull", False)) & ~models.Q(("via", ""))),
                        name="touched_day_or_thing",
                    )
                ],
            },
        ),
        migrations.RunSQL(_laid() + _found(), LIFTED),
        # What was there before is not counted yet.
        migrations.RunSQL(
            f"INSERT INTO report_touched (subject, via) SELECT unnest(ARRAY{list(SUBJECTS)}), ''",
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
