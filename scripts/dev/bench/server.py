"""Callers on PostgreSQL: claim, log, next through core against a bare loop, and what 200 who think wait for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from core.base.actor import SHELL
from core.followups.planning import plan
from core.store.engine import Store
from scripts.dev.bench.figures import Figure, at_share, ms
from scripts.dev.bench.ground import Ground
from scripts.dev.cluster import Cluster, running
from scripts.dev.soak.ground import DAY, morning, prepare

ROOT = Path(__file__).resolve().parents[3]
CALLERS, THINKERS, THINK = 64, 200, 30.0
PROCESSES = 64
"""A caller's terminal is a process; only those who think share theirs, a few with each other."""

LEAST = 6_000  # members, so that somebody is left to call


def measure(ground: Ground) -> list[Figure]:
    """The rate of 64 callers who never pause, bare and through core, in turns; the waits of 200 who do.

    With few rounds there are fewer callers and shorter spans: `--rounds 100` is what the goals are for.
    """
    callers, seconds = min(CALLERS, 2 * ground.rounds), max(1.0, ground.rounds / 10)
    thinkers, span = min(THINKERS, 4 * ground.rounds), max(2.0, ground.rounds * 0.6)
    with running(fsync="on") as cluster:
        url = _chain(cluster, max(callers, thinkers), members=min(max(ground.members, LEAST), 60_000))
        rates = {"core": 0.0, "bare": 0.0}
        for mode in ("bare", "core", "bare", "core"):
            rates[mode] += len(_work(url, callers, seconds / 2, 0, mode)) / seconds
        waits = _work(url, thinkers, span, THINK * span / 60, "core")
    said = f"core {rates['core']:.0f}, bare {rates['bare']:.0f} cycles a second, {callers} callers"
    thought = f"{len(waits)} calls of {thinkers} callers in {span:.0f} s, thinking {THINK * span / 60:.0f} s"
    return [
        Figure(
            "server", "rate against a bare psycopg loop", rates["core"] / rates["bare"], "x", 0.5, "more", said
        ),
        Figure(
            "server",
            "p99 of claim + log + next",
            at_share(waits, 0.99) * 1000,
            "ms",
            100,
            note=f"p50 {ms(at_share(waits, 0.5))}, {thought}",
        ),
    ]


def _chain(cluster: Cluster, callers: int, members: int) -> str:
    cluster.execute("create database bench")
    url = cluster.url("bench")
    store = Store(url, morning(1))
    prepare(store, callers, members)
    plan(store, SHELL, DAY)
    store.close()
    cluster.execute("analyze", database="bench")
    return url


def _work(url: str, callers: int, seconds: float, think: float, mode: str) -> list[float]:
    """The seconds of each cycle that so many callers got done in a span of time."""
    each = -(-callers // PROCESSES)
    command = [sys.executable, "-m", "scripts.dev.bench.server_callers", url]
    processes = [
        subprocess.Popen(
            [*command, str(first), str(min(each, callers - first)), str(seconds), str(think), mode],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in range(0, callers, each)
    ]
    for process in processes:  # all are connected and warm: go
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return [took for process in processes for took in json.loads(process.communicate()[0])]
