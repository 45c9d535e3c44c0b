"""Moving a store to another database, SQLite to PostgreSQL or back, whole or not at all, and proving it (R16.2).

Rows stream from one view of the old store into one transaction of the new one, which is read again before its
commit: a digest of each table must be the same on both sides. Seals stay valid, for they see the same values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.errors import BadInput, StoreTrouble
from core.base.language import N_
from core.store import migrate
from core.store.backup import administrators_only
from core.store.engine import Store
from core.store.seals import seal
from core.store.tables import AuditEntry, Deed
from core.store.transaction import MOVED, Transaction
from core.store.troubles import worded
from core.store.turns import turn

AT_ONCE = 2_000
_AUDIT: sa.Table = AuditEntry.__table__  # type: ignore[attr-defined]
_NUMBERS = sa.select(sa.func.coalesce(sa.func.max(_AUDIT.c.id), 0))

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of each table were moved, and where they are now."""

    rows: dict[str, int]
    where: str


@dataclass(slots=True)
class _Digest:
    """What a table's rows come to, in whatever order they are read."""

    rows: int = 0
    total: int = 0

    def add(self, row: Sequence[Any]) -> None:
        mark = hashlib.sha256(_encode(list(row)).encode()).digest()
        self.rows += 1
        self.total = (self.total + int.from_bytes(mark)) % (1 << 256)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return str(value)


_encode = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


def move(
    store: Store, target: Store, tables: Iterable[sa.Table], actor: Actor, progress: Progress | None = None
) -> Moved:
    """Copy every row of `store` to `target`, which is made where it is not there; nothing is changed in `store`.

    `tables` are in the order of their foreign keys. Raises NotAllowed, BadInput "move.taken" where the target
    holds anything, and StoreTrouble where somebody wrote meanwhile or a table did not arrive as it was: the target
    is empty then.
    """
    administrators_only(actor)
    if target.url == store.url:
        raise BadInput("move.itself", N_("{where} is the store itself: name another one."), where=store.where)
    store.verify()
    migrate.init(target)
    listed = list(tables)
    _verify_empty(target, listed)
    seal(store, actor)
    tell = progress or _silent
    with store.sweep(here=True) as source, _written(target) as sink:
        last = source.execute(_NUMBERS).scalar_one()
        digests = {table.name: _copied(source, sink, table, tell) for table in listed}
        _verify_arrived(sink, listed, digests, tell)
        _set_sequences(sink, listed)
        with store.read() as now:
            if now.execute(_NUMBERS).scalar_one() != last:
                raise StoreTrouble(
                    "move.written",
                    N_("Somebody worked in {where} meanwhile: nothing was moved. Close all terminals and repeat."),
                    where=store.where,
                )
        rows = sum(digest.rows for digest in digests.values())
        transaction = Transaction(sink, actor, target.clock.now(), why=f"{rows} rows moved", cause="")
        kind = store.url.get_backend_name()
        transaction.note(Deed.BULK, AuditEntry, "*", field=MOVED, old=kind, new=str(last))
        transaction.finish()
    target.closed_until = None
    seal(target, actor)
    return Moved({name: digest.rows for name, digest in digests.items()}, target.where)


def _silent(_table: str, _rows: int) -> None:
    return None


def _verify_empty(target: Store, tables: Sequence[sa.Table]) -> None:
    with target.read() as c:
        for table in tables:
            if c.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
                raise BadInput(
                    "move.taken",
                    N_("There are records in {where} already ({table}): name an empty database or a new file."),
                    where=target.where,
                    table=table.name,
                )


@contextmanager
def _written(target: Store) -> Iterator[Connection]:
    """One transaction on the target, in which rows may name others that come later."""
    with turn(target.file, target.patience), worded(target.where), target.engine.connect() as connection:
        writing = connection.execution_options(writes=True)
        with writing.begin():
            if target.is_sqlite:
                writing.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            yield writing


def _rows(c: Connection, table: sa.Table) -> Iterator[sa.Row[Any]]:
    """The rows as plain values: an enum's are its codes, which is what is stored."""
    shown = [sa.type_coerce(one, sa.String) if isinstance(one.type, sa.Enum) else one for one in table.columns]
    yield from c.execute(sa.select(*shown).execution_options(yield_per=AT_ONCE))


def _copied(source: Connection, sink: Connection, table: sa.Table, tell: Progress) -> _Digest:
    digest = _Digest()

    def passing() -> Iterator[sa.Row[Any]]:
        for row in _rows(source, table):
            digest.add(row)
            yield row
            if digest.rows % (10 * AT_ONCE) == 0:
                tell(table.name, digest.rows)

    (_insert if sink.dialect.name == "sqlite" else _stream)(sink, table, passing())
    tell(table.name, digest.rows)
    return digest


def _insert(sink: Connection, table: sa.Table, rows: Iterator[sa.Row[Any]]) -> None:
    names, statement = table.columns.keys(), sa.insert(table)
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(dict(zip(names, row, strict=True)))
        if len(batch) == AT_ONCE:
            sink.execute(statement, batch)
            batch.clear()
    if batch:
        sink.execute(statement, batch)


def _stream(sink: Connection, table: sa.Table, rows: Iterator[sa.Row[Any]]) -> None:
    raw: Any = sink.connection.driver_connection
    columns = ", ".join(f'"{name}"' for name in table.columns.keys())  # noqa: SIM118 - names, not columns
    with raw.cursor() as cursor, cursor.copy(f'copy "{table.name}" ({columns}) from stdin') as copy:
        for row in rows:
            copy.write_row(tuple(row))


def _verify_arrived(
    sink: Connection, tables: Sequence[sa.Table], sent: dict[str, _Digest], tell: Progress
) -> None:
    for table in tables:
        digest = _Digest()
        for row in _rows(sink, table):
            digest.add(row)
        if (digest.rows, digest.total) != (sent[table.name].rows, sent[table.name].total):
            raise StoreTrouble(
                "move.differs",
                N_("The table {table} did not arrive as it was: nothing was moved. Report it."),
                table=table.name,
            )
        tell(table.name, digest.rows)


def _set_sequences(sink: Connection, tables: Sequence[sa.Table]) -> None:
    """New rows get numbers after those that were moved; a file's tables count by themselves."""
    if sink.dialect.name == "sqlite":
        return
    for table in tables:
        key = next(iter(table.primary_key.columns))
        if not isinstance(key.type, sa.Integer):
            continue
        named = {"table": f'"{table.name}"', "column": key.name}
        sequence = sink.execute(sa.text("select pg_get_serial_sequence(:table, :column)"), named).scalar()
        last = sink.execute(sa.select(sa.func.max(key))).scalar()
        if sequence is not None and last is not None:
            sink.execute(
                sa.text("select setval(cast(:sequence as regclass), :last)"), {"sequence": sequence, "last": last}
            )
