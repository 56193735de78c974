"""The kept months of the figures, and the triggers that say which of them a change touches.

A trigger may say too much, never too little: a month said is counted from its rows. What a change moves through a key
(the commune of a need carries its hand-overs) touches the figure at all times: the months it had could be read before
a transaction under way adds one more.
"""

import django.db.models.deletion
from django.db import migrations, models

ALWAYS = ("contacts", "week", "needs", "commitments", "introductions", "fulfilments", "people_helped",
          "computers_delivered", "computers_announced", "computers_confirmed", "week_in")  # fmt: skip
FUNCTION = """
CREATE FUNCTION report_touch_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
{body}
RETURN NULL; END $$;
"""
TRIGGER = """
CREATE TRIGGER report_touch_{event} AFTER {event} ON {table} {rows}
    FOR EACH STATEMENT EXECUTE FUNCTION report_touch_{name}();
"""


def month(figure: str, at: str, cut: str = "month") -> tuple[str, str]:
    return figure, f"date_trunc('{cut}', {at}, 'Europe/Paris')"


# table: (the columns a figure reads, the months a row is in, what hangs on it by a key: column and figures)
DIRECT = {
    "desk_interaction": (
        ("desk_id", "started_at", "channel", "organisation_id"),
        [month("contacts", "r.started_at"), *(month(code, "r.started_at", "week") for code in ("week", "week_in"))],
        {},
    ),
    "needs_need": (
        ("desk_id", "opened_at", "commune_id", "duplicate_of_id"),
        [month("needs", "r.opened_at")],
        {"commune_id": ("introductions", "fulfilments", "people_helped", "computers_delivered")},
    ),
    "commitments_commitment": (
        ("desk_id", "opened_at", "commune_id", "level"),
        [month(code, "r.opened_at") for code in ("commitments", "computers_announced", "computers_confirmed")],
        {},
    ),
    "commitments_commitmentline": (
        ("commitment_id", "category_id", "qty_offered", "qty_withdrawn"),
        [
            month(code, "(SELECT c.opened_at FROM commitments_commitment c WHERE c.id = r.commitment_id)")
            for code in ("computers_announced", "computers_confirmed")
        ],
        {},
    ),
    "introductions_introduction": (
        ("desk_id", "sent_at", "need_id"),
        [month("introductions", "r.sent_at")],
        {},
    ),
    "allocations_fulfilment": (
        ("desk_id", "at", "kind", "qty", "allocation_id", "corrects_id"),
        [
            (figure, f"date_trunc('month', {at}, 'Europe/Paris')")
            for figure in ("fulfilments", "computers_delivered")
            for at in ("r.at", "(SELECT f.at FROM allocations_fulfilment f WHERE f.id = r.corrects_id)")
        ],
        {},
    ),
    "outcomes_peoplecount": (
        ("desk_id", "counted_at", "people", "need_id"),
        [month("people_helped", "r.counted_at")],
        {},
    ),
}
HANGING = {
    "allocations_allocation": {"need_line_id": ("fulfilments", "computers_delivered")},
    "needs_needline": {"need_id": ("fulfilments", "computers_delivered"), "category_id": ("computers_delivered",)},
    "directory_organisation": {"commune_id": ("contacts", "week_in")},
    "catalogue_category": {"is_computer": ("computers_delivered", "computers_announced", "computers_confirmed")},
    "territories_territory": {"departement_id": ALWAYS, "code": ALWAYS},
}
BEFORE_AND_AFTER = "old_rows o JOIN new_rows n ON n.id = o.id"


def _said(pairs: list[tuple[str, str]], rows: str) -> str:
    """One row for each month of each figure that these rows are in."""
    each = " UNION ".join(f"SELECT '{figure}', {since} AS since FROM {rows} r" for figure, since in pairs)
    return f"INSERT INTO report_touched (figure, since) SELECT * FROM ({each}) months WHERE since IS NOT NULL;"


def _hung(hanging: dict[str, tuple[str, ...]]) -> str:
    """What the change of a column touches at all times."""
    lines = [
        f"INSERT INTO report_touched (figure) SELECT unnest(ARRAY{list(figures)}) WHERE EXISTS"
        f" (SELECT 1 FROM {BEFORE_AND_AFTER} WHERE o.{column} IS DISTINCT FROM n.{column});"
        for column, figures in hanging.items()
    ]
    return "\n".join(lines)


def _laid() -> str:
    made = []
    for table, (columns, pairs, hanging) in DIRECT.items():
        seen = ", ".join(columns)
        changed = (
            f"(SELECT {seen}, id FROM old_rows EXCEPT SELECT {seen}, id FROM new_rows"
            f" UNION ALL (SELECT {seen}, id FROM new_rows EXCEPT SELECT {seen}, id FROM old_rows))"
        )
        made += _armed(table, "INSERT", _said(pairs, "new_rows"))
        made += _armed(table, "DELETE", _said(pairs, "old_rows"))
        made += _armed(table, "UPDATE", f"{_said(pairs, changed)}\n{_hung(hanging)}")
    for table, hanging in HANGING.items():
        made += _armed(table, "UPDATE", _hung(hanging))
    return "\n".join(made)


def _armed(table: str, event: str, body: str) -> list[str]:
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    rows = "REFERENCING " + {"INSERT": new, "DELETE": old, "UPDATE": f"{old} {new}"}[event]
    name = f"{table}_{event.lower()}"
    return [FUNCTION.format(name=name, body=body), TRIGGER.format(name=name, table=table, event=event, rows=rows)]


def _lifted() -> str:
    names = [f"{table}_{event}" for table in DIRECT for event in ("insert", "delete", "update")]
    names += [f"{table}_update" for table in HANGING]
    return "\n".join(f"DROP FUNCTION report_touch_{name}() CASCADE;" for name in names)


class Migration(migrations.Migration):
    dependencies = [
        ("report", "0001_initial"),
        ("desk", "0010_long_lists"),
        ("needs", "0004_long_lists"),
        ("commitments", "0004_long_lists"),
        ("introductions", "0004_long_lists"),
        ("allocations", "0004_only_loans_return"),
        ("outcomes", "0001_squashed_0002_same_desk"),
        ("directory", "0006_long_lists"),
        ("catalogue", "0001_initial"),
        ("territories", "0005_long_lists"),
    ]
    operations = [
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=24, verbose_name="chiffre")),
                (
                    "desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="desk.desk",
                        verbose_name="guichet",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="depuis")),
                ("departement", models.CharField(blank=True, max_length=9, verbose_name="département")),
                ("n", models.BigIntegerField(verbose_name="compte")),
            ],
            options={
                "verbose_name": "compte d’un mois",
                "verbose_name_plural": "comptes des mois",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("figure", "since", "desk", "departement"), include=("n",), name="cell_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=24, verbose_name="chiffre")),
                ("since", models.DateTimeField(null=True, verbose_name="depuis")),
            ],
            options={"verbose_name": "mois à recompter", "verbose_name_plural": "mois à recompter"},
        ),
        migrations.RunSQL(_laid(), _lifted()),
        # What was there before is not counted yet.
        migrations.RunSQL(
            f"INSERT INTO report_touched (figure) SELECT unnest(ARRAY{list(ALWAYS)})", migrations.RunSQL.noop
        ),
    ]  # fmt: skip
