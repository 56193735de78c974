"""`./callcare worker`: does the queued jobs, and brings back those whose worker was killed."""

import asyncio
import logging
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from callcare.calls.listening import listen_always
from callcare.core import runtime
from callcare.mailbox.fetching import fetch_always

RESCUE_EVERY = 60  # seconds
STALLED_AFTER = 30  # seconds without a heartbeat; a worker that lives says so every 10
CONCURRENCY = 4
STOPS_WITHIN = 8  # seconds left to a running job when the worker is asked to stop

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Fait les tâches en attente, et reprend celles d’un exécutant disparu."

    def handle(self, *args: Any, **options: Any) -> None:
        connector = app.connector
        if not isinstance(connector, DjangoConnector):
            raise TypeError(f"the worker needs the database, not {connector!r}")
        runtime.settle()
        with app.replace_connector(connector.get_worker_connector()) as working:
            asyncio.run(work(working))


async def work(working: App) -> None:
    """Work until asked to stop, with a rescue at the start and every minute."""
    async with working.open_async():
        rescue = asyncio.create_task(keep_rescuing(working))
        listening = asyncio.create_task(listen_always())
        fetching = asyncio.create_task(fetch_always())
        try:
            await working.run_worker_async(
                concurrency=CONCURRENCY,
                shutdown_graceful_timeout=STOPS_WITHIN,
                stalled_worker_timeout=STALLED_AFTER,
                listen_notify=True,
            )
        finally:
            rescue.cancel()
            listening.cancel()
            fetching.cancel()


async def keep_rescuing(working: App) -> None:
    """In the worker's own loop: a rescue that were itself a queued job could be lost like them."""
    while True:
        try:
            await rescue_stalled(working)
        except Exception:  # the database may be restarting: the next round will do
            logger.exception("rescue failed")
        await asyncio.sleep(RESCUE_EVERY)


async def rescue_stalled(working: App) -> int:
    """Queue again the jobs that a dead worker left under way; how many there were. They are safe to run twice."""
    jobs = list(await working.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER))
    for job in jobs:
        logger.warning("rescued job %s (%s)", job.id, job.task_name)
        await working.job_manager.retry_job(job)
    return len(jobs)
