"""A shop's files, imported and planned through the commands, against the plain reading of the rules.

For any seed and any working day, `members --json` and `worklist --all --json` must agree member by member.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.followups.reference import Person, classes, due_purposes
from tests.scripts.conftest import Huifang

SHOPS = [
    ("A", None),
    pytest.param("b7", date(2011, 3, 1), marks=pytest.mark.slow),
    pytest.param("zhang", date(2010, 12, 24), marks=pytest.mark.slow),
    pytest.param("5", date(2010, 5, 4), marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("seed", "until"), SHOPS)
def test_a_shop_from_its_files_to_its_worklist(
    huifang: Huifang, realdata: Path, tmp_path: Path, seed: str, until: date | None
) -> None:
    files = tmp_path / "files"
    orders = realdata / "online_retail_ii_A_orders.csv.xz"
    made = [
        sys.executable,
        realdata / "make_inputs.py",
        orders,
        files,
        seed,
        *([until.isoformat()] if until else []),
    ]
    subprocess.run([str(part) for part in made], check=True, stdout=subprocess.DEVNULL)
    people, anonymous, invoices = read_files(files)
    on = until or date(2011, 12, 9)

    huifang("init")
    for kind in ("stores", "staff", "members", "purchases"):
        result = huifang("import", kind, files / f"{kind}.csv", "--json").json
        again = huifang("import", kind, files / f"{kind}.csv", "--json").json
        assert result["added"] == again["unchanged"]
        assert (again["added"], again["updated"], again["rejected"]) == (0, 0, 0)
    assert (result["read"], result["anonymous"], result["rejected"]) == (invoices, anonymous, 0)
    planned = huifang("plan", "--on", on, "--json").json
    assert not any(huifang("plan", "--on", on, "--json").json["planned"].values())

    members = {row["number"]: row for row in huifang("members", "--on", on, "--json").json}
    cut = classes(people, on)
    assert {number: row["stage"] for number, row in members.items()} == {p.number: p.stage(on) for p in people}
    assert {n: row["value_class"] for n, row in members.items()} == {p.number: cut.get(p.number) for p in people}
    for person in people:
        row = members[person.number]
        assert row["amount_12m"] == f"{person.year_sum(on)[0] / 100:.2f}"
        bought = max((d for d, a in person.purchases if a > 0), default=None)
        assert row["last_purchase_on"] == (bought.isoformat() if bought else None)
        assert row["owner"] == person.owner

    rows = huifang("worklist", "--all", "--on", on, "--json").json
    assert {row["member"]: purposes(row) for row in rows} == {
        number: {name: day.isoformat() for name, day in found.items()}
        for number, found in due_purposes(people, on).items()
    }
    assert planned["planned"]["monthly"] == len(cut)
    assert huifang("check").code == 0


def purposes(row: dict[str, Any]) -> dict[str, str]:
    """{programme: due day} of a worklist row."""
    return {purpose["programme"]: purpose["due_on"] for purpose in row["purposes"]}


def read_files(files: Path) -> tuple[list[Person], int, int]:
    """The members with their purchases, the number of sales without a member, and of all sales."""
    bought: dict[str, list[tuple[date, int]]] = defaultdict(list)
    anonymous = invoices = 0
    with (files / "purchases.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            invoices += 1
            if not row["会员编号"]:
                anonymous += 1
                continue
            day = date.fromisoformat(row["消费时间"][:10])
            bought[row["会员编号"]].append((day, round(float(row["金额"]) * 100)))
    with (files / "members.csv").open(encoding="utf-8-sig", newline="") as file:
        people = [
            Person(
                row["会员编号"], date.fromisoformat(row["入会日期"]), row["维护人工号"], bought[row["会员编号"]]
            )
            for row in csv.DictReader(file)
        ]
    return people, anonymous, invoices
