"""The crash campaign of the mailbox: mails are delivered to a real server without a pause, while the worker that
fetches them is killed again and again. What must hold at the end is asked of the database, of the server and of
whoever received our letters.
"""

import json
import os
import random
import secrets
import select
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from django.db import connection

from callcare.core.deeds import Refused
from callcare.desk.enums import MailManner, MailState
from callcare.desk.models import Interaction, OutgoingMail
from callcare.mailbox.actions.answering import answer
from callcare.mailbox.enums import ParseState
from callcare.mailbox.models import Answer, Mail, RawMail
from launcher.places import surroundings
from tests import cast, sink
from tests.mailbox.stage import written
from tests.mailserver.dovecot import TREATED, Dovecot
from tests.mailserver.victim import STEPS
from tests.telephone.house import database_url
from tests.telephone.processes import wait_for


class Nursery:
    """Where workers are born, one after the other."""

    def __init__(self, folder: Path, smtp: int) -> None:
        env = surroundings(folder, DATABASE_URL=database_url(), CALLCARE_POOL="0")
        env["CALLCARE_SMTP_URL"] = f"smtp://127.0.0.1:{smtp}"
        with (folder / "victims.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.mailserver.victim"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=env, text=True, start_new_session=True,
            )  # fmt: skip
        self.pid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.pid:
            self.kill()
        with suppress(OSError):
            self._in.close()  # it ends by itself
        self.process.wait(30)
        self._out.close()

    @property
    def _in(self):
        assert self.process.stdin
        return self.process.stdin

    @property
    def _out(self):
        assert self.process.stdout
        return self.process.stdout

    def bear(self, **life: object) -> int:
        self._in.write(json.dumps(life) + "\n")
        self._in.flush()
        word, _, pid = self._out.readline().partition(" ")
        assert word == "born", "no worker was born"
        self.pid = int(pid)
        return self.pid

    def is_dead_within(self, seconds: float) -> bool:
        """Did it die by itself? It is noted where it did."""
        if not select.select([self._out], [], [], seconds)[0]:
            return False
        assert self._out.readline().strip() == "died"
        self.pid = 0
        return True

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        assert self.is_dead_within(10)

    def children(self) -> set[int]:
        """The readers of the worker that lives now."""
        found: set[int] = set()
        with suppress(OSError):  # it may die while we look
            for task in Path(f"/proc/{self.pid}/task").glob("*/children"):
                found.update(map(int, task.read_text().split()))
        return found


class Feeder(threading.Thread):
    """Delivers until it is told to stop. Only what the server took is noted: that much is promised."""

    def __init__(self, server: Dovecot, seed: int, *, most: int, pause: float) -> None:
        super().__init__(name="feeder", daemon=True)
        self.server, self.pick, self.most, self.pause = server, random.Random(seed), most, pause  # noqa: S311
        self.over = threading.Event()
        self.error: Exception | None = None
        self.accepted: list[str] = []  # Message-IDs
        self.human: set[str] = set()
        self.deliveries = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.join(30)
        if self.error:
            raise self.error

    def run(self) -> None:
        try:
            self.feed()
        except Exception as error:  # told by whoever waits for us  # noqa: BLE001
            self.error = error

    def feed(self) -> None:
        for n in range(self.most):
            if self.over.is_set():
                return
            mail, message_id, is_human = self.mail(n)
            copies = [mail]
            if n % 7 == 3:
                copies.append(mail)  # the very same bytes
            elif n % 11 == 5:
                copies.append(b"Received: from elsewhere\r\n" + mail)  # another way here
            for one in copies:
                self.deliver(one)
            self.accepted.append(message_id)
            if is_human:
                self.human.add(message_id)
            self.over.wait(self.pick.uniform(0, 2 * self.pause))

    def deliver(self, mail: bytes) -> None:
        """As every mail server does, again where this one says that it cannot just now."""
        for turn in range(20):
            try:
                self.server.deliver(mail)
            except smtplib.SMTPResponseException as refused:
                if refused.smtp_code >= 500 or turn == 19:
                    raise
                self.over.wait(0.3)
            else:
                self.deliveries += 1
                return

    def mail(self, n: int) -> tuple[bytes, str, bool]:
        message_id = f"<{n}.campagne@atelier.test>"
        facts: dict[str, str] = {"Auto_Submitted": "auto-replied"} if n % 10 == 9 else {}
        if n % 3:  # what is acknowledged has to be sent as well: one in three is enough to interrupt
            facts |= {"X_Auto_Response_Suppress": "All"}
        answers = [self.pick.choice(self.accepted)] if self.accepted and n % 5 == 2 else []
        text = f"Demande {n}."
        if n % 13 == 6:
            text += "\r\n" + "\r\n".join(secrets.token_hex(36) for _ in range(6000))  # 440 kB: it takes its time
        sender = f"p{n}@atelier{n % 50}.test"
        mail = written(text, sender=sender, subject=f"Demande {n}", message_id=message_id, answers=answers, **facts)
        return mail, message_id, "Auto_Submitted" not in facts


