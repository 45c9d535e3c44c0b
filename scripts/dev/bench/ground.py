"""The ground that the benchmarks stand on: generated stores, kept between runs, and working copies of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.clock import FixedClock
from core.followups.planning import plan
from core.store.engine import SCHEMA_VERSION, Store
from scripts.dev.bench.year import live_a_year
from scripts.dev.generate import DEFAULT_DAY, generate

Kind = Literal["generated", "planned", "lived"]
"""A store with nothing planned, one with the day planned, one with a year of recovery and gifts behind it."""

MORNING = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
"""09:42 in Shanghai on the day the generated purchases end."""


@dataclass(frozen=True, slots=True)
class Ground:
    """How large the store is, where its files are, and how often small things are repeated."""

    members: int
    purchases: int
    folder: Path
    rounds: int

    @property
    def driver(self) -> str:
        """What core is compared with."""
        return "sqlite3"

    def smaller(self, members: int) -> Self:
        """The same ground with at most so many members."""
        return replace(self, members=min(members, self.members))

    def goal(self, in_a_file: float) -> float | None:
        """A goal that was set for stores in a file, where this is one."""
        return in_a_file

    def settle(self, store: Store) -> None:
        """What a database does by itself between two days."""

    def name(self, kind: Kind) -> str:
        """What a store of that kind is called as long as the tables are as they are."""
        return f"{self.stem(kind)}{SCHEMA_VERSION}-{_shape()}"

    def stem(self, kind: Kind) -> str:
        """How the name begins, whatever the tables."""
        return f"{kind}-{self.members}x{self.purchases}-"

    def file(self, kind: Kind) -> Path:
        """The SQLite store of that kind; made when first asked for."""
        file = self.folder / f"{self.name(kind)}.db"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            for older in self.folder.glob(f"{self.stem(kind)}*"):
                older.unlink()  # made for tables that have changed since, or half made
            partial = file.with_suffix(".making")
            _drop(partial)
            self._make(kind, partial)
            partial.rename(file)
            _drop(partial)
        return file

    def _make(self, kind: Kind, file: Path) -> None:
        if kind == "generated":
            generate(file, self.members, self.purchases, DEFAULT_DAY)
            return
        shutil.copy(self.file("generated"), file)
        if kind == "lived":
            live_a_year(file)
            return
        store = Store(f"sqlite:///{file}", FixedClock(MORNING))
        plan(store, SHELL)
        _close(store)

    @contextmanager
    def copy(self, kind: Kind) -> Iterator[Store]:
        """A store to write into, on the morning of the day; deleted afterwards."""
        of = self.file(kind)
        folder = Path(tempfile.mkdtemp(prefix="bench-", dir=self.folder))
        file = folder / "store.db"
        shutil.copy(of, file)
        store = Store(f"sqlite:///{file}", FixedClock(MORNING))
        try:
            yield store
        finally:
            store.close()
            shutil.rmtree(folder)


def _shape() -> str:
    """A name for the tables as they are now, so that a change makes new files."""
    import zlib

    from sqlalchemy.schema import CreateIndex, CreateTable

    from core.schema import METADATA

    text = "".join(
        str(CreateTable(table)) + "".join(str(CreateIndex(index)) for index in sorted(table.indexes, key=str))
        for table in METADATA.sorted_tables
    )
    return f"{zlib.crc32(text.encode()):08x}"


def _close(store: Store) -> None:
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def _drop(file: Path) -> None:
    for path in file.parent.glob(file.name + "*"):
        path.unlink()


def assistant(store: Store, code: str = "A00001") -> Actor:
    """A staff member of the generated store."""
    with store.read() as connection:
        row = connection.execute(
            sa.text("select id, name, role, store_id from staff where code = :code"), {"code": code}
        ).one()
    return Actor(code, row.name, Role(row.role), row.id, row.store_id)
