"""The whole log of a real shop: counts and sums against the files themselves."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.base.actor import SHELL
from core.imports.importing import import_file
from core.store.engine import Store
from tests.imports.conftest import bring, rows


@pytest.fixture(scope="module")
def shop_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four files of seed A, made from the orders."""
    realdata = Path(__file__).resolve().parents[3] / "shared" / "realdata"
    if not realdata.is_dir():
        pytest.skip("the real data is not beside this checkout")
    folder = tmp_path_factory.mktemp("shop")
    orders = realdata / "online_retail_ii_A_orders.csv.xz"
    subprocess.run(
        [sys.executable, realdata / "make_inputs.py", orders, folder, "A"], check=True, capture_output=True
    )
    return folder


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_real_shop_comes_in_whole_and_only_once(store: Store, shop_files: Path) -> None:
    sales = lines(shop_files / "purchases.csv")
    named = [line for line in sales if line["会员编号"]]
    done = {
        kind: bring(store, kind, shop_files / f"{kind}.csv")
        for kind in ("stores", "staff", "members", "purchases")
    }
    assert {kind: result.rejected for kind, result in done.items()} == dict.fromkeys(done, 0)
    assert [done[kind].added for kind in ("stores", "staff", "members")] == [4, 22, 2972]
    assert (done["purchases"].read, done["purchases"].added) == (len(sales), len(named))
    assert done["purchases"].anonymous == len(sales) - len(named)

    expected: dict[str, list[object]] = {}
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    days: dict[str, list[str]] = defaultdict(list)
    for line in named:
        amounts[line["会员编号"]] += Decimal(line["金额"])
        if Decimal(line["金额"]) > 0:
            days[line["会员编号"]].append(line["消费时间"][:10])
    for line in lines(shop_files / "members.csv"):
        number, own = line["会员编号"], sorted(days[line["会员编号"]])
        last = own[-1] if own else line["入会日期"]
        expected[number] = [int(amounts[number] * 100), len(own), own[0] if own else None, last]
    found = rows(store, "select number, amount_total, purchase_count, first_purchase_on, last_on from member")
    assert {row[0]: [row[1], row[2], row[3] and str(row[3]), str(row[4])] for row in found} == expected
    assert rows(store, "select count(*), sum(amount) from purchase") == [
        (len(named), sum(int(Decimal(line["金额"]) * 100) for line in named))
    ]

    entries = rows(store, "select count(*) from audit_entry")
    for kind in done:
        again = import_file(store, SHELL, kind, shop_files / f"{kind}.csv")
        assert (again.added, again.updated, again.rejected) == (0, 0, 0)
        dry = import_file(store, SHELL, kind, shop_files / f"{kind}.csv", dry_run=True)
        assert (dry.unchanged, dry.anonymous) == (again.unchanged, again.anonymous)
    assert rows(store, "select count(*) from audit_entry") == entries
    assert date.fromisoformat(max(own[-1] for own in days.values() if own)) == date(2011, 12, 9)
