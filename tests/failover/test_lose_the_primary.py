"""The primary dies, again and again, while deeds are written: none that was acknowledged is lost."""

import os
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.failover.pair import Pair, a_pair

ROOT = Path(__file__).parents[2]
MEANWHILE = 25  # deeds acknowledged between two kills
LONGEST = 60  # seconds without an acknowledged deed: something is broken


class Writer:
    """The program that writes deeds, and what it said."""

    def __init__(self, pair: Pair) -> None:
        self.said: list[tuple[str, float]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.failover.writer"],
            env=surroundings(pair.url()), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            ref, at = line.split()
            self.said.append((ref, float(at)))

    def wait_for(self, more: int) -> None:
        wanted, late = len(self.said) + more, time.monotonic() + LONGEST
        while len(self.said) < wanted:
            assert time.monotonic() < late, f"{len(self.said)} deeds, {wanted} wanted"
            assert self.process.poll() is None, "the writer ended by itself"
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()

    @property
    def longest_gap(self) -> float:
        instants = [at for _, at in self.said]
        return max(later - earlier for earlier, later in pairwise(instants))


def surroundings(url: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CALLCARE_OWNER", "PYTEST"))}
    facts = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "callcare.config.settings", "CALLCARE_POOL": "0"}
    return kept | facts | {"PYTHONPATH": str(ROOT / "src")} | more


def manage(pair: Pair, *words: str, **more: str) -> str:
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    env = surroundings(pair.url(), **more)
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def laid(pair: Pair) -> None:
    """The schema, and a desk to write at."""
    manage(pair, "migrate", "--verbosity", "0")
    manage(
        pair, "shell", "--no-imports", "-c",
        "from callcare.core.deeds import deed; from callcare.desk.enums import DeskVerb\n"
        "from callcare.desk.models import Desk\n"
        "with deed(DeskVerb.INTERACTION_LOGGED, by=None): Desk.objects.create(slug='failover', name='Essai')",
    )  # fmt: skip


def refs(pair: Pair) -> set[str]:
    return set(pair.primary.ask("SELECT ref FROM desk_interaction", database="callcare").split())


def kill_and_count(pair: Pair, *, kills: int) -> Writer:
    writer = Writer(pair)
    try:
        for _ in range(kills):
            writer.wait_for(MEANWHILE)
            pair.kill_primary()
            pair.fail_over()
            writer.wait_for(MEANWHILE)
            pair.rejoin()
    finally:
        writer.stop()
    return writer


@pytest.fixture
def pair(tmp_path):
    with a_pair(tmp_path) as pair:
        laid(pair)
        yield pair


def test_no_acknowledged_deed_is_lost_with_one_primary(pair):
    writer = kill_and_count(pair, kills=1)
    assert {ref for ref, _ in writer.said} <= refs(pair)
    assert_pages_are_read_from_the_replica(pair)


def assert_pages_are_read_from_the_replica(pair):
    asked = (
        "from django.test import RequestFactory; from django.http import HttpResponse\n"
        "from callcare.core.replica import connection, from_replica\n"
        "from callcare.desk.models import Interaction\n"
        "def page(request):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('SELECT pg_is_in_recovery()')\n"
        "        return HttpResponse(f'{cursor.fetchone()[0]} {Interaction.objects.count()}')\n"
        "print(from_replica(page)(RequestFactory().get('/')).content.decode())\n"
        "print(from_replica(page)(RequestFactory().post('/')).content.decode())\n"
    )
    replica = {"CALLCARE_REPLICA_URL": pair.url(pair.other)}
    count = len(refs(pair))
    said = manage(pair, "shell", "--no-imports", "-c", asked, **replica)
    assert said.split() == ["True", str(count), "False", str(count)]
    pair.other.stop()
    said = manage(pair, "shell", "--no-imports", "-c", asked, **replica)
    assert said.split() == ["False", str(count)] * 2  # the primary answers for a replica that is away


@pytest.mark.campaign
def test_no_acknowledged_deed_is_lost_with_twenty_primaries(pair):
    writer = kill_and_count(pair, kills=20)
    kept = refs(pair)
    lost = [ref for ref, _ in writer.said if ref not in kept]
    print(f"{len(writer.said)} deeds acknowledged, {len(lost)} lost, longest gap {writer.longest_gap:.2f} s")
    assert lost == []


@pytest.mark.campaign
def test_a_primary_that_waits_for_nobody_loses_some(pair):
    """The negative control: acknowledged before the other has it, a deed can be lost; this campaign would see it."""
    pair.primary.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
    pair.primary.ask("SELECT pg_reload_conf()")
    writer = Writer(pair)
    try:
        writer.wait_for(MEANWHILE)
        pair.other.run("pg_ctl", "-w", "-m", "fast", "stop")  # as a network that is cut
        writer.wait_for(MEANWHILE)
        pair.kill_primary()
        pair.other.launch()
        pair.fail_over()
    finally:
        writer.stop()
    assert not {ref for ref, _ in writer.said} <= refs(pair)
