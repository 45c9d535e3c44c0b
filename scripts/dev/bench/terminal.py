"""A program in a real pseudo-terminal: what it shows, and how soon."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import pyte

QUIET = 0.03
"""Seconds without output after which a repaint counts as finished."""


class Terminal:
    """One program with a screen of its own; times are seconds from `started` or from the key."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], columns: int = 80, lines: int = 24
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.started = time.perf_counter()
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.execvpe(command[0], list(command), dict(environment))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._handle)

    def text(self) -> str:
        """What stands on the screen now, wide characters without the gap behind them."""
        return "\n".join(self.screen.display)

    def until(self, shown: Callable[[str], bool], patience: float = 60.0) -> float:
        """Seconds from the start until the screen shows that. Raises TimeoutError with the screen."""
        while True:
            moment, data = self._read(self.started + patience - time.perf_counter())
            if not data:
                raise TimeoutError(f"not shown within {patience} s:\n{self.text()}")
            self._stream.feed(data)
            if shown(self.text()):
                return moment - self.started

    def settle(self, quiet: float = QUIET) -> None:
        """Take in output until there is none for a while."""
        while data := self._read(quiet)[1]:
            self._stream.feed(data)

    def send(self, keys: bytes) -> None:
        """Press keys without waiting for what comes of it."""
        os.write(self._handle, keys)

    def press(self, keys: bytes, patience: float = 5.0) -> float:
        """Seconds from the key to the first bytes of the repaint; the rest is taken in."""
        self.settle()
        began = time.perf_counter()
        os.write(self._handle, keys)
        moment, data = self._read(patience)
        if not data:
            raise TimeoutError(f"no answer to {keys!r}:\n{self.text()}")
        self._stream.feed(data)
        self.settle()
        return moment - began

    def _read(self, patience: float) -> tuple[float, bytes]:
        ready = select.select([self._handle], [], [], max(0.0, patience))[0]
        moment = time.perf_counter()
        if not ready:
            return moment, b""
        try:
            return moment, os.read(self._handle, 1 << 16)
        except OSError:  # the program has ended
            return moment, b""
