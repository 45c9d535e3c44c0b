"""What a measurement gives, and how times are taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report; without a goal it only informs."""

    part: str
    what: str
    value: float | None
    unit: str
    goal: float | None = None
    better: Literal["less", "more"] = "less"
    note: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether the goal is kept; None where there is none, or nothing was measured."""
        if self.goal is None or self.value is None:
            return None
        return self.value <= self.goal if self.better == "less" else self.value >= self.goal


def elapsed(work: Callable[[], Any]) -> float:
    """Seconds that `work` takes once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def taking_turns(rounds: int, *works: Callable[[], Any]) -> tuple[float, ...]:
    """The median seconds of each work, measured in turns so that the machine's moods meet all alike."""
    for work in works:
        work()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for place, work in enumerate(works):
            times[place].append(elapsed(work))
    return tuple(statistics.median(measured) for measured in times)


def at_share(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def ms(seconds: float) -> str:
    """Seconds as milliseconds, in words."""
    return f"{seconds * 1000:.2f} ms"
