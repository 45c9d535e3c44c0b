"""The one place that owns connections and transactions.

`read()` gives a connection with a consistent view, `write(actor)` a transaction that is audited and
committed whole or not at all. Nothing else in Huifang opens a connection or commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url

from core.base.actor import Actor
from core.base.clock import Clock, SystemClock
from core.base.errors import StoreTrouble
from core.base.language import N_
from core.base.rulebook import Policy, Rulebook, load_rulebook
from core.store.transaction import Transaction
from core.store.troubles import worded
from core.store.turns import turn

SCHEMA_VERSION = "0001"
"""The newest migration; compared at opening so that Alembic need not be imported."""

BUSY_MILLISECONDS = 30_000


class Store:
    """A Huifang store: one SQLite file, or one PostgreSQL database."""

    def __init__(self, url: str, clock: Clock | None = None, rulebook: Rulebook | None = None) -> None:
        self.url = make_url(url)
        self.clock: Clock = clock or SystemClock()
        self.rulebook = rulebook or load_rulebook()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url, self.is_sqlite)

    @property
    def policy(self) -> Policy:
        """The numbers this store works by."""
        return self.rulebook.policy

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None for a database server."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name else None

    @property
    def where(self) -> str:
        """How the store is named to a user: the file, or the address without its password."""
        return str(self.file) if self.file else self.url.render_as_string(hide_password=True)

    def verify(self) -> None:
        """Raise StoreTrouble unless the store exists and has this program's schema."""
        if self.file is not None and not self.file.exists():
            raise StoreTrouble(
                "store.missing",
                N_("There is no Huifang store at {where} yet: make one with `huifang init`."),
                where=self.where,
            )
        found = self.version()
        if found == SCHEMA_VERSION:
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

    def version(self) -> str | None:
        """The schema version the store carries, None where there is none."""
        with worded(self.where), self.engine.connect() as connection:
            value = connection.execute(sa.text("select version_num from alembic_version")).scalar()
            return str(value) if value is not None else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the store; nothing written in it is kept."""
        with worded(self.where), self.engine.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def write(
        self, actor: Actor, *, why: str = "", cause: str = "", durable: bool = True
    ) -> Iterator[Transaction]:
        """One audited write transaction in `actor`'s name; committed at the end, undone by any error.

        `why` is the reason kept with each change, `cause` what it came from (a call's UUID). With
        `durable=False` a power cut may lose the commit, never its wholeness: for claims, not for outcomes.
        """
        with turn(self.file), worded(self.where), self.engine.connect() as connection:
            writing = connection.execution_options(writes=True)
            if self.is_sqlite and not durable:
                _synchronous(writing, "NORMAL")
            try:
                with writing.begin():
                    transaction = Transaction(writing, actor, self.clock.now(), why=why, cause=cause)
                    yield transaction
                    transaction.finish()
            finally:
                if self.is_sqlite and not durable:
                    _synchronous(writing, "FULL")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _synchronous(connection: Connection, level: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA synchronous={level}")


def _engine(url: sa.URL, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        return sa.create_engine(url, pool_size=4, max_overflow=4, pool_pre_ping=False, pool_timeout=10)
    engine = sa.create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # the driver's own BEGIN loses updates: Huifang says BEGIN itself
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