@dataclass
class Seen:
    """What a campaign saw."""

    kills: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    mails: int = 0
    deliveries: int = 0
    letters: int = 0
    left_twice: int = 0
    drained: float = 0
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        steps = ", ".join(f"{name} {count}" for name, count in sorted(self.steps.items()))
        return (
            f"{self.kills} kills ({steps}), {self.cut} connections cut, {self.mails} mails in {self.deliveries} "
            f"deliveries, {self.letters} letters, {self.left_twice} of them twice, drained in {self.drained:.1f} s, "
            f"violations: {self.violations or 'none'}"
        )


@contextmanager
def listening() -> Iterator[tuple[sink.Sink, int]]:
    from django.conf import settings  # noqa: PLC0415  # as `sink` sets them for the time it listens

    with sink.listening() as box:
        yield box, settings.EMAIL_PORT


def run(
    server: Dovecot, folder: Path, *, kills: int, seconds: float, most: int, pause: float, order: str = "",
    steps: tuple[str, ...] = STEPS, seed: int = 0, cuts: bool = False, is_sure: bool = False,
    longest: float = 1.6, drains: float = 120,
) -> Seen:  # fmt: skip
    """Kill so often, or until the time is over; then let one worker live until nothing waits."""
    pick, seen, readers = random.Random(seed), Seen(), set[int]()  # noqa: S311
    feeder = Feeder(server, seed, most=most, pause=pause)
    began = time.monotonic()
    with listening() as (box, smtp), Nursery(folder, smtp) as nursery:
        with feeder:
            while seen.kills < kills and time.monotonic() - began < seconds:
                step = pick.choice(steps) if is_sure or pick.random() < 0.6 else ""
                nursery.bear(order=order, step=step, nth=1 if is_sure else pick.randint(1, 4))
                lives = 10 if is_sure else longest * 2 if step else pick.uniform(0.05, longest)
                if cuts and seen.kills % 5 == 0 and not nursery.is_dead_within(lives / 3):
                    seen.cut += _cut_one()
                if nursery.pid:
                    seen.steps[_end_of(nursery, lives, step, readers)] += 1
                else:
                    seen.steps[step or "by itself"] += 1
                seen.kills += 1
                _answer_some(pick)
        drained = time.monotonic()
        nursery.bear(order=order)
        with suppress(TimeoutError):
            wait_for(lambda: not waiting(feeder, server), within=drains, why="something waits")
        seen.drained = time.monotonic() - drained
        readers |= nursery.children()
        time.sleep(0.3)
        nursery.kill()
        left = Counter(str(letter["Message-ID"]) for letter in box.letters)
    seen.mails, seen.deliveries, seen.letters = len(feeder.accepted), feeder.deliveries, len(left)
    seen.left_twice = sum(count > 1 for count in left.values())
    seen.violations = [*violations(feeder, server, left, seen.kills), *_orphans(readers)]
    return seen


def _end_of(nursery: Nursery, lives: float, step: str, readers: set[int]) -> str:
    """Where this life ends: at its step, or wherever it is when its time is over."""
    until = time.monotonic() + lives
    while time.monotonic() < until:
        if nursery.is_dead_within(0.05):
            return step or "by itself"
        readers |= nursery.children()
    nursery.kill()
    return "anywhere"


def _cut_one() -> int:
    """One connection of whoever else is there is ended by the server, in the middle of what it does."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(pg_terminate_backend(pid)) FROM (
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
            ) AS one
        """)
        return int(cursor.fetchone()[0])


