"""The application's name at the database: what it may do, and what it is refused, asked of the database itself."""

import psycopg
import pytest
from django.db import connection

from callcare.allocations import actions
from callcare.config import diagnosis, rights
from callcare.core.deeds import deed
from callcare.needs.models import NeedLine
from launcher.postgres import APPLICATION, OWNER, ROLES
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)

FORBIDDEN = {
    "history is changed": "UPDATE needs_needevent SET title = 'x'",
    "history is taken away": "DELETE FROM needs_needevent",
    "history is added": "INSERT INTO needs_needevent SELECT * FROM needs_needevent",
    "history is emptied": "TRUNCATE needs_needevent",
    "history is locked": "LOCK TABLE needs_needevent IN EXCLUSIVE MODE",
    "history is locked by row": "SELECT * FROM needs_needevent FOR UPDATE",
    "a deed is renamed": "UPDATE pghistory_context SET metadata = '{}'",
    "a deed is invented": "INSERT INTO pghistory_context (id, metadata, created_at, updated_at)"
    " VALUES (gen_random_uuid(), '{}', now(), now())",
    "a disclosure is changed": "UPDATE introductions_disclosure SET channels = '{}'",
    "a disclosure is taken away": "DELETE FROM introductions_disclosure",
    "a hand-over is changed": "UPDATE allocations_fulfilment SET qty = 1",
    "a hand-over is locked": "SELECT * FROM allocations_fulfilment FOR UPDATE",
    "a counter is written": "UPDATE needs_needline SET qty_reserved = 0",
    "a counter is written beside another column": "UPDATE commitments_commitmentline SET revision=2, qty_fulfilled=0",
    "a promise is taken away": "DELETE FROM allocations_allocation",
    "a need is taken away": "DELETE FROM needs_need",
    "a table is emptied": "TRUNCATE needs_need CASCADE",
    "a trigger sleeps": "ALTER TABLE needs_need DISABLE TRIGGER ALL",
    "all triggers sleep": "SET session_replication_role = replica",
    "a table is dropped": "DROP TABLE needs_need CASCADE",
    "a table is made": "CREATE TABLE mine (id int)",
    "a passing table is made": "CREATE TEMP TABLE mine (id int)",
    "a function is replaced": "CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE sql"
    " AS 'SELECT NULL::uuid'",
    "a schema is made": "CREATE SCHEMA mine",
    "a database is made": "CREATE DATABASE mine",
    "a role is made": "CREATE ROLE mine",
    "it becomes the owner": f"SET ROLE {OWNER}",
    "it signs in as the owner": f"SET SESSION AUTHORIZATION {OWNER}",
    "a program is run": "COPY needs_need TO PROGRAM 'cat'",
    "a file is read": "SELECT pg_read_file('PG_VERSION')",
    "a file is written": "COPY needs_need TO '/tmp/callcare-stolen'",
    "the server is told": "ALTER SYSTEM SET fsync = off",
    "the map of communes is changed": "UPDATE territories_territory SET name = 'x'",
    "the past of the schema is changed": "DELETE FROM django_migrations",
}
LOOK_AWAY = """
    SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger
     WHERE tgrelid = 'desk_desk'::regclass
"""


