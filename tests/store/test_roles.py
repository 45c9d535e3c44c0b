"""The terminals' role on PostgreSQL: enough for a shop's whole work, and no hold on what is kept for good."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import BadInput, StoreTrouble
from core.base.language import catalogue
from core.base.rulebook import load_rulebook
from core.insight.proof import verify_all
from core.schema import APPEND_ONLY, METADATA
from core.store import migrate
from core.store.check import check
from core.store.engine import Store
from core.store.roles import grant, statements
from core.store.seals import seal
from scripts import demo

ROLE = "huifang_app"
TABLES = METADATA.sorted_tables


@pytest.fixture
def owned(postgresql_server: URL, clock: FixedClock) -> Iterator[Store]:
    """A store whose owner is no superuser, with the terminals' role and one login in it."""
    name = f"r{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create role {name}_owner login createrole")
        connection.exec_driver_sql(f"create database {name} owner {name}_owner")
    url = postgresql_server.set(database=name, username=f"{name}_owner")
    store = Store(url.render_as_string(hide_password=False), clock, load_rulebook())
    migrate.init(store)
    grant(store, TABLES)
    with store.engine.connect() as connection:
        connection.exec_driver_sql(f"create role {name}_till login in role {ROLE}")
        connection.commit()
    yield store
    store.close()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
        for role in (f"{name}_till", ROLE, f"{name}_owner"):
            connection.exec_driver_sql(f"drop role {role}")
    admin.dispose()


@pytest.fixture
def till(owned: Store) -> Iterator[Store]:
    """The store as a terminal has it."""
    url = owned.url.set(username=f"{owned.url.database}_till")
    store = Store(url.render_as_string(hide_password=False), owned.clock, owned.rulebook)
    yield store
    store.close()


def test_a_terminal_does_a_shops_whole_work(till: Store, clock: FixedClock) -> None:
    demo.make(till.url.render_as_string(hide_password=False), clock.now(), catalogue("en"))  # imports to handovers
    clock.advance(days=1)
    assert seal(till, SHELL).number > 0
    assert check(till).findings == ()
    assert verify_all(till).ok
    with till.read() as connection:
        for table in ("purchase", "call", "handover_step", "raised_step", "seal"):
            assert connection.exec_driver_sql(f'select count(*) from "{table}"').scalar_one() > 0


def test_a_terminal_cannot_touch_what_is_kept_for_good(owned: Store, till: Store) -> None:
    with psycopg.connect(till.url.set(drivername="postgresql").render_as_string(), autocommit=True) as raw:
        for table in APPEND_ONLY:
            raw.execute(f'select count(*) from "{table}"')
            for text in (
                f'update "{table}" set {METADATA.tables[table].columns.keys()[-1]} = null',
                f'delete from "{table}"',
                f'truncate "{table}" cascade',
                f'drop trigger {table}_append_only on "{table}"',
                f'alter table "{table}" disable trigger all',
                f'alter table "{table}" add column more text',
                f'drop table "{table}" cascade',
                f'create rule nothing as on insert to "{table}" do instead nothing',
                f'create trigger mine before insert on "{table}" execute function huifang_append_only()',
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    raw.execute(text)
        for text in (
            "create or replace function huifang_append_only() returns trigger language sql as 'select null'",
            "create table mine (id int)",
            "update alembic_version set version_num = '9999'",
            "set session_replication_role = replica",
            "truncate member cascade",
            f"set role {owned.url.username}",
        ):
            with pytest.raises(psycopg.Error):
                raw.execute(text)
        raw.execute(f"grant all on audit_entry to {ROLE}")  # of which the server only warns
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute("delete from audit_entry")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute("begin; lock table audit_entry in exclusive mode")


def test_every_table_is_granted(owned: Store, till: Store) -> None:
    right = sa.text("select has_table_privilege(:table, :right)")
    with till.read() as connection:
        tables = {*sa.inspect(connection).get_table_names()} - {"alembic_version"}
        assert tables == {table.name for table in TABLES}
        for table in tables:
            for name in ("select", "insert", "update", "delete", "truncate", "trigger", "references"):
                may = connection.execute(right, {"table": f'"{table}"', "right": name}).scalar_one()
                assert may is (
                    name in ("select", "insert") or (name in ("update", "delete") and table not in APPEND_ONLY)
                ), (table, name)


def test_granting_again_changes_nothing(owned: Store) -> None:
    grant(owned, TABLES)
    assert check(owned).findings == ()


def test_who_may_not_grant_is_told_what_to_do(till: Store) -> None:
    with pytest.raises(StoreTrouble) as caught:
        grant(till, TABLES)
    assert caught.value.code == "roles.refused"


def test_a_file_has_no_roles(lite: Store) -> None:
    with pytest.raises(StoreTrouble) as caught:
        grant(lite, TABLES)
    assert caught.value.code == "roles.sqlite"


@pytest.mark.parametrize("name", ["", "a; drop table member", 'x"', "大", "A"])
def test_a_name_is_no_sql(name: str) -> None:
    with pytest.raises(BadInput):
        statements(TABLES, name)