def _answer_some(pick: random.Random) -> None:
    """An operator answers what became a card meanwhile."""
    waiting = Mail.objects.of_people().filter(answers=None).select_related("thread", "desk", "raw__mailbox")
    marion = cast.marion()
    for mail in waiting.order_by("-pk")[: pick.randint(0, 2)]:
        with suppress(Refused):  # an acknowledgement was faster
            answer(mail, by=marion, to=mail.from_address, subject="Re", body="Bonjour.", seen=mail.thread.sent)


def waiting(feeder: Feeder, server: Dovecot) -> list[str]:
    """What is not done yet."""
    unread = RawMail.objects.filter(parse_state=ParseState.PENDING).count()
    letters = OutgoingMail.objects.filter(state=MailState.QUEUED).count()
    heard = {"thread__acknowledged_at": None, "thread__sent": 0, "wants_no_reply": False}
    silent = Mail.objects.of_people().filter(**heard).count()
    found = {
        "not fetched": feeder.deliveries - RawMail.objects.count(), "not read": unread, "not sent": letters,
        "not acknowledged": silent, "not moved": len(inbox(server)),
    }  # fmt: skip
    return [f"{count} {what}" for what, count in found.items() if count]


def inbox(server: Dovecot) -> list[Path]:
    return [*server.maildir().glob("cur/*"), *server.maildir().glob("new/*")]


def aside(server: Dovecot) -> list[Path]:
    return [*server.maildir().glob(f".{TREATED}/cur/*"), *server.maildir().glob(f".{TREATED}/new/*")]


def violations(feeder: Feeder, server: Dovecot, left: Counter[str], kills: int) -> list[str]:
    """Everything that was promised and does not hold."""
    found = [f"still {one}" for one in waiting(feeder, server)]
    cards = Counter(Mail.objects.filter(copy_of=None).values_list("message_id", flat=True))
    found += [f"lost: {one}" for one in feeder.accepted if not cards[one]]
    found += [f"{count} cards: {one}" for one, count in cards.items() if count > 1]
    found += [f"nobody sent {one}" for one in cards.keys() - set(feeder.accepted)]
    contacts, people = Interaction.objects.count(), Mail.objects.of_people()
    if contacts != people.count() or people.filter(interaction=None).exists():
        found.append(f"{contacts} contacts for {people.count()} mails of people")
    if strangers := set(people.values_list("message_id", flat=True)) ^ feeder.human:
        found.append(f"taken for what they are not: {sorted(strangers)[:5]}")
    if len(inbox(server)) + len(aside(server)) != feeder.deliveries:
        found.append(f"{len(inbox(server))} + {len(aside(server))} mails on the server of {feeder.deliveries}")
    return found + _of_letters(left, kills)


def _of_letters(left: Counter[str], kills: int) -> list[str]:
    written = dict(OutgoingMail.objects.values_list("message_id", "state"))
    found = [f"a letter that nobody wrote: {one}" for one in left.keys() - written.keys()]
    found += [f"said to be sent: {one}" for one, state in written.items() if state == MailState.SENT and not left[one]]
    # The outbox promises: never lost, twice only where the kill came between the server's 250 and the commit.
    if (doubled := sum(count - 1 for count in left.values())) > kills:
        found.append(f"{doubled} letters left twice for {kills} kills")
    receipts = Answer.objects.filter(letter__manner=MailManner.RECEIPT)
    per_thread = Counter(receipts.values_list("thread", flat=True))
    found += [f"thread {one} was acknowledged {count} times" for one, count in per_thread.items() if count > 1]
    of_people = Counter(Answer.objects.filter(by__isnull=False).values_list("to", flat=True))
    found += [f"mail {one} was answered {count} times" for one, count in of_people.items() if count > 1]
    silent = Mail.objects.of_people().filter(wants_no_reply=False, thread__answers=None).count()
    return [*found, *([f"{silent} people heard nothing"] if silent else [])]


def _orphans(readers: set[int]) -> list[str]:
    """A reader ends with its worker, however that one died."""
    deadline = time.monotonic() + 10
    while (alive := [pid for pid in readers if _reads(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [f"{len(alive)} readers outlive their workers"] if alive else []


def _reads(pid: int) -> bool:
    try:
        return b"callcare.mailbox.reader" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
