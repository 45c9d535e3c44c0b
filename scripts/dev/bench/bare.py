"""A store's database without core in between: sqlite3 or psycopg alone, with the settings that core gives them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from core.store.engine import Store
from core.store.server import PREPARED_AFTER

_WRITES = re.compile(r"\b(insert|update|delete)\b")  # and `select ... for update`
_MARKS = re.compile(r"(?<![:\w]):(\w+)")

Statement = tuple[str, Any, bool]
"""A statement as the driver got it, its parameters, and whether they are many."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A connection of the driver's own; every statement stands for itself until BEGIN is said."""

    raw: Any
    is_sqlite: bool

    @property
    def begin(self) -> str:
        """How a write transaction begins."""
        return "BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN"

    def spelt(self, text: str) -> str:
        """A statement with `?` or `:name` for its parameters, as the driver marks them."""
        return text if self.is_sqlite else _MARKS.sub(r"%(\1)s", text.replace("?", "%s"))

    def days(self, values: Iterable[Any]) -> tuple[Any, ...]:
        """Values with their days as the driver takes them."""
        return tuple(str(value) if self.is_sqlite and isinstance(value, date) else value for value in values)

    def run(self, text: str, parameters: Any = (), many: bool = False) -> list[Any]:
        """Run a statement as the driver takes it, and fetch what it gives."""
        if many:
            self.raw.cursor().executemany(text, parameters)
            return []
        cursor = self.raw.execute(text, parameters)
        return cursor.fetchall() if cursor.description else []

    def replay(self, statements: Sequence[Statement]) -> None:
        """Run what was noted, in its order."""
        for text, parameters, many in statements:
            self.run(text, parameters, many)


@contextmanager
def bare(store: Store) -> Iterator[Bare]:
    """A bare connection to the store's database."""
    with closing(_file(store) if store.is_sqlite else server(store.url)) as raw:
        yield Bare(raw, store.is_sqlite)


def _file(store: Store) -> Any:
    raw = sqlite3.connect(store.where, isolation_level=None)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-16000", "temp_store=MEMORY"):
        raw.execute(f"PRAGMA {pragma}")
    return raw


def server(url: sa.URL) -> Any:
    """A connection of psycopg's own, which prepares what it repeats as core's do."""
    import psycopg

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    raw = psycopg.connect(address, autocommit=True, prepare_threshold=PREPARED_AFTER)
    raw.execute("set timezone to 'UTC'")
    raw.execute("set synchronous_commit to on")
    return raw


@contextmanager
def noted(store: Store) -> Iterator[list[Statement]]:
    """What core says to the database meanwhile, as the driver gets it."""
    statements: list[Statement] = []

    def note(_c: Any, _cursor: Any, text: str, parameters: Any, _context: Any, many: bool) -> None:
        statements.append((text, parameters, many))

    def ended(word: str) -> Callable[[Any], None]:
        return lambda _c: statements.append((word, (), False))

    listeners: dict[str, Callable[..., None]] = {
        "before_cursor_execute": note,
        "commit": ended("COMMIT"),
        "rollback": ended("ROLLBACK"),
    }
    for name, listener in listeners.items():
        event.listen(store.engine, name, listener)
    try:
        yield statements
    finally:
        for name, listener in listeners.items():
            event.remove(store.engine, name, listener)


def writing(statements: Sequence[Statement]) -> list[Statement]:
    """The locks and writes among them, with the transactions they stand in."""
    kept: list[Statement] = []
    inside = False
    for statement in statements:
        text = statement[0].strip().lower()
        begins = text.startswith(("begin immediate", "begin; set"))
        ends = inside and text in ("commit", "rollback")
        if begins or ends or _WRITES.search(text):
            kept.append(statement)
            inside = (inside or begins) and not ends
    return kept
