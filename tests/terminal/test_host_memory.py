"""What a session of the host costs: its pages stay those of the program, and what it makes lies close together."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.base.clock import FixedClock
from core.store.engine import Store
from scripts.dev.host_trial import private
from scripts.hosting import lasting, memory
from tests.terminal.glass import Glass
from tests.terminal.hosts import ROOT, WarmHost
from tests.tui.conftest import monday

SHARE = 0.5
"""At most so much of a cold program's private memory; 0.40 was measured."""

FORKED = """
import os, sys
from scripts.dev.host_trial import private
from scripts.hosting import lasting, memory
loaded = [bytes(15 + n % 400) for n in range(300_000)]
del loaded[1::8]
if sys.argv[1] == "packed":
    memory.pack()
if os.fork() == 0:
    before = private(os.getpid())
    made = [bytes(15 + n % 400) for n in range(8_000)]
    print(private(os.getpid()) - before, flush=True)
    os._exit(0)
os.wait()
"""

READ = """
import os, sys
from scripts.dev.host_trial import private
from scripts.hosting import lasting
loaded = {str(n): (str(n), [n], object()) for n in range(100_000)}
if sys.argv[1] == "lasting":
    assert lasting.let_last() > 500_000
if os.fork() == 0:
    before = private(os.getpid())
    held = [each for key, value in loaded.items() for each in (key, value, *value)]
    first = len(held) * 8 / 1048576
    print(private(os.getpid()) - before - first, flush=True)
    os._exit(0)
os.wait()
"""


@pytest.mark.terminal
@pytest.mark.slow
def test_a_session_takes_less_than_half_of_a_cold_start(host: WarmHost, lite: Store) -> None:
    assert isinstance(lite.clock, FixedClock)
    monday(lite)
    glasses = [host.attach(str(lite.url)) for _ in range(5)]
    cold = Glass(host.home, str(lite.url))
    try:
        for glass in (*glasses, cold):
            glass.wait_for("欧阳明月")
            glass.settle(0.3)
        assert len(host.sessions) == len(glasses)
        own = sorted(private(session) for session in host.sessions)
        assert own[2] < SHARE * private(cold.process.pid)
        for glass in (*glasses, cold):
            assert glass.leave() == 0
    finally:
        for glass in (*glasses, cold):
            if glass.process.isalive():
                glass.kill()


def of_a_fork(program: str, how: str) -> float:
    """The memory, in MB, that a fork in this program takes."""
    done = subprocess.run(
        [sys.executable, "-c", program, how], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@pytest.mark.skipif(memory._libc() is None, reason="not glibc")
def test_what_a_fork_of_a_packed_program_makes_lies_close_together() -> None:
    packed = of_a_fork(FORKED, "packed")
    assert packed < 3.5
    assert packed < of_a_fork(FORKED, "as it is") / 2


@pytest.mark.skipif(not lasting.possible(), reason="Python before 3.12")
def test_a_fork_that_reads_what_lasts_writes_nothing() -> None:
    lasts = of_a_fork(READ, "lasting")
    assert lasts < 1
    assert lasts < of_a_fork(READ, "as it is") / 10


@pytest.mark.skipif(lasting.possible(), reason="here it can")
def test_where_nothing_can_last_nothing_is_marked() -> None:
    before = sys.getrefcount(READ)
    assert lasting.let_last() == 0
    assert sys.getrefcount(READ) == before
