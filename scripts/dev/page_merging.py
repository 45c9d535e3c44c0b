"""The kernel's merging of equal pages, for a trial: as `data/deploy/huifang-merging.conf` has it, and back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.dev.bench.program import ROOT

WHERE = Path("/sys/kernel/mm/ksm")
FILE = ROOT / "data" / "deploy" / "huifang-merging.conf"
LINE = re.compile(rf"^w {WHERE}/(\w+) - - - - (\d+)$", re.MULTILINE)
EVERY = 5.0
"""Seconds between two looks at the sessions."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What the merging brought: MB of a session at each look, seconds until the goal was met, share of a core."""

    looks: tuple[float, ...]
    met: float | None
    share: float

    @property
    def at_rest(self) -> float:
        """The middle of the later looks: idle sessions write too, so that the figure goes up and down."""
        later = sorted(self.looks[len(self.looks) // 2 :])
        return later[len(later) // 2]


def settings() -> dict[str, str]:
    """What the file for administrators sets, by name."""
    return dict(LINE.findall(FILE.read_text(encoding="utf-8")))


def possible() -> bool:
    """Whether this kernel merges, and lets us say so; it is left alone where it merges already."""
    try:
        with (WHERE / "run").open("r+", encoding="ascii") as run:
            return run.read().strip() == "0"
    except OSError:
        return False


@contextmanager
def merging() -> Iterator[None]:
    """Merge as an administrator's machine would, then take all pages apart and leave the settings as they were."""
    wanted = settings()
    before = {name: (WHERE / name).read_text(encoding="ascii").strip() for name in wanted}
    try:
        for name, value in wanted.items():
            (WHERE / name).write_text(value, encoding="ascii")
        yield
    finally:
        (WHERE / "run").write_text("2", encoding="ascii")
        for name, value in before.items():
            (WHERE / name).write_text(value, encoding="ascii")


def watched(own: Callable[[], float], spent: Callable[[], float], goal: float, seconds: float) -> Merged:
    """Look at `own`, in MB, for so long; `spent` tells the seconds of a core that the merging has taken so far."""
    began, before = time.perf_counter(), spent()
    looks: list[float] = []
    met: float | None = None
    while (passed := time.perf_counter() - began) < seconds:
        time.sleep(min(EVERY, seconds - passed))
        looks.append(own())
        if met is None and looks[-1] <= goal:
            met = time.perf_counter() - began
    return Merged(tuple(looks), met, (spent() - before) / (time.perf_counter() - began))


def merger() -> int:
    """The process of the kernel that merges."""
    for found in Path("/proc").glob("[0-9]*/comm"):
        if found.read_text(encoding="ascii", errors="replace").strip() == "ksmd":
            return int(found.parent.name)
    raise LookupError("ksmd")
