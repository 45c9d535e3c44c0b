"""Writing the audit trail's rows, for which every write pays (R15.2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.store.direct import Direct, Write, run_together, say_each

_COLUMNS = ("deed", "table_name", "row_key", "field", "old", "new", "why", "cause")
"""Those of an entry that differ inside a transaction; when and who are the same in all of them."""

_TYPED = ", ".join(f"{name} text" for name in _COLUMNS)
_AT_ONCE = 500
_whole = itemgetter("at", "actor_id", "actor_code", *_COLUMNS)

_ON_SQLITE = f"""insert into audit_entry (at, actor_id, actor_code, {", ".join(_COLUMNS)})
    values ({", ".join("?" * (3 + len(_COLUMNS)))})"""

_ON_SERVER = Direct(
    sa.text(
        f"""insert into audit_entry (at, actor_id, actor_code, {", ".join(_COLUMNS)})
    select cast(:at as timestamptz), cast(:actor_id as integer), cast(:actor_code as text), {", ".join(_COLUMNS)}
    from rows from (json_to_recordset(cast(:entries as json)) as ({_TYPED}))
        with ordinality listed ({", ".join(_COLUMNS)}, nth) order by nth"""
    )
)
"""One text for any number of rows, so that the server plans it once and the driver has one value to hand over."""


def write_entries(connection: Connection, before: list[Write], entries: list[dict[str, Any]]) -> None:
    """Write the audit rows, on a server together with the writes that wait for it."""
    if connection.dialect.name == "sqlite":
        say_each(connection, _ON_SQLITE, [_whole(entry) for entry in entries])
        return
    same = {name: entries[0][name] for name in ("at", "actor_id", "actor_code")}
    for start in range(0, len(entries), _AT_ONCE):
        some = [{name: entry[name] for name in _COLUMNS} for entry in entries[start : start + _AT_ONCE]]
        run_together(connection, [*before, Write(None, _ON_SERVER, {**same, "entries": json.dumps(some)})])
        before = []


def sqlite_moment(moment: datetime) -> str:
    """A moment as SQLAlchemy stores it in SQLite."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
