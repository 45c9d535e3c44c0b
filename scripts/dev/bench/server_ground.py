"""The same ground on PostgreSQL: each kind of store a database that is kept, and copied by the server itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from os import getpid
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.followups.planning import plan
from core.schema import METADATA
from core.store import migrate
from core.store.engine import Store
from scripts.dev.bench.bare import Bare, bare, server
from scripts.dev.bench.ground import MORNING, Ground, Kind
from scripts.dev.cluster import running

SETTINGS = {
    "fsync": "on",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
}
"""A server as somebody sets it up who gives it a small machine; all else is as PostgreSQL comes."""

_COPIES = count()
_LINES = 2_000


@dataclass(frozen=True, slots=True)
class ServerGround(Ground):
    """Databases of a server, whose URL names a superuser: databases are made, and loaded without checks."""

    server: sa.URL

    @property
    def driver(self) -> str:
        return "psycopg"

    def goal(self, in_a_file: float) -> float | None:
        return None

    def settle(self, store: Store) -> None:
        self._do("vacuum (analyze)", database=store.url.database)

    @contextmanager
    def copy(self, kind: Kind) -> Iterator[Store]:
        name = f"bench_copy_{getpid()}_{next(_COPIES)}"
        self._copy(self.database(kind), name)
        store = Store(self._url(name), FixedClock(MORNING))
        try:
            yield store
        finally:
            store.close()
            self._do(f"drop database {name} with (force)")

    def database(self, kind: Kind) -> str:
        """The database of that kind; made when first asked for."""
        name = f'"{self.name(kind)}"'
        if self._do("select 1 from pg_database where datname = %s", (self.name(kind),)):
            return name
        listed = "select datname from pg_database where starts_with(datname, %s)"
        for (older,) in self._do(listed, (self.stem(kind),)):
            self._do(f'drop database "{older}" with (force)')  # made for tables that have changed, or half made
        making = f"{self.name(kind)}-making"
        self._make_on_server(kind, making)
        self._do(f'alter database "{making}" rename to {name}')
        return name

    def _make_on_server(self, kind: Kind, name: str) -> None:
        if kind == "planned":
            self._copy(self.database("generated"), f'"{name}"')
        else:
            self._do(f'create database "{name}"')
        store = Store(self._url(name), FixedClock(MORNING))
        if kind == "planned":
            plan(store, SHELL)
        else:
            migrate.init(store)
            load(self.file(kind), store)
        store.close()
        self._do("vacuum (analyze)", database=name)

    def _copy(self, of: str, to: str) -> None:
        self._do(f"create database {to} template {of} strategy file_copy")

    def _url(self, database: str) -> str:
        return self.server.set(database=database).render_as_string(hide_password=False)

    def _do(self, text: str, values: Sequence[Any] = (), database: str | None = None) -> list[Any]:
        """Have the server do something outside of a transaction."""
        with closing(server(self.server.set(database=database or self.server.database))) as raw:
            return Bare(raw, is_sqlite=False).run(text, values)


def load(file: Path, store: Store) -> None:
    """Copy every row of a generated SQLite store into an empty one on a server, in the server's own text form.

    The rows keep every rule already (`huifang check`), so that foreign keys are not tried again. None of the texts
    that are generated has a character that the form would need marked.
    """
    with closing(sqlite3.connect(file)) as source, bare(store) as sink:
        sink.run("set session_replication_role to replica")
        for table in METADATA.sorted_tables:
            names = [f'"{column.name}"' for column in table.columns]
            line = " || char(9) || ".join(rf"coalesce({name}, '\N')" for name in names)
            rows = source.execute(f'select {line} || char(10) from "{table.name}"')
            with sink.raw.cursor().copy(f'copy "{table.name}" ({", ".join(names)}) from stdin') as copy:
                while some := rows.fetchmany(_LINES):
                    copy.write("".join(line for (line,) in some))
            key = next(iter(table.primary_key.columns))
            if isinstance(key.type, sa.Integer):
                sink.run(
                    f"select setval(pg_get_serial_sequence('\"{table.name}\"', '{key.name}'), max(\"{key.name}\"))"
                    f' from "{table.name}"'
                )


@contextmanager
def on_server(ground: Ground, database: str) -> Iterator[ServerGround]:
    """The ground on the server of that URL, or for "postgres" on one of its own, whose data stay in the folder."""
    given = (ground.members, ground.purchases, ground.folder, ground.rounds)
    if database != "postgres":
        yield ServerGround(*given, sa.make_url(database))
        return
    home = ground.folder / "server"
    home.mkdir(parents=True, exist_ok=True)
    with running(home, **SETTINGS) as cluster:
        yield ServerGround(*given, sa.make_url(cluster.url()))
        cluster.stop()  # not as a crash, of which `running` makes sure
