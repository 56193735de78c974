"""A line that falls: TCP to a server on loopback, cut after so many bytes of what it says."""

import contextlib
import socket
import threading
from typing import Self

from tests.telephone.processes import LOOPBACK


class Proxy:
    """`cut_after`: how many bytes of the server pass before a connection falls; 0 for never. It grows at each cut."""

    def __init__(self, to: int) -> None:
        self.to, self.cut_after, self.cuts = to, 0, 0

    def __enter__(self) -> Self:
        self._door = socket.create_server((LOOPBACK, 0))
        self.port = self._door.getsockname()[1]
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._open, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._door.close()
        for one in self._lines:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _open(self) -> None:
        while True:
            try:
                ours, _ = self._door.accept()
                theirs = socket.create_connection((LOOPBACK, self.to))
            except OSError:
                return
            self._lines += [ours, theirs]
            threading.Thread(target=self._pass, args=(ours, theirs, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(theirs, ours, True), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, is_server: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := one.recv(512):
                passed += len(data)
                if is_server and self.cut_after and passed > self.cut_after:
                    self.cuts += 1
                    self.cut_after *= 2
                    break
                other.sendall(data)
        for line in (one, other):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
