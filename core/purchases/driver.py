"""Statements for millions of rows, handed to the driver as it wants them.

What is left out is SQLAlchemy's work on every single row, which costs as much as the insert itself. `?` marks a
parameter on both databases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

AT_ONCE = 5000
"""So many keys go into one statement."""

T = TypeVar("T")
Prepare = Callable[[Any], Any]


def portions(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    remaining = iter(values)
    while some := list(islice(remaining, size)):
        yield some


def run_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement for each row of parameters, whose values are as the driver takes them."""
    if rows:
        connection.exec_driver_sql(_marked(connection, statement), list(rows))


def rows_in(connection: Connection, select: str, values: Sequence[Any], keys: Iterable[Any]) -> list[Any]:
    """The rows of `select`, which ends before the list of keys; its parameters are `values`, the list the keys."""
    found: list[Any] = []
    for some in portions(keys):
        statement = _marked(connection, f"{select} ({','.join('?' * len(some))})")
        found += connection.exec_driver_sql(statement, (*values, *some)).all()
    return found


def days_and_moments(connection: Connection) -> tuple[Prepare, Prepare]:
    """How days, and moments in UTC already, are handed to the driver; days repeat, so they are remembered."""
    dialect = connection.dialect
    day = sa.Date().dialect_impl(dialect).bind_processor(dialect)
    moment: Prepare | None = sa.DateTime(timezone=True).dialect_impl(dialect).bind_processor(dialect)
    if moment is not None and moment(_SAMPLE) == _iso_moment(_SAMPLE):
        moment = _iso_moment  # the same text, for a fifth of the time
    return lru_cache(maxsize=4096)(day) if day else _as_is, moment or _as_is


_SAMPLE = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def _iso_moment(value: datetime) -> str:
    return value.isoformat(" ", "microseconds")[:26]


def _as_is(value: Any) -> Any:
    return value


def _marked(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")
