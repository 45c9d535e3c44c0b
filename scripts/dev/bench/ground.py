"""The ground that the benchmarks stand on: generated stores, kept between runs, and working copies of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.clock import FixedClock
from core.followups.planning import plan
from core.store.engine import SCHEMA_VERSION, Store
from scripts.dev.generate import DEFAULT_DAY, generate

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
    def pristine(self) -> Path:
        """The generated store with nothing planned; made when first asked for."""
        return self._made("generated", self._generate)

    @property
    def planned(self) -> Path:
        """The generated store with the day planned."""
        return self._made("planned", self._plan)

    def _made(self, name: str, make: object) -> Path:
        file = self.folder / f"{name}-{self.members}x{self.purchases}-{SCHEMA_VERSION}-{_shape()}.db"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            for older in self.folder.glob(f"{name}-{self.members}x{self.purchases}-*.db*"):
                older.unlink()  # made for tables that have changed since
            partial = file.with_suffix(".making")
            _drop(partial)
            assert callable(make)
            make(partial)
            partial.rename(file)
            _drop(partial)
        return file

    def _generate(self, file: Path) -> None:
        generate(file, self.members, self.purchases, DEFAULT_DAY)

    def _plan(self, file: Path) -> None:
        shutil.copy(self.pristine, file)
        store = Store(f"sqlite:///{file}", FixedClock(MORNING))
        plan(store, SHELL)
        _close(store)

    @contextmanager
    def copy(self, of: Path) -> Iterator[Store]:
        """A store to write into, on the morning of the day; deleted afterwards."""
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
