"""The top of a list, read group by group, is the top of the list read whole (R4.5)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor
from core.followups.actions import claim_next
from core.followups.tables import FollowUp
from core.followups.worklist import WorklistQuery, all_rows, worklist
from core.followups.worklist_head import head_statements
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
                    member_number=member.number,
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
                values = {"place": 4 if programme in BY_CLASS else place, "member_number": member.number}
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


def test_the_head_reads_no_more_than_it_shows(lite: Store) -> None:
    stand_on(lite, ON)
    moment = {"day": ON, "now": lite.clock.now(), "soon": lite.clock.now()}
    moment |= {"ever": lite.clock.now(), "overdue": lite.clock.now()}
    values = {**moment, "staff0": 1, "pool": 1, "limit": 10}
    desk = Desk(staff_id=1, pool_store_id=1)
    for statement in head_statements(lite.rulebook, desk, free=True, lateral=False):
        used = {name: value for name, value in values.items() if f":{name}" in statement.clause.element.text}
        with lite.read() as connection:
            steps = connection.execute(
                sa.text(f"explain query plan {statement.clause.element.text}").bindparams(**used)
            ).all()
        found = [step.detail for step in steps if "follow_up" in step.detail or " f " in step.detail]
        assert found
        for detail in found:
            assert "ix_follow_up_store" not in detail
            assert "SCAN f" not in detail


def test_the_months_calls_come_in_order_from_their_index(lite: Store) -> None:
    stand_on(lite, ON)
    _, months = head_statements(lite.rulebook, Desk(staff_id=1), free=True, lateral=False)
    moment = {"day": ON, "now": lite.clock.now(), "soon": lite.clock.now()}
    with lite.read() as connection:
        clause = sa.text(f"explain query plan {months.clause.element.text}").bindparams(**moment, staff0=1, limit=10)
        details = [step.detail for step in connection.execute(clause)]
    read = [detail for detail in details if "ix_follow_up_desk (assignee_id=? AND programme=?)" in detail]
    sorted_again = [detail for detail in details if "TEMP B-TREE" in detail]
    assert len(read) == 3, details
    # verify, by class within a day, and what all arms give together; the calls by class come as they lie
    assert len(sorted_again) == 2, details
