"""Putting a whole SQLite file in another's place: a kill at any moment leaves the one or the other."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from core.base.errors import StoreTrouble
from core.base.language import N_

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a store; the rest of another store's would be taken for this one's."""

_LOCK_BYTES = (
    0x40000000,
    512,
)  # where SQLite locks its files: every open WAL store holds a shared lock there


def flush(path: Path) -> None:
    """Have the disk hold a file, or a folder's names, before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(fresh: Path, place: Path, *, over: bool) -> None:
    """Give a finished file its name. Raises FileExistsError unless `over` where the name is taken."""
    flush(fresh)
    if over:
        fresh.replace(place)
    else:
        _link(fresh, place)
        fresh.unlink(missing_ok=True)
    flush(place.parent)


def swap(fresh: Path, store_file: Path, patience: float) -> Path | None:
    """Put `fresh` in the place of `store_file`; returns where the former store is kept, if there was one.

    The caller holds the turn. Raises StoreTrouble "restore.in_use" where a terminal has the store open.
    """
    flush(fresh)
    if not store_file.exists():
        _drop_beside(store_file)
        fresh.replace(store_file)
        flush(store_file.parent)
        return None
    aside = _free_name(store_file)
    with alone(store_file, patience):
        for suffix in BESIDE:  # a sound store has none by now; a damaged one keeps its own
            with suppress(FileNotFoundError):
                store_file.with_name(store_file.name + suffix).rename(aside.with_name(aside.name + suffix))
        _link(store_file, aside)
        flush(aside.parent)
        fresh.replace(store_file)
        flush(store_file.parent)
    return aside


@contextmanager
def alone(store_file: Path, patience: float) -> Iterator[None]:
    """Hold a store that nobody else has open, as one file without its -wal.

    Raises StoreTrouble "restore.in_use" after `patience` seconds.
    """
    address = f"{store_file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise _in_use(store_file) from error
        except sqlite3.DatabaseError:
            pass
        if connection.in_transaction:
            yield
            return
    # A store too damaged for SQLite is locked by hand where SQLite's own locks would be.
    with store_file.open("r+b") as handle:
        if fcntl is not None:
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCK_BYTES[1], _LOCK_BYTES[0])
            except OSError as error:
                raise _in_use(store_file) from error
        yield


def left_over(store_file: Path | None) -> tuple[Path, ...]:
    """Files beside a store that an interrupted backup or restore left behind."""
    if store_file is None:
        return ()
    names = (f"{store_file.name}.*.partial", f"{store_file.name}.restoring*")
    return tuple(sorted(path for name in names for path in store_file.parent.glob(name)))


def _in_use(store_file: Path) -> StoreTrouble:
    return StoreTrouble(
        "restore.in_use",
        N_("Another terminal has the store {where} open; nothing was changed. Close it there and try again."),
        where=store_file,
    )


def _link(present: Path, name: Path) -> None:
    try:
        os.link(present, name)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links (a USB stick): a short moment without the old name
        if name.exists():
            raise FileExistsError(name) from None
        present.rename(name)


def _free_name(store_file: Path) -> Path:
    aside = store_file.with_name(store_file.name + ".before-restore")
    count = 1
    while aside.exists():
        count += 1
        aside = store_file.with_name(f"{store_file.name}.before-restore-{count}")
    return aside


def _drop_beside(store_file: Path) -> None:
    for suffix in BESIDE:
        store_file.with_name(store_file.name + suffix).unlink(missing_ok=True)
