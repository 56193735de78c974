"""The worker: its timetable, and the jobs it brings back when another was killed."""

import pytest
from asgiref.sync import async_to_sync
from croniter import croniter
from django.db import connection
from procrastinate.contrib.django import app

from callcare.config.management.commands.worker import rescue_stalled
from callcare.config.schedule import TIMETABLE


def a_job_under_way(worker_seen_seconds_ago: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (clock_timestamp() - %s * interval '1 second') RETURNING id",
            [worker_seen_seconds_ago],
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
            " VALUES ('mail', 'desk.deliver_letters', '{}', 'doing', %s) RETURNING id",
            [worker],
        )
        (job,) = cursor.fetchone()
    return job


def status_of(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        (status,) = cursor.fetchone()
    return status


@pytest.mark.django_db
def test_the_jobs_of_a_dead_worker_are_queued_again():
    lost, kept = a_job_under_way(worker_seen_seconds_ago=31), a_job_under_way(worker_seen_seconds_ago=5)
    assert async_to_sync(rescue_stalled)(app) == 1
    assert (status_of(lost), status_of(kept)) == ("todo", "doing")


def test_all_that_happens_by_the_clock_stands_in_the_timetable():
    periodic = {(task.task.name, task.cron) for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic == set(TIMETABLE.items())
    assert all(croniter.is_valid(cron) for cron in TIMETABLE.values())
