"""Anybody may ask whether the house is well; the answer is 200 only when every part is."""

from datetime import timedelta

import pytest
from django.db import connection

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.enums import DeskVerb
from callcare.desk.models import OutgoingMail
from tests import cast

pytestmark = pytest.mark.django_db


def a_worker_seen(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp() - %s * interval '1 second')",
            [seconds_ago],
        )


def a_letter_due(minutes_ago: int) -> None:
    with deed(DeskVerb.MAIL_RETRIED, by=None):
        OutgoingMail.objects.create(
            desk=cast.lille_desk(),
            key="health",
            message_id="<health@call-care.test>",
            to="claire@asso.test",
            subject="Bonjour",
            body="Bonjour",
            next_try_at=clock.now() - timedelta(minutes=minutes_ago),
        )


def test_all_is_well_when_the_worker_lives_and_letters_leave(client):
    a_worker_seen(9)
    a_letter_due(14)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"web": "ok", "database": "ok", "worker": "ok", "outbox": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_without_a_worker_the_house_is_not_well(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "Aucun exécutant de tâches ne tourne."


def test_a_worker_that_is_silent_is_not_well(client):
    a_worker_seen(31)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "L’exécutant de tâches ne donne plus signe de vie."


def test_one_living_worker_is_enough(client):
    a_worker_seen(3600)
    a_worker_seen(1)
    assert client.get("/healthz").status_code == 200


def test_letters_that_wait_too_long_are_told_without_a_name(client):
    a_worker_seen(1)
    a_letter_due(16)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["outbox"] == "Des courriers attendent depuis plus de 15 minutes."
    assert "claire" not in answer.content.decode()


def test_it_only_answers_questions(client):
    assert client.post("/healthz").status_code == 405
