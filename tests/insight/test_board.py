"""The board counts what the worklists show, by caller and store; queues are reassigned with a reason (R14.1)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Role
from core.base.errors import BadInput, NotAllowed, NotFound
from core.calls.actions import log_call
from core.calls.forms import CallForm
from core.calls.tables import Call
from core.followups.actions import skip
from core.followups.claims import claim
from core.followups.queues import reassign_queue
from core.followups.worklist import WorklistQuery, overview
from core.insight.board import Tally, board
from core.insight.passed import passed_over
from core.people.access import Right, Scope, scope
from core.people.tables import Staff
from core.store.engine import Store
from tests.handover.conftest import ON, Office, make_office


@pytest.fixture
def office(store: Store) -> Office:
    """Two shops on each database."""
    made = make_office(store)
    made.members(8)
    made.members(2, "S102", first=11)
    made.members(2, "S201", first=21, shop="S2")
    for n in range(1, 7):
        made.follow_up(f"{n:05d}")
    made.follow_up("00011")
    made.follow_up("00021", store_id=made.shops["S2"])
    made.follow_up("00007", assignee_id=None)
    made.follow_up("00008", due_on=ON + timedelta(days=1))
    made.raise_matter("00002")
    return made


def tallies(office: Office, code: str = "K01", store: str = "") -> dict[str, Tally]:
    return {
        row.staff or row.store: row.tally
        for shop in board(office.store, office[code], store).stores
        for row in shop.rows
    }


def log(office: Office, number: str, outcome: str, who: str = "S101", **more: object) -> None:
    form = CallForm(call_id=str(uuid.uuid4()), number=number, outcome=outcome, opened=True, **more)  # type: ignore[arg-type]
    log_call(office.store, office[who], form)


def test_what_is_counted(office: Office) -> None:
    now = office.store.clock.now()
    early, late = now - timedelta(minutes=30), now - timedelta(hours=3)
    office.follow_up("00001", "callback", cycle="a", due_at=early)
    office.follow_up("00002", "callback", cycle="b", due_at=late)
    office.follow_up("00003", "callback", cycle="c", due_at=late)
    before = tallies(office)
    assert before["S101"] == Tally(due=6, late=2, month=7, complaints=1)
    assert before["S1"] == Tally(due=1, month=1)
    assert before["S102"] == before["S201"] == Tally(due=1, month=1)
    for code in ("S102", "S201"):
        seen = overview(office.store, office[code], WorklistQuery())
        pool = before["S1"].due if code == "S102" else 0
        assert seen.total == before[code].due + pool + (2 if code == "S102" else 0)  # callbacks offered
    log(office, "00001", "reached")
    log(office, "00002", "reached")
    log(office, "00004", "no_answer")
    after = tallies(office)["S101"]
    assert (after.done, after.reached, after.kept, after.late) == (3, 2, 1, 2)
    assert (after.due, after.month, after.covered, after.coverage) == (3, 7, 2, 28)
    whole = board(office.store, office["K01"])
    assert whole.total.due == sum(shop.tally.due for shop in whole.stores) == 6
    assert {shop.code for shop in whole.stores} == {"S1", "S2"}


def test_taken_back_records_do_not_count(office: Office) -> None:
    log(office, "00001", "reached")
    ((key,),) = office.rows("select id from call")
    with office.store.write(SHELL) as tx:
        row = tx.connection.execute(sa.select(Call.__table__)).mappings().one()  # type: ignore[attr-defined]
        tx.insert(Call, **{**row, "id": "x", "corrects": key, "outcome": "", "reached": False})
    assert tallies(office)["S101"].done == 0


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_their_part(office: Office, role: Role) -> None:
    reach, code = scope(role, Right.SEE_BOARD), office.of_role(role).code
    staff = set(tallies(office, code))
    if reach is Scope.OWN:
        assert staff == {code}
    elif reach is Scope.STORE:
        assert "S101" in staff
        assert "S201" not in staff
        with pytest.raises(NotAllowed):
            board(office.store, office[code], "S2")
    else:
        assert {"S101", "S201"} <= staff
        assert set(tallies(office, code, "S2")) == {"S201", "S2M", "K02"}
        with pytest.raises(NotFound):
            board(office.store, office[code], "S9")


@pytest.mark.parametrize("role", Role)
def test_who_may_reassign_a_queue(office: Office, role: Role) -> None:
    actor, reach = office.of_role(role), scope(role, Right.REASSIGN)
    for giver, taker, wanted in (("S101", "S102", Scope.STORE), ("S102", "S201", Scope.ALL)):
        if reach >= wanted:
            assert reassign_queue(office.store, actor, giver, taker, reason="x").follow_ups > 0
        else:
            with pytest.raises(NotAllowed):
                reassign_queue(office.store, actor, giver, taker, reason="x")


def test_a_queue_goes_to_somebody_else(office: Office) -> None:
    claim(office.store, office["S101"], "00001", "t")
    with pytest.raises(BadInput):
        reassign_queue(office.store, office["S1M"], "S101", "S102", reason=" ")
    with pytest.raises(NotAllowed):
        reassign_queue(office.store, office["S102"], "S101", "S102", reason="x")
    with pytest.raises(NotAllowed):
        reassign_queue(office.store, office["S1M"], "S101", "S201", reason="x")
    done = reassign_queue(office.store, office["S1M"], "S101", "S102", reason="病假")
    assert (done.follow_ups, done.held) == (5, 1)
    after = tallies(office)
    assert (after["S101"].due, after["S102"].due) == (1, 6)
    assert office.owners()["S101"] == 8
    rows = office.rows("select new, why from audit_entry where table_name = 'follow_up' and deed = 'bulk'")
    assert rows == [("5 due follow-ups from S101 to S102", "病假")]
    assert (
        reassign_queue(office.store, office["K01"], "S102", "S201", reason="x", programme="callback").follow_ups
        == 0
    )


def test_who_is_skipped_three_times_goes_to_the_supervisor(office: Office) -> None:
    office.follow_up("00001", "welcome", cycle="w")
    office.follow_up("00003", due_on=ON + timedelta(days=1), cycle="later", skips=9)
    for number, times in (("00001", 3), ("00002", 2), ("00011", 4)):
        for turn in range(times):
            skip(office.store, office["S102" if number == "00011" else "S101"], number, f"busy {turn}")

    found = passed_over(office.store, office["K01"])
    assert [(one.number, one.skips, one.staff, one.why) for one in found] == [
        ("00011", 4, "S102", "busy 3"),
        ("00001", 3, "S101", "busy 2"),
    ]
    assert {code: tally.passed for code, tally in tallies(office).items() if tally.passed} == {
        "S101": 1,
        "S102": 1,
    }
    assert board(office.store, office["K01"]).total.passed == 2
    assert [one.number for one in passed_over(office.store, office["S101"])] == ["00001"]
    assert passed_over(office.store, office["K01"], "S2") == ()
    with pytest.raises(NotAllowed):
        passed_over(office.store, office["S1M"], "S2")

    log(office, "00011", "reached", "S102")
    assert [one.number for one in passed_over(office.store, office["S1M"])] == ["00001"]


def test_who_has_nothing_is_told_apart(office: Office) -> None:
    rows = {row.staff: row for shop in board(office.store, office["K01"]).stores for row in shop.rows if row.staff}
    busy = {code for code, row in rows.items() if not row.idle}
    assert busy == {code for code, row in rows.items() if row.tally != Tally()} == {"S101", "S102", "S201"}
    assert board(office.store, office["K01"]).idle == len(rows) - 3


def test_what_does_not_fit_the_target_is_counted(office: Office) -> None:
    with office.store.write(SHELL) as tx:
        tx.update(Staff, office["S101"].staff_id, {"daily_target": 4})
    assert {code: tally.beyond for code, tally in tallies(office).items() if tally.beyond} == {"S101": 2}
    log(office, "00001", "reached")
    log(office, "00002", "no_answer")
    found = tallies(office)["S101"]
    assert (found.due, found.done, found.beyond) == (4, 2, 2)
    pooled = 1  # stands on the list, but is the store's on the board
    assert found.beyond + pooled == overview(office.store, office["S101"], WorklistQuery()).beyond_target
    assert board(office.store, office["K01"]).total.beyond == 2
