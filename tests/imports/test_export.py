"""Exports: streamed, masked, harmless in a spreadsheet, and on record (R15.2, R15.4, R15.5)."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from core.base.actor import SHELL, Actor, Role
from core.base.errors import BadInput, Cancelled, NotAllowed
from core.base.language import catalogue
from core.calls.tables import Call
from core.imports.export import export_file
from core.store.engine import Store
from tests.imports.conftest import MEMBERS, PURCHASES, WriteFile, bring, everything, rows

ZHANG = ("001", "张伟", "13800138000;010-88881234-12", "1980-05-06", "2026-01-02", "S1", "A1")
LI = ("002", "李娜", "13900139000", "农历八月十五", "2026-02-03", "S2", "")


@pytest.fixture
def filled(ready: Store, written: WriteFile) -> Store:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG, LI))
    bring(
        ready,
        "purchases",
        written(
            "p.csv",
            PURCHASES,
            ("P1", "001", "2026-03-04 10:00", "S1", "A1", "1280.5", "1"),
            ("P2", "002", "2026-03-05", "S2", "", "-35", ""),
        ),
    )
    return ready


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("lang", "born"), [("en", "lunar 08-15"), ("zh", "农历 08-15")])
def test_members_go_out_and_come_in_again_unchanged(filled: Store, tmp_path: Path, lang: str, born: str) -> None:
    file = tmp_path / "out.csv"
    words = catalogue(lang)
    done = export_file(filled, SHELL, "members", file, purpose="对账", words=words)
    assert (done.rows, done.masked) == (2, False)
    lines = read(file)
    zhang, li = ([*line.values()] for line in lines)
    assert (zhang[:4], zhang[-1]) == (["001", "张伟", "", "138 0013 8000; 010 8888 1234 转 12"], "1280.5")
    assert li[4] == born
    before = everything(filled)
    done = bring(filled, "members", file)
    assert (done.unchanged, done.rejected) == (2, 0)
    assert everything(filled) == before


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_purchases_go_out_and_come_in_again_unchanged(
    filled: Store, tmp_path: Path, suffix: str, lang: str
) -> None:
    file = tmp_path / f"out{suffix}"
    assert export_file(filled, SHELL, "purchases", file, purpose="x", words=catalogue(lang)).rows == 2
    done = bring(filled, "purchases", file)
    assert (done.unchanged, done.rejected) == (2, 0)


def test_a_store_manager_takes_out_the_own_store_with_numbers_masked(filled: Store, tmp_path: Path) -> None:
    boss = Actor("M1", "陈红", Role.STORE_MANAGER, 4, 1)
    done = export_file(filled, boss, "members", tmp_path / "out.csv", purpose="盘点")
    assert (done.rows, done.masked) == (1, True)
    assert read(tmp_path / "out.csv")[0]["phone"] == "138****8000; 010****1234"
    before = everything(filled)["phone"]
    assert bring(filled, "members", tmp_path / "out.csv").rejected == 0
    assert everything(filled)["phone"] == before
    (entry,) = rows(filled, "select actor_code, table_name, new, why from audit_entry where field = 'export'")
    assert entry == ("M1", "member", "1 members to out.csv, contact data masked", "盘点")


def test_who_may_not_and_what_for(filled: Store, tmp_path: Path) -> None:
    for role in (Role.CALLER, Role.ASSISTANT):
        with pytest.raises(NotAllowed):
            export_file(filled, Actor("A1", "x", role, 1, 1), "members", tmp_path / "o.csv", purpose="x")
    with pytest.raises(BadInput, match="purpose"):
        export_file(filled, SHELL, "members", tmp_path / "o.csv", purpose="  ")
    with pytest.raises(BadInput, match=r"\.csv or \.xlsx"):
        export_file(filled, SHELL, "members", tmp_path / "o.pdf", purpose="x")
    with pytest.raises(BadInput, match="can't be written"):
        export_file(filled, SHELL, "members", tmp_path / "none" / "o.csv", purpose="x")
    with pytest.raises(BadInput, match="no export of"):
        export_file(filled, SHELL, "cars", tmp_path / "o.csv", purpose="x")
    assert rows(filled, "select count(*) from audit_entry where field = 'export'") == [(0,)]


def test_a_stopped_export_leaves_nothing(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.export.TELL_EVERY", 1)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Cancelled):
        export_file(filled, SHELL, "members", tmp_path / "o.csv", purpose="x", cancelled=lambda: True)
    assert sorted(tmp_path.iterdir()) == before


def test_calls_in_words(filled: Store, tmp_path: Path) -> None:
    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    with filled.write(SHELL) as tx:
        (member,) = tx.connection.exec_driver_sql("select id from member where number = '001'").one()
        tx.insert(
            Call, id="u1", member_id=member, store_id=1, dialled="+8613800138000", started_at=at, ended_at=at,
            day=at.date(), outcome="refused", reached=True, reasons="price,quality", note="=1+1", stored_at=at,
        )  # fmt: skip
    export_file(filled, SHELL, "calls", tmp_path / "o.csv", purpose="x", words=catalogue("en"))
    (line,) = read(tmp_path / "o.csv")
    assert line["time"] == "2026-11-20 10:00"
    assert (line["outcome"], line["reasons"], line["note"]) == ("refuses calls", "price, quality", "'=1+1")
    boss = Actor("M1", "陈红", Role.STORE_MANAGER, 4, 1)
    export_file(filled, boss, "calls", tmp_path / "o.csv", purpose="x")
    assert read(tmp_path / "o.csv")[0]["number dialled"] == "138****8000"


def test_hostile_text_comes_in_and_goes_out_harmless(
    ready_lite: Store, written: WriteFile, tmp_path: Path, realdata: Path
) -> None:
    folder = realdata / "hostile"
    hostile = [
        entry["payload"] for entry in json.loads((folder / "csv_injection_dev.json").read_text(encoding="utf-8"))
    ]
    hostile += [
        text for text in json.loads((folder / "blns.json").read_text(encoding="utf-8")) if isinstance(text, str)
    ]
    hostile += ["\x1b[31mred", "a\u202eb", "=cmd|' /C calc'!A0", "\t=1", "＝1+1", "@x", "+1", "-1+1"]
    lines = [
        (f"{number:05}", "某", "", "", "2026-01-02", "S1", "", text[:400]) for number, text in enumerate(hostile)
    ]
    done = bring(ready_lite, "members", written("m.csv", (*MEMBERS, "备注"), *lines), rejects=tmp_path / "r.csv")
    assert done.added + done.rejected == len(hostile)
    assert done.added > 0.9 * len(hostile)
    export_file(ready_lite, SHELL, "members", tmp_path / "o.csv", purpose="x")
    export_file(ready_lite, SHELL, "members", tmp_path / "o.xlsx", purpose="x")
    for line in read(tmp_path / "o.csv"):
        text = line["evaluation"]
        assert not text.startswith(tuple("=+@\t\r＝＋＠"))
        assert not text.startswith("-") or text.lstrip("-").replace(".", "").isdigit()
        assert not any(
            (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u202a\u202e\u200b" for c in text
        )
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx").active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}
    assert sheet.max_row == done.added + 1
    again = bring(ready_lite, "members", tmp_path / "o.csv")
    assert (again.updated, again.rejected) == (0, 0)
