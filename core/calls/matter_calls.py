"""The calls by which members are told what became of what they said: follow-ups of the programme `problem`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.base.clock import business_day
from core.calls.clocks import Hours
from core.calls.matter_rules import A
from core.calls.tables import RaisedAct, RaisedKind
from core.followups.tables import FollowUp
from core.members.lookup import MEMBER
from core.store.sql import fixed
from core.store.transaction import Transaction

TASKS: sa.Table = FollowUp.__table__  # type: ignore[attr-defined]

PROBLEM_ANSWER = "problem"
"""The programme by which members are told what was done, and asked whether it is good now."""

Row = Mapping[str, Any]


def cycle_of(row: Row, *, promised: bool = False) -> str:
    """The cycle of its follow-up: the number and the round, and a mark where only the promised day has come."""
    return f"{row['id']}.{row['round']}{'p' if promised else ''}"


def raised_of(cycle: str) -> int | None:
    """The number in such a cycle."""
    number = cycle.partition(".")[0]
    return int(number) if number.isdigit() else None


def plan_answer(tx: Transaction, row: Row, hours: Hours, *, promised: bool = False) -> None:
    """The call that tells the member: today, or on the next working day; once a round."""
    if row["member_id"] is None:
        return
    keeper = row["owner_id"]
    if row["kind"] == RaisedKind.SUGGESTION:
        keeper = tx.connection.execute(
            sa.select(MEMBER.c.owner_id).where(MEMBER.c.id == row["member_id"])
        ).scalar_one()
    cycle = cycle_of(row, promised=promised)
    there = sa.select(TASKS.c.id).where(
        TASKS.c.member_id == row["member_id"], TASKS.c.programme == PROBLEM_ANSWER, TASKS.c.cycle == cycle
    )
    if tx.connection.execute(there).first() is not None:
        return
    tx.insert(
        FollowUp,
        member_id=row["member_id"],
        programme=PROBLEM_ANSWER,
        cycle=cycle,
        store_id=row["store_id"],
        assignee_id=keeper,
        due_on=hours.calendar.next_working(business_day(tx.now, hours.zone)),
        promise=row["resolution"][:200],
        source=row["kind"],
        created_at=tx.now,
    )


def move_calls(tx: Transaction, act: RaisedAct, row: Row, hours: Hours) -> None:
    """What a step means for the calls about it."""
    if act in (A.RESOLVE, A.DECLINE):
        _end_calls(tx, row, "withdrawn", "put right before")
        plan_answer(tx, row, hours)
    elif act in (A.CLOSE, A.REOPEN, A.WITHDRAW):
        _end_calls(tx, row, "withdrawn" if act is A.WITHDRAW else "done", "told")
    elif act is A.ASSIGN:
        tx.bulk(
            sa.update(TASKS).where(_calls(row)).values(assignee_id=row["owner_id"], version=TASKS.c.version + 1),
            table=FollowUp,
            what="given along",
        )


def _calls(row: Row) -> sa.ColumnElement[bool]:
    return sa.and_(
        TASKS.c.member_id == (row["member_id"] or 0),
        TASKS.c.programme == PROBLEM_ANSWER,
        TASKS.c.state == fixed("open"),
        TASKS.c.cycle.startswith(f"{row['id']}.", autoescape=True),
    )


def _end_calls(tx: Transaction, row: Row, state: str, why: str) -> None:
    closing = {"state": state, "closed_at": tx.now, "closed_by": tx.actor.staff_id, "closed_why": why}
    for (key,) in tx.connection.execute(sa.select(TASKS.c.id).where(_calls(row)).with_for_update()).all():
        tx.update(FollowUp, key, closing)
