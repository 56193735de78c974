"""The timetable of the house: all that happens by the clock, on one page. Hours are those of the machine (UTC)."""

from procrastinate import App, JobContext, builtin_tasks

KEPT_HOURS = 7 * 24  # finished jobs stay a week, for those who look for what happened


async def forget_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Finished jobs are deleted every night: the queue stays small, and so quick."""
    await builtin_tasks.remove_old_jobs(context, max_hours=KEPT_HOURS, remove_failed=True)


#  minute hour day month weekday, job, queue
TIMETABLE = [
    ("17 2 * * *", forget_finished_jobs, "house"),
]


def declare(app: App) -> None:
    """Put the timetable on the worker's wall."""
    for cron, job, queue in TIMETABLE:
        task = app.task(name=f"schedule.{job.__name__}", queue=queue, pass_context=True)(job)
        app.periodic(cron=cron)(task)
