"""Migrations make exactly the tables of the code, on both databases, from every version, also two at once."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import URL

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import Conflict, StoreTrouble
from core.calls.tables import Raised
from core.schema import APPEND_ONLY, METADATA
from core.store import migrate
from core.store.check import check
from core.store.engine import SCHEMA_VERSION, Store
from tests.store.test_conditions import ROOT

VERSIONS = sorted(
    path.stem.removeprefix("v")
    for path in (Path(migrate.__file__).with_name("migrations") / "versions").glob("v*.py")
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """A place for a store with nothing in it, on each database."""
    if request.param == "sqlite":
        (tmp_path / "empty.db").touch()
        store = Store(f"sqlite:///{tmp_path / 'empty.db'}", clock)
        yield store
        store.close()
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"e{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template template0")
    store = Store(server.set(database=name).render_as_string(hide_password=False), clock)
    yield store
    store.close()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name}")
    admin.dispose()


def differences(store: Store) -> list[Any]:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))


def shape(store: Store) -> dict[str, Any]:
    """Everything the database itself says of its tables, in comparable form."""
    with store.read() as connection:
        inspector = sa.inspect(connection)
        return {
            table: {
                "columns": sorted(
                    (c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)
                ),
                "key": inspector.get_pk_constraint(table)["constrained_columns"],
                "checks": sorted(
                    (c["name"], c["sqltext"].lower()) for c in inspector.get_check_constraints(table)
                ),
                "uniques": sorted(tuple(c["column_names"]) for c in inspector.get_unique_constraints(table)),
                "foreign": sorted(
                    (tuple(c["constrained_columns"]), c["referred_table"])
                    for c in inspector.get_foreign_keys(table)
                ),
                "indexes": sorted(
                    (str(c["name"]), str(c["column_names"]), bool(c["unique"]), partial(c))
                    for c in inspector.get_indexes(table)
                ),
            }
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }


def partial(index: Any) -> str:
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", ""))).strip("()").lower()


def test_the_migrations_make_the_tables_of_the_code(empty: Store) -> None:
    migrate.init(empty)
    assert differences(empty) == []
    migrated = shape(empty)
    assert set(migrated) == set(METADATA.tables)
    with empty.engine.begin() as connection:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
    assert shape(empty) == migrated


def test_the_append_only_tables_are_the_ones_checked(store: Store) -> None:
    assert set(APPEND_ONLY) <= set(METADATA.tables)
    assert check(store).findings == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_store_is_upgraded_with_its_rows(empty: Store, version: str) -> None:
    migrate._run(empty, version)
    with empty.engine.begin() as connection:
        shop = sa.Table("store", sa.MetaData(), autoload_with=connection)
        values = {
            column.name: 1
            if isinstance(column.type, sa.Integer)
            else True
            if column.type.python_type is bool
            else "x"
            for column in shop.columns
            if not column.nullable
        }
        connection.execute(sa.insert(shop), values)
    assert migrate.upgrade(empty) == (version, SCHEMA_VERSION)
    empty.verify()
    assert differences(empty) == []
    assert check(empty).findings == ()
    with empty.read() as connection:
        assert connection.exec_driver_sql("select id, name from store").all() == [(1, "x")]


FIRST_ROWS = (
    """insert into member (id, number, name, status, store_id, consent_call, dialable, social_reach, joined_on,
    last_on, purchase_count, amount_total, completeness, rest_reason, last_promise, best_time, gender,
    birth_calendar, email,
    wechat, age_band, occupation, address, source, referrer, card_number, preferences, body_size, personality,
    interests, anniversaries, consent_sms, consent_email, evaluation, version, created_at, updated_at)
    values (1, '1', '李雷', 'active', 1, true, true, false, '2026-01-05', '2026-01-05', 0, 0, 0, '', '', '', '',
    'solar', '', '', '', '', '', '', '', '', '', '', '', '', '', true, true, '', 1,
    '2026-01-05 01:00:00+00:00', '2026-01-05 01:00:00+00:00')""",
    """insert into raised (member_id, kind, category, matter, urgency, store_id, promised_on, raised_at,
    withdrawn_at, version) values
    (1, 'problem', '', '灯太暗', 'normal', 1, '2026-02-01', '2026-01-06 01:02:03.000004+00:00', null, 3),
    (1, 'complaint', 'goods', '领口开线', 'urgent', 1, null, '2026-01-07 01:00:00+00:00',
    '2026-01-08 01:00:00+00:00', 2)""",
)
"""What a member had raised before anything raised had a state."""


def test_what_was_raised_before_has_its_state(empty: Store) -> None:
    migrate._run(empty, "0001")
    with empty.engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into store (id, code, name, city, time_zone, works_weekends, version)"
            " values (1, 'S1', '南京路店', '', 'Asia/Shanghai', true, 1)"
        )
        for row in FIRST_ROWS:
            text = row.replace("+00:00", "") if empty.is_sqlite else row
            connection.exec_driver_sql(text)
    migrate.upgrade(empty)
    with empty.write(SHELL) as tx:
        tx.insert(
            Raised, member_id=1, kind="suggestion", category="", matter="早点开门", store_id=1, raised_at=tx.now
        )
    with empty.read() as connection:
        rows = connection.execute(sa.select(Raised.__table__).order_by(Raised.__table__.c.id)).mappings().all()  # type: ignore[attr-defined]
    first, second, third = rows
    assert (first["matter"], first["state"], first["version"], first["promised_on"]) == (
        "灯太暗", "open", 3, date(2026, 2, 1),
    )  # fmt: skip
    assert first["raised_at"] == datetime(2026, 1, 6, 1, 2, 3, 4, tzinfo=UTC)
    assert (second["state"], second["urgency"], second["channel"]) == ("withdrawn", "urgent", "call")
    assert third["id"] > second["id"]
    assert check(empty).findings == ()
    for wrong in (
        "state = 'lost'",
        "kind = 'wish'",
        "member_id = null",
        "closed_at = raised_at",
        "member_id = 77",
    ):
        with pytest.raises((sa.exc.IntegrityError, Conflict, StoreTrouble)), empty.write(SHELL) as tx:
            tx.connection.exec_driver_sql(f"update raised set {wrong} where id = {first['id']}")


INIT = """
import sys
from alembic import command
from core.store import migrate
from core.store.engine import Store
store = Store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate.upgrade(store) if sys.argv[2] == "upgrade" else migrate.init(store)
store.verify()
"""


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["init", "upgrade"])
def test_two_terminals_at_once_make_one_store(empty: Store, deed: str) -> None:
    if deed == "upgrade":
        with empty.engine.begin() as connection:
            connection.exec_driver_sql("create table alembic_version (version_num varchar(32) not null)")
    children = [
        subprocess.Popen(
            [sys.executable, "-c", INIT, empty.url.render_as_string(hide_password=False), deed],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate()[1] for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    assert differences(empty) == []
    assert check(empty).findings == ()


def test_opening_a_store_never_imports_alembic() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, core.schema, core.store.check; print('alembic' in sys.modules)"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


def test_what_is_open_is_put_into_its_place_in_a_list(empty: Store) -> None:
    """Migration 0007 gives open follow-ups their programme's rank and their member's class and number."""
    migrate._run(empty, "0006")
    with empty.engine.begin() as connection:
        put(connection, "store", id=1, code="S1")
        born = {"birth_calendar": "solar", "store_id": 1, "status": "active"}
        put(connection, "member", id=1, number="M1", value_class="B", **born)
        put(connection, "member", id=2, number="M2", value_class=None, **born)
        open_one = {"store_id": 1, "assignee_id": None, "state": "open", "closed_at": None, "closed_by": None}
        put(connection, "follow_up", id=1, member_id=1, programme="callback", cycle="a", **open_one)
        put(connection, "follow_up", id=2, member_id=2, programme="monthly", cycle="b", **open_one)
    migrate.upgrade(empty)
    with empty.read() as c:
        found = c.execute(sa.text("select id, rank, order_key from follow_up order by id")).all()
    assert [tuple(row) for row in found] == [(1, 10, "2M1"), (2, 80, "4M2")]


def put(connection: sa.Connection, name: str, **values: Any) -> None:
    """A row of a table as it was then; columns that must hold something hold anything."""
    anything = {int: 1, bool: True, str: "", date: date(2026, 1, 1), datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    filled = {column.name: anything[column.type.python_type] for column in table.columns if not column.nullable}
    connection.execute(sa.insert(table), {**filled, **values})
