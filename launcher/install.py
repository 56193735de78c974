"""The virtual environment: made once, filled from a lock with hashes, left alone while the lock stays the same."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.locks import Lock
from launcher.places import ROOT
from launcher.speech import Trouble, last_lines, patiently, step

LOCKS = ROOT / "requirements"
CONTAINS = {"run.lock": ["run.lock"], "dev.lock": ["dev.lock", "run.lock"], "data.lock": ["data.lock"]}


def given() -> Path | None:
    """An environment lent by CALLCARE_VENV: used as it is, nothing is installed in it."""
    lent = os.environ.get("CALLCARE_VENV")
    if not lent:
        return None
    if not (Path(lent) / "bin" / "python").exists():
        raise Trouble(f"CALLCARE_VENV={lent} n’est pas un environnement Python.")
    return Path(lent)


def fingerprint(lock: str) -> str:
    return hashlib.sha256((LOCKS / lock).read_bytes()).hexdigest()


def installed(venv: Path) -> dict[str, str]:
    """Which locks the environment was filled from, with the hash each had."""
    try:
        lines = (venv / ".lock-sha256").read_text().splitlines()
    except OSError:
        return {}
    return {name: seal for seal, _, name in (line.partition("  ") for line in lines)}


def is_current(venv: Path, lock: str) -> bool:
    return installed(venv).get(lock) == fingerprint(lock)


def works(venv: Path) -> bool:
    """Whether the environment's Python starts, and is the version that is asked for."""
    try:
        command = [str(venv / "bin" / "python"), "-c", "import sys; print(*sys.version_info[:2])"]
        said = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return said.returncode == 0 and tuple(map(int, said.stdout.split())) >= (3, 11)


def make(venv: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Trouble("Il manque le module venv de Python. Sous Debian : apt install python3-venv")
    with step("Création de l’environnement Python (.venv)"):
        status, said = patiently([sys.executable, "-m", "venv", "--clear", venv])
    if status:
        raise Trouble(f"L’environnement {venv} n’a pas pu être créé :\n{last_lines(said)}")


def fill(venv: Path, lock: str) -> None:
    python = str(venv / "bin" / "python")
    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--python", python, "--require-hashes", "-q", "-r", str(LOCKS / lock)]
    else:
        command = [python, "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"]
        command += ["-q", "-r", str(LOCKS / lock)]
    seals = installed(venv)
    (venv / ".lock-sha256").unlink(missing_ok=True)  # an interrupted installation is begun again
    with step(f"Installation des bibliothèques de requirements/{lock} (une minute environ)"):
        status, said = patiently(command, env={**os.environ, "PIP_USER": "0"})
    if status:
        raise Trouble(
            "Les bibliothèques n’ont pas pu être installées. Vérifiez la connexion (et le serveur mandataire), "
            f"puis recommencez. L’installateur dit :\n{last_lines(said)}"
        )
    seals |= {name: fingerprint(name) for name in CONTAINS[lock]}
    (venv / ".lock-sha256").write_text("".join(f"{seal}  {name}\n" for name, seal in seals.items()))


def provide(lock: str) -> Path:
    """The environment that holds what `lock` asks for, made and filled when needed."""
    if lent := given():
        return lent
    venv = ROOT / ".venv"
    if is_current(venv, lock) and works(venv):
        return venv
    if not os.access(ROOT, os.W_OK):
        raise Trouble(f"Vous ne pouvez pas écrire dans {ROOT} : clonez le dépôt dans un dossier à vous.")
    turn = Lock(ROOT / "var" / ".installing")
    if not turn.take():
        with step("Une autre installation est en cours dans ce dossier"):
            turn.take(patience=900)
    try:
        if not works(venv):
            make(venv)
        if not is_current(venv, lock):
            fill(venv, lock)
    finally:
        turn.release()
    return venv


def move_into(lock: str) -> None:
    """Go on with the Python of the environment that holds what `lock` asks for."""
    _go_on_in(provide(lock))


def move_into_what_is_there() -> None:
    """Go on in the environment if there is one that works; nothing is made or installed."""
    venv = given() or ROOT / ".venv"
    if works(venv):
        _go_on_in(venv)


def _go_on_in(venv: Path) -> None:
    """This program starts itself again with another Python, once."""
    if Path(sys.prefix).resolve() != venv.resolve():
        python = str(venv / "bin" / "python")
        sys.stdout.flush()
        os.execv(python, [python, str(ROOT / "callcare"), *sys.argv[1:]])
