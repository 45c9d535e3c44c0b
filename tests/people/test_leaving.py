"""Leaving: nothing may be left in somebody's hands; then the account is closed and the records stay (R7.2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Role
from core.base.errors import BadInput, NotAllowed, NotFound, Refused
from core.calls.tables import Raised
from core.followups.claims import claim
from core.followups.tables import FollowUp
from core.handover.clearance import SHOWN, SOURCES, NotCleared, clearance, leave
from core.handover.tables import Handover
from core.members.tables import Member
from core.people.actions import StaffForm, add_staff
from core.people.tables import Cover, Staff
from core.people.views import STAFF, staff_actor, staff_rows
from core.recovery.tables import Measure
from core.store.engine import Store
from tests.members.conftest import ON, House

BASE: dict[str, Any] = {"due_on": ON}


def burden(house: House) -> int:
    """One thing of every kind in the assistant's hands; returns the member."""
    mine = house.assistant.staff_id
    member = house.member("1", "李雷", "13800138000")
    with house.store.write(SHELL) as tx:
        base = {"member_id": member, "store_id": house.shops[0], "assignee_id": mine, "created_at": tx.now}
        tx.insert(FollowUp, programme="monthly", cycle="2026-11", due_on=ON, **base)
        tx.insert(FollowUp, programme="callback", cycle="x", due_on=ON, due_at=tx.now, **base)
        tx.insert(FollowUp, programme="welcome", cycle="once", due_on=ON, state="done", closed_at=tx.now, **base)
        for kind in ("problem", "complaint"):
            tx.insert(
                Raised, member_id=member, kind=kind, category="quality", matter="领口开线", owner_id=mine,
                store_id=house.shops[0], raised_at=tx.now,
            )  # fmt: skip
        tx.insert(
            Measure, member_id=member, store_id=house.shops[0], code="visit", origin="hand", source_key="1",
            owner_id=mine, due_on=ON, made_on=ON, made_at=tx.now,
        )  # fmt: skip
        tx.insert(
            Handover, number="2026-0001", kind="leaving", giver_id=mine, store_id=house.shops[0],
            applicant_code="S101", created_at=tx.now, state_since=tx.now, state="submitted",
        )  # fmt: skip
    return member


def relieve(house: House, kind: str) -> None:
    """Take one kind of thing out of the assistant's hands."""
    other = house.other.staff_id
    with house.store.write(SHELL) as tx:
        statement = {
            "members": sa.text("update member set owner_id = :other"),
            "follow_ups": sa.text("update follow_up set assignee_id = :other where programme = 'monthly'"),
            "callbacks": sa.text("update follow_up set assignee_id = :other where programme = 'callback'"),
            "problems": sa.text("update raised set owner_id = :other where kind = 'problem'"),
            "complaints": sa.text("update raised set owner_id = :other where kind = 'complaint'"),
            "measures": sa.text("update measure set owner_id = :other"),
            "applications": sa.text("update handover set state = 'executed' where :other > 0"),
        }[kind]
        tx.connection.execute(statement, {"other": other})


def test_every_kind_keeps_somebody(house: House) -> None:
    burden(house)
    found = clearance(house.store, house.assistant, "S101")
    assert dict(found.counts) == {source.kind: 1 for source in SOURCES}
    assert [item.ref for item in found.items] == ["1"] * 6 + ["2026-0001"]
    kinds = [source.kind for source in SOURCES]
    for number, kind in enumerate(kinds):
        with pytest.raises(NotCleared) as caught:
            leave(house.store, house.manager, "S101")
        assert caught.value.clearance.total == len(kinds) - number
        relieve(house, kind)
    assert leave(house.store, house.manager, "S101").left_on == ON
    assert "S101" not in {row.code for row in staff_rows(house.store)}
    with pytest.raises(Refused):
        staff_actor(house.store, "S101")
    with house.store.read() as c:
        assert c.execute(sa.select(STAFF.c.name).where(STAFF.c.code == "S101")).scalar() == "王芳"
    with pytest.raises(Refused, match="already"):
        leave(house.store, house.manager, "S101")


def test_the_list_names_the_first_and_counts_all(house: House) -> None:
    for number in range(SHOWN + 5):
        house.member(f"{number:03}", "李雷")
    found = clearance(house.store, house.manager, "S101")
    assert (found.counts["members"], len(found.items)) == (SHOWN + 5, SHOWN)


def test_who_may_see_and_do_it(house: House) -> None:
    with pytest.raises(NotAllowed):
        clearance(house.store, house.other, "S101")
    with pytest.raises(NotAllowed):
        leave(house.store, house.other, "S101")
    with pytest.raises(Refused):
        leave(house.store, house.manager, "M1")
    with pytest.raises(NotFound):
        leave(house.store, house.manager, "nobody")
    with pytest.raises(BadInput):
        leave(house.store, house.manager, "S101", ON + timedelta(days=70))


def test_a_day_ahead_claims_and_covers(house: House) -> None:
    house.member("1", "李雷", "13800138000", owner_id=None)
    claim(house.store, house.assistant, "1", "t1")
    with house.store.write(SHELL) as tx:
        tx.insert(
            Cover, away_id=house.other.staff_id, substitute_id=house.assistant.staff_id,
            from_on=ON, until_on=date(2026, 12, 31),
        )  # fmt: skip
    leave(house.store, house.manager, "S101", ON + timedelta(days=3), why="new job")
    assert staff_actor(house.store, "S101").covers == ()
    claim(house.store, house.other if False else house.manager, "1", "t2")
    with house.store.read() as c:
        assert c.execute(sa.text("select count(*) from cover where ended_at is null")).scalar() == 0


def test_a_member_given_meanwhile_is_not_lost(house: House) -> None:
    """Either the leaver goes and the gift fails to find them here, or the gift comes first and keeps them."""
    from threading import Barrier, Thread

    store = house.store
    for turn in range(4):
        code = f"T{turn}"
        add_staff(store, SHELL, StaffForm(code, code, Role.ASSISTANT, "S1"))
        key = staff_actor(store, code).staff_id
        member = house.member(f"7{turn}", "赵云", owner_id=None)
        begin, left = Barrier(2), []

        def go(code: str = code, begin: Barrier = begin, left: list[bool] = left) -> None:
            begin.wait()
            try:
                leave(store, SHELL, code)
                left.append(True)
            except NotCleared:
                left.append(False)

        def give(key: int | None = key, member: int = member, begin: Barrier = begin) -> None:
            begin.wait()
            with store.write(SHELL) as tx:
                here = sa.select(STAFF.c.left_on).where(STAFF.c.id == key).with_for_update(read=True)
                if tx.connection.execute(here).scalar() is None:
                    tx.update(Member, member, {"owner_id": key})

        threads = [Thread(target=go), Thread(target=give)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert left[0] is (_owner(store, member) is None)
        with store.read() as c:
            gone = c.execute(sa.select(Staff.__table__.c.left_on).where(STAFF.c.id == key)).scalar()  # type: ignore[attr-defined]
        assert (gone is not None) == left[0]


def _owner(store: Store, member: int) -> int | None:
    with store.read() as c:
        found: int | None = c.execute(
            sa.text("select owner_id from member where id = :id"), {"id": member}
        ).scalar()
        return found
