"""Jobs that must not be lost: while the store is away they are tried again and again, and the screen says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from core.base.errors import HuifangError

T = TypeVar("T")

AWAY = frozenset({"store.unreachable", "store.unsure", "store.certificate", "store.no_tls"})
"""The troubles that pass by themselves, or once somebody has put the server's TLS right; a lasting job stores
nothing the second time, and may be repeated."""

ONLY_READ = "store.only_read"
"""A server that lets itself only be read: it takes over from another one, or it is the wrong one."""

TAKEN_OVER = 60.0
"""Seconds in which a server that takes over can be written to; a pair needs 20 to 25."""

SLOW = 3.0
"""Seconds without an answer after which a store is as good as away: a server that stands still refuses nothing."""

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between two tries; the last one holds on."""


class Superseded(Exception):
    """A newer request has replaced this one before it began."""


class Lasting:
    """Waits the store's absence out; `tell` hears True at each try and False once back, and may not wait."""

    def __init__(self, tell: Callable[[bool], None]) -> None:
        self._tell = tell
        self._leaving = threading.Event()
        self.away = False
        """Whether a job waits for the store at this moment."""
        self._at_work = False
        self._change = threading.Lock()
        self._only_read_since: float | None = None

    def leave(self) -> None:
        """Wait no more: what waits is tried once again, and then given up."""
        self._leaving.set()

    def slow(self) -> None:
        """A job that was asked for long ago has not come back: tell so, where one is at work."""
        with self._change:
            if not self._at_work:
                return
            self.away = True
            self._tell(True)  # still under the lock: never behind the word that it is back

    def done(self, job: Callable[[], T]) -> T:
        """What the job gives, once the store is back. Raises its trouble where it may wait no longer."""
        self._at_work = True
        try:
            return self._done(job)
        finally:
            self._at_work = False

    def _done(self, job: Callable[[], T]) -> T:
        tries = 0
        while True:
            last = self._leaving.is_set()
            try:
                value = job()
            except Superseded:
                raise  # the store was not asked: whether it is back, the newer one finds out
            except HuifangError as trouble:
                if last or not self._passes(trouble.code):
                    self._over()  # of which the trouble speaks
                    raise
            except BaseException:
                self._over(tell=True)
                raise
            else:
                self._only_read_since = None
                self._over(tell=True)
                return value
            self.away = True
            self._tell(True)
            self._leaving.wait(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1

    def _over(self, *, tell: bool = False) -> None:
        with self._change:
            self._at_work = False
            was_away, self.away = self.away, False
            if was_away and tell:
                self._tell(False)

    def _passes(self, code: str) -> bool:
        """Whether a trouble is one to wait out, and has not lasted too long for that."""
        if code != ONLY_READ:
            self._only_read_since = None
            return code in AWAY
        now = time.monotonic()
        if self._only_read_since is None:
            self._only_read_since = now
        return now - self._only_read_since < TAKEN_OVER
