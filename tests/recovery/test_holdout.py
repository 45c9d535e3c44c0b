"""The hold-out group: ever the same members, no recovery call for them, each counted once (R5.8)."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from core.base.actor import SHELL
from core.followups.plan_sql import held_out
from core.followups.planning import plan
from core.members.tables import Member
from tests.calls.desk import TODAY, Desk
from tests.recovery.conftest import with_policy

LAST = date(2026, 5, 20)


def members(desk: Desk, count: int) -> None:
    with desk.store.write(SHELL) as tx:
        tx.insert_many(
            Member,
            [
                {
                    "number": f"{n:05d}",
                    "name": "李雷",
                    "store_id": desk.shop,
                    "joined_on": LAST,
                    "last_on": LAST,
                    "created_at": tx.now,
                    "updated_at": tx.now,
                }
                for n in range(count)
            ],
            what="members",
        )


def group(desk: Desk, share: float) -> set[int]:
    with desk.store.read() as c:
        return set(c.execute(sa.text(f"select m.id from member m where {held_out(share)}")).scalars())


def test_nobody_is_held_out_by_default(desk: Desk) -> None:
    members(desk, 40)
    assert plan(desk.store, SHELL, TODAY).planned["dormant-recovery"] == 40
    assert desk.rows("held_out") == []


def test_members_held_out_get_no_recovery_call_and_are_counted(desk: Desk) -> None:
    members(desk, 400)
    with_policy(desk.store, recovery={"holdout": True})
    plan(desk.store, SHELL, TODAY)
    called = {row["member_id"] for row in desk.rows("follow_up") if row["programme"] == "dormant-recovery"}
    held = {row["member_id"] for row in desk.rows("held_out")}
    assert not called & held
    assert len(called | held) == 400
    assert held == group(desk, 0.1)
    assert 25 <= len(held) <= 55
    assert {(row["cycle"], row["due_on"]) for row in desk.rows("held_out")} == {
        ("2026-05-20+6", date(2026, 11, 20))
    }
    plan(desk.store, SHELL, TODAY)
    plan(desk.store, SHELL, TODAY + timedelta(days=1))
    assert {row["member_id"] for row in desk.rows("held_out")} == held
    assert len(desk.rows("held_out")) == len(held)


def test_a_cycle_planned_before_stays_a_call(desk: Desk) -> None:
    members(desk, 100)
    plan(desk.store, SHELL, TODAY)
    with_policy(desk.store, recovery={"holdout": True, "holdout_share": 0.5})
    plan(desk.store, SHELL, TODAY)
    assert desk.rows("held_out") == []
    assert len([row for row in desk.rows("follow_up") if row["programme"] == "dormant-recovery"]) == 100


def test_a_smaller_group_is_part_of_a_larger_one(desk: Desk) -> None:
    members(desk, 2000)
    small, large = group(desk, 0.1), group(desk, 0.3)
    assert small < large
    assert abs(len(small) / 2000 - 0.1) < 0.02
    assert abs(len(large) / 2000 - 0.3) < 0.03
