"""A second server, kept up with by streaming replication, from which passes over whole tables are read (R16.2).

It is read only where it shows all that the main server has acknowledged, so that nobody misses in a report what
they have just stored. How far both have come is compared in their log; their clocks may differ.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import PendingRollbackError, ProgrammingError, SQLAlchemyError

from core.base.errors import StoreTrouble
from core.base.language import N_
from core.store.address import public_address
from core.store.server import LOOKING, engine_of
from core.store.troubles import Undone, translated, worded

CATCH_UP = 2.0
"""Seconds that a pass waits for the replica to have all that the main server has; then it reads there."""

REST = 60.0
"""Seconds for which the replica is left alone after it failed, or was not what it should be."""

LEFT = N_(
    "The replica broke off what was read there ({where}): repeat it. If that goes on, set HUIFANG_REPLICA to "
    "nothing, and the main server is read."
)

_STEP = 0.05

_MARK = sa.text(
    """select case when pg_is_in_recovery() then null else pg_current_wal_flush_lsn() end::text as place,
        (select system_identifier from pg_control_system())::text || '/' || current_database() as store"""
)

_STATE = sa.text(
    """select pg_is_in_recovery() as follows, pg_last_wal_replay_lsn() >= cast(:place as pg_lsn) as there,
        (select system_identifier from pg_control_system())::text || '/' || current_database() as store,
        (select version_num from alembic_version) as version,
        extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) as age"""
)

log = logging.getLogger("huifang.store")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a server has come in its log (None for one that itself follows another), and which store it has."""

    place: str | None
    store: str


def mark_of(main: Connection) -> Mark:
    """Where the main server is: everything acknowledged before this question comes before it.

    One that may not be asked, as a hosted one may be, is read itself.
    """
    try:
        return Mark(*main.execute(_MARK).one())
    except ProgrammingError:
        log.warning("which server this is may not be asked: no replica is read")
        return Mark(None, "")


def replica_of(file: Path | None, url: sa.URL, schema: str) -> Replica:
    """The replica of a store. Raises StoreTrouble for one of a SQLite file."""
    if file is not None:
        raise StoreTrouble(
            "store.replica_of_file",
            N_("HUIFANG_REPLICA names a second server, but the store {where} is a file: unset it."),
            where=file,
        )
    return Replica(url, schema)


class Replica:
    """A replica's address; connections to it are opened for one pass and closed after it."""

    def __init__(self, url: sa.URL, schema: str) -> None:
        self.where = public_address(url)
        self._schema = schema
        self._engine = engine_of(url, 0, keeps=False)
        self._rests_until = 0.0

    def opened(self, mark: Mark) -> Connection | None:
        """A connection that sees one state of the store, of that mark or later; None where there is none now."""
        if mark.place is None or time.monotonic() < self._rests_until:
            return None
        try:
            connection = self._engine.connect()
        except SQLAlchemyError as error:
            self._rest(f"it can't be reached ({type(error).__name__})")
            return None
        try:
            reason = self._unfit(connection, mark)
            if reason is None:
                # in one message, so that a pooler between can't hand the second part to another server
                connection.exec_driver_sql(f"COMMIT; {LOOKING}")
                return connection
        except SQLAlchemyError as error:
            reason = f"it failed ({type(error).__name__})"
        with suppress(SQLAlchemyError):
            connection.close()
        self._rest(reason)
        return None

    @contextmanager
    def reading(self, connection: Connection) -> Iterator[Connection]:
        """Read there; a pass that fails, as where the replica had to go on, finds the main server the next time.

        Raises Undone where it is worth asking again (`again.retried`).
        """
        with worded(self.where):
            try:
                with connection:
                    yield connection
                    connection.commit()
            except SQLAlchemyError as error:
                self._rest(f"a pass was broken off ({type(error).__name__})")
                if isinstance(error, PendingRollbackError) or isinstance(translated(error, self.where), Undone):
                    raise Undone("store.replica_left", LEFT, where=self.where) from error
                raise

    def _unfit(self, connection: Connection, mark: Mark) -> str | None:
        """Why it can't be read, None where it can; waits for it to catch up."""
        until = time.monotonic() + CATCH_UP
        while True:
            state = connection.execute(_STATE, {"place": mark.place}).one()
            if not state.follows:
                return "it is no replica"
            if state.store != mark.store:
                return "it holds another store"
            if state.version != self._schema:
                return f"its schema is {state.version}"
            if state.there:
                return None
            if time.monotonic() > until:
                return f"it is behind (its last change is {state.age or 0:.0f} s old)"
            time.sleep(_STEP)

    def _rest(self, reason: str) -> None:
        self._rests_until = time.monotonic() + REST
        log.warning("the replica %s is not read for %.0f s: %s", self.where, REST, reason)

    def close(self) -> None:
        """Let go of what was opened."""
        self._engine.dispose()
