"""The benchmarks run, part by part, on a small store: so that they do not rot."""

from __future__ import annotations

import pytest

from scripts.dev.bench.__main__ import PARTS, measured, table
from scripts.dev.bench.ground import Ground


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(500, 5, tmp_path_factory.mktemp("bench"), 3)


@pytest.mark.slow
@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_gives_figures(part: str, ground: Ground) -> None:
    figures = measured(part, ground)
    assert figures
    assert all(figure.value is not None and figure.value > 0 for figure in figures), table(figures)


def test_a_generated_store_is_sound(ground: Ground) -> None:
    from core.store.check import check
    from core.store.engine import Store

    store = Store(f"sqlite:///{ground.planned}")
    report = check(store)
    assert report.findings == ()
    assert report.rows["member"] == 500
    assert report.rows["follow_up"] > 100
    store.close()
