"""One write transaction and its audit trail (R15.2, R6.3).

Forms use the ORM session; hot paths use `insert` and `update`, which are Core statements. Both end in the
same list of changes, written as audit rows in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, SQLModel

from core.base.actor import Actor
from core.base.errors import Conflict, NotFound
from core.base.language import N_
from core.store.direct import Direct, Write, run_together
from core.store.tables import AuditEntry, Deed
from core.store.trail import sqlite_moment, write_entries

Table = type[SQLModel]

LATE = "late"
"""The field of the entry that says: this was written with the clock set back behind a sealed day."""

MOVED = "moved"
"""The field of the entry that says: all up to the number in `new` came from another database, with its gaps."""

UNWATCHED = frozenset({"version", "updated_at", "created_at"})
"""Columns whose change is told by the entry itself."""


def as_text(value: object) -> str | None:
    """A value as the audit trail keeps it: ISO dates and times, codes by value, None as None."""
    if value is None or (isinstance(value, str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


class Transaction:
    """What `Store.write` gives to a use case."""

    def __init__(
        self, connection: Connection, actor: Actor, now: datetime, *, why: str, cause: str, late: bool = False
    ) -> None:
        self._connection = connection
        self.alone = connection.dialect.name == "sqlite"
        """Whether nobody else writes until the end, as on SQLite: what was read in here still stands."""
        self._later: list[Write] = []
        self.actor = actor
        self.now = now
        self.why = why
        self.cause = cause
        self._late = late
        self._at: Any = sqlite_moment(now) if self.alone else now
        self._entries: list[dict[str, Any]] = []
        self._session: Session | None = None

    @property
    def connection(self) -> Connection:
        """The connection, with all that was written in this transaction so far."""
        self._send()
        return self._connection

    def later(self, table: Table, key: object, statement: Direct, values: Mapping[str, Any]) -> None:
        """Run a statement that writes one row, on a server together with others before anything is read again.

        Each round trip costs a server and its caller more than most rows do. Of those sent together each must be
        about a row of its own, which `key` names.
        """
        if self.alone:
            statement.run(self._connection, values)
            return
        write = Write((table, key), statement, values)
        if any(write.row == other.row for other in self._later):
            self._send()
        self._later.append(write)

    def _send(self) -> None:
        if self._later:
            waiting, self._later = self._later, []
            run_together(self._connection, waiting)

    @property
    def session(self) -> Session:
        """The ORM session of this transaction, made when first asked for."""
        self._send()
        if self._session is None:
            self._session = Session(self.connection, autoflush=False, expire_on_commit=False)
            event.listen(self._session, "after_flush", self._note_flush)
        return self._session

    def insert(self, table: Table, **values: Any) -> Any:
        """Add one row with Core and return its primary key (the first column of it)."""
        key = self._put(table, values)
        self.note(Deed.INSERT, table, _row_key(key), new=_json(values))
        return key[0] if key else None

    def _put(self, table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Insert a row; one that brings its key takes the short way, for others the database makes it."""
        names = tuple(column.name for column in _core(table).primary_key)
        if all(name in values for name in names):
            key = tuple(values[name] for name in names)
            self.later(table, key, _direct_insert(table, tuple(sorted(values))), values)
            return key
        return tuple(self.connection.execute(_insert(table), values).inserted_primary_key or ())

    def update(
        self,
        table: Table,
        key: Any,
        changes: Mapping[str, Any],
        *,
        version: int | None = None,
        why: str | None = None,
    ) -> dict[str, tuple[Any, Any]]:
        """Change one row with Core; returns {field: (old, new)} of what really changed.

        With `version`, raises Conflict where the row has another one by now. Raises NotFound for no row.
        """
        core = _core(table)
        counts_versions = "version" in core.c and "version" not in changes
        names = (*changes, "version") if counts_versions else tuple(changes)
        found = _select(table, names).first(self.connection, {"key_": key})
        if found is None:
            raise NotFound("row.gone", N_("That record is no longer there."))
        old = dict(zip(names, found, strict=True))
        if version is not None and old["version"] != version:
            raise Conflict("row.changed", N_("Somebody changed this record while you were editing it."))
        changed = {name: (old[name], value) for name, value in changes.items() if old[name] != value}
        if not changed:
            return {}
        values = {name: new for name, (_, new) in changed.items()}
        if counts_versions:
            values["version"] = old["version"] + 1
        _update(table, tuple(sorted(values))).run(self.connection, {**values, "key_": key})
        for name, (before, after) in changed.items():
            if name not in UNWATCHED:
                self.note(
                    Deed.UPDATE, table, str(key), field=name, old=as_text(before), new=as_text(after), why=why
                )
        return changed

    def bulk(
        self,
        statement: sa.Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        table: Table | str,
        what: str,
    ) -> int:
        """Run one statement that changes many rows, audited as a summary row; returns how many it were."""
        result: CursorResult[Any] = self.connection.execute(statement, parameters)
        count = result.rowcount
        if count:
            self.note(Deed.BULK, table, "*", new=f"{count} {what}")
        return count

    def insert_many(self, table: Table, rows: Iterable[Mapping[str, Any]], *, what: str) -> int:
        """Add many rows with one statement, audited as a summary row."""
        listed = list(rows)
        if listed:
            if len(listed) == 1:
                self._put(table, listed[0])
            else:
                self.connection.execute(_insert(table), listed)
            self.note(Deed.BULK, table, "*", new=f"{len(listed)} {what}")
        return len(listed)

    def note(
        self,
        deed: Deed,
        table: Table | str,
        row_key: str,
        *,
        field: str = "",
        old: str | None = None,
        new: str | None = None,
        why: str | None = None,
    ) -> None:
        """Put one entry into the audit trail of this transaction."""
        self._entries.append(
            {
                "at": self._at,
                "actor_id": self.actor.staff_id,
                "actor_code": self.actor.code,
                "deed": deed.value,
                "table_name": table if isinstance(table, str) else str(table.__tablename__),
                "row_key": row_key,
                "field": field,
                "old": old,
                "new": new,
                "why": self.why if why is None else why,
                "cause": self.cause,
            }
        )

    def finish(self) -> None:
        """Flush the ORM's changes and write the audit rows; the store commits after it."""
        if self._session is not None:
            self._send()
            self._session.flush()
        if self._entries:
            if self._late:
                self.note(
                    Deed.BULK, AuditEntry, "*", field=LATE, new="the clock stood before the newest seal's day"
                )
            write_entries(self._connection, self._later, self._entries)
            self._later, self._entries = [], []
        self._send()
        if self._session is not None:
            self._session.close()

    def _note_flush(self, session: OrmSession, _context: UOWTransaction) -> None:
        for row in session.new:
            if isinstance(row, SQLModel):
                values = {c.key: getattr(row, c.key) for c in sa.inspect(type(row)).column_attrs}
                self.note(Deed.INSERT, type(row), _identity(row), new=_json(values))
        for row in session.dirty:
            if isinstance(row, SQLModel):
                self._note_dirty(row)
        for row in session.deleted:
            if isinstance(row, SQLModel):
                self.note(Deed.DELETE, type(row), _identity(row))

    def _note_dirty(self, row: SQLModel) -> None:
        state = sa.inspect(row)
        for attribute in state.mapper.column_attrs:
            history = state.attrs[attribute.key].history
            if history.has_changes() and attribute.key not in UNWATCHED:
                before = history.deleted[0] if history.deleted else None
                after = history.added[0] if history.added else None
                self.note(
                    Deed.UPDATE,
                    type(row),
                    _identity(row),
                    field=attribute.key,
                    old=as_text(before),
                    new=as_text(after),
                )


