"""Recovery without a store: what may be done to a measure, and how sure a difference is. Pure functions (R5.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from core.base.errors import BadInput, Refused
from core.base.language import N_, Word
from core.base.rulebook import MeasureKind
from core.recovery.tables import MeasureState
from core.recovery.wording import STATES

SURE = 1.959964
"""The normal deviate of a 95 % interval."""

LONGEST = timedelta(days=366)

MOVES = {
    MeasureState.OPEN: frozenset({MeasureState.DONE, MeasureState.DROPPED}),
    MeasureState.DONE: frozenset[MeasureState](),
    MeasureState.DROPPED: frozenset[MeasureState](),
}
"""What a measure may become: what was done or dropped stays so."""


def demand_move(state: MeasureState, to: MeasureState) -> None:
    """Let a measure go on. Raises Refused where it is over."""
    if to not in MOVES[state]:
        raise Refused(
            "measure.over",
            N_("This measure is {state} already: take a new one instead."),
            state=Word(STATES[state]),
        )


def due_day(kind: MeasureKind, today: date, asked: date | None) -> date:
    """The day a measure is to be done by. Raises BadInput for one that is past or more than a year ahead."""
    if kind.ends:
        return today
    due = asked or today + timedelta(days=kind.due_days)
    if not today <= due <= today + LONGEST:
        raise BadInput("measure.day", N_("Name a day from today on, within a year, for the measure."), field="due")
    return due


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` came back."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """The share, None of nobody."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Uplift:
    """How much larger a share is than the hold-out group's, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves no difference out: more than coincidence."""
        return self.low > 0 or self.high < 0


def interval(share: Share) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not share.of:
        return 0.0, 1.0
    n, p, z = share.of, share.count / share.of, SURE
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def uplift(share: Share, others: Share) -> Uplift | None:
    """The difference to the hold-out group, by Newcombe's interval of two shares; None where one is empty."""
    if share.rate is None or others.rate is None:
        return None
    low, high = interval(share)
    other_low, other_high = interval(others)
    difference = share.rate - others.rate
    below = sqrt((share.rate - low) ** 2 + (other_high - others.rate) ** 2)
    above = sqrt((high - share.rate) ** 2 + (others.rate - other_low) ** 2)
    return Uplift(difference, max(-1.0, difference - below), min(1.0, difference + above))
