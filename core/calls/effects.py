"""What a call changes elsewhere: written down with the call, so that it can be taken back (R5.5).

An effect is [table, key, field, old, new], values as JSON. Rows a call creates name the call itself and need
no effect, but for profile fixes, which are kept with an empty field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, UTCDateTime

from core.calls.tables import Raised
from core.followups.tables import FollowUp
from core.members.tables import Member, MemberPhone, ProfileFix
from core.store.direct import Direct
from core.store.tables import Deed
from core.store.transaction import UNWATCHED, Transaction, as_text

Table = type[SQLModel]
Effect = list[Any]

TABLES: Mapping[str, Table] = {
    str(table.__tablename__): table for table in (FollowUp, Member, MemberPhone, ProfileFix, Raised)
}
BOOKKEEPING = frozenset(
    {"last_call_at", "last_reached_on", "rest_until", "rest_reason", "last_promise", "dialable", "completeness"}
)
"""Columns that calls keep on the member: no reason for somebody's edit of the profile to conflict."""

MARKS = "call"
"""Instead of a table: an effect that only tells the result something, and changed no row."""


class Effects:
    """Changes rows that were read (and locked) in this transaction, audits them and writes down how."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.list: list[Effect] = []

    def change(self, table: Table, row: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Set columns of a row just read, whose `id` (and `version`, where it has one) `row` holds."""
        changed = {name: value for name, value in changes.items() if row[name] != value}
        if changed:
            write(self._tx, table, row, changed)
            name = str(table.__tablename__)
            self.list += [
                [name, row["id"], field, plain(row[field]), plain(new)] for field, new in changed.items()
            ]

    def add(self, table: Table, **values: Any) -> None:
        """Insert a row that does not name the call itself."""
        key = self._tx.insert(table, **values)
        self.list.append([str(table.__tablename__), key, "", None, "added"])

    def mark(self, name: str) -> None:
        """Tell the result something that no row says."""
        self.list.append([MARKS, 0, name, None, "yes"])

    def text(self) -> str:
        """The effects as they are kept with the call."""
        return json.dumps(self.list, ensure_ascii=False, separators=(",", ":"))


def write(tx: Transaction, table: Table, row: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    """Update a row that was read and locked in this transaction, and audit it field by field."""
    values = dict(changed)
    if "version" in row and not BOOKKEEPING.issuperset(changed):
        values["version"] = row["version"] + 1
    tx.later(table, row["id"], _update(table, tuple(sorted(values))), {**values, "key_": row["id"]})
    for field, new in changed.items():
        if field not in UNWATCHED:
            tx.note(Deed.UPDATE, table, str(row["id"]), field=field, old=as_text(row[field]), new=as_text(new))


@lru_cache(maxsize=256)
def _update(table: Table, fields: tuple[str, ...]) -> Direct:
    core: sa.Table = table.__table__  # type: ignore[attr-defined]
    values = {field: sa.bindparam(field, type_=core.c[field].type) for field in fields}
    return Direct(sa.update(core).where(core.c.id == sa.bindparam("key_", type_=core.c.id.type)).values(values))


def plain(value: object) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def restored(table: Table, field: str, value: Any) -> Any:
    """A column's value as it was before `plain`."""
    if value is None:
        return None
    kind = table.__table__.c[field].type  # type: ignore[attr-defined]
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    return value


def by_row(effects: Iterable[Effect]) -> dict[tuple[str, Any], dict[str, tuple[Any, Any]]]:
    """{(table, key): {field: (old, new)}} of the changed rows; one changed twice counts from its first value."""
    rows: dict[tuple[str, Any], dict[str, tuple[Any, Any]]] = {}
    for table, key, field, old, new in effects:
        if table in TABLES and field:
            fields = rows.setdefault((table, key), {})
            fields[field] = (fields[field][0] if field in fields else old, new)
    return rows
