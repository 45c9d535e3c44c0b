"""A caller's terminal is killed again and again: no acknowledged call is lost, none is stored in part (R5.6)."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.base.clock import FixedClock
from tests.calls.desk import Desk, open_desk
from tests.conftest import sqlite_store

ROOT = Path(__file__).resolve().parents[2]
CALLS = 200
SECONDS = 40
KILLS = 3

CALLER = """
import sys, uuid
from datetime import UTC, datetime
from core.base.actor import Actor, Role
from core.base.clock import FixedClock
from core.calls.actions import CallForm, log_call
from core.store.engine import Store

url, staff, shop, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
store = Store(url, FixedClock(datetime(2026, 11, 23, 1, 42, tzinfo=UTC)))
actor = Actor("fang", "Fang", Role.ASSISTANT, staff, shop)
for line in sys.stdin:
    call, number, outcome = line.split()
    log_call(store, actor, CallForm(call_id=call, number=number, outcome=outcome, note="n" * 300))
    print(call, flush=True)
"""


def run_until_killed(
    desk: Desk, script: Path, work: list[tuple[str, str, str]], answers: int, after: float = 0.0
) -> list[str]:
    """Send the work to a caller of its own, kill it so many answers and seconds later; the ids it acknowledged."""
    assert desk.fang.staff_id is not None
    command = [sys.executable, str(script), str(desk.store.url), str(desk.fang.staff_id), str(desk.shop), "0"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{' '.join(entry)}\n" for entry in work))
        process.stdin.close()
        first = [process.stdout.readline() for _ in range(answers)]
        timer = time.monotonic() + after
        while time.monotonic() < timer and process.poll() is None:
            time.sleep(0.001)  # the moment of the kill is what is being tried out
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    return [line for line in ("".join(first) + rest).split("\n") if len(line) == 36]


@pytest.mark.slow
def test_no_acknowledged_call_is_lost(sqlite_template: Path, tmp_path: Path, clock: FixedClock) -> None:
    desk = open_desk(sqlite_store(sqlite_template, tmp_path, clock))
    rng = random.Random(5)
    work = []
    for number in range(CALLS):
        desk.follow_up(desk.member(str(number)), "welcome")
        work.append(
            (str(uuid.uuid4()), str(number), rng.choice(["reached", "no_answer", "refused", "not_existing"]))
        )
    desk.store.close()
    script = tmp_path / "caller.py"
    script.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{CALLER}")
    acknowledged: set[str] = set()
    left, kills, stop = list(work), 0, time.monotonic() + SECONDS
    while left and (kills < KILLS or time.monotonic() < stop):
        # the killed terminal sends everything again that it had no answer for
        acknowledged |= set(run_until_killed(desk, script, left, rng.randint(1, 30), rng.uniform(0, 0.004)))
        left = [entry for entry in left if entry[0] not in acknowledged]
        kills += 1
    assert kills >= KILLS
    check_whole(desk, acknowledged, {entry[0] for entry in work})


def check_whole(desk: Desk, acknowledged: set[str], sent: set[str]) -> None:
    """Every acknowledged call stands once, and every stored one with all that belongs to it."""
    calls = {row["id"]: row for row in desk.rows("call")}
    assert acknowledged <= set(calls) <= sent
    purposes = Counter(row["call_id"] for row in desk.rows("call_purpose"))
    follow_ups = {row["member_id"]: row for row in desk.rows("follow_up")}
    audited = Counter(row["row_key"] for row in desk.rows("audit_entry") if row["table_name"] == "call")
    members = {row["id"]: row for row in desk.rows("member")}
    for call_id, call in calls.items():
        assert purposes[call_id] == 1
        assert audited[call_id] == 1
        assert members[call["member_id"]]["last_call_at"] == call["ended_at"]
        row, effects = follow_ups[call["member_id"]], json.loads(call["effects"])
        wanted = {"reached": "done", "refused": "done"}.get(call["outcome"], "open")
        assert row["state"] == wanted
        assert row["attempts"] == (1 if call["outcome"] == "no_answer" else 0)
        assert effects
    called = {call["member_id"] for call in calls.values()}
    untouched = [row for key, row in follow_ups.items() if key not in called]
    assert all(row["state"] == "open" and not row["attempts"] for row in untouched)


@pytest.mark.slow
def test_two_processes_that_send_the_same_store_it_once(
    sqlite_template: Path, tmp_path: Path, clock: FixedClock
) -> None:
    desk = open_desk(sqlite_store(sqlite_template, tmp_path, clock))
    for number in range(40):
        desk.follow_up(desk.member(str(number)), "welcome")
    work = [(str(uuid.uuid4()), str(number), "no_answer") for number in range(40)]
    desk.store.close()
    script = tmp_path / "caller.py"
    script.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{CALLER}")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: run_until_killed(desk, script, work, len(work)), range(2)))
    ids = [entry[0] for entry in work]
    assert answers == [ids, ids]
    check_whole(desk, set(ids), set(ids))
