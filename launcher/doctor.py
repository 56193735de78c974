"""`./callcare doctor`: what is wrong, and the mend, one line each. Looks at everything, changes nothing."""

import argparse
import importlib.util
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher import databases, debian, install, managing, places
from launcher.postgres import Postgres, binaries, version
from launcher.speech import Trouble, say

ROOM = 1024**3  # bytes: what an installation and a year of a desk's rows take


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was seen, and the mend when it is not well."""

    subject: str
    seen: str
    mend: str = ""

    def __str__(self) -> str:
        return f"✗ {self.subject} : {self.seen}\n    → {self.mend}" if self.mend else f"✓ {self.subject} : {self.seen}"


def doctor(options: argparse.Namespace) -> int:
    """0 when all is well."""
    ill = 0
    data = places.data_folder(options.data)
    running = managing.demo_running(data)
    for finding in look(data, options.port, running):
        say(str(finding))
        ill += bool(finding.mend)
    ill += examine_house(data, running)
    say("Tout va bien." if not ill else f"{ill} point(s) à reprendre.")
    return min(ill, 1)


def look(data: Path, port: int, running: dict[str, str]) -> Iterator[Finding]:
    yield Finding("Python", ".".join(map(str, sys.version_info[:3])))
    yield environment()
    yield libraries()
    yield postgresql()
    yield cluster(data)
    yield disk(data)
    yield door(port, running)
    yield components()


def environment() -> Finding:
    if lent := install.given():
        return Finding("environnement", f"{lent} (CALLCARE_VENV)")
    venv = places.ROOT / ".venv"
    if install.works(venv):
        return Finding("environnement", str(venv))
    if importlib.util.find_spec("ensurepip") is None:
        return Finding("environnement", "le module venv de Python manque", "apt install python3-venv")
    seen = "abîmé" if venv.exists() else "pas encore créé"
    return Finding("environnement", f"{venv} est {seen}", "./callcare demo le crée")


def libraries() -> Finding:
    if install.given():
        return Finding("bibliothèques", "celles de l’environnement prêté")
    if install.is_current(places.ROOT / ".venv", "run.lock"):
        return Finding("bibliothèques", "celles de requirements/run.lock")
    seen = "requirements/run.lock a changé depuis l’installation, ou rien n’est installé"
    return Finding("bibliothèques", seen, "./callcare demo (ou ./callcare test) les installe")


def postgresql() -> Finding:
    if databases.is_given():
        return Finding("programmes PostgreSQL", "inutiles : DATABASE_URL est indiquée")
    try:
        folder = binaries()
    except Trouble as trouble:
        return Finding("programmes PostgreSQL", str(trouble), "./callcare demo, ou apt install postgresql")
    return Finding("programmes PostgreSQL", f"version {version(folder)} dans {folder}")


def cluster(data: Path) -> Finding:
    if databases.is_given() or not (data / "pg" / "PG_VERSION").exists():
        seen = "celle de DATABASE_URL" if databases.is_given() else "pas encore créée (./callcare demo la crée)"
        return Finding("base", seen)
    try:
        server = Postgres(data / "pg")
        server.same_version()
    except Trouble as trouble:
        return Finding("base", str(trouble), "CALLCARE_PG_BIN, ou une restauration dans un autre dossier")
    return Finding("base", f"{data / 'pg'}, {'en marche' if server.running() else 'arrêtée'}")


def disk(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    seen = f"{free / 1024**3:.1f} Gio libres".replace(".", ",")
    mend = "libérez de la place, ou choisissez un autre dossier avec --data" if free < ROOM else ""
    return Finding("disque", seen, mend)


def door(port: int, running: dict[str, str]) -> Finding:
    if running.get("CALLCARE_URL", "").endswith(f":{port}"):
        return Finding("port", f"{port}, tenu par la démonstration en marche")
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return Finding("port", f"{port} est déjà pris", "choisissez-en un autre avec --port")
    return Finding("port", f"{port} est libre")


def components() -> Finding:
    lacking = debian.missing()
    if lacking:
        # Not an illness: only some tests need them.
        return Finding("composants des tests", f"pour tous les tests : {debian.apt_line(lacking)}")
    return Finding("composants des tests", "présents")


def examine_house(data: Path, running: dict[str, str]) -> int:
    """The inside, as Django sees it, when there is a database that runs; 1 when something is wrong there."""
    if not databases.is_given():
        try:
            server = Postgres(data / "pg")
        except Trouble:
            return 0
        if not (data / "pg" / "PG_VERSION").exists() or not server.running():
            say("· Le reste se voit quand la démonstration tourne (./callcare demo), ou avec DATABASE_URL.")
            return 0
        url, demo = server.url(), {"CALLCARE_DEMO": "1"}
    else:
        url, demo = "", {}
    env = running | places.surroundings(data, CALLCARE_POOL="0", **demo)
    env |= {"DATABASE_URL": url} if url else {}
    return subprocess.run(places.manage("examine"), env=env, stdin=subprocess.DEVNULL, check=False).returncode and 1
