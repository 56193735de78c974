"""What the doctor sees from inside, and what forbids to open the site."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from callcare.config import demo_database, diagnosis
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.mailbox import actions
from callcare.mailbox.models import Mailbox
from tests import cast
from tests.mailbox import stage

pytestmark = pytest.mark.django_db

GOOD_KEY = "k" * 50


@pytest.fixture(autouse=True)
def safe_server(monkeypatch):
    """The tests' own server is thrown away, and not safe: it says here what a good one says."""
    answers = {"fsync": "on", "full_page_writes": "on", "data_checksums": "on", "synchronous_commit": "on"}
    monkeypatch.setattr(diagnosis, "show", lambda name: answers.get(name, "180006"))
    return answers


@pytest.fixture
def ready(settings, tmp_path):
    settings.SECRET_KEY, settings.DEMO, settings.DEBUG = GOOD_KEY, False, False
    settings.STATIC_ROOT = str(tmp_path)
    (tmp_path / "staticfiles.json").write_text("{}")
    return settings


def ills() -> list[str]:
    return [finding.subject for finding in diagnosis.examine(before_serving=True) if finding.mend]


def test_a_ready_house_opens(ready):
    assert ills() == []


@pytest.mark.parametrize("key", ["only-for-the-demo-and-the-tests", "short"])
def test_a_default_or_short_secret_key_forbids_to_open(ready, key):
    ready.SECRET_KEY = key
    assert ills() == ["clé secrète"]


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "data_checksums", "synchronous_commit"])
def test_a_database_that_may_forget_forbids_to_open(ready, safe_server, name):
    safe_server[name] = "off"
    assert ills() == ["durabilité"]


def test_a_missing_migration_forbids_to_open(ready):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'report'")
    assert ills() == ["schéma"]


def test_uncollected_files_forbid_to_open(ready, tmp_path):
    (tmp_path / "staticfiles.json").unlink()
    assert ills() == ["fichiers du site"]


def test_serving_is_refused_with_the_mend(ready, capsys):
    ready.DEBUG = True
    with pytest.raises(SystemExit):
        call_command("examine", "--serving")
    assert "enlevez CALLCARE_DEBUG" in capsys.readouterr().out


def test_a_mail_server_that_is_away_is_told(ready):
    ready.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    ready.EMAIL_HOST, ready.EMAIL_PORT = "127.0.0.1", 1
    assert "CALLCARE_SMTP_URL" in diagnosis.letters_leave().mend


def test_a_base_with_somebodys_work_is_never_claimed_nor_emptied():
    cast.marion()
    assert not demo_database.is_demo()
    for act in (demo_database.claim, demo_database.empty):
        with pytest.raises(CommandError):
            act()
    assert not demo_database.is_demo()


def test_an_empty_base_becomes_the_demos_and_stays_it():
    assert demo_database.is_empty()
    demo_database.claim()
    cast.marion()
    demo_database.claim()
    assert demo_database.is_demo()


def test_no_box_is_no_illness():
    assert str(diagnosis.mailboxes()) == "✓ boîtes aux lettres : aucune n’est relevée"


def test_a_box_that_is_fetched_says_its_last_contact(ready):
    this = stage.box()
    with clock.at(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)):
        Mailbox.objects.update(connected_at=clock.now())
        actions.note_contact(this)
        stage.bring(stage.written())
        said = diagnosis.mailboxes()
    assert not said.mend
    assert said.seen.startswith("contact@call-care.test (dernier contact ")
    assert said.seen.endswith(", 1 à lire)")


def test_a_box_that_the_server_refuses_says_why_and_where_to_mend():
    stage.box()
    other = stage.box("lille@call-care.test")
    actions.note_trouble(other, "Le serveur refuse l’identifiant ou le mot de passe.")
    said = diagnosis.mailboxes()
    assert said.seen == (
        "lille@call-care.test (aucun contact encore) : Le serveur refuse l’identifiant ou le mot de passe."
    )
    assert "Essayer la connexion" in said.mend


def test_a_box_nobody_fetches_names_the_worker_even_in_the_night():
    this = stage.box()
    with clock.at(this.connected_at + timedelta(minutes=9)):
        assert not diagnosis.mailboxes().mend
    with clock.at(this.connected_at + timedelta(minutes=11)):
        assert diagnosis.mailboxes().mend.startswith("./callcare worker")
    with deed(cast.CastVerb.ENTERS, by=None):
        Mailbox.objects.update(is_enabled=False)
    with clock.at(this.connected_at + timedelta(minutes=11)):
        assert not diagnosis.mailboxes().mend
