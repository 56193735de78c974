"""Locks between launchers: the kernel lets go of them when their holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path

from launcher.speech import Trouble


class Lock:
    """A file lock, shared by readers or held by one."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise Trouble(f"Le dossier {path.parent} appartient à quelqu’un d’autre : choisissez --data.") from error

    def take(self, *, shared: bool = False, patience: float = 0) -> bool:
        """Try for `patience` seconds. False when somebody else keeps it."""
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self.handle, how)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.1)
            else:
                return True

    def release(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_UN)
