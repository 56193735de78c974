"""Dovecot as an ordinary user would run it: IMAP and LMTP on loopback, mails in the folder of the test."""

import contextlib
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
import textwrap
from pathlib import Path
from typing import Self

from tests.telephone.processes import LOOPBACK, Program, free_port, wait_for

DOVECOT = "/usr/sbin/dovecot"
PASSWORD = "une-phrase-pour-la-boite"
TREATED = "Traites"


def listening(port: int) -> bool:
    """Does somebody listen on this TCP port of loopback? Asked of the kernel."""
    address = f"0100007F:{port:04X}"
    return any(
        line.split()[1] == address and line.split()[3] == "0A"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
    )


class Dovecot:
    """Started in a folder of its own; any user exists. `sieve` is a script that every delivery runs through."""

    def __init__(self, *, certificate: Path | None = None, sieve: str = "", smtp: int = 0) -> None:
        # The whole name of a socket has 107 bytes at most; and every other run of pytest shuts the folder of the
        # tests to whoever is not root.
        self.run = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.folder = self.run / "home"
        self.folder.mkdir()
        self.imap, self.lmtp, self.certificate, self.sieve, self.smtp = (
            free_port(),
            free_port(),
            certificate,
            sieve,
            smtp,
        )

    def settings(self) -> str:
        me = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)
        group = subprocess.run(["id", "-gn", me.pw_name], capture_output=True, text=True, check=True).stdout.strip()
        tls = (
            f"ssl = yes\nssl_cert = <{self.certificate}\nssl_key = <{self.certificate}\n"
            if self.certificate
            else "ssl = no\n"
        )
        filters = ""
        if self.sieve:
            (self.folder / "vacation.sieve").write_text(self.sieve)
            filters = f"""
                submission_host = {LOOPBACK}:{self.smtp}
                protocol lmtp {{
                  mail_plugins = sieve
                }}
                plugin {{
                  sieve = file:{self.folder}/%n.sieve
                  sieve_before =
                }}
            """
        return (
            tls
            + textwrap.dedent(f"""
            protocols = imap lmtp
            listen = {LOOPBACK}
            base_dir = {self.run}/run
            state_dir = {self.folder}/state
            log_path = {self.folder}/dovecot.log
            disable_plaintext_auth = no
            first_valid_uid = 1
            default_internal_user = {me.pw_name}
            default_internal_group = {group}
            default_login_user = {me.pw_name}
            mail_location = maildir:~/Maildir
            recipient_delimiter = +
            passdb {{
              driver = static
              args = password={PASSWORD}
            }}
            userdb {{
              driver = static
              args = uid={me.pw_uid} gid={me.pw_gid} home={self.folder}/mail/%n allow_all_users=yes
            }}
            namespace inbox {{
              inbox = yes
              mailbox {TREATED} {{
                auto = create
              }}
            }}
            service imap-login {{
              chroot =
              inet_listener imap {{
                port = {self.imap}
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
                address = {LOOPBACK}
                port = {self.lmtp}
              }}
            }}
            auth_username_format = %Ln
            auth_failure_delay = 0
        """)
            + textwrap.dedent(filters)
        )

    def __enter__(self) -> Self:
        (self.folder / "mail").mkdir(exist_ok=True)
        if os.getuid() == 0:
            self.run.chmod(0o755)
            shutil.chown(self.run, "nobody")
            shutil.chown(self.folder, "nobody")
            shutil.chown(self.folder / "mail", "nobody")
        self.config = self.folder / "dovecot.conf"
        self.config.write_text(self.settings())
        self.start()
        return self

    def start(self) -> None:
        self.program = Program("dovecot", [DOVECOT, "-F", "-c", self.config], self.folder)
        try:
            wait_for(
                lambda: not self.program.is_running or (listening(self.imap) and listening(self.lmtp)),
                within=10, why="dovecot does not listen",
            )  # fmt: skip
            if not self.program.is_running:
                raise OSError(f"dovecot did not start:\n{self.program.said()}\n{self.log()}")
        except TimeoutError:
            raise TimeoutError(f"dovecot does not listen:\n{self.log()}") from None

    def log(self) -> str:
        log = self.folder / "dovecot.log"
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    def stop(self) -> None:
        self.program.stop()
        wait_for(lambda: not listening(self.imap), within=5, why="dovecot still listens")

    def kill(self) -> None:
        """As a power cut would: the whole group at once, orphans with it."""
        os.killpg(self.program.process.pid, signal.SIGKILL)
        self.program.process.wait(5)
        for child in self._of_the_run():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        wait_for(lambda: not listening(self.imap), within=5, why="dovecot still listens")

    def _of_the_run(self) -> list[int]:
        """Its own children, known by their working directory or by our configuration: they leave the group."""
        found = []
        for status in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(self.folder).encode() in (status / "environ").read_bytes():
                    found.append(int(status.name))
        return found

    def __exit__(self, *error: object) -> None:
        self.program.stop()
        shutil.rmtree(self.run, ignore_errors=True)

    def deliver(self, *mails: bytes, to: str = "contact@call-care.test", sender: str = "claire@atelier.test") -> None:
        with smtplib.LMTP(LOOPBACK, self.lmtp, timeout=10) as door:
            for mail in mails:
                refused = door.sendmail(sender, [to], mail, mail_options=["BODY=8BITMIME"])
                assert not refused

    def maildir(self, user: str = "contact") -> Path:
        return self.folder / "mail" / user / "Maildir"

    def lose_indexes(self, user: str = "contact") -> None:
        """What a repair by hand does: UIDVALIDITY changes, the mails stay. While it is stopped."""
        for lost in self.maildir(user).glob("dovecot*"):
            if lost.is_file():
                lost.unlink()
