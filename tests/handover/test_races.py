"""Others act at the same moment, and processes die: exactly one outcome each, and nobody's change lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.errors import Refused, StoreTrouble
from core.calls.actions import log_call
from core.calls.forms import CallForm
from core.handover import actions, proof
from core.handover.forms import HandoverForm
from core.handover.log import handover_sheet
from core.members.actions import edit_member
from core.purchases.actions import PurchaseForm, record_purchase
from core.store.engine import Store
from tests.handover.conftest import Office

ROOT = Path(__file__).resolve().parents[2]
LEAVING = HandoverForm("S101", "leaving", ("S102", "S103"), "离职")


def reviewed(office: Office) -> str:
    """A handover that waits for the manager."""
    number = actions.submit(office.store, office["S101"], LEAVING).row.number
    actions.review(office.store, office["S1M"], number)
    return number


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed gives, or the error it raised, all begun at the same moment in threads of their own."""
    found: list[Any] = [None] * len(deeds)
    gate = threading.Barrier(len(deeds))

    def run(place: int) -> None:
        gate.wait()
        try:
            found[place] = deeds[place]()
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_managers_at_once(office: Office) -> None:
    office.members(200)
    for _ in range(3):
        number = reviewed(office)
        answers = at_once(
            lambda n=number: actions.approve(office.store, office["K01"], n),
            lambda n=number: actions.approve(office.store, office["K02"], n),
        )
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], Refused), refused
        steps = handover_sheet(office.store, office["K01"], number).steps
        assert [step.step.value for step in steps] == ["submit", "review", "approve", "execute"]
        with office.store.write(office["K01"]) as tx:
            tx.connection.execute(sa.text("update member set owner_id = :g"), {"g": office["S101"].staff_id})
            tx.connection.execute(sa.text("delete from handover_member"))
            tx.connection.execute(sa.text("update handover set state = 'withdrawn'"))


def test_an_owner_works_on_while_it_executes(office: Office) -> None:
    office.members(300)
    for n in range(1, 41):
        office.follow_up(f"{n:05d}")
    number = reviewed(office)
    store, giver = office.store, office["S101"]
    done: dict[str, list[str]] = {"edit": [], "sale": [], "call": []}
    errors: list[BaseException] = []

    def work(kind: str, deed: Callable[[str], Any]) -> None:
        for n in range(1, 41):
            try:
                deed(f"{n:05d}")
            except StoreTrouble:
                continue  # a deadlock's loser is told to try again; nothing of theirs was stored
            except BaseException as error:
                errors.append(error)
                return
            done[kind].append(f"{n:05d}")

    def sell(number_: str) -> None:
        form = PurchaseForm("S1", f"D{number_}", number_, store.clock.now(), 100_00, received_by="S101")
        record_purchase(store, giver, form)

    def call(number_: str) -> None:
        form = CallForm(
            call_id=str(uuid.uuid4()), number=number_, outcome="callback", callback_text="+2d", opened=True
        )
        log_call(store, giver, form)

    answers = at_once(
        lambda: actions.approve(store, office["K01"], number),
        lambda: work("edit", lambda n: edit_member(store, giver, n, {"interests": f"茶{n}"})),
        lambda: work("sale", sell),
        lambda: work("call", call),
    )
    assert errors == []
    if isinstance(answers[0], StoreTrouble):
        actions.approve(store, office["K01"], number)
    else:
        assert not isinstance(answers[0], BaseException), answers[0]
    assert office.owners() == {"S102": 150, "S103": 150}
    assert len(done["edit"]) > 30
    assert len(done["call"]) > 30
    for n in done["edit"]:
        assert office.rows("select interests from member where number = :n", n=n) == [(f"茶{n}",)]
    for n in done["sale"]:
        rows = office.rows(
            "select m.purchase_count from member m join purchase p on p.member_id = m.id where number = :n", n=n
        )
        assert rows == [(2,)]
    stored = office.rows("select count(*) from call")
    assert stored == [(len(done["call"]),)]
    stray = office.rows(
        """select f.programme from follow_up f join member m on m.id = f.member_id
        where f.state = 'open' and f.programme <> 'callback' and f.assignee_id is distinct from m.owner_id"""
    )
    assert stray == []


