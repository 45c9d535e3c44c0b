"""Turns at a SQLite store: whoever waits to write gets its turn.

SQLite's own waiting polls and is unfair: of eight processes one may get nearly all turns. A lock file beside
the store makes the kernel queue the writers instead; it holds nothing and may be deleted at any time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.base.errors import StoreTrouble
from core.base.language import N_

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock: SQLite's own waiting must do there
    fcntl = None  # type: ignore[assignment]

PATIENCE = 30.0
"""Seconds that anybody waits for the store before being told that it is busy."""

BUSY = N_("The store is busy with another terminal's work; nothing was changed. Try again in a moment.")


def turn_file(store_file: Path) -> Path:
    """The lock file that belongs to that store."""
    return store_file.with_name(store_file.name + "-turn")


@contextmanager
def turn(store_file: Path | None, patience: float = PATIENCE) -> Iterator[None]:
    """Wait for this process's turn to write to `store_file`; None (no file) waits for nothing.

    Raises StoreTrouble "store.busy" after `patience` seconds.
    """
    handle = None if fcntl is None or store_file is None else _opened(turn_file(store_file))
    if handle is None:
        yield
        return
    _wait(handle, patience)
    try:
        yield
    finally:
        os.close(handle)  # which gives the turn to the next in the queue


def _opened(file: Path) -> int | None:
    # A lock needs no right to write: colleagues whose group only reads the lock file still queue.
    for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        try:
            return os.open(file, flags | os.O_CLOEXEC, 0o666)
        except OSError:
            continue
    return None  # a read-only folder: the write itself will say so in words


def _wait(handle: int, patience: float) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    except OSError:
        pass
    got = threading.Event()
    gate = threading.Lock()
    left = False

    def queue() -> None:
        # Only a blocking flock has a place in the kernel's queue, and it knows no time limit.
        fcntl.flock(handle, fcntl.LOCK_EX)
        with gate:
            if left:
                os.close(handle)
            else:
                got.set()

    threading.Thread(target=queue, name="huifang-turn", daemon=True).start()
    if got.wait(patience):
        return
    with gate:
        if got.is_set():
            return
        left = True
    raise StoreTrouble("store.busy", BUSY)
