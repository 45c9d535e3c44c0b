"""A simulated autumn of recovery calls whose effect is known: members held out, called, given a measure."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.calls.tables import Call, CallPurpose
from core.followups.planning import plan
from core.members.tables import Member
from core.purchases.tables import Purchase
from core.recovery.tables import Measure
from tests.calls.desk import Desk

BASE = 0.08
"""How many come back within 30 days of the due day by themselves."""

UPLIFT = {"gift": 0.20, "offer": 0.06, "": 0.0}
"""How many more do where that was done."""

PLANNED_ON = date(2026, 8, 3)
FROM, UNTIL = date(2026, 8, 1), date(2026, 8, 31)


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to one member, by the simulation itself."""

    member: int
    due_on: date
    held_out: bool
    reached: bool
    measure: str
    bought_on: date | None


def simulate(shop: Desk, clock: FixedClock, members: int, seed: int = 5) -> list[Told]:
    """Plan August with the hold-out on, call everybody on their due day, let them come back or not."""
    chance = random.Random(seed)
    _members(shop, members)
    clock.moment = datetime(2026, 8, 3, 1, tzinfo=UTC)
    plan(shop.store, SHELL, PLANNED_ON)
    with shop.store.read() as c:
        due = [
            (row.id, row.member_id, row.due_on, False)
            for row in c.execute(
                sa.text(
                    "select id, member_id, due_on from follow_up where programme = 'dormant-recovery' order by id"
                ).columns(due_on=sa.Date)
            )
        ]
        due += [
            (0, row.member_id, row.due_on, True)
            for row in c.execute(
                sa.text("select member_id, due_on from held_out order by member_id").columns(due_on=sa.Date)
            )
        ]
    told: list[Told] = []
    rows: dict[type[Any], list[dict[str, Any]]] = {Call: [], CallPurpose: [], Measure: [], Purchase: []}
    for follow_up, member, day, held in due:
        reached = not held and chance.random() < 0.7
        code = chance.choice(list(UPLIFT)) if reached else ""
        back = chance.random() < BASE + (UPLIFT[code] if reached else 0.0)
        bought = day + timedelta(days=chance.randint(1, 30)) if back else None
        told.append(Told(member, day, held, reached, code, bought))
        if not held:
            _call(shop, rows, follow_up, member, day, reached, code)
        if bought is not None:
            _purchase(shop, rows, member, bought)
    with shop.store.write(SHELL) as tx:
        for table, listed in rows.items():
            tx.insert_many(table, listed, what="simulated")
    clock.moment = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
    return told


def _members(shop: Desk, members: int) -> None:
    with shop.store.write(SHELL) as tx:
        tx.insert_many(
            Member,
            [
                {
                    "number": f"{n:05d}",
                    "name": "李雷",
                    "store_id": shop.shop,
                    "owner_id": shop.fang.staff_id,
                    "joined_on": date(2025, 1, 5),
                    "last_on": date(2026, 2, 3) + timedelta(days=n % 26),
                    "last_purchase_on": date(2026, 2, 3) + timedelta(days=n % 26),
                    "dialable": True,
                    "created_at": tx.now,
                    "updated_at": tx.now,
                }
                for n in range(members)
            ],
            what="members",
        )


def _call(shop: Desk, rows: Any, follow_up: int, member: int, day: date, reached: bool, code: str) -> None:
    call = str(uuid.UUID(int=member))
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    rows[Call].append(
        {
            "id": call,
            "member_id": member,
            "caller_id": shop.fang.staff_id,
            "store_id": shop.shop,
            "started_at": at,
            "ended_at": at + timedelta(minutes=3),
            "day": day,
            "outcome": "reached" if reached else "no_answer",
            "reached": reached,
            "reasons": "price" if reached else "",
            "stored_at": at,
        }
    )
    rows[CallPurpose].append({"call_id": call, "follow_up_id": follow_up, "covered": reached})
    if code:
        rows[Measure].append(
            {
                "member_id": member,
                "store_id": shop.shop,
                "code": code,
                "origin": "call",
                "source_key": call,
                "call_id": call,
                "due_on": day,
                "made_on": day,
                "made_at": at,
            }
        )


def _purchase(shop: Desk, rows: Any, member: int, day: date) -> None:
    rows[Purchase].append(
        {
            "store_id": shop.shop,
            "order_number": f"s{member}",
            "member_id": member,
            "bought_at": datetime(day.year, day.month, day.day, 6, tzinfo=UTC),
            "day": day,
            "amount": 9_900,
        }
    )
