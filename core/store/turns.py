"""Turns at a SQLite store: whoever waits to write gets its turn.

SQLite's own waiting polls and is unfair: of eight processes one may get nearly all turns. A lock file beside
the store makes the kernel queue the writers instead; it holds nothing and may be deleted at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock: SQLite's own waiting must do there
    fcntl = None  # type: ignore[assignment]


@contextmanager
def turn(store_file: Path | None) -> Iterator[None]:
    """Wait for this process's turn to write to `store_file`; None (no file) waits for nothing."""
    if fcntl is None or store_file is None:
        yield
        return
    try:
        handle = store_file.with_name(store_file.name + "-turn").open("ab")
    except OSError:  # a read-only folder: the write itself will say so in words
        yield
        return
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
