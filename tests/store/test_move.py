"""Moving a store from SQLite to PostgreSQL and back: every table, every value, and the seals."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from core.base.actor import SHELL, Actor, Role
from core.base.clock import FixedClock
from core.base.errors import BadInput, NotAllowed, StoreTrouble
from core.base.language import catalogue
from core.insight.proof import verify_all
from core.people.tables import Store as Shop
from core.schema import METADATA
from core.store import migrate
from core.store import move as moving
from core.store.check import check
from core.store.engine import Store
from core.store.move import move
from core.store.tables import Deed
from scripts import demo
from tests.conftest import sqlite_store

TABLES = METADATA.sorted_tables
MOMENT = datetime(2026, 11, 22, 23, 59, 59, 123456, tzinfo=UTC)


@pytest.fixture(scope="module")
def full_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's shops, and a row in every table that the demo leaves empty."""
    file = tmp_path_factory.mktemp("full") / "full.db"
    demo.make(f"sqlite:///{file}", datetime(2026, 11, 23, 1, 42, tzinfo=UTC), catalogue("en"))
    store = Store(f"sqlite:///{file}", FixedClock(datetime(2026, 11, 23, 1, 42, tzinfo=UTC)))
    with store.write(SHELL) as tx:
        for table in TABLES:
            if tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0:
                tx.connection.execute(sa.insert(table), some_row(tx.connection, table))
                tx.note(Deed.INSERT, _kind(table.name), _key(tx.connection, table))
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return file


def _kind(name: str) -> Any:
    from sqlmodel import SQLModel

    return next(m.class_ for m in SQLModel._sa_registry.mappers if m.local_table.name == name)  # type: ignore[attr-defined]


def _key(c: sa.Connection, table: sa.Table) -> str:
    return "/".join(str(part) for part in c.execute(sa.select(*table.primary_key.columns)).one())


def some_row(c: sa.Connection, table: sa.Table) -> dict[str, Any]:
    """A row of a table: what may be left out is, but for texts, moments and numbers that nothing forbids."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys:
            other = next(iter(column.foreign_keys)).column
            row[column.name] = c.execute(sa.select(sa.func.min(other))).scalar()
        elif isinstance(column.type, sa.Enum):
            row[column.name] = column.type.enums[0]
        elif not column.nullable and not (column.primary_key and isinstance(column.type, sa.Integer)):
            row[column.name] = some_value(column.type)
    return row


def some_value(kind: Any) -> Any:
    if isinstance(kind, sa.DateTime) or "DateTime" in type(kind).__name__:
        return MOMENT
    if isinstance(kind, sa.Date):
        return date(2026, 11, 22)
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Float):
        return 0.1 + 0.2
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.LargeBinary):
        return b"\x00\xff"
    return "说\t好\\n'\""


@pytest.fixture
def full(full_template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    made = sqlite_store(full_template, tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def far(postgresql_server: URL, clock: FixedClock) -> Iterator[Store]:
    """An empty database, without even tables."""
    name = f"m{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template template0")
    store = Store(postgresql_server.set(database=name).render_as_string(hide_password=False), clock)
    yield store
    store.close()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    admin.dispose()


def contents(store: Store) -> dict[str, list[str]]:
    with store.read() as c:
        return {table.name: sorted(str(tuple(row)) for row in c.execute(sa.select(table))) for table in TABLES}


def without_seals(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: found for name, found in rows.items() if name not in ("seal", "audit_entry")}


def test_there_and_back(full: Store, far: Store, tmp_path: Path, clock: FixedClock) -> None:
    before = contents(full)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    moved = move(full, far, TABLES, SHELL)
    assert without_seals(contents(far)) == without_seals(before)
    assert moved.rows["purchase"] == len(before["purchase"])
    assert set(before["audit_entry"]) <= set(contents(far)["audit_entry"])
    assert verify_all(far).findings == ()
    assert check(far).findings == check(full).findings
    with far.write(SHELL) as tx:  # new rows get new numbers, and one is left out as a server does
        first = tx.insert(Shop, code="NEW1", name="new")
    with pytest.raises(RuntimeError), far.write(SHELL) as tx:
        tx.insert(Shop, code="NEW2", name="new")
        tx.finish()
        raise RuntimeError
    with far.write(SHELL) as tx:
        assert tx.insert(Shop, code="NEW3", name="new") == first + 2
    back = Store(f"sqlite:///{tmp_path / 'back.db'}", clock)
    move(far, back, TABLES, SHELL)
    assert without_seals(contents(back)) == without_seals(contents(far))
    assert verify_all(back).findings == ()
    with back.write(SHELL) as tx:
        tx.insert(Shop, code="NEW4", name="new")
    assert verify_all(back).findings == ()
    back.close()


def test_what_is_removed_after_a_move_shows(full: Store, far: Store, tmp_path: Path, clock: FixedClock) -> None:
    move(full, far, TABLES, SHELL)
    back = Store(f"sqlite:///{tmp_path / 'back.db'}", clock)
    move(far, back, TABLES, SHELL)
    for code in ("X1", "X2", "X3"):
        with back.write(SHELL) as tx:
            tx.insert(Shop, code=code, name="new")
    with back.engine.connect() as connection:
        connection.exec_driver_sql("drop trigger audit_entry_no_delete")
        connection.exec_driver_sql("delete from audit_entry where id = (select max(id) - 1 from audit_entry)")
        connection.commit()
    kinds = {finding.kind.value for finding in verify_all(back).findings}
    assert "removed" in kinds
    back.close()


def test_a_target_that_holds_anything_is_left_alone(full: Store, far: Store) -> None:
    migrate.init(far)
    with far.write(SHELL) as tx:
        tx.insert(Shop, code="S", name="theirs")
    before = contents(far)
    with pytest.raises(BadInput) as caught:
        move(full, far, TABLES, SHELL)
    assert caught.value.code == "move.taken"
    assert contents(far) == before


def test_somebody_who_works_meanwhile_stops_the_move(full: Store, far: Store) -> None:
    def worked(table: str, _rows: int) -> None:
        if table == "purchase":
            with full.write(SHELL) as tx:
                tx.insert(Shop, code=uuid.uuid4().hex[:8], name="new")

    with pytest.raises(StoreTrouble) as caught:
        move(full, far, TABLES, SHELL, worked)
    assert caught.value.code == "move.written"
    assert not any(contents(far).values())


def test_a_value_that_arrives_otherwise_stops_the_move(
    full: Store, far: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(sink: sa.Connection, table: sa.Table, rows: Iterator[Any]) -> None:
        stream(sink, table, rows)
        if table.name == "member":
            sink.exec_driver_sql("update member set name = name || ' ' where id = (select min(id) from member)")

    stream = moving._stream
    monkeypatch.setattr(moving, "_stream", lossy)
    with pytest.raises(StoreTrouble) as caught:
        move(full, far, TABLES, SHELL)
    assert caught.value.code == "move.differs"
    assert not any(contents(far).values())


def test_only_administrators_move(full: Store, far: Store) -> None:
    with pytest.raises(NotAllowed):
        move(full, far, TABLES, Actor("x", "x", Role.MANAGER, 1, 1))


def test_a_store_is_not_moved_onto_itself(full: Store) -> None:
    with pytest.raises(BadInput) as caught:
        move(full, full, TABLES, SHELL)
    assert caught.value.code == "move.itself"
