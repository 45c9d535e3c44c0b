"""Order, merging, rests, pools and capacity of the worklist (R4.4-R4.8), and claims (R4.11)."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from core.base.language import catalogue
from core.followups.actions import claim_next, skip
from core.followups.claims import claim, release, renew
from core.followups.planning import plan
from core.followups.tables import FollowUp
from core.followups.why import why_list, why_member
from core.followups.wording import due_words, programme_words, why_row
from core.followups.worklist import WorklistQuery, overview, worklist
from core.members.tables import Member
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.store.engine import Store
from tests.followups.conftest import fill, stand_on
from tests.followups.reference import Person

ON = date(2026, 11, 23)
MINE = WorklistQuery()


def people(count: int = 6, owner: str = "A1") -> list[Person]:
    """Regular members with one purchase each, the later numbers worth less."""
    return [
        Person(f"{owner}-{n:02d}", date(2026, 1, 5), owner, [(ON - timedelta(20), 1000 - n)]) for n in range(count)
    ]


def add(store: Store, number: str, programme: str, **values: object) -> int:
    """Give a member an open follow-up."""
    with store.write(SHELL) as tx:
        member = tx.connection.execute(
            sa.text("select id, store_id, owner_id from member where number = :n"), {"n": number}
        ).one()
        fields: dict[str, object] = {
            "member_id": member.id,
            "programme": programme,
            "cycle": f"test-{programme}",
            "store_id": member.store_id,
            "assignee_id": member.owner_id,
            "due_on": ON,
            "state": "open",
            "created_at": tx.now,
        }
        return int(tx.insert(FollowUp, **{**fields, **values}))


def change(store: Store, number: str, **values: object) -> None:
    """Change a member's row."""
    with store.write(SHELL) as tx:
        key = tx.connection.execute(sa.text("select id from member where number = :n"), {"n": number}).scalar_one()
        tx.update(Member, key, values)


def numbers(store: Store, actor: Actor, query: WorklistQuery = MINE) -> list[str]:
    """The members listed, in order."""
    return [row.number for row in worklist(store, actor, query).rows]


@pytest.fixture
def me(store: Store) -> Actor:
    """An assistant with six members and nothing planned."""
    stand_on(store, ON)
    return fill(store, [*people(6), *people(2, "A2")])["A1"]


def test_groups_stand_in_order(store: Store, me: Actor) -> None:
    now = store.clock.now()
    add(store, "A1-00", "monthly")
    add(store, "A1-01", "dormant-review")
    add(store, "A1-02", "dormant-recovery", place=-500)
    add(store, "A1-03", "welcome")
    add(store, "A1-04", "callback", due_at=now + timedelta(hours=3), place=2)
    add(store, "A1-05", "callback", due_at=now - timedelta(minutes=5), place=1)
    assert numbers(store, me) == ["A1-05", "A1-03", "A1-02", "A1-01", "A1-00", "A1-04"]
    store.clock.advance(hours=2, minutes=45)
    assert numbers(store, me)[:2] == ["A1-05", "A1-04"]


def test_inside_a_group(store: Store, me: Actor) -> None:
    for n, value in enumerate("CBA"):
        change(store, f"A1-0{n}", value_class=value)
        add(store, f"A1-0{n}", "monthly", due_on=ON - timedelta(3 - n), place="ABC".index(value) + 1)
    add(store, "A1-03", "dormant-recovery", place=-100, due_on=ON - timedelta(9))
    add(store, "A1-04", "dormant-recovery", place=-900)
    add(store, "A1-05", "welcome", due_on=ON - timedelta(1))
    assert numbers(store, me) == ["A1-05", "A1-04", "A1-03", "A1-02", "A1-01", "A1-00"]


def test_purposes_merge_into_one_row(store: Store, me: Actor) -> None:
    add(store, "A1-00", "monthly")
    add(store, "A1-01", "monthly")
    add(store, "A1-01", "decline")
    add(store, "A1-01", "dormant-recovery")
    rows = worklist(store, me, MINE).rows
    assert [row.number for row in rows] == ["A1-01", "A1-00"]
    assert [p.programme for p in rows[0].purposes] == ["dormant-recovery", "monthly", "decline"]
    seen = overview(store, me, MINE)
    assert (seen.total, seen.counts) == (2, {"monthly": 2, "decline": 1, "dormant-recovery": 1})
    assert numbers(store, me, WorklistQuery(programme="decline")) == ["A1-01"]


