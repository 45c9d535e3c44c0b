"""Statements that every call runs, handed to the driver as they are: of what the layers above it cost, nothing.

SQLAlchemy compiles such a statement once for each kind of database, with the types of what goes in and comes out;
running it then is the driver's own work, inside the same transaction and with the same troubles.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Turned = Callable[[Any], Any]
"""How a value is turned on its way into the database, or out of it."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one kind of database takes it."""

    text: str
    given: Mapping[str, Any]
    """Values that the statement itself brings."""
    into: tuple[tuple[str, Turned], ...]
    out: tuple[tuple[int, Turned], ...]
    row: Callable[[Iterable[Any]], Any]

    def bound(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parameters as the driver takes them."""
        bound = {**self.given, **values}
        for name, turned in self.into:
            bound[name] = turned(bound[name])
        return bound

    def read(self, found: Sequence[Any]) -> Any:
        """A row with its columns by name."""
        if self.out:
            values = list(found)
            for place, turned in self.out:
                values[place] = turned(values[place])
            return self.row(values)
        return self.row(found)


class Direct:
    """A statement for the paths on which a tenth of a millisecond counts; its rows are named tuples.

    `clause` must name its columns and their types (`giving`, or a select of columns) and hold no parameters that
    are part of the text (`fixed`). For an insert or update, `values` are the columns that get one.
    """

    __slots__ = ("_forms", "clause", "values")

    def __init__(self, clause: sa.Executable, values: Sequence[str] | None = None) -> None:
        self.clause = clause
        self.values = values
        self._forms: dict[str, _Form] = {}

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Every row."""
        form = self.form(connection.dialect)
        rows = _sent(connection, form.text, form.bound(values), _every)
        return [form.read(row) for row in rows]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any | None:
        """The first row, None where there is none."""
        form = self.form(connection.dialect)
        row = _sent(connection, form.text, form.bound(values), _one)
        return None if row is None else form.read(row)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows were written."""
        form = self.form(connection.dialect)
        count: int = _sent(connection, form.text, form.bound(values), _counted)
        return count

    def form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _compiled(self.clause, dialect, self.values)
        return form


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes, its values, and which row it is about."""

    row: object
    statement: Direct
    values: Mapping[str, Any]


def run_together(connection: Connection, writes: Sequence[Write]) -> None:
    """Run some writes as one statement of a server, which sees each of them as if it were alone.

    So none of them may need what another does, nor be about the same row; foreign keys are looked at in the end.
    """
    forms = [write.statement.form(connection.dialect) for write in writes]
    text, names = _joined(tuple(form.text for form in forms))
    values = {}
    for form, write, renamed in zip(forms, writes, names, strict=True):
        bound = form.bound(write.values)
        for name, other in renamed:
            values[other] = bound[name]
    _sent(connection, text, values, _counted)


@lru_cache(maxsize=512)
def _joined(texts: tuple[str, ...]) -> tuple[str, list[list[tuple[str, str]]]]:
    """The writes as one statement, and how its parameters are called: for each write (its name, the new one)."""
    parts = [_MARK.sub(rf"%(\1_{place})s", text) for place, text in enumerate(texts)]
    names = [[(name, f"{name}_{place}") for name in set(_MARK.findall(text))] for place, text in enumerate(texts)]
    *first, last = parts
    named = ", ".join(f"w{place} as ({part})" for place, part in enumerate(first))
    return (f"with {named} {last}" if named else last), names


_MARK = re.compile(r"%\((\w+)\)s")


def say(connection: Connection, text: str) -> None:
    """Send a text that gives no rows, such as BEGIN."""
    _sent(connection, text, None, _counted)


def say_each(connection: Connection, text: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a text of the driver's own for each of some rows of values."""
    _sent(connection, text, rows, _counted, many=True)


def _every(cursor: Any) -> Any:
    return cursor.fetchall()


def _one(cursor: Any) -> Any:
    return cursor.fetchone()


def _counted(cursor: Any) -> Any:
    return cursor.rowcount


def _sent(
    connection: Connection, text: str, values: Any, fetched: Callable[[Any], Any], *, many: bool = False
) -> Any:
    raw: Any = connection.connection.driver_connection
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, None, text, () if values is None else values, None, many)
    try:
        if many:
            cursor = raw.cursor()
            cursor.executemany(text, values)
        else:
            cursor = raw.execute(text) if values is None else raw.execute(text, values)
        return fetched(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, raw, text, error) from error


def _told(connection: Connection, raw: Any, text: str, error: Any) -> BaseException:
    """The driver's error as SQLAlchemy tells it, so that one place says what it means to a user."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, raw, None)
    told: BaseException = DBAPIError.instance(
        text,
        None,  # parameters may name people
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    if lost:
        connection.invalidate(error)
    return told


def _compiled(clause: sa.Executable, dialect: Dialect, values: Sequence[str] | None) -> _Form:
    compiled = clause.compile(dialect=dialect, column_keys=values)  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    assert not compiled.literal_execute_params
    binds = compiled.binds
    given = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
    for column in compiled.insert_prefetch:
        assert column.default is not None
        assert column.default.is_scalar, column
        given[column.key] = column.default.arg  # type: ignore[attr-defined]
    into = [(name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in binds.items()]
    columns = compiled._result_columns  # what the clause itself says it gives, in order
    out = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in columns]
    return _Form(
        text=compiled.string,
        given={name: value for name, value in given.items() if name in binds},
        into=tuple((name, turned) for name, turned in into if turned is not None),
        out=tuple((place, turned) for place, turned in enumerate(out) if turned is not None),
        row=_rows_of([one.keyname for one in columns]),
    )


def _rows_of(names: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    make: Callable[..., Any] = namedtuple  # its names are the statement's, which no type checker knows
    row = make("Row", names)
    made: Callable[[Iterable[Any]], Any] = row._make
    return made
