"""Follow-ups, claims, the record of plans, and what recovery is ranked by."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, CodeText, choice


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
POOLS = sa.text("state = 'open' and assignee_id is null and rank >= 0")
"""All of them; who reads one store's pool leaves the last part out: a server would take this for that too."""

PROMISED = sa.text("state = 'open' and due_at is not null")
SKIPPED = sa.text("state = 'open' and skipped_on is not null")
MONTHLY = sa.text("programme = 'monthly'")
AWAY = sa.text("programme in ('dormant-review', 'dormant-recovery')")


def _index(name: str, where: sa.TextClause, *columns: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


class FollowUp(SQLModel, table=True):
    """One purpose for contacting a member: one member, one programme, one cycle (R4.1).

    `due_on` is the working day it falls due; `closes_on` the last day it stays open. `rank` is its programme's
    group in a list, `place` orders the rows of a group, smallest first, and `order_key` those that fall due
    together, by the member's class and number (R4.5): a desk's index has them as its list shows them. `not_before`
    rests it after an attempt (R5.2).
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "programme", "cycle"),
        _index("ix_follow_up_desk", OPEN, "assignee_id", "rank", "place", "due_on", "order_key"),
        _index("ix_follow_up_pool", POOL, "store_id", "rank", "place", "due_on", "order_key"),
        _index("ix_follow_up_pools", POOLS, "rank", "place", "due_on", "order_key"),
        _index("ix_follow_up_store", OPEN, "store_id", "due_on"),
        _index("ix_follow_up_promised", PROMISED, "store_id", "due_at"),
        _index("ix_follow_up_skipped", SKIPPED, "skipped_on", "assignee_id"),
        _index("ix_follow_up_closes", OPEN, "closes_on"),
        _index("ix_follow_up_month", MONTHLY, "cycle", "store_id", "assignee_id", "state"),
        _index("ix_follow_up_away", AWAY, "programme", "due_on"),
        _index("ix_follow_up_cycle", AWAY, "cycle", "programme", "member_id"),
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
    rank: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    place: int = Field(default=0, sa_type=BigKey)
    order_key: str | None = Field(default=None, sa_type=CodeText)
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


class RecoveryPlace(SQLModel, table=True):
    """Where a member who stays away stands in recovery, smallest first; planning copies it (R3.6, R4.5).

    There are rows only where something ranks better than past spend. `expected` are the purchases expected in the
    90 days after `ranked_on`.
    """

    __tablename__ = "recovery_place"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=BigKey)
    place: int = Field(sa_type=BigKey)
    expected: float
    ranked_on: date


class HeldOut(SQLModel, table=True):
    """A recovery cycle of a member in the hold-out group: no call was planned, and they are counted (R5.8)."""

    __tablename__ = "held_out"
    __table_args__ = (
        sa.PrimaryKeyConstraint("member_id", "cycle"),
        sa.Index("ix_held_out_due", "due_on", "store_id"),
    )

    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    cycle: str
    store_id: int = Field(foreign_key="store.id")
    due_on: date
    created_at: datetime
