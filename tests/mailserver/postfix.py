"""A Postfix of our own, which can write to nobody outside this machine: unknown domains come back as real returns."""

import os
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.telephone.processes import LOOPBACK, free_port, wait_for

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
multi_instance_enable = yes
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mx.call-care.test
mydestination =
virtual_mailbox_domains = call-care.test, canal.test
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:5.1.2 no such domain here
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions = permit_mynetworks,reject
mynetworks = 127.0.0.0/8
smtputf8_enable = yes
message_size_limit = 30000000
alias_maps =
alias_database =
"""
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    def __init__(self, folder: Path, *, lmtp: int, smtp: int = 0) -> None:
        self.folder, self.smtp = folder, smtp or free_port()
        self.config = folder / "etc"
        for name in ("etc", "queue", "data"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        (self.config / "main.cf").write_text(MAIN.format(folder=folder, lmtp=lmtp))
        (self.config / "master.cf").write_text(MASTER.format(smtp=self.smtp))

    def start(self) -> None:
        self._do("start")
        wait_for(self._answers, within=10, why=self.said())

    def stop(self) -> None:
        self._do("stop")

    def send(self, raw: bytes, to: str, *, sender: str) -> None:
        with smtplib.SMTP(LOOPBACK, self.smtp, timeout=10) as line:
            line.sendmail(sender, [to], raw)

    def said(self) -> str:
        log = self.folder / "postfix.log"
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    def _do(self, what: str) -> None:
        command = ["/usr/sbin/postfix", "-c", str(self.config), what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        if done.returncode and what == "start":
            raise RuntimeError(f"{done.stdout}{done.stderr}{self.said()}")

    def _answers(self) -> bool:
        try:
            with smtplib.SMTP(LOOPBACK, self.smtp, timeout=2) as line:
                return line.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False


def is_possible() -> bool:
    """Postfix must be started by root: it gives its parts to users of its own."""
    return os.geteuid() == 0


@contextmanager
def running(*, lmtp: int, smtp: int = 0) -> Iterator[Postfix]:
    folder = Path(tempfile.mkdtemp(prefix="callcare-postfix-"))
    folder.chmod(0o755)
    server = Postfix(folder, lmtp=lmtp, smtp=smtp)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
