"""Django's own door, for `./callcare manage`."""

import os
import sys
from pathlib import Path

from launcher.arguments import speak_french

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcare.config.settings")
speak_french()

from callcare.config.commanding import Commands  # noqa: E402  # once the paths are set

Commands(sys.argv).execute()
