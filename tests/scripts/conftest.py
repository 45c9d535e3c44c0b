"""The command line run in this process, on a store of its own or on a copy of the demo."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.base.language import catalogue
from scripts import demo
from scripts.demo_people import MEMBER_COLUMNS, PURCHASE_COLUMNS, bought_between, invented
from scripts.entry import main

NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
ON = ("--on", "2026-11-23")
AT = (*ON, "--at", "09:42")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.out)


Huifang = Callable[..., Said]


@pytest.fixture
def huifang(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Huifang:
    """Run `huifang ARGS`; the store is HUIFANG_HOME's."""
    monkeypatch.setenv("HUIFANG_LANG", "en")

    def run(*arguments: object, code: int = 0) -> Said:
        capfd.readouterr()
        got = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert got == code, f"exit code {got}: {out}{err}"
        assert code == 0 or err.strip(), "a refusal must say why"
        return Said(got, out, err)

    return run


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's store, made once."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    demo.make(f"sqlite:///{file}", NOW, catalogue("en"))
    return file


@pytest.fixture
def demo_store(demo_template: Path, tmp_path: Path) -> Path:
    """A copy of the demo's store as the store of HUIFANG_HOME."""
    home = Path(os.environ["HUIFANG_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(demo_template, home / "huifang.db"))


def written(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A CSV file as a shop exports it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The four files of a small shop, in a folder."""
    shop = invented(date(2026, 11, 23), 1)
    keepers = ("S301", "S302")
    people = [p for p in shop.people if p.row[8] in keepers][:40]
    shop.people[:] = people
    written(
        tmp_path / "stores.csv",
        ["门店编号", "门店名称", "城市"],
        [(s["code"], s["name"], s["city"]) for s in shop.stores],
    )
    written(
        tmp_path / "staff.csv",
        ["工号", "姓名", "角色", "门店编号"],
        [(s["code"], s["name"], s["role"], s["store"]) for s in shop.staff],
    )
    written(tmp_path / "members.csv", MEMBER_COLUMNS, (p.row for p in people))
    bought = bought_between(shop, date.min, date.max)
    written(tmp_path / "purchases.csv", PURCHASE_COLUMNS, (b.row for b in bought))
    return tmp_path
