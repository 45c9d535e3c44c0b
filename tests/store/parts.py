"""Two databases with the same shops, one of them in parts (data/deploy), and what there is to see in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL

from core.base.clock import FixedClock
from core.base.language import catalogue
from core.base.rulebook import load_rulebook
from core.schema import METADATA
from core.store.engine import Store
from tests.scripts.conftest import NOW, Huifang, huifang  # noqa: F401

DEPLOY = Path(__file__).resolve().parents[2] / "data" / "deploy"
EN = catalogue("en")
TABLES = METADATA.sorted_tables
OWNER, TILL = "parts_owner", "parts_till"


@contextmanager
def raw(store: Store) -> Iterator[psycopg.Connection[Any]]:
    """The server without Huifang between."""
    address = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def run(store: Store, name: str) -> None:
    """Run one of the shipped files as the database user of that store."""
    with raw(store) as connection:
        connection.execute((DEPLOY / name).read_text(encoding="utf-8"))


def asked(store: Store, text: str) -> list[tuple[Any, ...]]:
    with raw(store) as connection:
        return connection.execute(text).fetchall()


def parts(store: Store, table: str) -> list[str]:
    return [row[0] for row in asked(store, f"select relid::text from pg_partition_tree('{table}') where isleaf")]


def rows(store: Store, kind: Any) -> list[str]:
    """A table's rows, in an order of their own."""
    with store.read() as c:
        return sorted(str(tuple(row)) for row in c.execute(sa.select(kind.__table__)))


def belongings(store: Store) -> list[tuple[Any, ...]]:
    """What both tables have beside their rows, but for the store in the purchases' key."""
    two = "in ('purchase'::regclass, 'audit_entry'::regclass)"
    texts = (
        f"""select attrelid::regclass::text, attnum, attname::text, format_type(atttypid, atttypmod), attnotnull,
            pg_get_expr(adbin, adrelid) from pg_attribute
            left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid {two} and attnum > 0""",
        f"""select conname::text, pg_get_constraintdef(oid)
            from pg_constraint where conrelid {two} and contype <> 'n'""",
        f"""select indexrelid::regclass::text, indisunique, indisvalid,
            replace(pg_get_indexdef(indexrelid), ' ONLY ', ' ') from pg_index where indrelid {two}""",
        f"select tgname::text, pg_get_triggerdef(oid) from pg_trigger where tgrelid {two} and not tgisinternal",
        f"""select c.oid::regclass::text, pg_get_userbyid(relowner)::text, pg_get_userbyid(grantee)::text,
            privilege_type from pg_class c, aclexplode(relacl) where c.oid {two} and grantee <> relowner""",
        "select pg_get_serial_sequence('purchase', 'id'), pg_get_serial_sequence('audit_entry', 'id')",
    )
    found = [tuple(str(value) for value in row) for text in texts for row in asked(store, text)]
    return sorted(tuple(value.replace("(id, store_id)", "(id)") for value in row) for row in found)


class Ground:
    """A server with the demo's shops in one database, whole, and in another, in parts."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self._admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")

    def do(self, *texts: str) -> None:
        with self._admin.connect() as connection:
            for text in texts:
                connection.exec_driver_sql(text)

    def close(self) -> None:
        self._admin.dispose()

    def store(self, name: str, clock: FixedClock, user: str = OWNER) -> Store:
        url = self.server.set(database=name, username=user)
        return Store(url.render_as_string(hide_password=False), clock, load_rulebook())

    @contextmanager
    def database(self, like: str, clock: FixedClock) -> Iterator[Store]:
        """A copy of a database, dropped afterwards."""
        name = f"p{uuid.uuid4().hex[:12]}"
        self.do(f"create database {name} template {like} owner {OWNER}")
        store = self.store(name, clock)
        try:
            yield store
        finally:
            store.close()
            self.do(f"drop database {name} with (force)")
