"""Rows of append-only tables as their seals see them: keys, one canonical text, digests.

A row's text is the same on SQLite and on PostgreSQL: moments in UTC with six decimals, days as ISO, yes and no
as 1 and 0. Only legible values are compared, not types: the tables are read as text, without the ORM.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from core.base.clock import at, business_day

GRACE = timedelta(hours=1)
"""How long after midnight a write that began the day before may still arrive."""

AUDIT = "audit_entry"
_FOLLOWS = {"call_purpose": "call"}
_MARK = 8  # bytes of a row's digest that are kept for naming it; the whole part has a full digest
_AT_ONCE = 500

_BETWEEN = "\n"  # JSON writes it within no string, so that the rows of a batch can be told apart
_encode = json.JSONEncoder(
    ensure_ascii=True, separators=(_BETWEEN, ":"), default=lambda value: bytes(value).hex()
).encode


@dataclass(frozen=True, slots=True)
class Kept:
    """An append-only table. The audit trail is sealed in the order of its numbers, the others by its entries that
    say a row of their `spine` was added: its order is the one in which all was committed."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    numbered: bool
    key_is_number: bool
    spine: str
    _shown: dict[str, str]

    def select(self, columns: Sequence[str]) -> sa.Select[Any]:
        """A query of the key's columns and then `columns`, as canonical values."""
        names = (*self.key, *columns)
        shown: list[sa.ColumnElement[Any]] = [
            sa.literal_column(self._shown[name]).label(f"c{place}") for place, name in enumerate(names)
        ]
        return sa.select(*shown).select_from(sa.table(self.name))

    @property
    def first_key(self) -> sa.ColumnClause[Any]:
        """The key's first column: the number, or what names the spine's row."""
        return sa.column(self.key[0], sa.BigInteger() if self.key_is_number else sa.String())


class Row(NamedTuple):
    """A row's key, its digest, and its values under the columns asked for."""

    key: str
    digest: bytes
    values: tuple[Any, ...]


def kept_tables(c: Connection, names: Iterable[str]) -> dict[str, Kept]:
    """The tables of those names as the database has them; those it lacks are left out."""
    inspector = sa.inspect(c)
    there = set(inspector.get_table_names())
    return {name: _kept(inspector, name, c.dialect.name == "sqlite") for name in names if name in there}


def _kept(inspector: sa.Inspector, name: str, is_sqlite: bool) -> Kept:
    columns = {str(column["name"]): column["type"] for column in inspector.get_columns(name)}
    key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
    number = bool(key) and isinstance(columns[key[0]], sa.Integer)
    return Kept(
        name=name,
        key=key,
        columns=tuple(columns),
        numbered=name == AUDIT,
        key_is_number=number,
        spine=_FOLLOWS.get(name, name),
        _shown={column: _shown(column, kind, is_sqlite) for column, kind in columns.items()},
    )


def _shown(name: str, kind: Any, is_sqlite: bool) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if is_sqlite:
        return quoted
    if isinstance(kind, sa.DateTime):
        return f"to_char({quoted} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if isinstance(kind, sa.Date):
        return f"to_char({quoted}, 'YYYY-MM-DD')"
    if isinstance(kind, sa.Boolean):
        return f"case {quoted} when true then 1 when false then 0 end"
    return quoted


def moment_text(moment: datetime) -> str:
    """A moment as rows show it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def moment_of(text: object) -> datetime | None:
    """The UTC moment of such a text; None for another one."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
    except ValueError:
        return None


class Days:
    """The day of a moment's text in the time zone of the trail; remembers the day it was asked for last."""

    def __init__(self) -> None:
        self._day = date.min
        self._from = self._until = ""

    def of(self, text: object) -> date:
        """The day; `date.min` for what is no moment."""
        if isinstance(text, str) and self._from <= text < self._until:
            return self._day
        moment = moment_of(text)
        if moment is None:
            return date.min
        self._day = business_day(moment)
        self._from = moment_text(at(self._day, clock_time()))
        self._until = moment_text(at(self._day + timedelta(days=1), clock_time()))
        return self._day


def closed_by(sealed_at: datetime) -> datetime:
    """Where the days end that a seal made at that moment closed: no row should be dated before it any more."""
    return at(business_day(sealed_at - GRACE), clock_time())


