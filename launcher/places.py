"""Where things are, and what the programs we start are told."""

import os
import sys
from pathlib import Path

from launcher.speech import Trouble

ROOT = Path(__file__).resolve().parents[1]


def data_folder(chosen: str | None = None) -> Path:
    """The folder of everything that is kept: `--data`, else CALLCARE_DATA, else `var`. Made private if missing."""
    folder = Path(chosen or os.environ.get("CALLCARE_DATA") or ROOT / "var").expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise Trouble(f"Le dossier {folder} ne peut pas être créé ({error}). Indiquez-en un avec --data.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Trouble(f"Vous ne pouvez pas écrire dans {folder}. Indiquez un autre dossier avec --data.")
    return folder


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment of our programs: nothing is taken away from the caller's (proxies and certificates stay)."""
    path = [str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    ours = {
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "CALLCARE_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "callcare.config.settings",
    }
    return {**os.environ, **ours, **more}


def manage(command: str, *arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), command, *arguments]
