"""The warm host with many sessions: `python -m scripts.dev.host_trial --sessions 100`.

On the demo's store it takes, in turns, starts without a host and sessions of the host, keeps the sessions open,
and prints the time to the first row, the private memory of a session (and of the terminal's end), and what an
idle one costs of a core. Where it may, it then has the kernel merge equal pages, and prints what that brings.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from core.base.clock import SystemClock
from core.base.language import catalogue
from scripts import demo
from scripts.dev.bench.__main__ import table
from scripts.dev.bench.figures import Figure, ms
from scripts.dev.bench.program import RUN, command, environment
from scripts.dev.bench.terminal import Terminal
from scripts.dev.page_merging import merger, merging, possible, watched
from scripts.hosting import place

COLD = 5
IDLE_SECONDS = 60.0
MERGE_SECONDS = 120.0
MEGABYTE = 1024
GOAL = 16.0
"""MB of a session's own."""


def private(process: int) -> float:
    """The memory, in MB, that is a process's own."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / MEGABYTE


def used(processes: list[int]) -> float:
    """Seconds of a core that the processes have used so far."""
    total = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / float(os.sysconf("SC_CLK_TCK"))


def children(process: int) -> list[int]:
    """The sessions of a host."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(number) for number in listed.split()]


class Trial:
    """A host on a demo store in `home`, and terminals on both."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = environment(home)
        self.staff = demo.make(f"sqlite:///{home / 'huifang.db'}", SystemClock().now(), catalogue("zh"))
        self.first = ""

    def start(self) -> subprocess.Popen[bytes]:
        """The host, ready."""
        host = subprocess.Popen(command(RUN, "host"), env=self.environment)
        while not (self.home / place.NAME).exists():
            if host.poll() is not None:
                raise SystemExit("the host did not start")
            time.sleep(0.1)
        return host

    def open(self, way: str) -> tuple[Terminal, float]:
        """A terminal with rows on it, and the seconds until the first of them."""
        terminal = Terminal(command(RUN, way, "--staff", self.staff), self.environment)
        seconds = terminal.until(lambda text: "> " in text)
        return terminal, seconds


def measure(home: Path, sessions: int, idle: float, merge: float) -> list[Figure]:
    """The figures of one trial."""
    trial = Trial(home)
    host = trial.start()
    cold: list[float] = []
    warm: list[float] = []
    with ExitStack() as opened:
        opened.callback(host.wait)
        opened.callback(host.terminate)
        ends: list[Terminal] = []
        for number in range(sessions):
            if number % max(1, sessions // COLD) == 0:
                terminal, seconds = trial.open("open")
                with terminal:
                    cold.append(seconds)
            terminal, seconds = trial.open("attach")
            ends.append(opened.enter_context(terminal))
            terminal.settle(0.2)
            warm.append(seconds)
        processes = children(host.pid)[:-1]  # the last one waits for the next terminal
        if len(processes) != sessions:
            raise SystemExit(f"{len(processes)} of {sessions} sessions are in the host")
        time.sleep(idle / 4)
        share = idle_share(processes, idle)
        own = [private(process) for process in processes]
        theirs = [private(terminal.pid) for terminal in ends]
        merged = with_merging(processes, merge)
    first, least = statistics.median(warm), statistics.median(cold)
    times = f"{ms(first)} against {ms(least)}"
    return [
        Figure("host", "sessions open", sessions, ""),
        Figure(
            "host", "private memory of a session", statistics.median(own), "MB", GOAL, note=f"most {max(own):.1f}"
        ),
        *merged,
        Figure("host", "private memory of its terminal's end", max(theirs), "MB"),
        Figure("host", "first row against a cold start", first / least, "x", 0.25, note=times),
        Figure("host", "of a core, for an idle session", share * 100, "%", 0.2),
    ]


def with_merging(processes: list[int], seconds: float) -> list[Figure]:
    """A session's own memory once the kernel merges equal pages; nothing where that can't be tried."""
    if not seconds or not possible():
        return []
    kernel = merger()
    with merging():
        found = watched(
            lambda: statistics.median(private(process) for process in processes),
            lambda: used([kernel]),
            GOAL,
            seconds,
        )
    reached = f"{GOAL:.0f} MB after {found.met:.0f} s" if found.met is not None else f"not in {seconds:.0f} s"
    note = f"{reached}; {min(found.looks):.1f} to {max(found.looks):.1f}"
    return [
        Figure("host", "the same with equal pages merged", found.at_rest, "MB", GOAL, note=note),
        Figure("host", "of a core, for the merging", found.share * 100, "%"),
    ]


def idle_share(processes: list[int], seconds: float) -> float:
    """How much of a core one of the processes uses on average while nobody presses a key."""
    before, begun = used(processes), time.perf_counter()
    time.sleep(seconds)
    return (used(processes) - before) / (time.perf_counter() - begun) / len(processes)


def main() -> int:
    """Run the trial and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds that idle sessions are watched")
    parser.add_argument(
        "--merge", type=float, default=MERGE_SECONDS, help="seconds that the kernel's merging gets"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="huifang-trial-") as folder:
        figures = measure(Path(folder), given.sessions, given.idle, given.merge)
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
