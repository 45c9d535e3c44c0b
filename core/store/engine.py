"""The one place that owns connections and transactions.

`read()` gives a connection with a consistent view, `write(actor)` a transaction that is audited and
committed whole or not at all. Nothing else in Huifang opens a connection or commits.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, DisconnectionError

from core.base.actor import Actor
from core.base.clock import Clock, SystemClock
from core.base.errors import StoreTrouble
from core.base.language import N_
from core.base.policy import Policy
from core.base.rulebook import Rulebook, load_rulebook
from core.store.address import public_address, replica_address, store_address
from core.store.closed import closed_until
from core.store.direct import say
from core.store.replica import mark_of, replica_of
from core.store.server import engine_of
from core.store.transaction import Transaction
from core.store.troubles import MISSING, unsure, worded
from core.store.turns import PATIENCE, turn

SCHEMA_VERSION = "0007"
"""The newest migration; compared at opening so that Alembic need not be imported."""

MAPPED = 1 << 30
"""Up to how many bytes of a SQLite file are read in place."""


class Store:
    """A Huifang store: one SQLite file, or one PostgreSQL database.

    `patience` is how many seconds a write waits for others before it is refused as busy; `replica` the address
    of a PostgreSQL server that follows this one. Raises StoreTrouble for what is no address, and where a file is
    given a replica.
    """

    def __init__(
        self,
        url: str,
        clock: Clock | None = None,
        rulebook: Rulebook | None = None,
        patience: float = PATIENCE,
        replica: str | None = None,
    ) -> None:
        self.url = store_address(url)
        self.clock: Clock = clock or SystemClock()
        self.rulebook = rulebook or load_rulebook()
        self.patience = patience
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.file = Path(self.url.database) if self.is_sqlite and self.url.database else None
        """The SQLite file, or None for a database server."""
        self.closed_until: datetime | None = None
        """Before which moment every day is sealed; None where that is not known yet."""
        real = self.clock == SystemClock()  # not one that was moved on purpose
        self.engine = (
            _sqlite(self.url, patience) if self.is_sqlite else engine_of(self.url, patience, compares_clocks=real)
        )
        self._reader = self.engine if self.is_sqlite else self.engine.execution_options(reads=True)
        self.replica = replica_of(self.file, replica_address(replica), SCHEMA_VERSION) if replica else None
        """The server that `sweep` reads where it can."""

    @property
    def policy(self) -> Policy:
        """The numbers this store works by."""
        return self.rulebook.policy

    @property
    def where(self) -> str:
        """How the store is named to a user: the file, or the address without its password and options."""
        return str(self.file) if self.file else public_address(self.url)

    def verify(self, *, older: bool = False) -> None:
        """Raise StoreTrouble unless the store exists with this program's schema (with `older`: an earlier one)."""
        self.verify_file()
        found = self.version()
        if older and found is not None and found < SCHEMA_VERSION:
            return
        if found == SCHEMA_VERSION:
            if self.is_sqlite:
                self._keep_log_mode()
            return
        if found is not None and found > SCHEMA_VERSION:
            raise StoreTrouble(
                "store.newer",
                N_("The store {where} was made by a newer Huifang ({found}): upgrade this program."),
                where=self.where,
                found=found,
            )
        raise StoreTrouble(
            "store.older",
            N_("The store {where} is of an older version ({found}): back it up and run `huifang upgrade`."),
            where=self.where,
            found=found or "-",
        )

    def verify_file(self) -> None:
        """Raise StoreTrouble where the SQLite file is a folder or is not there; a server is not asked."""
        if self.file is None:
            return
        if self.file.is_dir():
            raise StoreTrouble(
                "store.folder_named",
                N_("{where} is a folder: name the store's file inside it, such as {where}/huifang.db."),
                where=self.where,
            )
        if not self.file.exists():
            raise StoreTrouble("store.missing", MISSING, where=self.where)

    def _keep_log_mode(self) -> None:
        # A backup copied into place by hand, or a restore that was stopped, is in SQLite's slower mode.
        with self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            if raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                with suppress(sqlite3.OperationalError):  # others have it open, or it can only be read
                    raw.execute("PRAGMA journal_mode=WAL")

    def version(self) -> str | None:
        """The schema version the store carries, None where there is none."""
        with worded(self.where), self.engine.connect() as connection:
            value = connection.execute(sa.text("select version_num from alembic_version")).scalar()
            return str(value) if value is not None else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the store; nothing written in it is kept."""
        with worded(self.where), self._looking() as connection:
            yield connection
            # On a server, which lets nothing be written here, COMMIT: after a ROLLBACK the driver forgets what it
            # has prepared, and planning a list takes longer than reading it.
            connection.rollback() if self.is_sqlite else connection.commit()

    def _looking(self) -> Connection:
        """A connection in a transaction of its own, a new one where the server left at this very moment."""
        try:
            return _begun(self._reader)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return _begun(self._reader)

    @contextmanager
    def sweep(self, *, here: bool = False) -> Iterator[Connection]:
        """As `read`, for one pass over whole tables: their pages are not kept in this process's memory.

        It reads the replica where there is one that has all that was stored before, unless `here` is asked for.
        What it raises may be Undone: then the same pass, asked for again, reads the main database.
        """
        if self.replica is not None and not here:
            with self.read() as connection:
                mark = mark_of(connection)
            if (there := self.replica.opened(mark)) is not None:
                with self.replica.reading(there) as connection:
                    yield connection
                return
        with self.read() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA mmap_size=0")
            try:
                yield connection
            finally:
                if self.is_sqlite:
                    connection.exec_driver_sql(f"PRAGMA mmap_size={MAPPED}")

    @contextmanager
    def write(
        self, actor: Actor, *, why: str = "", cause: str = "", durable: bool = True
    ) -> Iterator[Transaction]:
        """One audited write transaction in `actor`'s name; committed at the end, undone by any error.

        `why` is the reason kept with each change, `cause` what it came from (a call's UUID). With
        `durable=False` a power cut may lose a file's commit, never its wholeness: for claims, not for outcomes. A
        server, which crashes more often than a machine does, keeps them all.
        Raises Undone where the database undid it all, so that it may be asked for again (`again.retried`), and
        Unsure where the connection was lost during the commit.
        """
        with turn(self.file, self.patience), worded(self.where), self.engine.connect() as connection:
            writing = connection.execution_options(writes=True)
            if self.is_sqlite and not durable:
                _synchronous(writing, "NORMAL")
            try:
                with self._committed(writing):
                    now = self.clock.now()
                    late = self._is_late(writing, now)
                    transaction = Transaction(writing, actor, now, why=why, cause=cause, late=late)
                    yield transaction
                    transaction.finish()
            finally:
                if self.is_sqlite and not durable:
                    _synchronous(writing, "FULL")

    @contextmanager
    def _committed(self, connection: Connection) -> Iterator[None]:
        """Commit at the end; whoever hears no answer to the commit can't know whether it was done."""
        transaction = connection.begin()
        try:
            yield
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as error:
            if (trouble := unsure(error, self.where)) is not None:
                raise trouble from error
            transaction.rollback()
            raise

    def _is_late(self, connection: Connection, now: datetime) -> bool:
        """Whether a day is written to that is sealed already; asked once, for a clock goes forward."""
        if self.closed_until is None:
            self.closed_until = closed_until(connection)
        return now < self.closed_until

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self.replica is not None:
            self.replica.close()


def _begun(engine: Engine) -> Connection:
    connection = engine.connect()
    try:
        connection.begin()
    except BaseException:
        connection.close()
        raise
    return connection


def _synchronous(connection: Connection, level: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA synchronous={level}")


def _sqlite(url: sa.URL, patience: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreTrouble("store.unnamed", N_("Name the file of the store: {where} has none."), where=str(url))
    file = Path(url.database).absolute()
    # The connection used last has the pages read last in its cache; a named parameter is bound only once.
    engine = sa.create_engine(url, creator=_opener(file, patience), pool_use_lifo=True, paramstyle="named")
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "checkout", _same_file(file))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _opener(file: Path, patience: float) -> Callable[[], sqlite3.Connection]:
    # mode=rw: opening a store that is not there must not leave an empty file; only `init` makes one.
    address = f"{file.as_uri()}?mode=rw"

    def opened() -> sqlite3.Connection:
        # The driver's own BEGIN loses updates: Huifang says BEGIN itself (isolation_level=None).
        return sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)

    return opened


def _prepare_sqlite(raw: Any, record: Any) -> None:
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.execute(f"PRAGMA mmap_size={MAPPED}")  # pages are read in place, and shared by all terminals
    cursor.execute("PRAGMA temp_store=MEMORY")
    name = cursor.execute("PRAGMA database_list").fetchone()[2]
    cursor.close()
    record.info["file"] = _inode(name)


def _same_file(file: Path) -> Callable[[Any, Any, Any], None]:
    """Let no connection outlive a `restore`: one to the file that was put aside is opened anew."""
    name = str(file)

    def checked(_raw: Any, record: Any, _proxy: Any) -> None:
        if record.info["file"] != _inode(name):
            raise DisconnectionError("the store's file was replaced")

    return checked


def _inode(name: str) -> tuple[int, int] | None:
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    say(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")
