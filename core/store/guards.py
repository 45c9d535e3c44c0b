"""The triggers that keep append-only tables from being changed: whether they are there and do what they must."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.store.tables import APPEND_ONLY


def unguarded(c: Connection) -> tuple[str, ...]:
    """The append-only tables that lack a working trigger against change or removal."""
    found = _sqlite(c) if c.dialect.name == "sqlite" else _postgresql(c)
    return tuple(table for table in APPEND_ONLY if table not in found)


def _sqlite(c: Connection) -> set[str]:
    rows = c.execute(sa.text("select tbl_name, lower(sql) from sqlite_master where type = 'trigger'")).all()
    return {
        table
        for table in APPEND_ONLY
        if all(
            any(
                name == table
                and f"before {deed} on" in text
                and "select raise(abort" in text
                and "when" not in text
                for name, text in rows
            )
            for deed in ("update", "delete")
        )
    }


_UPDATE_DELETE_TRUNCATE_BEFORE = 2 | 8 | 16 | 32


def _postgresql(c: Connection) -> set[str]:
    """A table in parts (data/deploy/partitions.sql) needs the trigger on each, since each can be named."""
    text = """
        with recursive listed (name, part) as (
            select relname, oid from pg_class where relkind in ('r', 'p') and pg_table_is_visible(oid)
            union all select name, inhrelid from listed join pg_inherits on inhparent = part
        )
        select name from listed group by name having bool_and(exists (
            select 1 from pg_trigger join pg_proc on pg_proc.oid = tgfoid
            where tgrelid = part and not tgisinternal and tgenabled in ('O', 'A') and tgqual is null
                and (tgtype & :kinds) = :kinds and prosrc like '%raise exception ''append-only%'
                and prosrc not like '%return%'))"""
    return {row[0] for row in c.execute(sa.text(text), {"kinds": _UPDATE_DELETE_TRUNCATE_BEFORE})}
