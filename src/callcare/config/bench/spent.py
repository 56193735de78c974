"""Processor time: what a thing costs on a machine that others use as well, where the clock on the wall says little."""

from pathlib import Path
from time import process_time

from django.db import connection

HERE = ("", "localhost", "127.0.0.1")


class Processor:
    """The time this process and its PostgreSQL back end have worked, in seconds; ours alone where it is elsewhere."""

    def __init__(self) -> None:
        host = str(connection.settings_dict.get("HOST") or "")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        self.schedule = Path(f"/proc/{pid}/schedstat")
        self.is_near = (host.startswith("/") or host in HERE) and self.schedule.exists()

    def __call__(self) -> float:
        theirs = int(self.schedule.read_text().split()[0]) / 1e9 if self.is_near else 0.0
        return process_time() + theirs