def rows(c: Connection, kept: Kept, query: sa.Select[Any]) -> list[Row]:
    """The rows of a `Kept.select` in the query's order."""
    width = len(kept.key)
    fetched = [tuple(raw) for raw in _fetched(c, query)]
    if not fetched:
        return []
    values = [raw[width:] for raw in fetched]
    texts = _encode(values)[2:-2].split(f"]{_BETWEEN}[")  # one call for the batch is a third of the time
    keys = (str(raw[0]) if width == 1 else "/".join(map(str, raw[:width])) for raw in fetched)
    sha256 = hashlib.sha256
    digests = (sha256(text.encode()).digest() for text in texts)
    return [Row(*parts) for parts in zip(keys, digests, values, strict=True)]


def _fetched(c: Connection, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    try:
        return c.execute(query).all()
    except OperationalError as error:
        raw = c.connection.driver_connection
        if "decode" not in str(error.orig) or not isinstance(raw, sqlite3.Connection):
            raise
    # Bytes that are no text were put into the file behind the program's back: read them all the same.
    raw.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
    try:
        return c.execute(query).all()
    finally:
        raw.text_factory = str


def numbered(
    c: Connection,
    kept: Kept,
    columns: Sequence[str],
    *,
    after: int | None = None,
    until: int | None = None,
    limit: int | None = None,
) -> list[Row]:
    """The rows of a numbered table with `after` < number <= `until`, in order."""
    query = kept.select(columns).order_by(kept.first_key)
    if after is not None:
        query = query.where(kept.first_key > after)
    if until is not None:
        query = query.where(kept.first_key <= until)
    return rows(c, kept, query if limit is None else query.limit(limit))


def of_spine(c: Connection, kept: Kept, columns: Sequence[str], spine_keys: Iterable[str]) -> dict[str, Row]:
    """The rows that belong to those rows of the spine, by key."""
    wanted: list[Any] = list(dict.fromkeys(spine_keys))
    if kept.key_is_number:
        wanted = [int(key) for key in wanted if key.lstrip("-").isdigit()]
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = kept.first_key.in_(wanted[start : start + _AT_ONCE])
        found |= {row.key: row for row in rows(c, kept, kept.select(columns).where(part))}
    return found


def nothing_key(spine_key: str) -> str:
    """What stands among the keys for a row of the spine to which nothing belongs."""
    return f"{spine_key}/"


def expected_keys(kept: Kept, spine_keys: Iterable[str], found: Iterable[str]) -> list[str]:
    """The keys to seal for those rows of the spine: found ones, and a stand-in for each that has none."""
    by_spine: dict[str, list[str]] = {key: [] for key in spine_keys}
    follows = kept.spine != kept.name
    for key in sorted(found):
        by_spine.setdefault(key.partition("/")[0] if follows else key, []).append(key)
    return [key for spine, own in by_spine.items() for key in own or [nothing_key(spine) if follows else spine]]


NOTHING = bytes(32)
"""The digest that stands for a row that was not there when its seal was made."""


def digest_of(digests: Iterable[bytes]) -> str:
    """The digest of a whole part."""
    return hashlib.sha256(b"".join(digests)).hexdigest()


def marks_of(digests: Iterable[bytes]) -> bytes:
    """The short digests of a part, side by side."""
    return b"".join(digest[:_MARK] for digest in digests)


def mark_at(marks: bytes, place: int) -> bytes:
    """The short digest of one row."""
    return marks[place * _MARK : (place + 1) * _MARK]


def is_marked(digest: bytes, mark: bytes) -> bool:
    """Whether a short digest is that row's."""
    return digest[:_MARK] == mark


def packed(keys: Sequence[str]) -> bytes:
    """The keys in few bytes: numbers by their steps, others as they are."""
    if all(key.isdigit() for key in keys):
        numbers = [int(key) for key in keys]
        steps = [number - before for before, number in zip([0, *numbers], numbers, strict=False)]
        return zlib.compress(json.dumps(steps).encode(), 6)
    return zlib.compress(json.dumps(list(keys)).encode(), 6)


def unpacked(blob: bytes) -> list[str]:
    """The keys of a part."""
    found: list[Any] = json.loads(zlib.decompress(blob))
    if not found or isinstance(found[0], str):
        return found
    keys, number = [], 0
    for step in found:
        number += step
        keys.append(str(number))
    return keys
