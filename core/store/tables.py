"""The store's own tables: the audit trail and its seals."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, choice


class Deed(StrEnum):
    """What was done to a row; reading is on record where a phone was revealed or members were exported."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    BULK = "bulk"
    READ = "read"


READ_ONLY = sa.text("deed = 'read'")
"""Reveals and exports, few among the changes: what the watch over them reads (R15.5)."""


class AuditEntry(SQLModel, table=True):
    """One change of one field, one new row, or one bulk statement; never altered (R15.2).

    `field` is empty for a new row and for a bulk statement, whose count and meaning stand in `new`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_row", "table_name", "row_key", "id"),
        sa.Index("ix_audit_entry_at", "at"),
        sa.Index("ix_audit_entry_read", "at", sqlite_where=READ_ONLY, postgresql_where=READ_ONLY),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    at: datetime
    actor_id: int | None = None
    actor_code: str
    deed: Deed = Field(sa_type=choice(Deed, "deed"))
    table_name: str
    row_key: str
    field: str = ""
    old: str | None = None
    new: str | None = None
    why: str = ""
    cause: str = ""


class Seal(SQLModel, table=True):
    """The digest of a run of rows of an append-only table, all of one day; names the seal before it (R15.2).

    `keys` and `marks` hold each row's key and a short digest, so that an altered row can be named. `digest` is
    this seal's own, over all its other columns; `previous` is that of the seal numbered one less.
    """

    id: int = Field(primary_key=True, sa_type=BigKey, sa_column_kwargs={"autoincrement": False})
    sealed_at: datetime
    sealed_by: str
    table_name: str
    day: date
    first_key: str
    last_key: str
    row_count: int
    column_names: str
    rows_digest: str
    previous: str
    digest: str
    keys: bytes
    marks: bytes


APPEND_ONLY = ("audit_entry", "call", "call_purpose", "gift_movement", "handover_step", "raised_step", "seal")
"""The tables whose rows are never changed or deleted: guarded by triggers, and sealed (R15.2)."""
