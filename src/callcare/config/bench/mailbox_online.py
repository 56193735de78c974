"""From the delivery of a mail to its card: a real Dovecot on loopback, whose IDLE the worker's own loop hears.

The time counts from the server's « 250 » to the last byte of the card's page, which is asked for at the word that
tells open pages of it. Without Dovecot there is no row.
"""

import asyncio
import contextlib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import psycopg
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from callcare.accounts.models import User
from callcare.config.bench.dataset import OPERATOR
from callcare.config.bench.measures import Row
from callcare.mailbox import fetching
from callcare.mailbox.actions import open_mailbox, set_mailbox
from callcare.mailbox.actions.receiving import CHANNEL
from callcare.mailbox.models import Mail, Mailbox

DOVECOT = "/usr/sbin/dovecot"
LOOPBACK, PASSWORD = "127.0.0.1", "banc-de-mesure"
WITHIN = 2000.0  # ms, p95
MOST = 40
PAUSE = 0.3  # seconds: the box goes idle again, as between two mails of two people
PATIENCE = 30.0  # seconds
CONFIG = """
protocols = imap lmtp
ssl = no
listen = {loopback}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
disable_plaintext_auth = no
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/%n allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = {loopback}
    port = {lmtp}
  }}
}}
"""


def cards(repeats: int) -> Iterator[Row]:
    """One mail after the other, while the box idles."""
    if not Path(DOVECOT).exists():
        return
    operator = User.objects.get(email=OPERATOR)
    desk = operator.desks.get()
    client = Client()
    client.force_login(operator)
    count = min(repeats, MOST)
    with dovecot() as (imap, lmtp):
        box = open_mailbox(
            by=None, desk=desk, address=f"enligne{Mailbox.objects.count()}@call-care.test", host=LOOPBACK, port=imap,
            login="banc", password=PASSWORD, security="none",
        )  # fmt: skip
        try:
            with _worker(), _words() as words:
                _card(client, words, lmtp, box, 0)  # the line opens, the reader starts
                times = [_card(client, words, lmtp, box, n) for n in range(1, count + 1)]
        finally:
            line = {name: getattr(box, name) for name in ("host", "port", "security", "login", "folder", "treated")}
            set_mailbox(box, by=None, password="", is_enabled=False, because="fin de la mesure", **line)
    page = [_asked(client, box, 1) for _ in range(count)]
    p50, p95, p99 = (percentile(times, at) for at in (50, 95, 99))
    beside = percentile(page, 50)
    yield Row(
        "mail-card", count, p50, p99, beside, round(p50 / beside, 1), f"p95 ≤ {WITHIN:g} ms", p95 <= WITHIN, p95,
        repeats=count,
    )  # fmt: skip


def percentile(times: list[float], at: int) -> float:
    return round(quantiles(times, n=100, method="inclusive")[at - 1] * 1000, 2)


def _card(client: Client, words: "psycopg.Connection[object]", lmtp: int, box: Mailbox, number: int) -> float:
    """Seconds from the delivery of one mail to its card."""
    time.sleep(PAUSE)
    with smtplib.LMTP(LOOPBACK, lmtp, timeout=PATIENCE) as door:
        door.sendmail("p@atelier.test", ["banc@call-care.test"], _written(box, number))
        began = perf_counter()
    while not _known(box, number):
        if not list(words.notifies(timeout=PATIENCE, stop_after=1)):
            raise RuntimeError("a delivered mail is no card")
    _asked(client, box, number)
    return perf_counter() - began


def _id(box: Mailbox, number: int) -> str:
    return f"<{number}.{box.address}>"


def _written(box: Mailbox, number: int) -> bytes:
    head = f"From: Une personne <p{number}@atelier.test>\r\nTo: {box.address}\r\nSubject: Demande {number}\r\n"
    return f"{head}Message-ID: {_id(box, number)}\r\n\r\nIl nous faudrait douze ordinateurs.\r\n".encode()


def _known(box: Mailbox, number: int) -> bool:
    return Mail.objects.filter(message_id=_id(box, number)).exists()


def _asked(client: Client, box: Mailbox, number: int) -> float:
    """The page of the card, and the time it takes alone."""
    began = perf_counter()
    mail = Mail.objects.select_related("interaction").get(message_id=_id(box, number))
    page = client.get(reverse("mailbox:of-interaction", args=[mail.interaction.ref if mail.interaction else ""]))
    if f"Demande {number}" not in page.content.decode():
        raise RuntimeError("the card does not show its mail")
    return perf_counter() - began


@contextlib.contextmanager
def _words() -> "Iterator[psycopg.Connection[object]]":
    """What tells an open page that something came."""
    facts = connection.get_connection_params()
    mine = {name: facts[name] for name in ("host", "port", "user", "password", "dbname") if facts.get(name)}
    with psycopg.connect(**mine, autocommit=True) as words:
        words.execute(f"LISTEN {CHANNEL}")
        yield words


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """The worker's loop, in a thread of this process."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(fetching.fetch_always())

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE)


@contextlib.contextmanager
def dovecot() -> Iterator[tuple[int, int]]:
    """A server of our own; its ports for IMAP and for deliveries."""
    folder = Path(tempfile.mkdtemp(prefix="callcare-banc-"))
    me = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)
    group = subprocess.run(["id", "-gn", me.pw_name], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603, S607
    imap, lmtp = _free_port(), _free_port()
    facts = {"user": me.pw_name, "uid": me.pw_uid, "gid": me.pw_gid, "group": group, "password": PASSWORD}
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(loopback=LOOPBACK, folder=folder, imap=imap, lmtp=lmtp, **facts))
    if os.getuid() == 0:
        folder.chmod(0o755)
        shutil.chown(folder, me.pw_name)
    server = subprocess.Popen([DOVECOT, "-F", "-c", config], stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        _listens(imap, server)
        _listens(lmtp, server)
        yield imap, lmtp
    finally:
        server.terminate()
        server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _listens(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("dovecot does not listen")
