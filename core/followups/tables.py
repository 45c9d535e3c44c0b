"""Follow-ups, claims and the record of plans."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, choice


class State(StrEnum):
    """Where a follow-up stands (R4.9)."""

    OPEN = "open"
    DONE = "done"
    COVERED = "covered"
    EXPIRED = "expired"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


OPEN = sa.text("state = 'open'")
POOL = sa.text("state = 'open' and assignee_id is null")
PROMISED = sa.text("state = 'open' and due_at is not null")
MONTHLY = sa.text("programme = 'monthly'")


class FollowUp(SQLModel, table=True):
    """One purpose for contacting a member: one member, one programme, one cycle (R4.1).

    `due_on` is the working day it falls due; `closes_on` the last day it stays open. `place` orders rows
    inside their programme's group, smallest first (R4.5). `not_before` rests it after an attempt (R5.2).
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "programme", "cycle"),
        sa.Index("ix_follow_up_desk", "assignee_id", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_follow_up_store", "store_id", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index(
            "ix_follow_up_pool", "store_id", "assignee_id", "due_on", sqlite_where=POOL, postgresql_where=POOL
        ),
        sa.Index("ix_follow_up_promised", "store_id", "due_at", sqlite_where=PROMISED, postgresql_where=PROMISED),
        sa.Index("ix_follow_up_closes", "closes_on", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index(
            "ix_follow_up_month",
            "cycle",
            "store_id",
            "assignee_id",
            "state",
            sqlite_where=MONTHLY,
            postgresql_where=MONTHLY,
        ),
        sa.CheckConstraint("(state = 'open') = (closed_at is null)", name="closed_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    programme: str
    cycle: str
    store_id: int = Field(foreign_key="store.id")
    assignee_id: int | None = Field(default=None, foreign_key="staff.id")
    due_on: date
    due_at: datetime | None = None
    closes_on: date | None = None
    place: int = Field(default=0, sa_type=BigKey)
    state: State = Field(default=State.OPEN, sa_type=choice(State, "follow_up_state"))
    attempts: int = 0
    tried_parts: str = ""
    not_before: datetime | None = None
    skips: int = 0
    skipped_on: date | None = None
    promise: str = ""
    source: str = ""
    created_at: datetime
    closed_at: datetime | None = None
    closed_by: int | None = Field(default=None, foreign_key="staff.id")
    closed_why: str = ""
    version: int = 1


class Claim(SQLModel, table=True):
    """Who holds a member so that nobody else dials them (R4.11)."""

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=BigKey)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    terminal: str
    claimed_at: datetime
    expires_at: datetime


class PlanRun(SQLModel, table=True):
    """That a day was planned, by whom, and what came of it."""

    __tablename__ = "plan_run"

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    made_at: datetime
    actor_code: str
    counts: str
