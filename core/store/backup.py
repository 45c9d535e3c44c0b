"""Backups of a store in use, and putting one back in its place (R16.4).

A backup of a SQLite store is one sound file that stands for itself: no -wal beside it, and readable by its
owner only. One of a PostgreSQL store is pg_dump's archive.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.clock import Clock
from core.base.errors import BadInput, NotAllowed, StoreTrouble
from core.base.language import N_
from core.base.outside import reason_of
from core.store import archive
from core.store.address import public_address, store_address
from core.store.check import faults
from core.store.engine import SCHEMA_VERSION, Store
from core.store.swap import alone, settle, swap
from core.store.tables import AuditEntry, Deed
from core.store.troubles import worded
from core.store.turns import PATIENCE, turn, turn_file

_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and checked; `size` in bytes, `version` of the schema."""

    file: Path
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that took the store's place; what stood there before is kept as `kept_aside`."""

    where: str
    version: str
    kept_aside: Path | None

    @property
    def needs_upgrade(self) -> bool:
        """Whether the store is of an older version now and wants `huifang upgrade`."""
        return self.version < SCHEMA_VERSION


def backup(store: Store, target: Path, *, actor: Actor = SHELL, replace: bool = False) -> Backup:
    """Copy the store as it is at this moment to `target`, while others work in it (R16.4).

    One of an older version too: it is saved before it is upgraded. Raises BadInput where `target` is there
    already and `replace` is false, StoreTrouble where the store can't be read or the copy can't be written or is
    unsound; nothing is left at `target` then.
    """
    administrators_only(actor)
    target = target.absolute()
    _verify_target(store, target, replace)
    store.verify(older=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        with _files_worded(target):
            partial.touch(mode=0o600)
            if store.file is None:
                archive.dump(store.url, partial)
            else:
                _copy(store.file, partial)
            version = _verified(partial, str(store.where))
            settle(partial, target, over=replace)
    finally:
        partial.unlink(missing_ok=True)
    if version == SCHEMA_VERSION:
        with suppress(StoreTrouble):  # a store whose disk is full or read-only must be saved above all
            _record(store, actor, f"backup to {target}")
    return Backup(target, target.stat().st_size, version)


def restore(
    file: Path, database: str, actor: Actor, *, clock: Clock | None = None, patience: float = PATIENCE
) -> Restored:
    """Put a checked backup in the place of the store `database` (a URL), which is kept aside (R16.4).

    Raises BadInput where the file is no sound backup that this program can use, StoreTrouble where a terminal
    has the store open; nothing is changed then. A kill at any moment leaves the old store or the new one.
    """
    administrators_only(actor)
    file = file.absolute()
    url = store_address(database)
    is_archive = _verify_kind(file, url)
    if is_archive:
        version = _verified(file, str(file))
        with worded(public_address(url)):
            archive.load(file, url)
        store = Store(database, clock)
        _record_if_current(store, actor, file, version)
        store.close()
        return Restored(store.where, version, None)
    place = Path(url.database or "").absolute()
    if place.is_dir() or place == file:
        raise BadInput("restore.place", N_("{where} can't be restored over: name the store's file."), where=place)
    with _files_worded(place):
        place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(place.name + ".restoring")
    try:
        with turn(place, patience), _files_worded(place):
            _drop(fresh)
            if place.exists():
                with alone(place, patience):  # say so now, not after a long copy
                    pass
            version = _prepared(file, fresh, place, actor, clock)
            aside = swap(fresh, place, patience)
    finally:
        _drop(fresh)
    return Restored(str(place), version, aside)


def _prepared(file: Path, fresh: Path, place: Path, actor: Actor, clock: Clock | None) -> str:
    """Copy the backup beside the store, check it there, and write into it that it was restored by whom."""
    fresh.touch(mode=0o600)
    if place.exists():
        shutil.copymode(place, fresh)
    try:
        _copy(file, fresh)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _unsound(str(file), str(error)) from error
        raise
    version = _verified(fresh, str(file))
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    store = Store(f"sqlite:///{fresh}", clock)
    _record_if_current(store, actor, file, version)
    store.close()
    return version


def _copy(source: Path, target: Path) -> None:
    """One state of a SQLite file as one file, in one go: in steps, writers would start it over and over."""
    with (
        closing(sqlite3.connect(_reading(source), uri=True, timeout=PATIENCE)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        writing.execute("PRAGMA synchronous=OFF")
        reading.backup(writing, pages=-1)
        writing.execute("PRAGMA journal_mode=DELETE")


def _reading(file: Path) -> str:
    log = file.with_name(file.name + "-wal")
    # Without a log, a copy on a medium that can't be written is read as it stands.
    alone_there = not log.exists() and not os.access(file.parent, os.W_OK)
    return f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if alone_there else ''}"


def _verified(file: Path, where: str) -> str:
    """The schema version of a backup. Raises BadInput where it is unsound, foreign or too new."""
    if _start(file).startswith(archive.MAGIC):
        version = archive.version(file)
    else:
        with closing(sqlite3.connect(_reading(file), uri=True)) as connection:
            found = faults(connection)
            if found:
                raise _unsound(where, found[0])
            version = _sqlite_version(connection)
    if version is None:
        raise BadInput("backup.foreign", N_("{where} is no Huifang store: nothing was changed."), where=where)
    if version > SCHEMA_VERSION:
        raise BadInput(
            "backup.newer",
            N_("{where} was made by a newer Huifang ({found}): upgrade this program. Nothing was changed."),
            where=where,
            found=version,
        )
    return version


def _unsound(where: str, reason: str) -> BadInput:
    return BadInput(
        "backup.unsound",
        N_("{where} is damaged ({reason}): nothing was changed. Use another backup."),
        where=where,
        reason=reason,
    )


def _sqlite_version(connection: sqlite3.Connection) -> str | None:
    tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    if not {"alembic_version", "audit_entry", "member"} <= tables:
        return None
    row = connection.execute("select version_num from alembic_version").fetchone()
    return str(row[0]) if row else None


def _verify_kind(file: Path, url: sa.URL) -> bool:
    """Whether the backup is a PostgreSQL archive. Raises BadInput where it does not fit the database."""
    try:
        start = _start(file)
    except OSError as error:
        raise BadInput(
            "restore.unreadable",
            N_("The backup {file} can't be read: {reason}."),
            file=file,
            reason=reason_of(error),
        ) from error
    is_archive = start.startswith(archive.MAGIC)
    if not is_archive and start != _SQLITE:
        raise BadInput("backup.foreign", N_("{where} is no Huifang store: nothing was changed."), where=file)
    if is_archive == (url.get_backend_name() == "sqlite"):
        raise BadInput(
            "restore.other_kind",
            N_("{file} is a backup of another kind of database than {where}: name one that fits it."),
            file=file,
            where=public_address(url),
        )
    return is_archive


def _start(file: Path) -> bytes:
    with file.open("rb") as handle:
        return handle.read(len(_SQLITE))


def _verify_target(store: Store, target: Path, replace: bool) -> None:
    if target.is_dir():
        raise BadInput("backup.folder", N_("{file} is a folder: name the backup's file inside it."), file=target)
    if store.file is not None and target.exists() and target.samefile(store.file.absolute()):
        raise BadInput("backup.itself", N_("{file} is the store itself: name another file."), file=target)
    if target.exists() and not replace:
        raise _exists(target)


def _exists(target: Path) -> BadInput:
    return BadInput(
        "backup.exists",
        N_("There is a file {file} already: name another one, or add --replace."),
        file=target,
    )


@contextmanager
def _files_worded(place: Path) -> Iterator[None]:
    """Word what goes wrong with the file at `place` or in its folder."""
    try:
        with worded(str(place)):
            yield
    except FileExistsError as error:
        raise _exists(place) from error
    except OSError as error:
        raise StoreTrouble(
            "backup.unwritten",
            N_("The file {file} can't be written: {reason}. Nothing was changed."),
            file=place,
            reason=reason_of(error),
        ) from error


def administrators_only(actor: Actor) -> None:
    """Raise NotAllowed for anybody else."""
    # The table of rights stands on a floor above; a backup is every member's data at once.
    if actor.role is not Role.ADMIN:
        raise NotAllowed(
            "backup.refused",
            N_("{name} may not copy or replace the store: ask an administrator."),
            name=actor.name,
        )


def _record_if_current(store: Store, actor: Actor, file: Path, version: str) -> None:
    if version == SCHEMA_VERSION:
        _record(store, actor, f"restored from {file}")


def _record(store: Store, actor: Actor, what: str) -> None:
    with store.write(actor) as tx:
        tx.note(Deed.BULK, AuditEntry, "*", new=what)


def _drop(fresh: Path) -> None:
    for path in (
        fresh,
        turn_file(fresh),
        *(fresh.with_name(fresh.name + s) for s in ("-wal", "-shm", "-journal")),
    ):
        path.unlink(missing_ok=True)