def _core(table: Table) -> sa.Table:
    core: sa.Table = table.__table__  # type: ignore[attr-defined]
    return core


# The statements of the hot paths are built once: building one costs more than SQLite takes to run it.


@lru_cache(maxsize=256)
def _insert(table: Table) -> sa.Insert:
    return sa.insert(_core(table))


@lru_cache(maxsize=256)
def _direct_insert(table: Table, names: tuple[str, ...]) -> Direct:
    return Direct(sa.insert(_core(table)), values=names)


@lru_cache(maxsize=1024)
def _select(table: Table, names: tuple[str, ...]) -> Direct:
    core = _core(table)
    return Direct(sa.select(*(core.c[name] for name in names)).where(_key(core) == sa.bindparam("key_")))


@lru_cache(maxsize=256)
def _update(table: Table, names: tuple[str, ...]) -> Direct:
    core = _core(table)
    return Direct(sa.update(core).where(_key(core) == sa.bindparam("key_")), values=(*names, "key_"))


def _key(core: sa.Table) -> sa.Column[Any]:
    return core.primary_key.columns[0]


def _identity(row: SQLModel) -> str:
    return _row_key(sa.inspect(row).mapper.primary_key_from_instance(row))


def _row_key(key: Sequence[object]) -> str:
    return "/".join(str(part) for part in key)


def _json(values: Mapping[str, Any]) -> str:
    kept = {name: as_text(value) for name, value in values.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
