"""`./callcare serve` and `./callcare worker`: one role each, for the units of a real machine."""

import argparse
import os
import subprocess
import sys

from launcher import databases, places
from launcher.demo import uvicorn
from launcher.speech import Trouble

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def surroundings() -> dict[str, str]:
    if not databases.is_given():
        raise Trouble(
            "Indiquez la base par DATABASE_URL (postgresql://utilisateur:secret@serveur/base). "
            "Pour un essai sans rien préparer : ./callcare demo"
        )
    env = places.surroundings(places.data_folder())
    for name in ("CALLCARE_DEMO", "CALLCARE_OWNER_URL"):  # neither the story nor the schema is their part
        env.pop(name, None)
    return env


def serve(options: argparse.Namespace) -> int:
    """Becomes the web server, once the examination finds nothing that forbids it."""
    env = surroundings()
    if options.host not in LOOPBACK and env.get("CALLCARE_HTTPS") != "1":
        raise Trouble(
            f"Sans HTTPS le site n’écoute que cette machine, pas {options.host} : "
            "placez un serveur HTTPS devant, et CALLCARE_HTTPS=1."
        )
    examined = subprocess.run(places.manage("examine", "--serving"), env=env, stdin=subprocess.DEVNULL, check=False)
    if examined.returncode:
        raise Trouble("Le site ne démarre pas : voyez les lignes ci-dessus.")
    command = uvicorn("--host", options.host, "--port", str(options.port))
    sys.stdout.flush()
    os.execve(command[0], command, env)


def worker(options: argparse.Namespace) -> int:
    env = surroundings() | {"CALLCARE_STATEMENT_TIMEOUT": "300000"}
    command = places.manage("worker")
    sys.stdout.flush()
    os.execve(command[0], command, env)
