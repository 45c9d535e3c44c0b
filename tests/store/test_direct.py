"""Statements handed to the driver as they are: the same values, order and troubles as the long way has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.errors import Conflict, StoreTrouble
from core.people.tables import Cover, Staff
from core.people.tables import Store as Shop
from core.store.direct import Direct, Write, run_together
from core.store.engine import Store
from core.store.troubles import Undone

COVER: sa.Table = Cover.__table__  # type: ignore[attr-defined]
SHOP: sa.Table = Shop.__table__  # type: ignore[attr-defined]
FIELDS = ("away_id", "substitute_id", "from_on", "until_on", "ended_at", "why")
ADD = Direct(sa.insert(COVER), values=("id", *FIELDS))
ALL = Direct(sa.select(COVER).order_by(COVER.c.id))
NAME = Direct(sa.update(SHOP).where(SHOP.c.id == sa.bindparam("key_")), values=("name", "key_"))
SHOPS = Direct(sa.select(SHOP.c.code, SHOP.c.name).order_by(SHOP.c.code))
BY_DAY = Direct(sa.select(COVER.c.id).where(COVER.c.until_on >= sa.bindparam("day")))

ROWS: list[dict[str, Any]] = [
    {
        "id": 1,
        "away_id": 1,
        "substitute_id": 2,
        "from_on": date(2026, 2, 28),
        "until_on": date(2026, 3, 1),
        "ended_at": datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8))),
        "why": "发烧 50% %s %(day)s :day ' \" \\",
    },
    {
        "id": 2,
        "away_id": 2,
        "substitute_id": None,
        "from_on": date(2026, 5, 1),
        "until_on": date(2026, 5, 1),
        "ended_at": None,
        "why": "",
    },
]


@pytest.fixture
def people(store: Store) -> Store:
    """Two colleagues of a shop."""
    with store.write(SHELL) as tx:
        shop = tx.insert(Shop, code="S1", name="one")
        for code in ("A", "B"):
            tx.insert(Staff, code=code, name=code, role="assistant", store_id=shop, joined_on=date(2020, 1, 1))
    return store


def test_values_come_and_go_as_the_long_way_has_them(people: Store) -> None:
    with people.write(SHELL) as tx:
        assert [ADD.run(tx.connection, row) for row in ROWS] == [1, 1]
    with people.read() as c:
        long_way = [tuple(row) for row in c.execute(sa.select(COVER).order_by(COVER.c.id))]
        short = ALL.all(c, {})
        found = ALL.first(c, {})
        late = BY_DAY.all(c, {"day": date(2026, 3, 2)})
    assert [tuple(row) for row in short] == long_way
    assert [{name: getattr(row, name) for name in ROWS[0]} for row in short] == ROWS
    assert short[0].ended_at.tzinfo is UTC
    assert found == short[0]
    assert [row.id for row in late] == [2]


def test_no_row_is_none(people: Store) -> None:
    with people.read() as c:
        assert ALL.first(c, {}) is None
        assert ALL.all(c, {}) == []


def test_a_value_that_was_forgotten_is_a_fault_of_the_program(people: Store) -> None:
    with people.read() as c, pytest.raises((KeyError, sa.exc.DBAPIError)):
        BY_DAY.all(c, {})


def test_a_key_that_is_there_already_is_a_conflict(people: Store) -> None:
    with pytest.raises(Conflict), people.write(SHELL) as tx:
        for _ in range(2):
            ADD.run(tx.connection, ROWS[1])
    with people.read() as c:
        assert ALL.all(c, {}) == []


def test_what_is_no_table_is_no_store(people: Store) -> None:
    nowhere = Direct(sa.select(sa.table("nowhere", sa.column("id")).c.id))
    with pytest.raises(StoreTrouble) as caught, people.read() as c:
        nowhere.all(c, {})
    assert caught.value.code == "store.missing"


def test_a_connection_that_was_cut_is_undone_and_replaced(people: Store) -> None:
    if people.is_sqlite:
        pytest.skip("a file cuts nobody off")
    with pytest.raises(Undone), people.write(SHELL) as tx:
        (process,) = tx.connection.execute(sa.text("select pg_backend_pid()")).one()
        with people.engine.connect() as other:
            other.execute(sa.text("select pg_terminate_backend(:process, 5000)"), {"process": process})
        ALL.all(tx.connection, {})
    with people.read() as c:
        assert ALL.all(c, {}) == []


def test_errors_name_no_values(people: Store, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Conflict) as caught, people.write(SHELL) as tx:
        for _ in range(2):
            ADD.run(tx.connection, {**ROWS[1], "why": "13812345678"})
    cause = caught.value.__cause__
    assert isinstance(cause, sa.exc.IntegrityError)
    assert cause.params is None
    assert "13812345678" not in caplog.text


def test_later_writes_are_seen_by_whatever_reads(people: Store) -> None:
    with people.write(SHELL) as tx:
        tx.later(Shop, 1, NAME, {"name": "two", "key_": 1})
        assert [row.name for row in SHOPS.all(tx.connection, {})] == ["two"]
        tx.later(Shop, 1, NAME, {"name": "three", "key_": 1})
        tx.later(Shop, 1, NAME, {"name": "four", "key_": 1})  # of the same row: in their order
        shop = tx.session.get(Shop, 1)
        assert shop is not None
        assert shop.name == "four"
        tx.later(Shop, 1, NAME, {"name": "five", "key_": 1})
    with people.read() as c:
        assert [row.name for row in SHOPS.all(c, {})] == ["five"]


def test_later_writes_of_a_transaction_without_entries_are_kept(people: Store) -> None:
    with people.write(SHELL) as tx:
        before = tx.connection.execute(sa.text("select count(*) from audit_entry")).scalar_one()
        tx.later(Shop, 1, NAME, {"name": "two", "key_": 1})
    with people.read() as c:
        assert [row.name for row in SHOPS.all(c, {})] == ["two"]
        assert c.execute(sa.text("select count(*) from audit_entry")).scalar_one() == before


def test_an_undone_transaction_keeps_none_of_them(people: Store) -> None:
    with pytest.raises(RuntimeError), people.write(SHELL) as tx:
        tx.later(Shop, 1, NAME, {"name": "two", "key_": 1})
        raise RuntimeError("stop")
    with people.read() as c:
        assert [row.name for row in SHOPS.all(c, {})] == ["one"]


def test_a_row_and_what_refers_to_it_go_together(people: Store) -> None:
    """Foreign keys are looked at when all of it is written."""
    if people.is_sqlite:
        pytest.skip("a file is written row by row")
    staff: sa.Table = Staff.__table__  # type: ignore[attr-defined]
    given = {"id": 9, "code": "C", "name": "C", "role": "assistant", "store_id": 1, "joined_on": date(2020, 1, 1)}
    with people.write(SHELL) as tx:
        run_together(
            tx.connection,
            [
                Write(1, ADD, {**ROWS[0], "away_id": 9}),
                Write(2, ADD, {**ROWS[1], "substitute_id": 9}),
                Write(3, Direct(sa.insert(staff), values=tuple(given)), given),
            ],
        )
    with people.read() as c:
        assert [(row.away_id, row.substitute_id, row.why) for row in ALL.all(c, {})] == [
            (9, 2, ROWS[0]["why"]),
            (2, 9, ""),
        ]
