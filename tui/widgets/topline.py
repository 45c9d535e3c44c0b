"""The top line: who I am, where, when, and how my day stands."""

from __future__ import annotations

from dataclasses import dataclass

from tui.paint import Span, apart, width_of


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the day stands: done of all, reached, callbacks."""

    done: int = 0
    all: int = 0
    reached: int = 0
    callbacks: int = 0


def top_spans(width: int, who: str, when: str, standing: str) -> list[Span]:
    """Who on the left, the standing on the right, the time between them where it does not move."""
    left: list[Span] = [(" ", ""), (who, "bar-strong")]
    right: list[Span] = [(standing + " ", "")]
    middle = max(width_of(left) + 2, (width - width_of([(when, "")])) // 2 - 3)
    middle = min(middle, max(0, width - width_of(right) - width_of([(when, "")]) - 2))
    gap = max(1, middle - width_of(left))
    return apart([*left, (" " * gap, ""), (when, "")], right, width)
