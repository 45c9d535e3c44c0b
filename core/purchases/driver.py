"""Statements for millions of rows, handed to the driver as it wants them.

SQLAlchemy still words them for each database; what is left out is its work on every single row, which costs
as much as the insert itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

AT_ONCE = 5000
"""So many keys go into one statement."""

T = TypeVar("T")
Prepare = Callable[[Any], Any]


def portions(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    remaining = iter(values)
    while some := list(islice(remaining, size)):
        yield some


def run_many(connection: Connection, statement: sa.UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
    """Run a statement for each row of parameters, whose values are as the driver takes them."""
    compiled: Any = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names: list[str] | None = compiled.positiontup
    if names is None:
        connection.exec_driver_sql(str(compiled), rows)
    else:
        connection.exec_driver_sql(str(compiled), list(map(itemgetter(*names), rows)))


def rows_in(connection: Connection, select: str, values: Sequence[Any], keys: Sequence[Any]) -> list[Any]:
    """The rows of `select`, which ends before the list of keys; its `?` take `values`, the list the keys."""
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    found: list[Any] = []
    for some in portions(keys):
        marks = ",".join([mark] * len(some))
        statement = f"{select.replace('?', mark)} ({marks})"
        found += connection.exec_driver_sql(statement, (*values, *some)).all()
    return found


def prepared(dialect: Dialect, kind: sa.types.TypeEngine[Any]) -> Prepare | None:
    """What the driver needs done to a value of that type, None for nothing."""
    return kind.dialect_impl(dialect).bind_processor(dialect)