def test_what_rests_is_not_due_until_then(store: Store, me: Actor) -> None:
    now = store.clock.now()
    add(store, "A1-00", "monthly", not_before=now + timedelta(hours=2))
    add(store, "A1-01", "monthly")
    change(store, "A1-01", rest_until=now + timedelta(days=3), rest_reason="refused")
    add(store, "A1-02", "callback", due_at=now)
    change(store, "A1-02", rest_until=now + timedelta(days=3))
    add(store, "A1-03", "monthly")
    change(store, "A1-03", dialable=False)
    add(store, "A1-04", "monthly")
    change(store, "A1-04", status="frozen")
    add(store, "A1-05", "monthly", closes_on=ON - timedelta(1))
    assert numbers(store, me) == ["A1-02"]
    everything = WorklistQuery(staff="A1", everything=True)
    assert sorted(numbers(store, me, everything)) == ["A1-00", "A1-01", "A1-02", "A1-03"]
    store.clock.advance(hours=2)
    assert numbers(store, me) == ["A1-02", "A1-00"]


def test_capacity_fills_from_the_top(store: Store, me: Actor) -> None:
    with store.write(SHELL) as tx:
        tx.update(Staff, me.staff_id, {"daily_target": 2})
    for n in range(5):
        add(store, f"A1-0{n}", "monthly")
    assert len(numbers(store, me)) == 2
    seen = overview(store, me, MINE)
    assert (seen.total, seen.beyond_target) == (2, 3)


def test_pools(store: Store, me: Actor) -> None:
    """Nobody's members are the store's; a callback long overdue is offered to the store's pool (R4.6, R4.11)."""
    now = store.clock.now()
    add(store, "A1-00", "monthly", assignee_id=None)
    add(store, "A2-00", "callback", due_at=now - timedelta(minutes=59))
    add(store, "A2-01", "monthly")
    assert numbers(store, me) == ["A1-00"]
    store.clock.advance(minutes=1)
    assert numbers(store, me) == ["A2-00", "A1-00"]
    with store.write(SHELL) as tx:
        far = tx.insert(Shop, code="S9", name="Far", city="", time_zone="Asia/Shanghai", works_weekends=False)
        other = tx.insert(Staff, code="Z1", name="Z1", role=Role.ASSISTANT, store_id=far)
        centre = tx.insert(Staff, code="C1", name="C1", role=Role.CALLER, store_id=far)
    assert numbers(store, Actor("Z1", "Z1", Role.ASSISTANT, other, far)) == []
    assert numbers(store, Actor("C1", "C1", Role.CALLER, centre, far)) == ["A1-00"]


def test_whose_list_one_may_see(store: Store, me: Actor) -> None:
    assert me.staff_id is not None
    add(store, "A2-00", "monthly")
    with pytest.raises(NotAllowed):
        worklist(store, me, WorklistQuery(staff="A2"))
    with pytest.raises(NotFound):
        worklist(store, SHELL, WorklistQuery(staff="nobody"))
    with pytest.raises(NotFound):
        worklist(store, SHELL, WorklistQuery(store="nowhere"))
    assert numbers(store, SHELL, WorklistQuery(staff="A2")) == ["A2-00"]
    assert numbers(store, SHELL, WorklistQuery(store="S1", everything=True)) == ["A2-00"]
    assert numbers(store, me, WorklistQuery(everything=True)) == []


def test_a_skip_sinks_the_row_for_today(store: Store, me: Actor) -> None:
    for n in range(3):
        add(store, f"A1-0{n}", "monthly")
    with pytest.raises(BadInput):
        skip(store, me, "A1-00", " ")
    assert skip(store, me, "A1-00", "in the shop") == 1
    assert numbers(store, me) == ["A1-01", "A1-02", "A1-00"]
    stand_on(store, ON + timedelta(1))
    assert numbers(store, me) == ["A1-00", "A1-01", "A1-02"]
    assert skip(store, me, "A1-00", "again") == 2


