"""Stores, staff and the stores' own calendars."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.base.actor import Role
from core.base.clock import DEFAULT_ZONE
from core.store.columns import BigKey, CodeText, choice


class Store(SQLModel, table=True):
    """A shop or club house."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, sa_type=CodeText)
    name: str
    city: str = ""
    time_zone: str = DEFAULT_ZONE
    works_weekends: bool = False
    version: int = 1


class Staff(SQLModel, table=True):
    """Somebody employed; `left_on` is the first day they no longer work here."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, sa_type=CodeText)
    name: str
    role: Role = Field(sa_type=choice(Role, "role"))
    store_id: int = Field(foreign_key="store.id", index=True)
    language: str | None = None
    daily_target: int | None = None
    left_on: date | None = None
    version: int = 1


class CalendarDay(SQLModel, table=True):
    """A day a store works or rests against the general calendar; no store means every store (R4.2)."""

    __tablename__ = "calendar_day"
    __table_args__ = (sa.UniqueConstraint("store_id", "day"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    store_id: int | None = Field(default=None, foreign_key="store.id")
    day: date
    working: bool
    note: str = ""
