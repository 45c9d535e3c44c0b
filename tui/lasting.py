"""Jobs that must not be lost: while the store is away they are tried again and again, and the screen says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from core.base.errors import HuifangError

T = TypeVar("T")

AWAY = frozenset({"store.unreachable", "store.unsure"})
"""The troubles that pass by themselves; a lasting job stores nothing the second time, and may be repeated."""

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between two tries; the last one holds on."""


class Lasting:
    """Waits the store's absence out; `tell` is called on the job's thread, True at each try, False once over."""

    def __init__(self, tell: Callable[[bool], None]) -> None:
        self._tell = tell
        self._leaving = threading.Event()
        self.away = False
        """Whether a job waits for the store at this moment."""

    def leave(self) -> None:
        """Wait no more: what waits is tried once again, and then given up."""
        self._leaving.set()

    def done(self, job: Callable[[], T]) -> T:
        """What the job gives, once the store is back. Raises its trouble where it may wait no longer."""
        tries = 0
        try:
            while True:
                last = self._leaving.is_set()
                try:
                    return job()
                except HuifangError as trouble:
                    if trouble.code not in AWAY or last:
                        raise
                self.away = True
                self._tell(True)
                self._leaving.wait(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
        finally:
            if self.away:
                self.away = False
                self._tell(False)
