"""The trial itself: work through pgbouncer, the leader struck in the middle, and what is there afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
from sqlalchemy.engine import Connection

from core.base.actor import SHELL
from core.base.clock import business_day
from core.base.errors import StoreTrouble
from core.base.language import catalogue
from core.base.report import Asked
from core.insight.reports import make_report
from core.store.engine import Store
from core.store.replica import Mark
from scripts.dev.bench.figures import Figure, at_share
from scripts.dev.failover.archive import back_up, close_log, restored
from scripts.dev.failover.ground import Ground, until
from scripts.dev.failover.machines import Machines, Node
from scripts.dev.soak.__main__ import THINK, Crew
from scripts.dev.soak.ground import SwiftClock, morning, prepare
from scripts.dev.soak.judge import Event, events, faults

ROOT = Path(__file__).resolve().parents[3]
SPEED = 10.0
KILL_AT, BACK_AT = 0.35, 0.7
RUN = "import sys; from scripts.entry import main; sys.exit(main(sys.argv[1:]))"
_SECRETS = """select format('"%s" "%s"', rolname, rolpassword) from pg_authid
    where rolname ~ '^(huifang_owner|shop)'"""


def huifang(ground: Ground, address: str, *words: str) -> str:
    """A command of the program, as its documents have it. Raises RuntimeError where it failed."""
    env = {
        **os.environ,
        "HUIFANG_DATABASE": address,
        "HUIFANG_HOME": str(ground.folder / "home"),
        "HUIFANG_LANG": "en",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"huifang {' '.join(words)}: {(done.stdout + done.stderr).strip()[-1000:]}")
    return done.stdout


def make_store(machines: Machines) -> None:
    """Roles, database, store and rights, in the order that docs/deployment.md tells."""
    words = machines.ground.passwords
    address = machines.address("change-superuser", "postgres", machines.leader().port).replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as raw:

        def users() -> str:
            return "".join(f"{line}\n" for (line,) in raw.execute(_SECRETS))

        raw.execute(f"create role huifang_owner login createrole password '{words['owner']}'")
        raw.execute("create database huifang owner huifang_owner")
        machines.start_way(users())
        owner = machines.address("owner")
        until("the way to the leader", lambda: _answers(owner))
        huifang(machines.ground, owner, "init")
        huifang(machines.ground, owner, "roles")
        raw.execute(f"create role shop1 login password '{words['shop']}' in role huifang_app")
        machines.let_in(users())


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address.replace("+psycopg", ""), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


class Reader(threading.Thread):
    """Somebody who makes one report after the other, on the replica where that is possible."""

    def __init__(self, store: Store, clock: SwiftClock) -> None:
        super().__init__(name="reports")
        self.store, self.stop = store, threading.Event()
        today = business_day(clock.now())
        self.asked = Asked(today - timedelta(days=30), today)
        self.where: Counter[str] = Counter()
        assert store.replica is not None
        self._opened = store.replica.opened
        store.replica.opened = self._noted  # type: ignore[method-assign]

    def _noted(self, mark: Mark) -> Connection | None:
        found = self._opened(mark)
        self.where["main" if found is None else "replica"] += 1
        return found

    def run(self) -> None:
        while not self.stop.wait(1):
            try:
                make_report(self.store, SHELL, "complaints", self.asked, catalogue("en"))
                self.where["made"] += 1
            except StoreTrouble:
                self.where["failed"] += 1


@dataclass
class Seen:
    """What the trial has measured."""

    figures: list[Figure] = field(default_factory=list)

    def add(
        self, part: str, what: str, value: float | None, unit: str, goal: float | None = None, note: str = ""
    ) -> None:
        self.figures.append(Figure(part, what, value, unit, goal, note=note))


def trial(ground: Ground, machines: Machines, callers: int, seconds: float, how: str) -> list[Figure]:
    """All of it, from an empty folder; the servers still run afterwards."""
    seen = Seen()
    machines.start_pair()
    make_store(machines)
    clock = morning(SPEED)
    store = Store(machines.address("owner"), clock)
    rate = callers / (THINK / SPEED)
    prepare(store, callers, members=round(rate * seconds * 2) + 40 * callers)
    took = back_up(ground, machines.leader())
    clock = store.clock = morning(SPEED)
    told, struck = _worked(ground, machines, clock, callers, seconds, how, seen)
    _judge(store, told, struck, seconds, seen)
    close_log(machines)
    seen.add("backup", "a full backup took", took, "s")
    _prove_backup(ground, machines, told, seen)
    store.close()
    return seen.figures


def _worked(
    ground: Ground, machines: Machines, clock: SwiftClock, callers: int, seconds: float, how: str, seen: Seen
) -> tuple[list[Event], float]:
    """Let them work, strike the leader, let it come back; returns what the callers told, and when that was."""
    journals = ground.folder / "journals"
    journals.mkdir()
    shop = machines.address("shop")
    reader = Reader(Store(shop, clock, replica=machines.address("shop", "huifang_replica")), clock)
    crew = Crew(shop, clock, callers, journals)
    try:
        crew.wait_for_work()
        reader.start()
        began = time.monotonic()
        _sleep_until(began + KILL_AT * seconds)
        old = machines.leader()
        new = next(node for node in machines.nodes if node is not old)
        struck = old.strike(how)
        until("a new leader", lambda: new.says("primary"), 120)
        seen.add("failover", f"from the {how} to a new leader", time.time() - struck, "s")
        _sleep_until(began + BACK_AT * seconds)
        old.come_back(how)
        seen.add("failover", "the old leader in step as replica", _back(old), "s", note="while they work")
        _sleep_until(began + seconds)
        crew.finish()
    finally:
        crew.end()
        reader.stop.set()
        if reader.is_alive():
            reader.join()
    reader.store.close()
    where = reader.where
    note = f"{where['replica']} read on the replica, {where['main']} on the leader, {where['failed']} failed"
    seen.add("reports", "made meanwhile", where["made"], "", note=note)
    return events(journals.glob("*.journal")), struck


def _back(old: Node) -> float | None:
    """Seconds from its return until commits wait for it again, None where it did not find its way back."""
    try:
        return until("the old leader's return", old.streams, 180)
    except TimeoutError:
        return None


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _judge(store: Store, told: list[Event], struck: float, seconds: float, seen: Seen) -> None:
    stored = [event for event in told if event["e"] == "stored"]
    moments = sorted(event["t"] for event in stored)
    gap, since = max((after - before, before) for before, after in pairwise(moments))
    there, twice = _calls(store)
    lost = {event["call"] for event in stored} - there
    wrong = faults(store, told)
    after = sum(moment > since for moment in moments)
    note = f"in {seconds:.0f} s; {after} after the failover"
    seen.add("failover", "outcomes acknowledged", len(stored), "", note=note)
    seen.add("failover", "of them missing", len(lost), "", 0)
    seen.add("failover", "outcomes stored twice", twice, "", 0)
    seen.add("failover", "other faults (check, seals, holds)", len(wrong), "", 0, "; ".join(wrong)[:300])
    seen.add("failover", "nobody could store for", gap, "s", note=f"from {since - struck:+.1f} s of that moment")
    troubles = Counter(event["code"] for event in told if event["e"] == "trouble")
    seen.add("failover", "troubles waited out", troubles.total(), "", note=str(dict(troubles)))
    took = [event["took"] for event in stored if not since - 1 < event["t"] - event["took"] < since + gap + 2]
    if took:
        note = f"p99 {at_share(took, 0.99) * 1000:.0f} ms, without those that met the failover"
        seen.add(
            "failover", "storing an outcome: half of them within", at_share(took, 0.5) * 1000, "ms", note=note
        )


def _calls(store: Store) -> tuple[set[str], int]:
    """The calls that are there, and how many of them have more than one record of being stored."""
    with store.read() as c:
        there = set(c.exec_driver_sql("select id from call").scalars())
        entries = "select count(*) from audit_entry where table_name = 'call' and deed = 'insert' group by row_key"
        twice = sum(count > 1 for count in c.exec_driver_sql(entries).scalars())
    return there, twice


def _prove_backup(ground: Ground, machines: Machines, told: Iterable[Event], seen: Seen) -> None:
    """Restore from the repository, and have the restored store prove itself."""
    with restored(ground, machines) as (port, took):
        seen.add("backup", "restored elsewhere, to the archive's end", took, "s")
        address = machines.address("owner", port=port)
        store = Store(address)
        there, _ = _calls(store)
        store.close()
        lost = {event["call"] for event in told if event["e"] == "stored"} - there
        seen.add("backup", "acknowledged outcomes missing in it", len(lost), "", 0, f"of {len(there)} calls")
        for words in (("check",), ("audit", "verify")):
            huifang(ground, address, *words)  # which fails where it finds anything
            seen.add("backup", f"faults found by huifang {' '.join(words)}", 0, "", 0)