def test_a_claim_holds_until_it_runs_out(store: Store, me: Actor) -> None:
    other = other_of(store)
    add(store, "A2-00", "monthly", assignee_id=None)
    held = claim(store, me, "A2-00", "t1")
    with pytest.raises(Conflict, match="A1"):
        claim(store, other, "A2-00", "t2")
    assert claim(store, me, "A2-00", "t3").claimed_at == held.claimed_at
    row = worklist(store, other, MINE).rows[0]
    assert (row.held_by, row.held_since) == ("A1", held.claimed_at)
    store.clock.advance(minutes=10)
    assert renew(store, me, held.member_id, "t3")
    assert not renew(store, me, held.member_id, "t1")
    store.clock.advance(minutes=14)
    with pytest.raises(Conflict):
        claim(store, other, "A2-00", "t2")
    store.clock.advance(minutes=2)
    assert worklist(store, other, MINE).rows[0].held_by == ""
    claim(store, other, "A2-00", "t2")
    release(store, me, "A2-00")
    with pytest.raises(Conflict):
        claim(store, me, "A2-00", "t1")
    claim(store, other, "A2-00", "t4")
    release(store, other, "A2-00", "t2")  # the screen that was left is not the one that holds
    with pytest.raises(Conflict):
        claim(store, me, "A2-00", "t1")
    release(store, other, "A2-00", "t4")
    claim(store, me, "A2-00", "t1")
    with pytest.raises(Refused, match="--as"):
        claim(store, SHELL, "A2-00", "t1")


def other_of(store: Store) -> Actor:
    """The owner of the second lot of members."""
    with store.read() as c:
        row = c.execute(sa.text("select id, store_id from staff where code = 'A2'")).one()
    return Actor("A2", "A2", Role.ASSISTANT, row.id, row.store_id)


def test_many_terminals_take_different_members(store: Store, me: Actor) -> None:
    other = other_of(store)
    for n in range(6):
        add(store, f"A1-0{n}", "monthly", assignee_id=None)
    taken: list[str] = []

    def work(actor: Actor, terminal: str) -> None:
        while (held := claim_next(store, actor, MINE, terminal)) is not None:
            taken.append(held.number)
            if len(taken) > 20:
                return
            with store.write(actor) as tx:
                tx.connection.execute(
                    sa.text("update follow_up set state='done', closed_at=:n where member_id=:m").bindparams(
                        sa.bindparam("n", type_=FollowUp.__table__.c.created_at.type)
                    ),
                    {"m": held.member_id, "n": tx.now},
                )

    threads = [threading.Thread(target=work, args=(a, t)) for a, t in ((me, "t1"), (other, "t2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"A1-0{n}" for n in range(6)]


def test_two_plans_at_once(store: Store) -> None:
    stand_on(store, ON)
    fill(store, people(40))
    results = []
    threads = [threading.Thread(target=lambda: results.append(plan(store, SHELL, ON))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [sum(result.planned.values()) for result in results]
    assert sorted(made) == [0, 40]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_and_reasons_in_words(lite: Store, lang: str) -> None:
    stand_on(lite, ON)
    people_ = [
        Person("n1", ON - timedelta(8), "A1", [(ON - timedelta(8), 26800)]),
        Person("d1", date(2025, 1, 1), "A1", [(date(2026, 5, 3), 100)]),
        *people(1),
    ]
    me = fill(lite, people_)["A1"]
    plan(lite, SHELL)
    words = catalogue(lang)
    rows = {row.number: row for row in worklist(lite, me, MINE).rows}
    for row in rows.values():
        assert why_row(row, words, lite.rulebook, ON)
        assert due_words(row, words, lite.clock.now())
        assert programme_words(row, words, lite.rulebook)
    assert "8" in why_row(rows["n1"], words, lite.rulebook, ON)
    assert "204" in why_row(rows["d1"], words, lite.rulebook, ON)
    for number in rows:
        for line in why_member(lite, me, number):
            assert line.said(words, ON)
    assert all(line.said(words, ON) for line in why_list(lite, me, MINE))


def test_why_names_the_rule(lite: Store) -> None:
    stand_on(lite, ON)
    me = fill(lite, [*people(1), Person("d1", date(2025, 1, 1), "A1", [(date(2026, 5, 3), 100)])])["A1"]
    assert any("Nothing is planned" in line.template for line in why_member(lite, me, "d1"))
    plan(lite, SHELL)
    lines = {line.programme: line for line in why_member(lite, me, "d1") if line.programme}
    assert lines["dormant-recovery"].verdict == "listed"
    assert lines["monthly"].verdict == "not"
    assert "away 6 months" in lines["monthly"].said(catalogue("en"), ON)
    change(lite, "d1", consent_call=False)
    assert any("consent" in line.template for line in why_member(lite, me, "d1"))
    with pytest.raises(NotFound):
        why_member(lite, me, "none")
