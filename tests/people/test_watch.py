"""Who looked at unusually much: against the policy, against oneself, leavers first (R15.5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Role
from core.base.clock import FixedClock
from core.base.errors import NotAllowed
from core.handover.tables import Handover
from core.insight.watch import record_view, unusual
from core.members.actions import reveal_contacts
from core.people.actions import StaffForm, add_staff
from core.people.tables import ProfileView
from core.people.views import staff_actor
from tests.members.conftest import ON, House


def views(house: House, staff: int | None, day: date, count: int) -> None:
    """Let somebody have looked at so many members on a day."""
    with house.store.write(SHELL) as tx:
        have = tx.connection.execute(sa.text("select id from member order by id")).scalars().all()
        rows = [{"staff_id": staff, "day": day, "member_id": key, "views": 2} for key in have[:count]]
        tx.insert_many(ProfileView, rows, what="views")


@pytest.fixture
def busy(house: House) -> House:
    """A hundred members."""
    for number in range(100):
        house.member(f"{number:03}", "李雷", "13800138000")
    return house


def test_views_are_counted_once_a_member_and_day(house: House) -> None:
    member = house.member("1", "李雷")
    for _ in range(3):
        record_view(house.store, house.assistant, member)
    record_view(house.store, SHELL, member)
    with house.store.read() as c:
        rows = c.execute(sa.text("select staff_id, member_id, views from profile_view")).all()
        assert [tuple(row) for row in rows] == [(house.assistant.staff_id, member, 3)]


def test_more_than_oneself(busy: House) -> None:
    mine, theirs = busy.assistant.staff_id, busy.other.staff_id
    for back in range(1, 8):
        views(busy, mine, ON - timedelta(days=back), 12)
        views(busy, theirs, ON - timedelta(days=back), 30)
    views(busy, mine, ON, 36)
    views(busy, theirs, ON, 80)
    found = unusual(busy.store, busy.manager)
    assert [(line.code, line.views, line.looks, line.usual_views, line.why) for line in found] == [
        ("S101", 36, 72, 12, ("unusual_views",))
    ]


def test_somebody_new_has_no_median_only_the_policy(busy: House, clock: FixedClock) -> None:
    views(busy, busy.assistant.staff_id, ON, 100)
    assert unusual(busy.store, busy.manager) == ()
    with busy.store.write(SHELL) as tx:
        for number, state, giver in (("1", "submitted", busy.other), ("2", "draft", busy.assistant)):
            tx.insert(
                Handover, number=f"2026-000{number}", kind="leaving", giver_id=giver.staff_id, state=state,
                store_id=busy.shops[1], applicant_code=giver.code, created_at=tx.now, state_since=tx.now,
            )  # fmt: skip
    watch = busy.store.policy.watch
    many = busy.store.policy.model_copy(update={"watch": watch.model_copy(update={"views": 100})})
    busy.store.rulebook = busy.store.rulebook.model_copy(update={"policy": many})
    views(busy, busy.other.staff_id, ON, 50)
    found = unusual(busy.store, busy.manager)
    assert [(line.code, line.leaves, line.why) for line in found] == [
        ("S201", True, ("many_views",)),
        ("S101", False, ("many_views",)),
    ]


def test_reveals_are_read_from_the_audit(busy: House) -> None:
    for number in range(30):
        reveal_contacts(busy.store, busy.assistant, f"{number:03}", why="call")
        if number < 5:
            reveal_contacts(busy.store, busy.assistant, f"{number:03}", why="again")
    watch = busy.store.policy.watch.model_copy(update={"reveals": 30})
    policy = busy.store.policy.model_copy(update={"watch": watch})
    busy.store.rulebook = busy.store.rulebook.model_copy(update={"policy": policy})
    (line,) = unusual(busy.store, busy.manager)
    assert (line.code, line.day, line.reveals, line.why) == ("S101", ON, 30, ("many_reveals",))
    assert unusual(busy.store, busy.manager, ON + timedelta(days=1)) == ()


def test_who_watches_whom(busy: House) -> None:
    add_staff(busy.store, SHELL, StaffForm("K2", "店长", Role.STORE_MANAGER, "S2"))
    keeper = staff_actor(busy.store, "K2")
    for staff in (keeper.staff_id, busy.assistant.staff_id, busy.other.staff_id, busy.manager.staff_id):
        for back in range(3):
            views(busy, staff, ON - timedelta(days=back), 90 if back == 0 else 10)
    assert [line.code for line in unusual(busy.store, keeper)] == ["S201"]
    assert [line.code for line in unusual(busy.store, busy.manager)] == ["S101", "K2", "S201"]
    with pytest.raises(NotAllowed):
        unusual(busy.store, busy.assistant)
