"""Rules about members: months, stages, value classes, completeness. Pure functions of dates and values."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from core.base.policy import Classes, Stages
from core.members.tables import ValueClass


class Stage(StrEnum):
    """Where a member stands on a given day; computed from dates, never stored (R3.1)."""

    NEW = "new"
    REGULAR = "regular"
    DORMANT_3M = "dormant_3m"
    DORMANT_6M = "dormant_6m"
    LOST = "lost"


DORMANT = frozenset({Stage.DORMANT_3M, Stage.DORMANT_6M, Stage.LOST})


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier, below zero), or that month's last day (R3.1)."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def latest_before(day: date, months: int) -> date:
    """The latest d with add_months(d, months) <= day: the cut-off date that SQL compares with."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    if day.day == monthrange(day.year, day.month)[1]:
        return date(year, month + 1, last)
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True, slots=True)
class StageCuts:
    """The dates that part the stages on one day: `last_on` up to a date is that stage, `joined_on` after
    `new_after` is new."""

    lost: date
    dormant_6m: date
    dormant_3m: date
    new_after: date

    def stage(self, last_on: date, joined_on: date) -> Stage:
        """The stage on the day these cuts were made for: `stage_of`, for many members at once."""
        if last_on <= self.lost:
            return Stage.LOST
        if last_on <= self.dormant_6m:
            return Stage.DORMANT_6M
        if last_on <= self.dormant_3m:
            return Stage.DORMANT_3M
        return Stage.NEW if joined_on > self.new_after else Stage.REGULAR


def stage_cuts(on: date, stages: Stages) -> StageCuts:
    """The cut-off dates of R3.1 for the day `on`."""
    return StageCuts(
        lost=latest_before(on, stages.lost_months),
        dormant_6m=latest_before(on, stages.long_dormant_months),
        dormant_3m=latest_before(on, stages.dormant_months),
        new_after=latest_before(on, stages.new_months),
    )


def stage_of(last_on: date, joined_on: date, on: date, stages: Stages) -> Stage:
    """The stage on the day `on`; `last_on` is the last purchase or, where there is none, joining (R3.1)."""
    if add_months(last_on, stages.lost_months) <= on:
        return Stage.LOST
    if add_months(last_on, stages.long_dormant_months) <= on:
        return Stage.DORMANT_6M
    if add_months(last_on, stages.dormant_months) <= on:
        return Stage.DORMANT_3M
    return Stage.NEW if on < add_months(joined_on, stages.new_months) else Stage.REGULAR


@dataclass(frozen=True, slots=True)
class Standing:
    """What ranks a regular member: amount (fen) and number of purchases in the period, last purchase."""

    number: str
    amount: int
    purchases: int
    last_on: date


def class_sizes(regular: int, classes: Classes) -> tuple[int, int]:
    """How many of `regular` members are A, and how many A or B: ceil of the shares (R3.2)."""
    # shares are decimals written in a file: rounding first keeps ceil(0.2 x 5) from becoming 2
    a = ceil(round(classes.share_a * regular, 6))
    return a, max(a, ceil(round((classes.share_a + classes.share_b) * regular, 6)))


def class_cut(members: Iterable[Standing], classes: Classes) -> dict[str, ValueClass]:
    """The value class of every regular member by number: the reference for the set-based cut (R3.2)."""
    ranked = sorted(members, key=lambda m: (-m.amount, -m.purchases, -m.last_on.toordinal(), m.number))
    a, ab = class_sizes(len(ranked), classes)
    return {
        member.number: ValueClass.A if place < a else ValueClass.B if place < ab else ValueClass.C
        for place, member in enumerate(ranked)
    }


def completeness(filled: Collection[str], weights: Mapping[str, int]) -> int:
    """Percent of the weighted fields that are filled, rounded down: 100 means all of them (R6.4)."""
    total = sum(weights.values())
    return 100 * sum(weights[field] for field in weights if field in filled) // total if total else 100


def missing_fields(filled: Collection[str], weights: Mapping[str, int]) -> tuple[str, ...]:
    """The weighted fields that are not filled, heaviest first."""
    return tuple(sorted((f for f in weights if weights[f] and f not in filled), key=lambda f: -weights[f]))
