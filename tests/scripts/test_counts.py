"""What commands count is one thing or several, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.base.language import catalogue
from core.followups.queues import Reassigned
from core.followups.wording import went_words
from tests.scripts.conftest import Huifang, written


def test_an_import_of_one_row(huifang: Huifang, tmp_path: Path) -> None:
    huifang("init")
    one = written(tmp_path / "one.csv", ["门店编号", "门店名称"], [("S1", "一店")])
    assert huifang("import", "stores", one).out == "1 row read: 1 added, 0 updated, 0 unchanged, 0 rejected.\n"
    two = written(tmp_path / "two.csv", ["门店编号", "门店名称"], [("S1", "一店"), ("S2", "二店")])
    said = "2 rows read: 1 added, 0 updated, 1 unchanged, 0 rejected.\n"
    assert huifang("import", "stores", two).out == said


def test_files_of_one_row_and_of_more(huifang: Huifang, files: Path, tmp_path: Path) -> None:
    huifang("init")
    for kind in ("stores", "staff"):
        huifang("import", kind, files / f"{kind}.csv")
    lines = (files / "members.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    for count, said in ((2, "1 row written to "), (3, "2 rows written to ")):
        some = tmp_path / "some.csv"
        some.write_text("".join(lines[:count]), encoding="utf-8-sig")
        huifang("import", "members", some)
        assert huifang("export", "members", tmp_path / "out.csv", "--purpose", "x").out.startswith(said)


def test_a_trail_that_is_verified_counts_what_it_read(huifang: Huifang, tmp_path: Path) -> None:
    huifang("init")
    assert huifang("audit", "verify").out.startswith(
        "0 sealed rows in 0 seals are as they were written; 0 entries"
    )
    huifang("import", "stores", written(tmp_path / "one.csv", ["门店编号", "门店名称"], [("S1", "一店")]))
    assert (
        "sealed rows in 1 seal are as they were written; 1 entry not yet sealed." in huifang("audit", "verify").out
    )


@pytest.mark.parametrize(
    ("moved", "held", "said"),
    [
        (1, 0, "1 due follow-up went to S1."),
        (2, 0, "2 due follow-ups went to S1."),
        (1, 1, "1 due follow-up went to S1. 1 stays: somebody is on that member just now."),
        (0, 2, "0 due follow-ups went to S1. 2 stay: somebody is on their members just now."),
    ],
)
def test_a_queue_that_went_elsewhere(moved: int, held: int, said: str) -> None:
    assert went_words(Reassigned("S2", "S1", moved, held), catalogue("en")) == said
