"""The top of a list, read as its index has it, is the top of the list read whole (R4.5)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor
from core.followups.actions import claim_next
from core.followups.plan_sql import order_key
from core.followups.planning import plan
from core.followups.tables import FollowUp
from core.followups.worklist import WorklistQuery, all_rows, worklist
from core.followups.worklist_head import head_statement
from core.followups.worklist_sql import Desk
from core.people.tables import Staff
from core.store.engine import Store
from tests.followups.conftest import fill, stand_on
from tests.followups.reference import Person

ON = date(2026, 11, 23)
PROGRAMMES = (
    "callback",
    "problem",
    "introduce",
    "welcome",
    "dormant-recovery",
    "dormant-review",
    "monthly",
    "decline",
)
BY_CLASS = ("introduce", "monthly", "decline")
CLASSES = ("A", "B", "C", None)


def desk_of_eighty(store: Store, chance: Random) -> Actor:
    """An assistant's desk, a pool and a colleague's promises, with every condition of a row met by chance."""
    stand_on(store, ON)
    owners = ["A1"] * 40 + ["A2"] * 20
    people = [
        Person(f"{owner}-{number:02d}", date(2026, 1, 5), owner, [(ON - timedelta(20), 1000)])
        for number, owner in enumerate(owners)
    ]
    me = fill(store, people)["A1"]
    with store.write(SHELL) as tx:
        found = tx.connection.execute(
            sa.text("select id, number, store_id, owner_id from member order by id")
        ).all()
        for member in found:
            value = chance.choice(CLASSES)
            tx.connection.execute(
                sa.text("update member set value_class = :value where id = :id"), {"value": value, "id": member.id}
            )
            for programme in chance.sample(PROGRAMMES, chance.choice((1, 1, 2, 3))):
                timed = programme == "callback"
                minutes = chance.randint(-300, 300)
                place = chance.choice((0, -500, -100, minutes if timed else 7))
                tx.insert(
                    FollowUp,
                    member_id=member.id,
                    programme=programme,
                    cycle="here",
                    store_id=member.store_id,
                    assignee_id=chance.choice((member.owner_id, member.owner_id, None)),
                    due_on=ON - timedelta(chance.choice((0, 0, 0, 1, 3, -2))),
                    due_at=tx.now + timedelta(minutes=minutes) if timed else None,
                    closes_on=chance.choice((None, None, ON, ON - timedelta(1))),
                    place=CLASSES.index(value) + 1 if programme in BY_CLASS else place,
                    rank=store.rulebook.programmes[programme].rank,
                    order_key=order_key(value, member.number),
                    not_before=chance.choice((None, None, None, tx.now + timedelta(hours=1), tx.now)),
                    skipped_on=chance.choice((None, None, None, ON, ON - timedelta(1))),
                    state="open",
                    created_at=tx.now,
                )
    return me


@pytest.mark.parametrize("seed", range(4))
def test_the_top_of_a_list_is_the_top_of_the_whole(store: Store, seed: int) -> None:
    me = desk_of_eighty(store, Random(seed))
    whole = [row.number for row in all_rows(store, me, WorklistQuery())]
    assert len(whole) > 20
    for limit in (1, 2, 5, 9, 14, 25, 50):
        assert [row.number for row in worklist(store, me, WorklistQuery(limit=limit)).rows] == whole[:limit]
    page = worklist(store, me, WorklistQuery(offset=4, limit=6))
    assert [row.number for row in page.rows] == whole[4:10]


def test_merged_purposes_let_nobody_below_rise(store: Store) -> None:
    """Forty introductions that are recovery calls too fill the first reading: the month still comes last."""
    stand_on(store, ON)
    people = [Person(f"{n:03d}", date(2026, 1, 5), "A1", [(ON - timedelta(20), 1000)]) for n in range(140)]
    me = fill(store, people)["A1"]
    with store.write(SHELL) as tx:
        found = tx.connection.execute(sa.text("select id, number, store_id, owner_id from member order by number"))
        for place, member in enumerate(found.all()):
            programmes = ["introduce", "dormant-recovery"] if place < 40 else ["dormant-recovery"]
            for programme in programmes if place < 90 else ["monthly"]:
                values = {
                    "place": 4 if programme in BY_CLASS else place,
                    "rank": store.rulebook.programmes[programme].rank,
                    "order_key": order_key(None, member.number),
                }
                tx.insert(
                    FollowUp,
                    member_id=member.id,
                    programme=programme,
                    cycle="here",
                    store_id=member.store_id,
                    assignee_id=member.owner_id,
                    due_on=ON,
                    state="open",
                    created_at=tx.now,
                    **values,
                )
        tx.update(Staff, me.staff_id, {"daily_target": 500})
    whole = [person.number for person in people]
    for limit in (20, 45, 55, 60, 100, 140):
        assert [row.number for row in worklist(store, me, WorklistQuery(limit=limit)).rows] == whole[:limit]
    pages = [worklist(store, me, WorklistQuery(offset=start, limit=20)).rows for start in range(0, 140, 20)]
    assert [row.number for page in pages for row in page] == whole


@pytest.mark.parametrize("seed", range(2))
def test_claiming_the_next_goes_down_the_list(store: Store, seed: int) -> None:
    me = desk_of_eighty(store, Random(seed))
    whole = [row.number for row in all_rows(store, me, WorklistQuery())]
    claimed = []
    while (held := claim_next(store, me, WorklistQuery(), "terminal")) is not None:
        claimed.append(held.number)
    assert claimed == whole


@pytest.mark.parametrize("free", [True, False])
def test_the_head_comes_in_order_from_its_indexes(lite: Store, free: bool) -> None:
    stand_on(lite, ON)
    moment = {"day": ON, "now": lite.clock.now(), "soon": lite.clock.now()}
    moment |= {"ever": lite.clock.now(), "overdue": lite.clock.now()}
    head = head_statement(lite.rulebook, Desk(staff_id=1, pool_store_id=1), free=free)
    assert head is not None
    with lite.read() as connection:
        text = sa.text(f"explain query plan {head.form(connection.dialect).text}")
        steps = connection.execute(text, {**moment, "staff0": 1, "pool": 1, "limit": 10})
        details = [step.detail for step in steps]
    read = [detail for detail in details if " f " in detail]
    assert sum("ix_follow_up_desk (assignee_id=?)" in detail for detail in read) == 1, details
    assert sum("ix_follow_up_pool (store_id=?)" in detail for detail in read) == 1, details
    assert not [detail for detail in read if "ix_follow_up_store" in detail or "SCAN f" in detail], details
    # what the arms give together is sorted, and none of them before
    assert sum("TEMP B-TREE" in detail for detail in details) == 1, details


def test_a_plan_with_other_groups_puts_what_is_open_into_them(store: Store) -> None:
    """Whoever changes the rulebook's ranks has the list in the new order from the next plan on."""
    me = desk_of_eighty(store, Random(7))
    plan(store, SHELL, ON)
    ranks = {code: 100 - entry.rank for code, entry in store.rulebook.programmes.items()}
    programmes = {
        code: entry.model_copy(update={"rank": ranks[code]}) for code, entry in store.rulebook.programmes.items()
    }
    store.rulebook = store.rulebook.model_copy(update={"programmes": programmes})
    plan(store, SHELL, ON)
    with store.read() as c:
        found = c.execute(sa.text("select distinct programme, rank from follow_up where state = 'open'")).all()
    assert {(row.programme, row.rank) for row in found} == {(code, ranks[code]) for code, _ in found}
    whole = [row.number for row in all_rows(store, me, WorklistQuery())]
    for limit in (1, 5, 14, 50):
        assert [row.number for row in worklist(store, me, WorklistQuery(limit=limit)).rows] == whole[:limit]
