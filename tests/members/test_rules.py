"""Months, stages, classes, completeness."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.base.rulebook import load_rulebook
from core.members.rules import (
    Stage,
    Standing,
    add_months,
    class_cut,
    class_sizes,
    completeness,
    latest_before,
    missing_fields,
    stage_cuts,
    stage_of,
)

POLICY = load_rulebook().policy
DAYS = st.dates(date(1996, 1, 1), date(2032, 12, 31))
MONTHS = st.integers(1, 30)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 23), -12, date(2025, 11, 23)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 10, 15), 15, date(2028, 1, 15)),
    ],
)
def test_the_same_day_months_later_or_the_last(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@settings(deadline=None)
@given(DAYS, MONTHS, DAYS)
@example(date(2024, 2, 29), 12, date(2025, 2, 28))
@example(date(2026, 1, 31), 1, date(2026, 2, 28))
@example(date(2026, 1, 29), 1, date(2026, 2, 28))
@example(date(2026, 3, 31), 1, date(2026, 4, 29))
def test_the_cut_off_is_the_inverse(day: date, months: int, on: date) -> None:
    assert (add_months(day, months) <= on) == (day <= latest_before(on, months))


@settings(deadline=None)
@given(DAYS, MONTHS)
def test_the_cut_off_is_exact(on: date, months: int) -> None:
    latest = latest_before(on, months)
    assert add_months(latest, months) <= on < add_months(latest + timedelta(days=1), months)


@pytest.mark.parametrize(
    ("last", "joined", "stage"),
    [
        (date(2025, 8, 23), date(2020, 1, 1), Stage.LOST),
        (date(2025, 8, 24), date(2020, 1, 1), Stage.DORMANT_6M),
        (date(2026, 5, 23), date(2020, 1, 1), Stage.DORMANT_6M),
        (date(2026, 5, 24), date(2020, 1, 1), Stage.DORMANT_3M),
        (date(2026, 8, 23), date(2020, 1, 1), Stage.DORMANT_3M),
        (date(2026, 8, 24), date(2020, 1, 1), Stage.REGULAR),
        (date(2026, 10, 24), date(2026, 10, 24), Stage.NEW),
        (date(2026, 10, 23), date(2026, 10, 23), Stage.REGULAR),
        (date(2026, 5, 1), date(2026, 11, 20), Stage.DORMANT_6M),
    ],
)
def test_stages_at_their_edges(last: date, joined: date, stage: Stage) -> None:
    assert stage_of(last, joined, date(2026, 11, 23), POLICY.stages) is stage


@settings(deadline=None)
@given(DAYS, DAYS, DAYS)
def test_the_cuts_part_the_stages_as_the_rule_does(last: date, joined: date, on: date) -> None:
    cuts = stage_cuts(on, POLICY.stages)
    if last <= cuts.lost:
        by_cut = Stage.LOST
    elif last <= cuts.dormant_6m:
        by_cut = Stage.DORMANT_6M
    elif last <= cuts.dormant_3m:
        by_cut = Stage.DORMANT_3M
    else:
        by_cut = Stage.NEW if joined > cuts.new_after else Stage.REGULAR
    assert by_cut is stage_of(last, joined, on, POLICY.stages)


@pytest.mark.parametrize(
    ("regular", "sizes"),
    [(0, (0, 0)), (1, (1, 1)), (2, (1, 1)), (3, (1, 2)), (5, (1, 3)), (10, (2, 5)), (101, (21, 51))],
)
def test_class_sizes_round_up(regular: int, sizes: tuple[int, int]) -> None:
    assert class_sizes(regular, POLICY.classes) == sizes


@settings(deadline=None)
@given(st.integers(0, 200_000))
def test_class_sizes_are_the_exact_ceilings(regular: int) -> None:
    assert class_sizes(regular, POLICY.classes) == (-(-regular // 5), -(-regular // 2))


def test_classes_follow_amount_then_number_then_day_then_number_of_member() -> None:
    day = date(2026, 11, 1)
    ranked = [
        Standing("9", 500, 1, day),
        Standing("8", 400, 3, day),
        Standing("7", 400, 2, date(2026, 11, 2)),
        Standing("1", 400, 2, day),
        Standing("2", 400, 2, day),
        Standing("3", -5, 1, day),
    ]
    classes = class_cut(reversed(ranked), POLICY.classes)
    assert [classes[member.number].value for member in ranked] == ["A", "A", "B", "C", "C", "C"]


def test_completeness_is_full_only_when_everything_is_there() -> None:
    weights = POLICY.completeness
    assert completeness(set(weights), weights) == 100
    assert completeness((), weights) == 0
    assert completeness({"name", "phone"}, weights) == 30
    assert missing_fields({"phone"}, weights)[0] == "birthday"
    assert missing_fields(set(weights), weights) == ()
