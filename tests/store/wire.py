"""A wire between a terminal and its server that can be cut at the worst moment: a proxy on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Wire:
    """Passes bytes on; `cut_after` or `cut_before` a commit once, with the answer lost or the question."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut_after = 0
        self.cut_before = 0
        self.cuts = 0
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._run(self._listen)

    def close(self) -> None:
        """Take no more connections, and end those there are."""
        _shut(self._listener, *self._ends)
        for thread in self._threads:
            thread.join(10)
        for end in (self._listener, *self._ends):
            end.close()

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._server))
                lost = threading.Event()
                self._ends += [near, far]
                self._run(self._forth, near, far, lost)
                self._run(self._back, near, far, lost)

    def _forth(self, near: socket.socket, far: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                if b"COMMIT" in data and self.cut_before:
                    self.cut_before -= 1
                    self.cuts += 1
                    break
                if b"COMMIT" in data and self.cut_after:
                    self.cut_after -= 1
                    self.cuts += 1
                    lost.set()
                far.sendall(data)
        _shut(near, far)

    def _back(self, near: socket.socket, far: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if lost.is_set():
                    break  # the server has done it, and nobody hears of it
                near.sendall(data)
        _shut(near, far)


def _shut(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
