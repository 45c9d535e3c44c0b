"""What the kernel may merge: just the pages that sessions write to, in the host and in every session."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.clock import FixedClock
from core.store.engine import Store
from scripts.dev import page_merging
from scripts.hosting.merging import joined
from tests.terminal.hosts import ROOT, WarmHost
from tests.tui.conftest import monday

PAGEMAP = Path("/proc/self/pagemap")

FORKED = """
import ctypes, mmap
from scripts.hosting.merging import written_by
size = mmap.PAGESIZE
block = mmap.mmap(-1, 64 * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
block[:] = b"h" * len(block)
first = ctypes.addressof(ctypes.c_char.from_buffer(block)) // size

def work():
    for page in (3, 9, 40):
        block[page * size] = 1
    block[5 * size : 6 * size]

def failing():
    work()
    raise SystemExit(3)

print([page - first for page in written_by(work, [(first, first + 64)])])
print(written_by(failing, [(first, first + 64)]), block[3 * size])
"""


@given(st.sets(st.integers(0, 400)))
def test_what_lies_near_is_one_range_and_nothing_is_left_out(pages: set[int]) -> None:
    ranges = joined(pages)
    covered = {page for first, end in ranges for page in range(first, end)}
    assert pages <= covered
    assert {page for first, end in ranges for page in (first, end - 1)} <= pages
    for (_, end), (first, _) in pairwise(ranges):
        assert first - end > 8
    assert all(any(page + step in pages for step in range(-8, 9)) for page in covered)


@pytest.mark.skipif(not PAGEMAP.exists(), reason="not Linux")
def test_a_fork_tells_where_it_wrote_and_nothing_where_it_failed() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[3, 9, 40]", f"[] {ord('h')}"]


def mergeable(process: int) -> tuple[int, int]:
    """MB in memory that the kernel may merge, and all that is neither a file's nor a thread's."""
    may = every = here = 0
    for line in Path(f"/proc/{process}/smaps").read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == "Anonymous":
            here = int(value.split()[0])
        elif name == "VmFlags":
            every += here
            may += here if " mg" in value else 0
    return may // 1024, every // 1024


@pytest.mark.terminal
@pytest.mark.slow
@pytest.mark.skipif(not page_merging.WHERE.exists(), reason="this kernel merges nothing")
def test_the_kernel_may_merge_what_sessions_write_to_and_no_more(host: WarmHost, lite: Store) -> None:
    assert isinstance(lite.clock, FixedClock)
    monday(lite)
    glass = host.attach(str(lite.url))
    try:
        glass.wait_for("欧阳明月")
        for process in (host.process.pid, *host.sessions):
            may, every = mergeable(process)
            assert 20 <= may < every / 2
        assert glass.leave() == 0
    finally:
        if glass.process.isalive():
            glass.kill()


def test_the_shipped_settings_are_settings_of_the_kernel_and_switch_it_on_last() -> None:
    shipped = page_merging.settings()
    assert list(shipped)[-1] == "run"
    assert shipped["run"] == "1"
    lines = page_merging.FILE.read_text(encoding="utf-8").splitlines()
    assert len(shipped) == len([line for line in lines if not line.startswith("#")])
    if page_merging.WHERE.exists():
        assert all((page_merging.WHERE / name).exists() for name in shipped)


def test_the_trial_tells_when_the_goal_was_met() -> None:
    found = page_merging.watched(lambda: 12.0, iter((1.0, 1.5)).__next__, 16, 0.01)
    assert found.looks == (12.0,)
    assert found.at_rest == 12.0
    assert found.met is not None
    assert found.share > 0
    never = page_merging.watched(lambda: 17.0, lambda: 0.0, 16, 0.01)
    assert (never.met, never.share) == (None, 0)
