"""Calls, their purposes, drafts, and the problems and complaints raised in them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, choice


class RaisedKind(StrEnum):
    """What a member complained of in a call."""

    PROBLEM = "problem"
    COMPLAINT = "complaint"


class Urgency(StrEnum):
    """How fast something raised must be answered."""

    NORMAL = "normal"
    URGENT = "urgent"


class Call(SQLModel, table=True):
    """One attempt; never changed or deleted. A correction is a new record that names the old one (R5.1).

    `id` is a UUID made by the client, so that a retry stores nothing twice. `answers` and `effects` are
    JSON: what the script's fields took down, and what this record changed elsewhere, for taking it back.
    """

    __table_args__ = (
        sa.Index("ix_call_member", "member_id", "started_at"),
        sa.Index("ix_call_caller", "caller_id", "started_at"),
        sa.UniqueConstraint("corrects"),
        *(
            sa.CheckConstraint(f"{name} between 1 and 5", name=name)
            for name in ("goods", "place", "service", "price")
        ),
    )

    id: str = Field(primary_key=True)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    caller_id: int | None = Field(default=None, foreign_key="staff.id")
    store_id: int = Field(foreign_key="store.id")
    dialled: str = ""
    channel: str = "phone"
    started_at: datetime
    ended_at: datetime
    day: date
    outcome: str
    reached: bool
    reasons: str = ""
    goods: int | None = None
    place: int | None = None
    service: int | None = None
    price: int | None = None
    note: str = ""
    promise: str = ""
    callback_at: datetime | None = None
    answers: str = "{}"
    effects: str = "[]"
    corrects: str | None = Field(default=None, foreign_key="call.id")
    correction_why: str = ""
    stored_at: datetime


class CallPurpose(SQLModel, table=True):
    """That a call was an attempt at a follow-up, and whether the caller covered it (R4.4)."""

    __tablename__ = "call_purpose"
    __table_args__ = (sa.PrimaryKeyConstraint("call_id", "follow_up_id"),)

    call_id: str = Field(foreign_key="call.id")
    follow_up_id: int = Field(foreign_key="follow_up.id", sa_type=BigKey, index=True)
    covered: bool


class Draft(SQLModel, table=True):
    """What a caller has typed in a call not yet saved; found again from any terminal (R5.6)."""

    __table_args__ = (sa.PrimaryKeyConstraint("staff_id", "member_id"),)

    staff_id: int = Field(foreign_key="staff.id")
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey, index=True)
    call_id: str
    content: str
    started_at: datetime
    saved_at: datetime


class Raised(SQLModel, table=True):
    """A problem or complaint raised in a call (R5.7, R9.1)."""

    __table_args__ = (sa.Index("ix_raised_member", "member_id", "raised_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    call_id: str | None = Field(default=None, foreign_key="call.id")
    kind: RaisedKind = Field(sa_type=choice(RaisedKind, "raised_kind"))
    category: str
    matter: str
    urgency: Urgency = Field(default=Urgency.NORMAL, sa_type=choice(Urgency, "urgency"))
    owner_id: int | None = Field(default=None, foreign_key="staff.id")
    store_id: int = Field(foreign_key="store.id")
    promised_on: date | None = None
    raised_at: datetime
    raised_by: int | None = Field(default=None, foreign_key="staff.id")
    withdrawn_at: datetime | None = None
    version: int = 1
