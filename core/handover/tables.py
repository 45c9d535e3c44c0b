"""Applications for a change of account owner, their members, and their steps (R7.1-R7.4)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.members.tables import ValueClass
from core.store.columns import BigKey, CodeText, choice


class Kind(StrEnum):
    """What is handed over: some members, all of a leaver, or what somebody gives up who moves to another store."""

    MEMBERS = "members"
    LEAVING = "leaving"
    MOVING = "moving"


class HandoverState(StrEnum):
    """Where an application stands (R7.1)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    EXECUTED = "executed"
    FILED = "filed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What somebody does to an application; each is a step on its record."""

    DRAFT = "draft"
    SUBMIT = "submit"
    ADJUST = "adjust"
    REVIEW = "review"
    APPROVE = "approve"
    EXECUTE = "execute"
    FILE = "file"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class MemberOutcome(StrEnum):
    """What came of a member at execution: moved, or the reason why not."""

    PENDING = "pending"
    MOVED = "moved"
    OWNER_CHANGED = "owner_changed"
    CANCELLED = "cancelled"
    ELSEWHERE = "elsewhere"
    LIMIT = "limit"


class Handover(SQLModel, table=True):
    """An application; `number` is its year and place in it, such as 2026-0147.

    `store_id` is the giver's store when it was applied for. `round` counts submissions: nobody acts twice in one.
    `override` is the manager's reason for handing members over more often than the policy allows.
    """

    __table_args__ = (
        sa.Index("ix_handover_state", "state", "store_id"),
        sa.Index("ix_handover_giver", "giver_id", "state"),
        sa.Index("ix_handover_created", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    number: str = Field(unique=True, sa_type=CodeText)
    kind: Kind = Field(sa_type=choice(Kind, "handover_kind"))
    giver_id: int = Field(foreign_key="staff.id")
    store_id: int = Field(foreign_key="store.id")
    applicant_id: int | None = Field(default=None, foreign_key="staff.id")
    applicant_code: str
    to_store_id: int | None = Field(default=None, foreign_key="store.id")
    reason: str = ""
    state: HandoverState = Field(default=HandoverState.DRAFT, sa_type=choice(HandoverState, "handover_state"))
    round: int = 0
    override: str = ""
    created_at: datetime
    state_since: datetime
    submitted_at: datetime | None = None
    executed_at: datetime | None = None
    version: int = 1


class HandoverMember(SQLModel, table=True):
    """A member of an application: to whom, what they were when it was submitted, and what came of it."""

    __tablename__ = "handover_member"
    __table_args__ = (
        sa.PrimaryKeyConstraint("handover_id", "member_id"),
        sa.Index("ix_handover_member_member", "member_id"),
    )

    handover_id: int = Field(foreign_key="handover.id", sa_type=BigKey)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    successor_id: int = Field(foreign_key="staff.id")
    value_class: ValueClass | None = Field(default=None, sa_type=choice(ValueClass, "value_class"))
    owner_id: int | None = Field(default=None, foreign_key="staff.id")
    last_promise: str = ""
    outcome: MemberOutcome = Field(default=MemberOutcome.PENDING, sa_type=choice(MemberOutcome, "member_outcome"))


class HandoverStep(SQLModel, table=True):
    """One step of an application; never changed or deleted.

    `detail` is JSON: what moved and to whom. `digest` seals this step, the one before it, and the application's
    members as they stood after it.
    """

    __tablename__ = "handover_step"
    __table_args__ = (sa.UniqueConstraint("handover_id", "place"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    handover_id: int = Field(foreign_key="handover.id", sa_type=BigKey)
    place: int
    round: int
    act: Act = Field(sa_type=choice(Act, "handover_act"))
    state: HandoverState = Field(sa_type=choice(HandoverState, "handover_step_state"))
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    by_code: str
    at: datetime
    comment: str = ""
    detail: str = "{}"
    digest: str
