"""What time does by itself: what is late goes higher, what nobody has finds an owner, promised days bring calls.

Run with the day's plan and whenever the lists are read; idempotent, each step recorded once (R9.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.language import N_
from core.base.rulebook import Rulebook
from core.calls.clocks import hours_of, promises
from core.calls.matter_calls import plan_answer
from core.calls.matter_rules import A, S
from core.calls.matters import Row, Said, locked, proposed_owner, record, superior
from core.calls.tables import NOT_OVER, OVER, Raised, RaisedKind
from core.members.lookup import SHOP
from core.people.access import Right, require
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look did: how many went higher, found an owner, and brought a call on their promised day."""

    escalated: int = 0
    assigned: int = 0
    planned: int = 0


WHY = N_("its time has come")

_LATE = statement("select id from raised where escalate_at <= :now order by id limit 200", moments=("now",))
_OWNERLESS = statement(
    f"""select r.id from raised r left join staff s on s.id = r.owner_id
    where r.kind <> 'suggestion' and r.{NOT_OVER}
        and (r.owner_id is null or s.left_on <= :day or r.owner_id = r.about_id)
    order by r.id limit 200""",
    days=("day",),
)
_CLOCKLESS = statement(
    f"""select id from raised r where r.kind <> 'suggestion' and r.{NOT_OVER} and r.resolve_due_at is null
    order by r.id limit 200"""
)
_PROMISED = statement(
    """select r.id from raised r where r.kind = 'problem' and r.state = 'open' and r.promised_on <= :day
        and r.member_id is not null and not exists (select 1 from follow_up f
            where f.member_id = r.member_id and f.programme = 'problem'
                and f.cycle = cast(r.id as text) || '.' || cast(r.round as text) || 'p')
    order by r.id limit 200""",
    days=("day",),
)


@retried()
def watch(store: Store, actor: Actor) -> Watched:
    """Look at everything whose time has come; costs a few index look-ups where there is nothing.

    Raises NotAllowed.
    """
    require(actor, Right.PLAN)
    now = store.clock.now()
    with store.read() as c:
        if not any(_found(c, now)):
            return Watched()
    with store.write(actor, why=WHY) as tx:
        late, ownerless, clockless, promised = _found(tx.connection, tx.now)
        for key in clockless:
            _start_clock(tx, store.rulebook, key)
        assigned = sum(_give(tx, store.rulebook, key) for key in ownerless)
        planned = sum(_call(tx, store.rulebook, key) for key in promised)
        if clockless:
            late = tuple(tx.connection.execute(_LATE, {"now": tx.now}).scalars())
        escalated = sum(_escalate(tx, store.rulebook, key) for key in late)
        return Watched(escalated, assigned, planned)


def _found(c: Connection, now: datetime) -> tuple[tuple[int, ...], ...]:
    day = business_day(now)
    return (
        tuple(c.execute(_LATE, {"now": now}).scalars()),
        tuple(c.execute(_OWNERLESS, {"day": day}).scalars()) if _superiors(c, day) else (),
        tuple(c.execute(_CLOCKLESS).scalars()),
        tuple(c.execute(_PROMISED, {"day": day}).scalars()),
    )


@lru_cache(maxsize=1)
def _anybody() -> sa.TextClause:
    return statement(
        """select 1 from staff where role in ('store_manager', 'manager') and (left_on is null or left_on > :day)
        limit 1""",
        days=("day",),
    )


def _superiors(c: Connection, day: object) -> bool:
    return c.execute(_anybody(), {"day": day}).first() is not None


def _zone(tx: Transaction, row: Row) -> str:
    name: str = tx.connection.execute(sa.select(SHOP.c.time_zone).where(SHOP.c.id == row["store_id"])).scalar_one()
    return name


def _start_clock(tx: Transaction, book: Rulebook, key: int) -> None:
    """Something from before there were clocks: it runs from the day it was raised (R9.1)."""
    row, rule = locked(tx, key), book.policy.complaints
    hours = hours_of(tx.connection, row["store_id"], _zone(tx, row), rule)
    clock = promises(row["kind"], row["urgency"], row["raised_at"], hours, rule)
    due = clock.answer_due_at or clock.resolve_due_at
    tx.update(
        Raised,
        key,
        {
            "answer_due_at": clock.answer_due_at,
            "resolve_due_at": clock.resolve_due_at,
            "promised_on": row["promised_on"] or clock.promised_on,
            "due_at": due,
            "escalate_at": due if rule.levels else None,
        },
    )


def _give(tx: Transaction, book: Rulebook, key: int) -> int:
    row = locked(tx, key)
    if row["state"] in OVER:
        return 0
    taker = proposed_owner(
        tx.connection, None, row["store_id"], row["about_id"], business_day(tx.now, _zone(tx, row))
    )
    if taker is None or taker == row["owner_id"]:
        return 0
    record(tx, book, row, A.ASSIGN, Said(to_id=taker))
    return 1


def _call(tx: Transaction, book: Rulebook, key: int) -> int:
    """The promised day is here and nothing is put right: the member is told how it stands (section 4)."""
    row = locked(tx, key)
    if row["state"] is not S.OPEN or row["kind"] is not RaisedKind.PROBLEM:
        return 0
    plan_answer(
        tx, row, hours_of(tx.connection, row["store_id"], _zone(tx, row), book.policy.complaints), promised=True
    )
    return 1


def _escalate(tx: Transaction, book: Rulebook, key: int) -> int:
    """Up by one step, or by two where the second time has come as well."""
    row, steps = locked(tx, key), 0
    while row["escalate_at"] is not None and row["escalate_at"] <= tx.now:
        level = row["level"] + 1
        day = business_day(tx.now, _zone(tx, row))
        but = frozenset({row["owner_id"], row["about_id"], row["escalated_to"]})
        to = superior(tx.connection, row["store_id"], day, but, level) or superior(
            tx.connection, row["store_id"], day, frozenset({row["about_id"]}), level
        )
        row = record(tx, book, row, A.ESCALATE, Said(to_id=to))
        steps += 1
    return steps
