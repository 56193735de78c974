"""Two PostgreSQL servers of this machine, one following the other: the first is killed, the second takes its place."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from launcher.postgres import OWNER, SUPERUSER, Postgres

# Applied on the replica before the commit is acknowledged: nothing is lost, and who wrote reads it there.
FOLLOWED = ["synchronous_commit=remote_apply", "wal_keep_size=256MB"]
PATIENCE = 40


class Pair:
    """`primary` takes the writes, `other` follows it; after a fail-over they change places."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.other = (Postgres(folder / name) for name in ("one", "two"))
        for node in (self.primary, self.other):
            node.options = [*node.options, *FOLLOWED]

    def start(self) -> None:
        self.primary.start()
        self.primary.ensure()
        self.rejoin()

    def stop(self) -> None:
        for node in (self.other, self.primary):
            with contextlib.suppress(Exception):
                node.stop()

    def url(self, node: Postgres | None = None) -> str:
        """Both, of which the driver takes the one that writes; or one of them."""
        hosts = [node] if node else [self.primary, self.other]
        host = ",".join(str(one.socket) for one in hosts)
        wish = "" if node else "&target_session_attrs=read-write&connect_timeout=2"
        return f"postgresql://{OWNER}@/callcare?host={quote(host, safe=',')}{wish}"

    def rejoin(self) -> None:
        """Make `other` follow the primary: wound back to where they parted, or copied anew; then be waited for."""
        if not (self._is_cluster() and self._rewound()):
            shutil.rmtree(self.other.data, ignore_errors=True)
            self.other.data.parent.mkdir(parents=True, exist_ok=True)
            self.other.run("pg_basebackup", "-d", self._source(), "-X", "stream", "-c", "fast", "--no-sync", "-R")
        for copied in self.other.data.glob(".s.PGSQL*"):  # sockets stand in the data folder: these are the other's
            copied.unlink()
        self.other.start()
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.ask("SELECT pg_reload_conf()")
        self._until("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'", "1")

    def _is_cluster(self) -> bool:
        return (self.other.data / "PG_VERSION").exists()

    def _rewound(self) -> bool:
        try:
            self.other.run("pg_rewind", "--source-server", f"{self._source()} dbname=postgres", "-R", "--no-sync")
        except subprocess.CalledProcessError:
            return False
        return True

    def _source(self) -> str:
        return f"host={self.primary.socket} user={SUPERUSER}"

    def kill_primary(self) -> None:
        """As a machine that loses its power: nothing is said to anybody."""
        number = int((self.primary.data / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGKILL)

    def fail_over(self) -> None:
        """The follower becomes the primary, and waits for nobody until the other follows it."""
        self.primary, self.other = self.other, self.primary
        self.primary.run("pg_ctl", "-w", "promote")
        self.primary.ask("ALTER SYSTEM RESET synchronous_standby_names")
        self.primary.ask("SELECT pg_reload_conf()")

    def _until(self, question: str, answer: str) -> None:
        late = time.monotonic() + PATIENCE
        while (said := self.primary.ask(question)) != answer:
            if time.monotonic() > late:
                raise TimeoutError(f"{question}: {said}, not {answer}")
            time.sleep(0.05)


@contextlib.contextmanager
def a_pair(folder: Path) -> Iterator[Pair]:
    pair = Pair(folder)
    try:
        pair.start()
        yield pair
    finally:
        pair.stop()
