"""The made-up country is drawn at once, and holds what the triggers would have kept row by row."""

from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection

from callcare.config.bench import dataset, loading, national
from callcare.config.management.commands.bench import Made
from callcare.core import refs
from callcare.core.deeds import deed
from callcare.directory.models import Organisation
from callcare.directory.pairs import keep_pairs
from callcare.matching.actions import rebuild
from callcare.matching.models import OfferedLine
from tests.cast import CastVerb

SIZE, SEED = 60, 7
# What each table computes, and the columns that no two makings share: keys, and the number of a transaction.
DERIVED = {
    "directory_spelling": ("id",),
    "directory_probablepair": ("id",),
    "matching_offered": ("rev",),
    "matching_wanted": (),
}


def rows(table: str, but: tuple[str, ...] = ()) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t", [list(but)])  # noqa: S608
        return {said for (said,) in cursor.fetchall()}


def derived() -> dict[str, set[str]]:
    return {table: rows(table, but) for table, but in DERIVED.items()}


def columns(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        return str(cursor.fetchone()[0])


@pytest.fixture
def country(db) -> Any:
    """The country, small; what was computed before it stands empty."""
    with connection.cursor() as cursor:
        for table in DERIVED:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    dataset.make_national(size=SIZE, seed=SEED, say=lambda *_: None)


def test_what_is_computed_at_once_is_what_the_triggers_keep(country):
    at_once, written = derived(), {}
    tables = [model._meta.db_table for model in national.TABLES]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMP TABLE made_{table} ON COMMIT DROP AS SELECT * FROM {table}")  # noqa: S608
            written[table] = rows(table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with loading.without_triggers(*national.TABLES):
            for table in (*reversed(tables), *DERIVED):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        with deed(CastVerb.ENTERS, by=None):
            for table in tables:
                mine = columns(table)
                cursor.execute(f"INSERT INTO {table} ({mine}) SELECT {mine} FROM made_{table} ORDER BY id")  # noqa: S608
    keep_pairs()
    assert {table: rows(table) for table in tables} == written  # the names and words searched are columns of theirs
    assert derived() == at_once
    assert all(at_once[table] for table in DERIVED if table != "directory_probablepair")
    with connection.cursor() as cursor:  # and the test can tell
        cursor.execute("UPDATE matching_offered SET free = free + 1 WHERE line_id = 1")
        cursor.execute("DELETE FROM directory_spelling WHERE id = (SELECT min(id) FROM directory_spelling)")
    assert derived()["matching_offered"] != at_once["matching_offered"]
    rebuild()
    assert derived()["matching_offered"] == at_once["matching_offered"]


def test_no_index_key_or_trigger_is_lost(db):
    def kept() -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
            indexes = cursor.fetchall()
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, 1"
            )
            keys = cursor.fetchall()
            cursor.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgrelid, 1")
            return indexes, keys, cursor.fetchall()

    before = kept()
    dataset.make_national(size=20, seed=SEED, say=lambda *_: None)
    assert kept() == before


def test_the_same_seed_draws_the_same_country_and_another_one_another(country):
    drawn = []
    with connection.cursor() as cursor:
        for seed in (SEED, SEED, SEED + 1):
            cursor.execute("DROP FUNCTION IF EXISTS pg_temp.draw(bigint, int)")
            cursor.execute(national.DRAWN.split("CREATE FUNCTION pg_temp.one")[0], {"seed": seed})
            cursor.execute("SELECT array_agg(pg_temp.draw(i, 3)) FROM generate_series(1, 5) i")
            drawn.append(cursor.fetchone()[0])
    first, again, other = drawn
    assert first == again != other
    assert all(0 <= one < 1 for one in first)


def test_its_rows_are_as_many_and_as_right_as_said(country):
    sizes = {model: model.objects.count() for model in national.TABLES}
    assert sizes == {model: national.Sizes(SIZE).of(model) for model in national.TABLES}
    assert all(refs.clean(one.ref) == one.ref for one in Organisation.objects.all())
    assert all(len(one.siren) in {0, 9} for one in Organisation.objects.all())
    largest = OfferedLine.objects.filter(category__path__contains=["n01"]).count()
    assert 0 < largest < SIZE // 2


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("100000", Made(100_000, 1)), ("national", Made(1_000_000, 1, "national")),
        ("national:20000", Made(20_000, 1, "national")),
    ],
)  # fmt: skip
def test_what_is_to_be_made_is_said_in_a_word(said, made):
    assert Made.of(said, 1) == made


@pytest.mark.parametrize("said", ["", "regional", "nation", "national:", "national:-3", "0", "99999999", "12a", "x:5"])
def test_anything_else_is_refused_with_a_sentence(said):
    with pytest.raises(CommandError, match="--make"):
        Made.of(said, 1)
