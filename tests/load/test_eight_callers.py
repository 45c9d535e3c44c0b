"""Eight callers at eight terminals work off one pool of 800 members: nobody is called twice, nothing is lost."""

from __future__ import annotations

import time
import uuid
from datetime import date

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.clock import FixedClock
from core.calls.actions import CallForm, log_call
from core.followups.actions import claim_next
from core.followups.worklist import WorklistQuery
from core.people.tables import Staff
from core.store.check import check
from core.store.engine import Store
from tests.followups.conftest import fill
from tests.followups.reference import Person
from tests.load.processes import together

CALLERS = 8
MEMBERS = 800
DAY = date(2026, 11, 23)


def work_through(number: int, url: str, clock: FixedClock, callers: list[Actor]) -> tuple[list[str], float]:
    """Claim and log until the pool is empty; gives the members called and the longest step in seconds."""
    store = Store(url, clock)
    caller, terminal = callers[number], f"terminal {number}"
    called: list[str] = []
    longest = 0.0
    while True:
        began = time.perf_counter()
        held = claim_next(store, caller, WorklistQuery(), terminal)
        if held is None:
            break
        outcome = "no_answer" if len(called) % 3 else "reached"
        log_call(store, caller, CallForm(call_id=str(uuid.uuid4()), number=held.number, outcome=outcome))
        longest = max(longest, time.perf_counter() - began)
        called.append(held.number)
    store.close()
    return called, longest


def pool(store: Store) -> list[Actor]:
    """800 members without an owner, each with a monthly call due, and eight callers."""
    fill(store, [Person(f"{n:05}", date(2026, 1, 5), "X", []) for n in range(MEMBERS)])
    callers = []
    with store.write(SHELL) as tx:
        for number in range(CALLERS):
            key = tx.insert(
                Staff, code=f"C{number}", name=f"C{number}", role=Role.CALLER, store_id=1, daily_target=10_000
            )
            callers.append(Actor(f"C{number}", f"C{number}", Role.CALLER, key, 1))
        tx.connection.execute(sa.text("update member set owner_id = null, consent_call = true"))
        tx.connection.execute(
            sa.text(
                """insert into follow_up (member_id, programme, cycle, store_id, due_on, place, state, attempts,
                    tried_parts, skips, promise, source, closed_why, created_at, version)
                select id, 'monthly', '2026-11', 1, :day, 0, 'open', 0, '', 0, '', '', '', created_at, 1
                from member"""
            ).bindparams(sa.bindparam("day", type_=sa.Date)),
            {"day": DAY},
        )
    return callers


@pytest.mark.slow
def test_eight_callers_call_each_member_once(store: Store, clock: FixedClock) -> None:
    callers = pool(store)
    store.engine.dispose()
    answers = together(CALLERS, work_through, store.url.render_as_string(hide_password=False), clock, callers)
    called = [number for numbers, _ in answers for number in numbers]
    assert len(called) == len(set(called)) == MEMBERS
    assert min(len(numbers) for numbers, _ in answers) > 0
    assert max(longest for _, longest in answers) < 15
    with store.read() as connection:
        counted = connection.execute(
            sa.text(
                """select (select count(*) from call), (select count(distinct member_id) from call),
                    (select count(*) from follow_up where state = 'done'),
                    (select count(*) from follow_up where state = 'open' and attempts = 1),
                    (select count(*) from claim), (select count(*) from audit_entry where table_name = 'call')"""
            )
        ).one()
    reached = sum((len(numbers) + 2) // 3 for numbers, _ in answers)
    assert tuple(counted) == (MEMBERS, MEMBERS, reached, MEMBERS - reached, 0, MEMBERS)
    assert check(store).findings == ()
