"""`python -m scripts.dev.soak [--callers 200] [--minutes 5] [--database URL] [--pgdata FOLDER]`.

Callers as separate connections, in processes that are killed at random, on a server whose connections are cut and
which is restarted twice, once by a crash. Without --database it makes a server of its own; one that is named must
hold an empty database, and is only restarted where its data folder is named too. The shops' clock runs fast.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import sqlalchemy as sa

from core.base.errors import StoreTrouble
from core.store.engine import Store
from scripts.dev.soak.ground import SwiftClock, morning, prepare
from scripts.dev.soak.judge import Event, events, faults, late

ROOT = Path(__file__).resolve().parents[3]
PER_PROCESS = 25
CALLS_A_SECOND = 90
"""What two processors get through: so many members are there for each second."""

THINK = 30
"""Seconds by the shops' clock between two calls of a caller, on average."""

RESTARTS = ((0.35, "immediate"), (0.7, "fast"))
"""After which part of the time the server is restarted, and how."""

STEPS = 40
"""How often, in all, it is thrown for what goes wrong next."""

Restart = Callable[[str], None]


class Crew:
    """The callers' processes: started, killed, replaced."""

    def __init__(self, url: str, clock: SwiftClock, callers: int, folder: Path) -> None:
        self.folder, self.stop, think = folder, folder / "stop", THINK / clock.speed
        each = max(1, min(PER_PROCESS, callers // 2))
        clock_text = f"{clock.base.isoformat()},{clock.began},{clock.speed}"
        self._lines = [
            [url, str(first), str(min(each, callers - first)), str(self.stop), clock_text, str(think)]
            for first in range(0, callers, each)
        ]
        self.running = [self._start(line) for line in self._lines]
        self.kills = 0

    def _start(self, line: list[str]) -> subprocess.Popen[bytes]:
        journal = str(self.folder / f"{line[1]}.journal")
        return subprocess.Popen([sys.executable, "-m", "scripts.dev.soak.caller", *line, journal], cwd=ROOT)

    def kill_one(self) -> None:
        """End one process in the middle of whatever its callers do, and sit others at its terminals."""
        place = random.randrange(len(self.running))
        self.running[place].send_signal(signal.SIGKILL)
        self.running[place].wait()
        self.running[place] = self._start(self._lines[place])
        self.kills += 1

    def wait_for_work(self) -> None:
        """Wait until the first of them is at work; a slow machine takes its time to start them."""
        for _ in range(1200):
            if any(journal.stat().st_size for journal in self.folder.glob("*.journal")):
                return
            time.sleep(0.1)

    def finish(self) -> None:
        """Have them stop, wait for all, and for those that never end no longer than two minutes."""
        self.stop.touch()
        for process in self.running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(120)

    def end(self) -> None:
        """Leave none behind."""
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()


def soak(given: argparse.Namespace, url: str, folder: Path, restart: Restart | None) -> int:
    """Prepare, let them work, judge; prints what was seen and returns the exit code."""
    callers, seconds, speed = given.callers, given.minutes * 60, given.speed
    clock = morning(speed)
    store = Store(url, clock)
    rate = min(CALLS_A_SECOND, callers / (THINK / speed + 0.1))
    prepare(store, callers, members=round(rate * seconds * 2) + 40 * callers)
    clock = store.clock = morning(speed)
    crew = Crew(url, clock, callers, folder)
    try:
        cut, restarts = _disturb(store, crew, seconds, given.kills, restart)
        crew.finish()
    finally:
        crew.end()
    told = events(folder.glob("*.journal"))
    wrong = faults(store, told)
    _report(told, seconds, crew.kills, cut, restarts)
    print(f"{len(late(store, told))} calls were stored after their hold had run out")
    store.close()
    for line in wrong:
        print("WRONG", line)
    print("nothing was lost, nobody was called twice" if not wrong else f"{len(wrong)} things are wrong")
    return 1 if wrong else 0


def _disturb(store: Store, crew: Crew, seconds: float, kills: int, restart: Restart | None) -> tuple[int, int]:
    """Kill, cut and restart until the time is up; returns how many connections were cut, and the restarts."""
    crew.wait_for_work()
    began, restarts, cut, gone = time.time(), 0, 0, 0.0
    while gone < seconds or (restart and restarts < len(RESTARTS)):  # a slow machine restarts late
        time.sleep(seconds / STEPS)
        gone = time.time() - began
        if restart and restarts < len(RESTARTS) and gone > RESTARTS[restarts][0] * seconds:
            restart(RESTARTS[restarts][1])
            restarts += 1
        elif random.random() < kills / STEPS and gone < seconds * 0.9:
            crew.kill_one()
        if random.random() < kills / STEPS:
            cut += _cut_some(store)
    return cut, restarts


def _cut_some(store: Store) -> int:
    """End a few of the server's connections, whatever they do."""
    if store.is_sqlite:
        return 0
    text = sa.text(
        """select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity
        where application_name = 'huifang' and pid <> pg_backend_pid() and datname = current_database()
        order by random() limit 3) chosen"""
    )
    with suppress(StoreTrouble), store.read() as connection:
        return int(connection.execute(text).scalar_one())
    return 0


def _report(told: list[Event], seconds: float, kills: int, cut: int, restarts: int) -> None:
    counts = Counter(event["e"] for event in told)
    troubles = Counter(event["code"] for event in told if event["e"] == "trouble")
    refusals = Counter(event["code"] for event in told if event["e"] == "refused")
    print(f"{counts['stored']} calls in {seconds:.0f} s ({counts['stored'] / seconds:.0f} a second),", end=" ")
    print(f"{counts['held']} holds, {counts['handover']} handovers, {counts['idle']} times nobody to call")
    print(f"{kills} processes killed, {cut + counts['cut']} connections cut, {restarts} restarts of the server")
    print(f"troubles waited out: {dict(troubles)}, refusals: {dict(refusals)}")
    for event in ("held", "stored"):
        took = sorted(one["took"] for one in told if one["e"] == event)
        if took:
            shown = [
                f"p{share * 100:g} {took[int(len(took) * share)] * 1000:.0f} ms" for share in (0.5, 0.95, 0.99)
            ]
            print(f"{event}: {', '.join(shown)}, longest {took[-1] * 1000:.0f} ms")


def main(arguments: list[str]) -> int:
    """Read the options, find or make the server, and soak."""
    parser = argparse.ArgumentParser(prog="python -m scripts.dev.soak", description=__doc__)
    parser.add_argument("--callers", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--database", help="an empty database's URL, or sqlite for a file of its own")
    parser.add_argument("--pgdata", type=Path, help="the server's data folder: then it is restarted with pg_ctl")
    parser.add_argument("--kills", type=int, default=16, help="how many processes are killed, about")
    parser.add_argument("--speed", type=float, default=10, help="how fast the shops' clock runs")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hf-soak-")))
        url, restart = _server(given, stack, folder)
        return soak(given, url, folder, restart)


def _server(given: argparse.Namespace, stack: ExitStack, folder: Path) -> tuple[str, Restart | None]:
    if given.database == "sqlite":
        return f"sqlite:///{folder / 'store.db'}", None
    if given.database:
        from core.base.settings import database_url

        data = given.pgdata
        return database_url(given.database, folder), (lambda mode: _pg_ctl(data, mode)) if data else None
    from scripts.dev.cluster import running

    cluster = stack.enter_context(running(fsync="on"))
    cluster.execute("create database soak")
    return cluster.url("soak"), cluster.restart


def _pg_ctl(data: Path, mode: str) -> None:
    import shutil

    program = shutil.which("pg_ctl") or "pg_ctl"
    owner = data.stat().st_uid
    who = owner if os.getuid() == 0 else None
    subprocess.run(
        [program, "-D", str(data), "-w", "-m", mode, "restart"], check=True, user=who, capture_output=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
