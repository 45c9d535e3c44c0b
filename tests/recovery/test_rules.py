"""Intervals hold what they promise, and measures go their way (R5.8)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import Refused
from core.recovery.rules import MOVES, Share, demand_move, interval, uplift
from core.recovery.tables import MeasureState


@given(of=st.integers(1, 5000), share=st.floats(0, 1))
def test_an_interval_holds_its_share(of: int, share: float) -> None:
    found = Share(round(of * share), of)
    low, high = interval(found)
    assert found.rate is not None
    assert -1e-9 <= low <= found.rate + 1e-9
    assert found.rate - 1e-9 <= high <= 1 + 1e-9


@given(
    st.integers(1, 3000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    st.integers(1, 3000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
)
def test_an_uplift_holds_its_difference(called: tuple[int, int], others: tuple[int, int]) -> None:
    found = uplift(Share(*called), Share(*others))
    assert found is not None
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert -1 <= found.low <= found.high <= 1
    turned = uplift(Share(*others), Share(*called))
    assert turned is not None
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


def test_nobody_has_no_uplift() -> None:
    assert uplift(Share(0, 0), Share(1, 5)) is None
    assert uplift(Share(1, 5), Share(0, 0)) is None
    assert Share(0, 0).rate is None


@pytest.mark.parametrize(("base", "more", "called", "others"), [(0.05, 0.0, 300, 60), (0.2, 0.1, 120, 40)])
def test_the_known_uplift_lies_in_95_of_100_intervals(base: float, more: float, called: int, others: int) -> None:
    chance, held = random.Random(7), 0
    for _ in range(600):
        back = sum(chance.random() < base + more for _ in range(called))
        found = uplift(Share(back, called), Share(sum(chance.random() < base for _ in range(others)), others))
        assert found is not None
        held += found.low <= more <= found.high
    assert held / 600 > 0.93


@given(state=st.sampled_from(MeasureState), to=st.sampled_from(MeasureState))
def test_a_measure_goes_on_only_from_open(state: MeasureState, to: MeasureState) -> None:
    if state is MeasureState.OPEN and to is not MeasureState.OPEN:
        demand_move(state, to)
        return
    assert to not in MOVES[state]
    with pytest.raises(Refused):
        demand_move(state, to)
