"""Recovery measures, and how the ranking of dormant members was judged."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, choice


class MeasureState(StrEnum):
    """Where a measure stands (R5.8)."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Origin(StrEnum):
    """What a measure came from: a call with a reason, the review at three months, or somebody's own idea."""

    CALL = "call"
    REVIEW = "review"
    HAND = "hand"


OPEN = sa.text("state = 'open'")


class Measure(SQLModel, table=True):
    """What is done to bring a member back: one for each call with a reason and for each review (R5.8).

    `code` is one of `data/measures.toml`; `due_on` the day it is to be done by, `result` what came of it. A
    measure that leaves the member alone is done at once. `source_key` is the call's UUID or the review's row.
    """

    __table_args__ = (
        sa.UniqueConstraint("origin", "source_key"),
        sa.Index("ix_measure_member", "member_id", "made_on"),
        sa.Index("ix_measure_owner", "owner_id", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_measure_store", "store_id", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_measure_made", "made_on", "store_id"),
        sa.CheckConstraint("(state = 'open') = (closed_at is null)", name="closed_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    store_id: int = Field(foreign_key="store.id")
    code: str
    origin: Origin = Field(sa_type=choice(Origin, "measure_origin"))
    source_key: str
    call_id: str | None = Field(default=None, foreign_key="call.id", index=True)
    owner_id: int | None = Field(default=None, foreign_key="staff.id")
    note: str = ""
    due_on: date
    made_on: date
    made_at: datetime
    made_by: int | None = Field(default=None, foreign_key="staff.id")
    state: MeasureState = Field(default=MeasureState.OPEN, sa_type=choice(MeasureState, "measure_state"))
    result: str = ""
    closed_at: datetime | None = None
    closed_by: int | None = Field(default=None, foreign_key="staff.id")
    version: int = 1


class Chosen(StrEnum):
    """What dormant members are ranked by (R3.6)."""

    EXPECTED = "expected"
    SPEND = "spend"
    RECENCY = "recency"


class Ranking(SQLModel, table=True):
    """One judgement of the ranking on the store's own history: the model, and how each order did (R3.6).

    An AUC is the chance that a member who came back in the `held_days` before `ranked_on` stood before one who
    did not; `judged` members were away then, `returned` of them came back. Without a model, or with too few to
    judge by, they are null and past spend ranks. `r` to `b` are the BG/NBD's parameters, in weeks; `placed`
    members got a place in recovery.
    """

    id: int | None = Field(default=None, primary_key=True)
    ranked_on: date
    held_days: int
    members: int
    r: float | None = None
    alpha: float | None = None
    a: float | None = None
    b: float | None = None
    log_likelihood: float | None = None
    judged: int
    returned: int
    auc_expected: float | None = None
    auc_spend: float | None = None
    auc_recency: float | None = None
    chosen: Chosen = Field(sa_type=choice(Chosen, "ranking_chosen"))
    placed: int
    made_at: datetime
    made_by: str
