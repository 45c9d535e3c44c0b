"""Purchases."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, CodeText


class Purchase(SQLModel, table=True):
    """One order of one member; `amount` is in fen, and only a positive one moves dates and counts (R3.1)."""

    __table_args__ = (
        sa.UniqueConstraint("store_id", "order_number"),
        sa.Index("ix_purchase_member_day", "member_id", "day", "amount"),
        sa.Index("ix_purchase_day", "day", "member_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    store_id: int = Field(foreign_key="store.id")
    order_number: str = Field(sa_type=CodeText)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    bought_at: datetime
    day: date
    received_by: int | None = Field(default=None, foreign_key="staff.id")
    amount: int = Field(sa_type=BigKey)
    items: int | None = None
    goods: str = ""
    category: str = ""
    payment: str = ""
    occasion: str = ""