@pytest.mark.parametrize("column", ["status", "owner"])
def test_a_member_changes_at_that_moment(office: Office, column: str) -> None:
    office.members(60)
    number = reviewed(office)
    change = {"status": "cancelled"} if column == "status" else {"owner_id": office["S201"].staff_id}
    at_once(
        lambda: actions.approve(office.store, office["K01"], number),
        lambda: office.change("00030", **change),
    )
    ((outcome, owner, status),) = office.rows(
        """select hm.outcome, s.code, m.status from handover_member hm join member m on m.id = hm.member_id
        join staff s on s.id = m.owner_id where m.number = '00030'"""
    )
    if column == "owner":
        assert owner == "S201"
    else:
        assert status == "cancelled"
        assert (outcome == "moved") == (owner != "S101")
    others = office.rows("select count(*) from handover_member where outcome = 'moved'")
    assert others[0][0] >= 59


APPROVE = """
import sys
from core.base.actor import Actor, Role
from core.store.engine import Store
import core.schema
from core.handover import actions
store = Store(sys.argv[1])
actor = Actor("K01", "K01", Role.MANAGER, int(sys.argv[2]), int(sys.argv[3]))
print("ready", flush=True)
sys.stdin.readline()
actions.approve(store, actor, sys.argv[4])
print("done", flush=True)
"""


@pytest.mark.slow
def test_killed_in_the_middle_it_is_all_or_nothing(office: Office) -> None:
    office.members(4000)
    for n in range(1, 4001, 3):
        office.follow_up(f"{n:05d}")
    number = reviewed(office)
    boss = office["K01"]
    url = office.store.url.render_as_string(hide_password=False)
    arguments = [sys.executable, "-c", APPROVE, url, str(boss.staff_id), str(boss.store_id), number]
    chance = random.Random(7)
    seen = {"before": 0, "after": 0}
    for attempt in range(10):
        child = subprocess.Popen(
            arguments,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.stdin.write("go\n")
        child.stdin.flush()
        if attempt < 9:
            time.sleep(chance.uniform(0.005, 0.35))
            child.send_signal(signal.SIGKILL)
        said = child.communicate()[0]
        _settled(office.store)
        state, moved = _standing(office, number)
        assert (state, moved) in (("reviewed", 0), ("executed", 4000))
        assert state == "executed" or "done" not in said
        seen["after" if moved else "before"] += 1
        if moved:
            break
    assert seen["after"] == 1
    assert office.owners() == {"S102": 2000, "S103": 2000}


def _standing(office: Office, number: str) -> tuple[str, int]:
    ((state,),) = office.rows("select state from handover where number = :n", n=number)
    owners = office.owners()
    introduced = office.rows("select count(*) from follow_up where programme = 'introduce'")[0][0]
    tasks = office.rows(
        """select count(*) from follow_up f join member m on m.id = f.member_id
        where f.state = 'open' and f.assignee_id <> m.owner_id"""
    )[0][0]
    assert tasks == 0
    moved = 4000 - owners.get("S101", 0)
    assert introduced == moved
    steps = office.rows("select count(*) from handover_step")[0][0]
    assert steps == (4 if moved else 2)
    with office.store.read() as c:
        assert list(proof.broken(c)) == []
    return state, moved


def _settled(store: Store) -> None:
    """Wait until the server has noticed that a killed process is gone."""
    if store.is_sqlite:
        return
    query = sa.text(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and (state <> 'idle')"
    )
    for _ in range(200):
        with store.read() as c:
            if c.execute(query).scalar_one() == 0:
                return
        threading.Event().wait(0.05)
