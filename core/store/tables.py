"""The store's own tables: the audit trail."""

from __future__ import annotations

from datetime import datetime
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


class AuditEntry(SQLModel, table=True):
    """One change of one field, one new row, or one bulk statement; never altered (R15.2).

    `field` is empty for a new row and for a bulk statement, whose count and meaning stand in `new`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_row", "table_name", "row_key", "id"),
        sa.Index("ix_audit_entry_at", "at"),
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
