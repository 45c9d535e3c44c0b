"""Tests that a busy machine can't fail: they wait until something is so, and measure at best."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 180.0
"""Seconds after which what has not come will not come; it costs nothing where it comes."""

LOOK = 0.02
"""Seconds between two looks: those who wait leave the processors to those who work."""


def until(true: Callable[[], object], otherwise: str | Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait until something is so. Raises AssertionError, with what `otherwise` says, where it never is."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise if isinstance(otherwise, str) else otherwise()
        time.sleep(LOOK)


def comes_below(limit: float, measure: Callable[[], float], rounds: int = 6) -> None:
    """Assert that a figure is below the limit at best: what other work adds to it is not always there."""
    found = [measure()]
    while found[-1] >= limit and len(found) < rounds:
        found.append(measure())
    assert min(found) < limit, found


def seconds_of(deed: Callable[[], object]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began
