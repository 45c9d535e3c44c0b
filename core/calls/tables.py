"""Calls, their purposes, drafts, and what members raise: problems, complaints and suggestions."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, choice


class RaisedKind(StrEnum):
    """What a member has to say: something to put right, a complaint, or a suggestion."""

    PROBLEM = "problem"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"


class Urgency(StrEnum):
    """How fast something raised must be answered."""

    NORMAL = "normal"
    URGENT = "urgent"


class RaisedState(StrEnum):
    """Where something raised stands; each kind goes its own way through these (R5.7, R9.2, R9.3).

    `resolved`: put right, or done, and not yet told to the member or not yet judged by them.
    """

    OPEN = "open"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    DECLINED = "declined"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OVER = (RaisedState.CLOSED, RaisedState.WITHDRAWN)
"""States in which nothing is left to be done."""

NOT_OVER = "state not in ('closed', 'withdrawn')"
"""The SQL condition on `raised` for what somebody has still to do."""


class RaisedAct(StrEnum):
    """What is done about something raised; each is a step on its record."""

    TAKE = "take"
    ASSIGN = "assign"
    PROMISE = "promise"
    ANSWER = "answer"
    PROGRESS = "progress"
    ACCEPT = "accept"
    DECLINE = "decline"
    RESOLVE = "resolve"
    TELL = "tell"
    CLOSE = "close"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    WITHDRAW = "withdraw"
    UNDO = "undo"


class Channel(StrEnum):
    """The way something raised came in (R9.1)."""

    CALL = "call"
    HOTLINE = "hotline"
    SHOP = "shop"
    ONLINE = "online"
    EMAIL = "email"
    SOCIAL = "social"


_SCORED = ("day", "store_id", "member_id", "goods", "place", "service", "price", "id")
SCORED = sa.text("goods is not null or place is not null or service is not null or price is not null")
REASONED = sa.text("reasons <> ''")


class Call(SQLModel, table=True):
    """One attempt; never changed or deleted. A correction is a new record that names the old one (R5.1).

    `id` is a UUID made by the client, so that a retry stores nothing twice. `answers` and `effects` are
    JSON: what the script's fields took down, and what this record changed elsewhere, for taking it back.
    """

    __table_args__ = (
        sa.Index("ix_call_member", "member_id", "started_at"),
        sa.Index("ix_call_caller", "caller_id", "started_at"),
        sa.Index("ix_call_scored", *_SCORED, sqlite_where=SCORED, postgresql_where=SCORED),
        sa.Index(
            "ix_call_reasons", "day", "store_id", "reasons", sqlite_where=REASONED, postgresql_where=REASONED
        ),
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


OPEN_RAISED = sa.text(NOT_OVER)
ESCALATES = sa.text("escalate_at is not null")


class Raised(SQLModel, table=True):
    """A problem, complaint or suggestion: whose, what, who has it, and by when (R5.7, R9.1, R9.2).

    Without a member, `said_by` and `contact` say who complained. `owner_id` has it in hand; `level` counts how
    often it went a step higher, to `escalated_to` (R9.2). `due_at` is the moment by which its next step is due,
    `escalate_at` the one at which it goes higher. `answer_due_at` and `resolve_due_at` are those by which this
    round's first answer and resolution are promised; `promised_on` is the day named to the member. `round` counts
    how often it was reopened, `score` (1-5) is how the member judged what was done.
    """

    __table_args__ = (
        sa.Index("ix_raised_member", "member_id", "raised_at"),
        sa.Index("ix_raised_owner", "owner_id", "kind", sqlite_where=OPEN_RAISED, postgresql_where=OPEN_RAISED),
        sa.Index("ix_raised_open", "kind", "store_id", sqlite_where=OPEN_RAISED, postgresql_where=OPEN_RAISED),
        sa.Index("ix_raised_kind", "kind", "raised_at"),
        sa.Index("ix_raised_escalate", "escalate_at", sqlite_where=ESCALATES, postgresql_where=ESCALATES),
        sa.CheckConstraint("member_id is not null or said_by <> ''", name="complainant"),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at is not null)", name="withdrawn_at"),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed_at"),
        sa.CheckConstraint("score between 1 and 5", name="score"),
        sa.CheckConstraint("level between 0 and 2", name="level"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    member_id: int | None = Field(default=None, foreign_key="member.id", sa_type=BigKey)
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
    said_by: str = ""
    contact: str = ""
    channel: Channel = Field(default=Channel.CALL, sa_type=choice(Channel, "raised_channel"))
    demand: str = ""
    evidence: str = ""
    product: str = ""
    about_id: int | None = Field(default=None, foreign_key="staff.id")
    state: RaisedState = Field(default=RaisedState.OPEN, sa_type=choice(RaisedState, "raised_state"))
    round: int = 0
    level: int = 0
    escalated_to: int | None = Field(default=None, foreign_key="staff.id")
    due_at: datetime | None = None
    escalate_at: datetime | None = None
    answer_due_at: datetime | None = None
    answered_at: datetime | None = None
    resolve_due_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str = ""
    score: int | None = None
    closed_at: datetime | None = None


class RaisedStep(SQLModel, table=True):
    """One step of something raised; never changed or deleted (R9.2).

    `text` is what was done or said; `promised_at` what was promised with it, `told` whether the member was told.
    `to_id` is who has it from then on, or whom it went up to.
    """

    __tablename__ = "raised_step"
    __table_args__ = (
        sa.UniqueConstraint("raised_id", "place"),
        sa.CheckConstraint("score between 1 and 5", name="score"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    raised_id: int = Field(foreign_key="raised.id", sa_type=BigKey)
    place: int
    round: int
    act: RaisedAct = Field(sa_type=choice(RaisedAct, "raised_act"))
    state: RaisedState = Field(sa_type=choice(RaisedState, "raised_step_state"))
    level: int = 0
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    by_code: str
    at: datetime
    text: str = ""
    promised_at: datetime | None = None
    told: bool = False
    score: int | None = None
    to_id: int | None = Field(default=None, foreign_key="staff.id")
