"""Rows that can't be used: each comes back with its reason, and goes in once it is put right."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core.base.errors import BadInput
from core.store.engine import Store
from tests.imports.conftest import MEMBERS, PURCHASES, WriteFile, bring, rows
from tests.imports.test_importing import ZHANG, counts


def test_bad_rows_come_back_with_the_reason(ready: Store, written: WriteFile, tmp_path: Path) -> None:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG))
    good = ("P1", "001", "2026-03-04 10:00", "S1", "A1", "100", "1")
    bad = (
        ("P2", "009", "2026-03-04", "S1", "A1", "100", "1"),
        ("P3", "001", "2026-03-04", "S9", "A1", "100", "1"),
        ("P4", "001", "2026-03-04", "S1", "Z9", "100", "1"),
        ("P5", "001", "04/03/2026", "S1", "A1", "100", "1"),
        ("P6", "001", "2026-03-04", "S1", "A1", "12.345", "1"),
        ("=P7", "001", "2026-03-04", "S1", "A1", "#N/A", "1"),
        ("", "001", "2026-03-04", "S1", "A1", "100", "1"),
        ("P9", "001", "2026-03-04", "S1", "A1", "100", "1", "x"),
    )
    file = written("p.csv", PURCHASES, bad[0], good, *bad[1:])
    target = tmp_path / "back.csv"
    done = bring(ready, "purchases", file, rejects=target)
    assert counts(done) == (9, 1, 0, 0, 0, 8)
    assert done.rejects_file == target
    with target.open(encoding="utf-8-sig", newline="") as handle:
        back = list(csv.reader(handle))
    assert back[0] == ["row", "reason", *PURCHASES]
    by_row = {int(row[0]): row for row in back[1:]}
    assert set(by_row) == {2, 4, 5, 6, 7, 8, 9, 10}
    assert by_row[8][2] == "'=P7"
    for row, (column, words) in {
        2: ("member number", "no member 009"),
        4: ("store code", "known: S1 S2"),
        5: ("assistant code", "no staff member Z9"),
        6: ("bought at", "2026-11-23"),
        7: ("amount", "two decimals"),
        8: ("amount", "#N/A"),
        9: ("order number", "empty"),
    }.items():
        assert by_row[row][1].startswith(f"{column}: ")
        assert words in by_row[row][1]
    assert "more cells" in by_row[10][1]
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


def test_refused_rows_put_right_go_in_from_the_file_they_came_back_in(ready: Store, written: WriteFile) -> None:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG))
    done = bring(
        ready, "purchases", written("p.csv", PURCHASES, ("=P1", "001", "2026-03-04", "S9", "A1", "-5", "1"))
    )
    assert done.rejects_file is not None
    assert done.rejects_file.name == "p.rejected.csv"
    text = done.rejects_file.read_text(encoding="utf-8-sig").replace("S9", "S1")
    done.rejects_file.write_text(text, encoding="utf-8-sig")
    assert counts(bring(ready, "purchases", done.rejects_file)) == (1, 1, 0, 0, 0, 0)
    assert rows(ready, "select order_number, amount from purchase") == [("=P1", -500)]


def test_rejects_that_cannot_be_written_are_refused_in_words(
    ready_lite: Store, written: WriteFile, tmp_path: Path
) -> None:
    file = written("m.csv", MEMBERS, ("", "nobody"))
    with pytest.raises(BadInput, match="refused rows can't be written"):
        bring(ready_lite, "members", file, rejects=tmp_path / "none" / "r.csv")
    with pytest.raises(BadInput, match="name another one"):
        bring(ready_lite, "members", file, rejects=tmp_path / "." / "m.csv")
