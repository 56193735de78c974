"""A worker to be killed: the real one, in a process of its own, which may be told at which step it dies.

    python -m tests.mailserver.victim      one line of JSON a life on its standard input

The house is imported once; every life is a fork of that: a worker that starts in an instant can be killed often. Each
answers « born PID », then « died ».
"""

import contextlib
import itertools
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

STEPS = ("fetched", "keeping", "kept", "told", "reading", "filed", "acknowledged", "sent")


def main() -> None:
    django.setup()
    _imported()
    for line in sys.stdin:
        life = json.loads(line)
        if (pid := os.fork()) == 0:
            try:
                live(life)
            finally:
                os._exit(1)
        print("born", pid, flush=True)
        os.waitpid(pid, 0)
        print("died", flush=True)


def _imported() -> None:
    """What the worker needs, before the first fork; no connection is opened here."""
    from callcare.config.management.commands import worker  # noqa: F401, PLC0415  # Django is set up now
    from callcare.mailbox import fetching, reader  # noqa: F401, PLC0415


def live(life: dict[str, Any]) -> None:
    """One life: `step` and `nth` say when it dies by itself, `order` may be the wrong one."""
    from callcare.config.management.commands.worker import Command  # noqa: PLC0415
    from callcare.desk import jobs  # noqa: PLC0415
    from callcare.mailbox.actions import acknowledging  # noqa: PLC0415

    # No ten minutes, no breaker: acknowledgements by the hundred are what may be doubled here.
    acknowledging.AFTER, acknowledging.MOST = timedelta(0), 1_000_000
    if life.get("order") == "told first":
        _tell_first()
    if step := life.get("step"):
        _doom(step, life.get("nth", 1))
    for work in (acknowledging.acknowledge_waiting, jobs.deliver_letters):
        threading.Thread(target=_hurry, args=(work,), daemon=True).start()
    Command().handle()


def _hurry(work: Callable[[], object]) -> None:
    """What the timetable does every minute, without a pause: more to interrupt."""
    from django.db import connections  # noqa: PLC0415

    while True:
        with contextlib.suppress(Exception):  # a connection that was cut: the next round will do
            work()
        connections.close_all()
        time.sleep(0.1)


def _doom(step: str, nth: int) -> None:
    from callcare.desk import jobs  # noqa: PLC0415
    from callcare.mailbox import fetching, line, raw  # noqa: PLC0415
    from callcare.mailbox.actions import acknowledging, reading  # noqa: PLC0415

    where: dict[str, tuple[Any, str, bool]] = {  # whose, what, and whether it dies before it or after it
        "fetched": (line.Line, "fetch", False),
        "keeping": (raw, "keep", True),
        "kept": (raw, "keep", False),  # committed, and the server does not know
        "told": (line.Line, "acknowledge", False),
        "reading": (reading, "read_guarded", True),
        "filed": (reading, "file_arrivals", False),  # rows are written, nothing is committed
        "acknowledged": (acknowledging, "write", False),
        "sent": (jobs.postbox, "send", False),  # the server said 250, and nobody noted it
    }
    assert fetching.raw is raw
    owner, name, is_before = where[step]
    setattr(owner, name, _deadly(getattr(owner, name), nth, is_before=is_before))


def _deadly(work: Callable[..., Any], nth: int, *, is_before: bool) -> Callable[..., Any]:
    count = itertools.count(1)

    def done(*words: Any, **facts: Any) -> Any:
        is_last = next(count) >= nth
        if is_last and is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = work(*words, **facts)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return done


def _tell_first() -> None:
    """The wrong order, for the negative control: the server is told before anything is kept."""
    from callcare.mailbox import fetching, raw  # noqa: PLC0415

    def take(line: Any, box: Any, uids: Any) -> int:
        new = 0
        for some in fetching._batches(line.facts(uids)):
            mails = [mail for one in some if (mail := line.fetch(one))]
            line.acknowledge([mail.uid for mail in mails])
            new += raw.keep(box.pk, line.uidvalidity, mails)
            box.last_uid = max([box.last_uid, *(mail.uid for mail in mails)])
        return new

    fetching.take = take


if __name__ == "__main__":
    main()
