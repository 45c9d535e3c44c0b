"""Execution: owner, follow-ups, callbacks, problems and complaints move together, in one transaction (R7.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from core.base.clock import business_day
from core.base.errors import Refused
from core.base.language import N_
from core.calls.tables import Raised
from core.followups.calendar import ONE_DAY, calendar_of
from core.followups.cycles import INTRODUCE
from core.followups.planning import LOCK as PLANNING
from core.followups.tables import FollowUp
from core.handover import moving_sql as sql
from core.handover.facts import limits
from core.handover.recording import Application, active_staff
from core.handover.tables import HandoverMember, Kind
from core.members.tables import Member
from core.people.tables import Staff
from core.store.engine import Store
from core.store.transaction import Transaction

MEASURE = "measure"
"""Recovery stands beside: its table is named in the trail as it is read, by name."""

_SUCCESSORS = sa.text(
    "select distinct successor_id from handover_member where handover_id = :handover order by successor_id"
)


def carry_out(store: Store, tx: Transaction, application: Application, *, override: bool) -> dict[str, int]:
    """Move what the application names, and say how much; the caller writes the step.

    A member whose owner changed, who cancelled, is in another open application, or changed hands too often
    stays where they are, and their row says why. Raises Refused where a successor has left meanwhile.
    """
    if not store.is_sqlite:  # a plan under way would give its new follow-ups to the owner of before
        tx.connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": PLANNING})
    day = business_day(tx.now)
    successors = _successors(tx, application, day)
    tx.connection.execute(sql.LOCK, {"handover": application.id})
    what = f"by handover {application.number}"
    given: dict[str, Any] = {"handover": application.id, "giver": application.giver_id, "now": tx.now, "day": day}
    given |= {"by": tx.actor.staff_id, "number": application.number, **limits(store.policy, tx.now, override)}

    def run(clause: sa.TextClause, table: Any, did: str, more: dict[str, Any] | None = None) -> int:
        values = {**given, **(more or {})}
        used = clause.compile().params
        return tx.bulk(clause, {name: values[name] for name in used}, table=table, what=f"{did} {what}")

    run(sql.DECIDE, HandoverMember, "members decided")
    moved = {"members": run(sql.GIVE, Member, "account owner changed")}
    moved["introductions_ended"] = run(sql.SUPERSEDE, FollowUp, "introductions ended")
    moved["follow_ups"] = run(sql.MOVE_TASKS, FollowUp, "moved")
    moved["raised"] = run(sql.MOVE_MATTERS, Raised, "moved")
    moved["measures"] = run(sql.MOVE_MEASURES, MEASURE, "recovery measures moved")
    if successors:
        clause, days = sql.introduce(_days(store, tx, successors, day))
        rank = store.rulebook.programmes[INTRODUCE].rank
        moved["introductions"] = run(clause, FollowUp, "introductions", {**days, "rank": rank})
    if application.kind is Kind.LEAVING:
        moved["loose_follow_ups"] = run(sql.LOOSE_TASKS, FollowUp, "returned to their members' owners")
        moved["loose_raised"] = run(sql.LOOSE_MATTERS, Raised, "returned to their members' owners")
        moved["loose_measures"] = run(sql.LOOSE_MEASURES, MEASURE, "recovery measures returned to owners")
    if application.kind is Kind.MOVING and application.to_store_id is not None:
        tx.update(Staff, application.giver_id, {"store_id": application.to_store_id})
    shares = tx.connection.execute(sql.MOVED, {"handover": application.id})
    return moved | {f"to {code}": count for code, count in shares}


def _successors(tx: Transaction, application: Application, day: date) -> dict[int, int]:
    """{successor: their store}; all must still work here."""
    working = active_staff(tx.connection, day)
    wanted = tx.connection.execute(_SUCCESSORS, {"handover": application.id}).scalars().all()
    if gone := [key for key in wanted if key not in working]:
        name = tx.connection.execute(
            sa.text("select name from staff where id = :key"), {"key": gone[0]}
        ).scalar_one()
        raise Refused(
            "handover.successor_left",
            N_("{name} has left and can't take members over: refuse the application, so that it is changed."),
            name=name,
        )
    return {key: working[key].store_id for key in wanted}


def _days(store: Store, tx: Transaction, successors: dict[int, int], day: date) -> dict[int, list[date]]:
    """The working days on which each successor introduces themselves, from tomorrow within the policy's days."""
    last = day + timedelta(days=store.policy.handover.introduce_days)
    days = {}
    for key, shop in successors.items():
        calendar = calendar_of(tx.connection, shop)
        days[key] = calendar.working_days(day + ONE_DAY, last) or [calendar.next_working(day + ONE_DAY)]
    return days