@pytest.fixture
def application():
    """A session of the application's role, in this very database, with the rights `migrate` lays."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("il faut un superutilisateur de PostgreSQL pour créer les deux rôles")
        cursor.execute(ROLES.read_text())
        rights.lay(APPLICATION)
    facts = connection.get_connection_params()
    kept = {key: facts[key] for key in ("host", "port", "dbname") if facts.get(key)}
    with psycopg.connect(**kept, user=APPLICATION, autocommit=True) as session:
        yield session


@pytest.fixture
def as_application(application, monkeypatch):
    """Django itself speaks as the application."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "USER", APPLICATION)
    yield
    connection.close()


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_application_is_refused(application, statement):
    application.autocommit = statement.startswith(("ALTER SYSTEM", "CREATE DATABASE"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(statement)


def test_the_application_gives_itself_no_right(application):
    """PostgreSQL only warns, and grants nothing."""
    application.execute(f"GRANT DELETE ON needs_need TO {APPLICATION}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(FORBIDDEN["a need is taken away"])


@pytest.mark.parametrize(
    "statement",
    [statement for name, statement in FORBIDDEN.items() if "history is" in name and "added" not in name]
    + [FORBIDDEN["a counter is written"], FORBIDDEN["a need is taken away"], FORBIDDEN["a passing table is made"]],
)
def test_the_owner_would_not_have_been(application, statement):
    """The negative control: it is the role that is refused, not a statement that could never work."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute(f"SET LOCAL ROLE {OWNER}")
            cursor.execute(statement)
        finally:
            cursor.execute("ROLLBACK")


def test_a_deed_is_done_and_its_history_written_with_the_rights_of_the_application(as_application):
    assert rights.current_role() == APPLICATION
    desk = cast.lille_desk()
    with deed(cast.CastVerb.ENTERS, by=None):
        desk.name = "Guichet de Lille centre"
        desk.save(update_fields=["name"])
    assert desk.events.count() == 2


@pytest.fixture
def lines(transactional_db):
    """Laid before the application comes: the cast makes its own communes, which are not the application's to write."""
    return cast.need(12).lines.get(), cast.commitment(10).lines.get()


def test_a_promise_moves_the_counter_the_application_cannot_write(lines, as_application):
    wanted, offered = lines
    actions.promise(need_line=wanted, commitment_line=offered, qty=4, by=cast.marion())
    assert NeedLine.objects.get().qty_reserved == 4


def test_the_application_cannot_ask_the_history_to_look_away(as_application):
    """`pgtrigger.ignore` is a setting anybody may set: only the owner is heard."""
    desk = cast.lille_desk()
    before = desk.events.count()
    with deed(cast.CastVerb.ENTERS, by=None), connection.cursor() as cursor:
        cursor.execute(LOOK_AWAY)
        cursor.execute("UPDATE desk_desk SET name = 'Discret'")
    assert desk.events.count() == before + 1


def test_the_owner_is_heard_when_she_asks_to_look_away(application):
    """The negative control of the last one."""
    desk = cast.lille_desk()
    before = desk.events.count()
    with deed(cast.CastVerb.ENTERS, by=None), connection.cursor() as cursor:
        cursor.execute(LOOK_AWAY)
        cursor.execute("UPDATE desk_desk SET name = 'Discret'")
    assert desk.events.count() == before


def test_who_writes_the_history_has_the_rights_of_the_owner(application):
    assert rights.plain_copyists() == 0
    with connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION _pgh_attach_context() SECURITY INVOKER")
    assert rights.plain_copyists() == 1
    rights.lay(APPLICATION)
    assert rights.plain_copyists() == 0


def test_the_doctor_is_content_with_the_application(as_application):
    found = diagnosis.database_role()
    assert (found.mend, found.advice) == ("", ""), str(found)


def test_the_doctor_advises_a_house_with_one_role():
    found = diagnosis.database_role()
    assert found.advice
    assert not found.mend, "it works all the same"
    assert str(found).startswith("! rôle")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (f"REVOKE INSERT ON desk_interaction FROM {APPLICATION}", "n’a pas tous ses droits (INSERT sur desk_interact"),
        (f"GRANT DELETE ON needs_needevent TO {APPLICATION}", "des droits de trop (DELETE sur needs_needevent"),
        (f"GRANT UPDATE ON needs_needline TO {APPLICATION}", "de trop (UPDATE (qty_fulfilled) sur needs_needline"),
        ("ALTER FUNCTION _pgh_attach_context() SECURITY INVOKER", "l’historique ne s’écrira pas"),
    ],
)
def test_the_doctor_sees_wrong_rights_and_says_the_mend(application, monkeypatch, wrong, said):
    with connection.cursor() as cursor:
        cursor.execute(wrong)
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "USER", APPLICATION)
    found = diagnosis.database_role()
    assert said in found.seen
    assert "./callcare migrate" in found.mend
    connection.close()


def test_every_list_of_rights_names_tables_that_exist(transactional_db):
    """A table that was renamed would silently get the rights of any other."""
    known = set(rights.tables())
    named = rights.GIVEN | rights.KEPT | rights.GOING | set(rights.COUNTERS) | rights.history()
    assert named - known - {"cache"} == set()
