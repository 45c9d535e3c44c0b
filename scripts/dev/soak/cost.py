"""What a call costs the server: `python -m scripts.dev.soak.cost [--callers 40] [--seconds 60] [--speed 10]`.

The callers of the soak at work, undisturbed, on a server of their own (fsync on): processor seconds of all its
processes, bytes of its log, transactions and bytes on disk, divided by the outcomes that were stored meanwhile.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from core.store.engine import Store
from scripts.dev.bench.__main__ import table
from scripts.dev.bench.figures import Figure, at_share
from scripts.dev.cluster import Cluster, running
from scripts.dev.soak.__main__ import THINK, Crew
from scripts.dev.soak.ground import morning, prepare
from scripts.dev.soak.judge import events

WARM = 5.0
"""Seconds before the measuring begins."""

COMMITS = 300

_TICK = os.sysconf("SC_CLK_TCK")
_COUNTED = sa.text(
    """select (select count(*) from call) as calls, (select wal_bytes from pg_stat_wal) as wal,
        (select wal_fpi from pg_stat_wal) as pages, xact_commit as commits, pg_database_size(datname) as size,
        pg_total_relation_size('audit_entry') as trail
    from pg_stat_database where datname = current_database()"""
)
_SIZES = sa.text(
    """select (select sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r' and relname in
            ('member', 'member_phone', 'member_name_key')) / (select count(*) from member) as member,
        pg_total_relation_size('purchase') / (select count(*) from purchase) as purchase,
        pg_total_relation_size('follow_up') / (select count(*) from follow_up) as follow_up"""
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A moment's counters; `busy` are processor seconds of the server, `at` the machine's time."""

    at: float
    busy: float
    calls: int
    wal: int
    pages: int
    commits: int
    size: int
    trail: int


def sample(store: Store, cluster: Cluster) -> Sample:
    """The counters now."""
    with store.read() as connection:
        row = connection.execute(_COUNTED).one()
    return Sample(time.time(), busy(cluster), row.calls, int(row.wal), row.pages, row.commits, row.size, row.trail)


def busy(cluster: Cluster) -> float:
    """Processor seconds of a server's processes, those that have ended included."""
    parent = (cluster.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    ticks = 0
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # no process, or one that has just ended
        if folder.name == parent:
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == parent:
            ticks += sum(map(int, fields[11:13]))
    return ticks / _TICK


def measure(cluster: Cluster, folder: Path, callers: int, seconds: float, speed: float) -> list[Figure]:
    """Let them work, and divide."""
    cluster.execute("create database cost")
    url = cluster.url("cost")
    store = Store(url, morning(speed))
    prepare(store, callers, members=round(callers / (THINK / speed) * (seconds + WARM) * 2) + 40 * callers)
    with store.read() as connection:
        sizes = tuple(connection.execute(_SIZES).one())
    commits = _commits(cluster)
    store.clock = clock = morning(speed)
    crew = Crew(url, clock, callers, folder)
    try:
        crew.wait_for_work()
        time.sleep(WARM)
        before = sample(store, cluster)
        time.sleep(seconds)
        after = sample(store, cluster)
        crew.finish()
    finally:
        crew.end()
    store.close()
    told = events(folder.glob("*.journal"))
    took = [one["took"] for one in told if one["e"] == "stored" and before.at < one["t"] < after.at]
    return [*_divided(before, after, took), *_others(sizes, commits)]


def _divided(before: Sample, after: Sample, took: list[float]) -> list[Figure]:
    calls, span = after.calls - before.calls, after.at - before.at
    rate = f"{calls} calls in {span:.0f} s, {calls / span:.1f} a second"
    used = (after.busy - before.busy) / span
    p99 = f"p99 {at_share(took, 0.99) * 1000:.0f} ms"
    trail = f"{(after.trail - before.trail) / calls / 1000:.1f} kB of it the audit trail"
    return [
        _figure("processor time of the server", (after.busy - before.busy) / calls * 1000, "ms", rate),
        _figure("processors it kept busy", used, "", f"of {os.cpu_count()}, callers not counted"),
        _figure(
            "log written", (after.wal - before.wal) / calls / 1000, "kB", f"{after.pages - before.pages} pages"
        ),
        _figure("transactions", (after.commits - before.commits) / calls, "", "reads and writes, by all callers"),
        _figure("growth of the database", (after.size - before.size) / calls / 1000, "kB", trail),
        _figure("storing an outcome: half of them within", at_share(took, 0.5) * 1000, "ms", p99),
    ]


def _others(sizes: Sequence[float], commits: list[float]) -> list[Figure]:
    p99 = f"p99 {at_share(commits, 0.99) * 1000:.1f} ms; one row by one client, nobody else at work"
    return [
        _figure("a bare commit: half of them within", at_share(commits, 0.5) * 1000, "ms", p99),
        _figure("a member on disk", sizes[0], "B", "two numbers and the keys for finding included"),
        _figure("a purchase on disk", sizes[1], "B"),
        _figure("a follow-up on disk", sizes[2], "B"),
    ]


def _figure(what: str, value: float, unit: str, note: str = "") -> Figure:
    return Figure("a call", what, float(value), unit, note=note)


def _commits(cluster: Cluster) -> list[float]:
    """Seconds of single commits."""
    import psycopg

    took = []
    with psycopg.connect(cluster.url("postgres").replace("+psycopg", ""), autocommit=True) as raw:
        raw.execute("create table one (n int)")
        for number in range(COMMITS):
            began = time.perf_counter()
            raw.execute("insert into one values (%s)", (number,))
            took.append(time.perf_counter() - began)
    return took


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m scripts.dev.soak.cost", description=__doc__)
    parser.add_argument("--callers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--speed", type=float, default=10, help="how fast the shops' clock runs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hf-cost-") as folder, running(fsync="on") as cluster:
        print(table(measure(cluster, Path(folder), given.callers, given.seconds, given.speed)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
