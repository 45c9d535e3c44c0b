"""Stores, staff with their secrets and covers, the stores' own calendars, and who looked at whom."""

from __future__ import annotations

from datetime import date, datetime

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


class StaffSecret(SQLModel, table=True):
    """How a staff member proves who they are: an argon2 hash, and what went wrong lately (R15.1).

    `failures` counts the tries since the last success, the one under way included; `locked_until` shuts the
    account until that moment. The hash is in no audit entry, no export and no message.
    """

    __tablename__ = "staff_secret"
    __table_args__ = (sa.CheckConstraint("failures >= 0", name="failures"),)

    staff_id: int = Field(primary_key=True, foreign_key="staff.id", sa_type=sa.Integer)
    hash: str
    must_change: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    set_at: datetime
    version: int = 1


class StaffLogin(SQLModel, table=True):
    """An OS login, or a key's fingerprint, that belongs to a staff member: only the secret is asked (R15.1)."""

    __tablename__ = "staff_login"

    login: str = Field(primary_key=True, sa_type=CodeText)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    tied_at: datetime


class Cover(SQLModel, table=True):
    """Somebody works another's list for some days; the members keep their owner (R7.5).

    From `from_on` to `until_on`, both included, unless ended before (`ended_at`). Without a substitute the pool
    of their store works it (R4.6).
    """

    __table_args__ = (
        sa.CheckConstraint("away_id <> substitute_id", name="people"),
        sa.CheckConstraint("from_on <= until_on", name="days"),
        sa.Index("ix_cover_substitute", "substitute_id", "until_on"),
        sa.Index("ix_cover_away", "away_id", "until_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    away_id: int = Field(foreign_key="staff.id")
    substitute_id: int | None = Field(default=None, foreign_key="staff.id")
    from_on: date
    until_on: date
    ended_at: datetime | None = None
    why: str = ""
    made_by: int | None = Field(default=None, foreign_key="staff.id")
    version: int = 1


class ProfileView(SQLModel, table=True):
    """That somebody looked at a member's profile on a day, and how often: for the watch alone (R15.5)."""

    __tablename__ = "profile_view"
    __table_args__ = (
        sa.PrimaryKeyConstraint("staff_id", "day", "member_id"),
        sa.Index("ix_profile_view_day", "day", "staff_id"),
    )

    staff_id: int = Field(foreign_key="staff.id")
    day: date
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    views: int = 1
