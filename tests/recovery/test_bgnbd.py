"""BG/NBD against the numbers that the paper and three other programs publish for the CDNOW sample (R3.6)."""

from __future__ import annotations

import csv
import lzma
import re
import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from core.recovery.bgnbd import Histories, Model, _Likelihood, compress, fit
from tests.patience import comes_below, seconds_of

END = date(1997, 9, 30)
HELD_BACK = date(1998, 6, 30)


@pytest.fixture(scope="module")
def published() -> dict[str, str]:
    """The published numbers by quantity; skips where they are not at hand."""
    file = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "bgnbd" / "published_numbers.csv"
    if not file.exists():
        pytest.skip("the published numbers are not here")
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["quantity"]: row["value"] for row in csv.DictReader(lines)}


class Sample:
    """The customers' histories to the end of calibration, and what they bought afterwards."""

    def __init__(self, file: Path) -> None:
        days: dict[str, set[date]] = defaultdict(set)
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                days[row["sample_id"]].add(date.fromisoformat(row["timestamp"]))
        told = [(sorted(d for d in bought if d <= END), bought) for bought in days.values()]
        self.x = np.array([len(seen) - 1 for seen, _ in told])
        self.t_x = np.array([(seen[-1] - seen[0]).days for seen, _ in told])
        self.T = np.array([(END - seen[0]).days for seen, _ in told])
        self.later = np.array([sum(END < d <= HELD_BACK for d in bought) for _, bought in told])


@pytest.fixture(scope="module")
def sample(published: dict[str, str]) -> Sample:
    """The CDNOW sample."""
    return Sample(Path(__file__).resolve().parents[3] / "shared" / "realdata" / "cdnow_sample.csv.xz")


@pytest.fixture(scope="module")
def model(sample: Sample) -> Model:
    """The model fitted on the calibration weeks."""
    found = fit(compress(sample.x, sample.t_x, sample.T))
    assert found is not None
    return found


def numbers(text: str) -> list[float]:
    """The numbers in a published value."""
    return [float(found) for found in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text)]


def test_the_parameters_and_the_likelihood_are_the_published_ones(published: dict[str, str], model: Model) -> None:
    r, alpha, a, b = numbers(published["parameters, full digits"])
    assert (model.r, model.a, model.b, model.alpha) == pytest.approx((r, a, b, alpha), abs=5e-4)
    assert model.log_likelihood == pytest.approx(numbers(published["log-likelihood"])[1], abs=0.1)
    assert model.members == 2357


def test_fitting_the_sample_takes_less_than_two_seconds(sample: Sample) -> None:
    comes_below(2, lambda: seconds_of(lambda: fit(compress(sample.x, sample.t_x, sample.T))))


def test_expected_purchases_are_the_published_ones(published: dict[str, str], model: Model) -> None:
    one = model.expected(2, 30.43, 38.86, 39)
    assert float(one) == pytest.approx(numbers(published["E[Y(39) | x=2, t_x=30.43, T=38.86]"])[0], abs=1e-3)
    weeks = [0.1429, 1, 3, 31.8571, 32, 78]
    wanted = numbers(published["E[X(t)] for t=0.1429,1,3,31.8571,32,78 weeks"])[: len(weeks)]
    assert model.expected_of_new(weeks) == pytest.approx(wanted, abs=1e-3)
    year = numbers(published["E[X(52)] new customer"])[0]
    assert float(model.expected_of_new(52)) == pytest.approx(year, abs=1e-3)
    often = numbers(published["customer 1516: x=26, t_x=30.857, T=31: E[Y(52)]"])[0]
    assert float(model.expected(26, 30.857, 31, 52)) == pytest.approx(often, abs=2e-3)


def test_the_paradox_of_frequency_is_there(published: dict[str, str], model: Model) -> None:
    wanted = numbers(published["increasing frequency paradox: E[Y(52)|x,t_x=20,T=39] for x=10,15,20,25"])
    assert model.expected([10, 15, 20, 25], [20] * 4, [39] * 4, 52) == pytest.approx(wanted, rel=2e-3)


def test_chances_are_the_published_ones(published: dict[str, str], model: Model) -> None:
    ten, none = numbers(published["P(X(2)=10), P(X(39)=0) for a new customer"])
    rounded = Model(
        0.243, 4.414, 0.793, 2.426, 0.0, 0
    )  # those that the two published chances were worked out from
    assert rounded.chance(10, 2) == pytest.approx(ten, rel=1e-4)
    assert rounded.chance(0, 39) == pytest.approx(none, abs=1e-6)
    assert sum(model.chance(n, 39) for n in range(200)) == pytest.approx(1, abs=1e-6)
    wanted = float(published["customer 1516: P(alive)"])
    assert float(model.alive(26, 30.857, 31)) == pytest.approx(wanted, abs=1e-4)
    assert float(model.alive(0, 0, 39)) == 1.0


def test_the_held_back_weeks_come_out_as_published(
    published: dict[str, str], sample: Sample, model: Model
) -> None:
    expected = model.expected(sample.x, sample.t_x / 7, sample.T / 7, 39)
    bins = np.minimum(sample.x, 7)
    sizes, actual, mean = (
        [float(part(bins == n)) for n in range(8)]
        for part in (np.sum, lambda chosen: sample.later[chosen].mean(), lambda chosen: expected[chosen].mean())
    )
    assert sizes == numbers(published["holdout: customers per bin x=0..6,7+"])
    wanted = numbers(published["holdout: mean actual purchases by calibration x=0..6,7+"])
    assert actual == pytest.approx(wanted, abs=1e-6)
    wanted = numbers(published["holdout: mean expected purchases by calibration x=0..6,7+"])
    assert mean == pytest.approx(wanted, abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(
    logs=st.lists(st.floats(-2.5, 2.5), min_size=4, max_size=4),
    told=st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=12
    ),
)
def test_the_slope_is_that_of_the_likelihood(logs: list[float], told: list[tuple[int, int, int]]) -> None:
    histories = compress(
        [x for x, _, _ in told], [t if x else 0 for x, t, _ in told], [t + more for _, t, more in told]
    )
    likelihood = _Likelihood(histories)
    slope = likelihood(np.array(logs))[1]
    near = approx_fprime(np.array(logs), lambda at: likelihood(at)[0], 1e-7)
    assert slope == pytest.approx(near, rel=2e-3, abs=2e-4)


@settings(max_examples=60, deadline=None)
@given(told=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99), st.integers(0, 99)), max_size=40))
def test_histories_told_once_keep_every_member(told: list[tuple[int, int, int]]) -> None:
    found = compress(*([row[place] for row in told] for place in range(3)))
    back = [
        (round(x), round(t_x * 7), round(T * 7))
        for x, t_x, T, count in zip(found.x, found.t_x, found.T, found.count, strict=True)
        for _ in range(round(count))
    ]
    assert sorted(back) == sorted(told)


def test_members_who_all_bought_once_have_no_model() -> None:
    assert fit(compress([0, 0], [0, 0], [10, 20])) is None
    assert fit(Histories(*(np.zeros(0) for _ in range(4)))) is None


def test_a_session_never_imports_scipy() -> None:
    text = (
        "import sys, tui.app, core.schema, core.recovery.bgnbd, scripts.entry\n"
        "assert not {'scipy', 'numpy'} & set(sys.modules), 'imported'"
    )
    subprocess.run([sys.executable, "-c", text], check=True, cwd=Path(__file__).resolve().parents[2])
