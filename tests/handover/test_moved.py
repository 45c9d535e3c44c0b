"""Once it is executed, an application tells what went along with each member, or that it can't (R7.3, R7.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.calls.actions import log_call
from core.calls.forms import CallForm
from core.handover import actions
from core.handover.forms import HandoverForm
from core.handover.log import member_lines
from tests.handover.conftest import Office

FORM = HandoverForm("S101", "leaving", ("S102", "S103"), "离职")


@pytest.fixture
def number(office: Office) -> str:
    """S101's application: 00001 with two tasks, 00002 with one of the pool's, 00003 with none, 00004 with a
    closed one, and 00005 with one that is a colleague's."""
    office.members(5)
    office.follow_up("00001")
    office.follow_up("00001", "callback", cycle="x", due_at=office.store.clock.now() + timedelta(days=2))
    office.follow_up("00002", assignee_id=None)
    closed: dict[str, Any] = {"state": "done", "closed_at": office.store.clock.now(), "closed_why": "reached"}
    office.follow_up("00004", **closed)
    office.follow_up("00005", assignee_id=office["S201"].staff_id)
    return actions.submit(office.store, office["S101"], FORM).row.number


def executed(office: Office, clock: FixedClock, number: str) -> None:
    clock.advance(minutes=5)
    actions.review(office.store, office["S1M"], number)
    actions.approve(office.store, office["K01"], number)
    clock.advance(minutes=5)


def tasks(office: Office, number: str, who: str = "K01") -> dict[str, int | None]:
    return {line.number: line.follow_ups for line in member_lines(office.store, office[who], number)}


def test_what_was_announced_is_what_is_told_afterwards(office: Office, clock: FixedClock, number: str) -> None:
    announced = tasks(office, number)
    assert announced == {"00001": 2, "00002": 1, "00003": 0, "00004": 0, "00005": 0}
    executed(office, clock, number)
    assert tasks(office, number) == announced
    actions.file(office.store, office["F01"], number)
    assert tasks(office, number, "S101") == announced


def test_it_stays_told_while_the_successors_work(office: Office, clock: FixedClock, number: str) -> None:
    announced = tasks(office, number)
    executed(office, clock, number)
    taker = office["S102"] if member_lines(office.store, office["K01"], number)[0].successor == "S102" else None
    assert taker is not None
    log_call(office.store, taker, CallForm(call_id="11111111-1111-4111-8111-111111111111", number="00001",
                                           outcome="reached"))  # fmt: skip
    office.follow_up("00003", "verify", created_at=clock.now())
    assert tasks(office, number) == announced


def test_what_does_not_come_to_the_sum_on_record_is_not_told(
    office: Office, clock: FixedClock, number: str
) -> None:
    executed(office, clock, number)
    with office.store.write(SHELL) as tx:  # two rows went to other desks since
        tx.connection.execute(
            sa.text("update follow_up set assignee_id = :other where programme <> 'introduce'"),
            {"other": office["S201"].staff_id},
        )
    assert set(tasks(office, number).values()) == {None}
