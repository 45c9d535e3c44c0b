"""A real two-year order log through the command line: what PRODUCT.md's sections 3 and 4 make of it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.scripts.conftest import Huifang

LAST_DAY = "2011-12-09"


@pytest.mark.slow
def test_the_whole_log(huifang: Huifang, realdata: Path, tmp_path: Path) -> None:
    orders = realdata / "online_retail_ii_A_orders.csv.xz"
    maker = [sys.executable, str(realdata / "make_inputs.py"), str(orders), str(tmp_path), "A"]
    subprocess.run(maker, check=True, capture_output=True)
    huifang("init")
    for kind in ("stores", "staff", "members", "purchases"):
        said = huifang("import", kind, tmp_path / f"{kind}.csv", "--json").json
        assert said["rejected"] == 0, kind
    plan = huifang("plan", "--on", LAST_DAY, "--json").json
    assert plan["planned"]["monthly"] == 1355
    members = huifang("members", "--on", LAST_DAY, "--json").json
    assert len(members) == 2972
    assert Counter(row["stage"] for row in members) == {
        "regular": 1355,
        "dormant_6m": 781,
        "lost": 451,
        "dormant_3m": 305,
        "new": 80,
    }
    classes = Counter(row["value_class"] for row in members if row["stage"] == "regular")
    assert classes == {"A": 271, "B": 407, "C": 677}
    due = huifang("worklist", "--all", "--on", LAST_DAY, "--json").json
    programmes = Counter(p["programme"] for row in due for p in row["purposes"])
    decline = programmes.pop("decline", 0)
    assert programmes == {"dormant-recovery": 781, "dormant-review": 305, "monthly": 87, "welcome": 43}
    assert len({row["member"] for row in due}) == len(due)
    only_decline = [row for row in due if {p["programme"] for p in row["purposes"]} == {"decline"}]
    assert len(due) - len(only_decline) == 1216
    assert len(only_decline) <= decline
    assert not any(huifang("plan", "--on", LAST_DAY, "--json").json["planned"].values())
    assert huifang("check", "--json").json["ok"]
