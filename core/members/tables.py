"""Members, their phones, the keys they are found by, the profile-fix queue, and the monthly class cut."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, CodeText, choice


class Status(StrEnum):
    """Membership status, kept apart from the stage (R3.4)."""

    PENDING = "pending"
    ACTIVE = "active"
    FROZEN = "frozen"
    CANCELLED = "cancelled"


class ValueClass(StrEnum):
    """Value class of a regular member (R3.2)."""

    A = "A"
    B = "B"
    C = "C"


class PhoneKind(StrEnum):
    """What kind of line a number is; `unknown` for one that could not be understood."""

    MOBILE = "mobile"
    FIXED = "fixed"
    OTHER = "other"
    UNKNOWN = "unknown"


class Member(SQLModel, table=True):
    """A member's profile in four blocks (R6.1), their sums of purchases, and what rests their calls.

    Sums are kept in the purchase's transaction: `last_on` is the last purchase or, where there is none,
    the joining day (R3.1). Amounts are in fen. `rest_until` is the moment care calls may resume (R4.8).
    """

    __table_args__ = (
        sa.CheckConstraint("birth_month between 1 and 12", name="birth_month"),
        sa.CheckConstraint("birth_day between 1 and 31", name="birth_day"),
        sa.CheckConstraint("birth_calendar in ('solar', 'lunar')", name="birth_calendar"),
        sa.CheckConstraint("completeness between 0 and 100", name="completeness"),
        sa.CheckConstraint("purchase_count >= 0", name="purchase_count"),
        sa.Index("ix_member_status_last", "status", "last_on"),
        sa.Index("ix_member_joined", "joined_on", "first_purchase_on"),
        sa.Index("ix_member_owner", "owner_id", "number"),
        sa.Index("ix_member_store", "store_id", "number"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    number: str = Field(unique=True, sa_type=CodeText)
    name: str
    # what planning and worklists read stands first: a database reads a row up to the last column asked for
    status: Status = Field(default=Status.ACTIVE, sa_type=choice(Status, "status"))
    store_id: int = Field(foreign_key="store.id")
    owner_id: int | None = Field(default=None, foreign_key="staff.id")
    value_class: ValueClass | None = Field(default=None, sa_type=choice(ValueClass, "value_class"))
    consent_call: bool = True
    dialable: bool = False
    social_reach: bool = False
    rest_until: datetime | None = None
    joined_on: date
    first_purchase_on: date | None = None
    last_purchase_on: date | None = None
    last_on: date
    last_reached_on: date | None = None
    purchase_count: int = 0
    amount_total: int = Field(default=0, sa_type=BigKey)
    completeness: int = 0
    rest_reason: str = ""
    last_promise: str = ""
    best_time: str = ""
    last_call_at: datetime | None = None

    gender: str = ""
    birth_year: int | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    birth_calendar: str = "solar"
    email: str = ""
    wechat: str = ""
    age_band: str = ""
    occupation: str = ""
    address: str = ""
    source: str = ""
    referrer: str = ""
    card_number: str = Field(default="", index=True, sa_type=CodeText)

    preferences: str = ""
    body_size: str = ""
    personality: str = ""
    interests: str = ""
    anniversaries: str = ""
    consent_sms: bool = True
    consent_email: bool = True
    evaluation: str = ""

    version: int = 1
    created_at: datetime
    updated_at: datetime


class MemberPhone(SQLModel, table=True):
    """A number of a member: as typed, and as understood; `bad_reason` marks one not to be dialled (R5.2)."""

    __tablename__ = "member_phone"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "typed"),
        sa.Index("ix_member_phone_last4", "last4", "member_id"),
        sa.Index("ix_member_phone_e164", "e164"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    position: int = 0
    typed: str
    e164: str | None = None
    extension: str = ""
    kind: PhoneKind = Field(default=PhoneKind.UNKNOWN, sa_type=choice(PhoneKind, "phone_kind"))
    last4: str = Field(default="", sa_type=CodeText)
    bad_reason: str = ""
    bad_at: datetime | None = None


class MemberNameKey(SQLModel, table=True):
    """A spelling a member's name is found by: the name, its pinyin and its initials, in every reading (R6.5)."""

    __tablename__ = "member_name_key"
    __table_args__ = (sa.PrimaryKeyConstraint("key", "member_id"),)

    key: str = Field(sa_type=CodeText)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey, index=True)


class ProfileFix(SQLModel, table=True):
    """A field of a profile that a person must put right (R5.2, R6.8)."""

    __tablename__ = "profile_fix"
    __table_args__ = (
        sa.Index(
            "uq_profile_fix_open",
            "member_id",
            "field",
            unique=True,
            sqlite_where=sa.text("closed_at is null"),
            postgresql_where=sa.text("closed_at is null"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    field: str
    typed: str = ""
    problem: str
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: int | None = Field(default=None, foreign_key="staff.id")


class ClassCut(SQLModel, table=True):
    """The monthly cut of value classes, with its counts and cut values in fen (R3.2)."""

    __tablename__ = "class_cut"

    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(unique=True)
    cut_on: date
    regular: int
    count_a: int
    count_b: int
    count_c: int
    amount_a: int | None = Field(default=None, sa_type=BigKey)
    amount_b: int | None = Field(default=None, sa_type=BigKey)
    made_at: datetime
