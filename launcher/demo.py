"""`./callcare demo`: the whole house on this machine, from nothing, with a story in it."""

import argparse
import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from launcher import databases
from launcher.locks import Lock
from launcher.places import ROOT, data_folder, manage, surroundings
from launcher.speech import Trouble, say, seconds, step
from launcher.supervisor import Asked, Supervisor

HEALTHY_WITHIN = 90  # seconds


def demo(options: argparse.Namespace) -> int:
    begun = time.monotonic()
    data = data_folder(options.data)
    turn = Lock(data / ".demo")
    if not turn.take():
        raise Trouble(f"Une démonstration tourne déjà dans {data}. Arrêtez-la (Ctrl-C), ou choisissez --data.")
    supervisor = Supervisor(data / "log")
    supervisor.listen()
    try:
        with door(options.port) as web, databases.database(data) as base:
            try:
                supervisor.vital += [base.server] if base.server else []
                run(options, data, base, web, supervisor, begun)
            finally:
                supervisor.stop()
                (data / "demo.json").unlink(missing_ok=True)
                say("· Arrêt de la base" if base.server else "· La base indiquée reste en marche")
    except Asked:
        say("Arrêté proprement.")
    return 0


def run(
    options: argparse.Namespace,
    data: Path,
    base: databases.Database,
    web: socket.socket,
    supervisor: Supervisor,
    begun: float,
) -> None:
    port = web.getsockname()[1]
    env = surroundings(
        data, **base.addresses, CALLCARE_DEMO="1", CALLCARE_URL=f"http://127.0.0.1:{port}", CALLCARE_HTTPS="0"
    )
    prepare(env, reset=options.reset)
    env.pop("CALLCARE_OWNER_URL", None)  # what follows has the application's rights, as in production
    if options.reset:
        shutil.rmtree(data / "mail", ignore_errors=True)  # the letters of a story that is no more
    if not env.get("CALLCARE_SMTP_URL"):
        box = free_port()
        env["CALLCARE_SMTP_URL"] = f"smtp://127.0.0.1:{box.getsockname()[1]}"
        letterbox = [sys.executable, "-m", "launcher.letterbox", str(box.fileno()), str(data / "mail")]
        supervisor.start("courrier", letterbox, env, patience=3, handles=[box.fileno()])
        box.close()
    told = {name: env[name] for name in ("CALLCARE_URL", "CALLCARE_SMTP_URL")}
    (data / "demo.json").write_text(json.dumps(told))  # for the other commands, while the demo runs
    with step("Démarrage du site et des tâches"):
        worker_env = env | {"CALLCARE_STATEMENT_TIMEOUT": "300000"}
        supervisor.start("taches", manage("worker"), worker_env, patience=10)
        supervisor.start("web", uvicorn("--fd", str(web.fileno())), env, patience=8, handles=[web.fileno()])
        web.close()
        wait_until_healthy(port, supervisor)
    if options.check:
        say(f"Tout va bien ({seconds(time.monotonic() - begun)}).")
        return
    welcome(port, data, lettered="CALLCARE_SMTP_URL" not in os.environ)
    supervisor.watch()


def prepare(env: dict[str, str], *, reset: bool) -> None:
    """Migrate and play the story: one Django process, which says its own steps."""
    command = manage("prepare", "--demo", *(["--reset"] if reset else []))
    status = subprocess.run(
        command,
        env=env | {"CALLCARE_POOL": "0", "CALLCARE_STATEMENT_TIMEOUT": "0"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C is ours to hear: it ends this program without a traceback of its own
        check=False,
    )
    if status.returncode:
        raise Trouble("La base n’est pas prête : voyez les lignes ci-dessus.")


def uvicorn(*arguments: str) -> list[str]:
    command = [sys.executable, "-m", "uvicorn", "callcare.config.asgi:application", "--app-dir", str(ROOT / "src")]
    # Without a limit it would wait for open event streams for ever.
    return [*command, "--timeout-graceful-shutdown", "3", "--no-server-header", "--no-access-log", *arguments]


@contextlib.contextmanager
def door(port: int) -> Iterator[socket.socket]:
    """The web's port, kept from the first second: better refused now than after a minute of preparation."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            kept.bind(("127.0.0.1", port))
            kept.listen()  # without it, another could bind the same port until one of us listens
        except PermissionError as error:
            raise Trouble(f"Le port {port} est réservé au système : choisissez-en un autre avec --port.") from error
        except OSError as error:
            raise Trouble(f"Le port {port} est déjà pris : choisissez-en un autre avec --port.") from error
        yield kept


def free_port() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def wait_until_healthy(port: int, supervisor: Supervisor) -> None:
    deadline, answer = time.monotonic() + HEALTHY_WITHIN, "aucune réponse"
    while time.monotonic() < deadline:
        supervisor.check()
        status, answer = ask_health(port)
        if status == http.HTTPStatus.OK:
            return
        time.sleep(0.1)
    raise Trouble(f"Le site ne se déclare pas en bonne santé : {answer}")


def ask_health(port: int) -> tuple[int, str]:
    """The status of /healthz and what it says; no proxy is asked, the house is next door."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asked.request("GET", "/healthz")
        answer = asked.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        asked.close()


def welcome(port: int, data: Path, *, lettered: bool) -> None:
    say()
    say(f"Call & Care est ouvert : http://127.0.0.1:{port}")
    for line in accounts(data / "demo-accounts.json"):
        say(line)
    if lettered:
        say(f"Les courriers partent dans {data / 'mail'} (un fichier .eml par lettre).")
    say("Faire sonner le téléphone, pour voir qui appelle : ./callcare calls ring")
    say(f"Journaux : {data / 'log'} · Ctrl-C pour arrêter.")


def accounts(path: Path) -> Iterator[str]:
    """The people of the story, as the story wrote them: a list of {name, email, passphrase, role, desk}."""
    try:
        people = json.loads(path.read_text())
    except (OSError, ValueError):
        return
    if isinstance(people, dict):
        people = people.get("accounts", [])
    yield "Comptes de démonstration :"
    for person in people:
        facts = [str(fact) for fact in person.values()] if isinstance(person, dict) else [str(person)]
        yield f"  - {' · '.join(facts)}"
