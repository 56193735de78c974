"""The timetable of the house: all that happens by the clock, on one page. Hours are those of the worker's machine."""

from procrastinate import App, JobContext, builtin_tasks

KEPT_HOURS = 7 * 24  # finished jobs stay a week, for those who look for what happened

TIMETABLE = {
    # job: minute hour day month weekday
    "desk.deliver_letters": "* * * * *",  # each deed calls it too; this is for the retries, and for lost calls
    "calls.hear": "* * * * *",  # the door reads at once; this is for what it left
    "calls.fetch_messages": "* * * * *",
    "calls.sweep": "* * * * *",
    "calls.forget": "31 2 * * *",
    "mailbox.acknowledge": "* * * * *",
    "mailbox.remind": "*/5 * * * *",  # writes only while the desk of a mail is open
    "mailbox.scan": "* * * * *",
    "mailbox.read": "* * * * *",  # the worker reads at once; this is for what it left
    "allocations.release_holds": "*/5 * * * *",
    "introductions.follow_up": "*/10 * * * *",  # writes only while the desk of the introduction is open
    "directory.pair": "* * * * *",  # the page of duplicates does it too, before it shows
    "report.count_months": "* * * * *",
    "report.check_month": "50 3 * * *",
    "desk.look_after": "40 4 * * *",
    "matching.sweep": "50 4 * * *",
    "matching.suggest": "10 5 * * *",  # before the desks open, after the lines that left are forgotten
    "house.forget_finished_jobs": "17 2 * * *",
}


async def forget_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Finished jobs are deleted every night: the queue stays small, and so quick."""
    await builtin_tasks.remove_old_jobs(context, max_hours=KEPT_HOURS, remove_failed=True)


def declare(app: App) -> None:
    """Put the timetable on the worker's wall. A job that is not there is an error at once, not a silence at night."""
    app.task(name="house.forget_finished_jobs", queue="house", pass_context=True)(forget_finished_jobs)
    for job, cron in TIMETABLE.items():
        app.periodic(cron=cron)(app.tasks[job])
