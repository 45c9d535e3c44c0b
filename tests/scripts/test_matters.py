"""Complaints, problems, suggestions and reports through the commands, as others rely on their JSON."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl

from tests.scripts.conftest import ON, Huifang


def at(clock: str, day: str = "2026-11-23") -> tuple[str, ...]:
    return ("--on", day, "--at", clock)


def member_of(file: Path, staff: str) -> str:
    with sqlite3.connect(file) as connection:
        (number,) = connection.execute(
            "select m.number from member m join staff s on s.id = m.owner_id where s.code = ? order by m.number",
            (staff,),
        ).fetchone()
    connection.close()
    return str(number)


def test_a_complaint_by_commands(huifang: Huifang, demo_store: Path) -> None:
    number = member_of(demo_store, "S101")

    def step(clock: str, who: str, *words: str, code: int = 0) -> Any:
        said = huifang("complaint", *words, *at(clock), "--as", who, "--json", code=code)
        return said.json if code == 0 else said.err

    made = step("09:42", "F01", "add", "--member", number, "--text", "大衣起球", "--category", "quality",
                "--urgency", "urgent", "--demand", "退货", "--product", "大衣", "--evidence", "小票")  # fmt: skip
    key = str(made["id"])
    assert (made["owner"], made["state"], made["late"]) == ("S101", "open", False)
    assert (made["answer_due_at"], made["resolve_due_at"]) == (
        "2026-11-23T11:42:00+08:00",
        "2026-11-24T09:42:00+08:00",
    )
    before = huifang("complaint", "escalate", *at("11:42"), "--json").json["escalated"]
    again = huifang("complaint", "escalate", *at("11:42"), "--json").json["escalated"]
    assert (before >= 1, again) == (True, 0)
    huifang("plan", "--on", "2026-11-24")
    late = huifang("complaint", "list", "--view", "late", *at("14:00"), "--as", "K01", "--json").json
    assert next(row for row in late if row["id"] == made["id"])["level"] == 2
    assert "Say in a few words" in step("14:00", "S101", "resolve", key, code=1)
    assert "There is no number" in step("14:00", "S201", "resolve", key, "--text", "x", code=1)
    step("14:00", "S101", "answer", key, "--text", "已致歉", "--by", "+1d")
    step("14:05", "S101", "progress", key, "--text", "在质检", "--told")
    assert step("14:10", "S101", "resolve", key, "--text", "换新")["state"] == "resolved"
    assert "1 to 5" in step("14:11", "S101", "close", key, code=1)
    said = huifang("call", "log", "--member", number, "--outcome", "dissatisfied", "--note", "还是起球",
                   *at("14:20"), "--as", "S101", "--json")  # fmt: skip
    assert "problem" in said.json["closed"]
    shown = step("14:30", "S101", "show", key)
    assert (shown["state"], shown["round"], shown["level"]) == ("open", 1, 0)
    step("14:30", "S101", "resolve", key, "--text", "退款")
    done = step("14:40", "S101", "close", key, "--score", "5", "--text", "满意")
    assert (done["state"], done["score"], done["acts"]) == ("closed", 5, ["reopen"])
    assert [one["step"] for one in done["steps"]] == [
        "take", "escalate", "escalate", "answer", "progress", "resolve", "reopen", "resolve", "close",
    ]  # fmt: skip
    archive = huifang(
        "complaint", "list", "--view", "closed", "--find", "退款", *at("15:00"), "--as", "K01", "--json"
    )
    assert [row["id"] for row in archive.json] == [made["id"]]
    for words in (("show", key), ("list", "--view", "all")):
        out = huifang("complaint", *words, *at("15:00"), "--as", "K01", "--lang", "zh").out
        assert "大衣起球" in out
    assert huifang("problem", "show", key, *at("15:00"), "--as", "K01", code=1).err
    assert huifang("check", "--json").json["ok"] is True
    assert huifang("audit", "verify", "--json", code=0).json


def test_problems_and_suggestions_by_commands(huifang: Huifang, demo_store: Path) -> None:
    number = member_of(demo_store, "S101")
    problem = huifang("problem", "add", "--member", number, "--text", "灯坏", "--category", "place", *at("09:42"),
                      "--promised", "2026-11-25", "--as", "S102", "--json").json  # fmt: skip
    assert (problem["promised_on"], problem["due_at"]) == ("2026-11-25", "2026-11-25T18:00:00+08:00")
    key = str(problem["id"])
    assert huifang("problem", "resolve", key, "--text", "换了", *at("10:00"), "--as", "S102", code=1).err
    huifang("problem", "assign", key, "--to", "S102", "--text", "你管灯", *at("10:00"), "--as", "S100")
    huifang("problem", "promise", key, "--by", "+3d", "--text", "灯管缺货", *at("10:00"), "--as", "S102")
    huifang("problem", "resolve", key, "--text", "换了", *at("10:00"), "--as", "S102")
    row = huifang("problem", "close", key, "--score", "4", *at("10:10"), "--as", "S102", "--json").json
    assert (row["state"], row["owner"], row["score"]) == ("closed", "S102", 4)
    wish = huifang(
        "suggestion", "add", "--name", "路人", "--text", "早点开门", *at("09:42"), "--as", "S102", "--json"
    )
    key = str(wish.json["id"])
    assert huifang("suggestion", "accept", key, *at("09:50"), "--as", "S102", code=1).err
    assert huifang("suggestion", "decline", key, *at("09:50"), "--as", "S100", code=1).err
    huifang("suggestion", "accept", key, "--text", "下月起", *at("09:50"), "--as", "S100")
    huifang("suggestion", "done", key, "--text", "已改", *at("09:50"), "--as", "S100")
    told = huifang("suggestion", "told", key, "--text", "到店时说了", *at("09:50"), "--as", "S100", "--json").json
    assert told["state"] == "closed"
    assert "早点开门" in huifang("suggestion", "list", "--view", "all", *at("09:50"), "--as", "S100").out


def test_reports_as_tables_and_files(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    huifang("complaint", "add", "--name", "<b>&[/x]", "--text", "=1+1", "--product", "=HYPERLINK(1)",
            "--store", "S1", *at("09:42"), "--as", "F01")  # fmt: skip
    for code in ("satisfaction", "complaints", "reasons"):
        found = huifang("report", code, *ON, "--as", "K01", "--json").json
        assert (found["report"], found["since"], found["until"]) == (code, "2025-12-01", "2026-11-23")
        assert all(isinstance(rows, list) for rows in found["sections"].values())
        text = huifang("report", code, *ON, "--as", "K01", "--lang", "zh").out
        assert "###" in text
        assert huifang("report", code, *ON, "--as", "S101", code=1).err
        assert huifang("report", code, *ON, "--as", "S100", "--store", "S2", code=1).err
        for ending in ("html", "xlsx", "csv"):
            file = tmp_path / f"{code}.{ending}"
            huifang("report", code, *ON, "--as", "K01", "--lang", "zh", "--out", file, "--purpose", "月会")
            assert file.stat().st_size > 200
            assert file.stat().st_mode & 0o077 == 0
    page = (tmp_path / "complaints.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "=HYPERLINK(1)" in page
    rows = list(csv.reader((tmp_path / "complaints.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert any(row and row[0] == "'=HYPERLINK(1)" for row in rows)
    book = openpyxl.load_workbook(tmp_path / "complaints.xlsx")
    assert len(book.sheetnames) == 7
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert huifang("report", "reasons", *ON, "--as", "K01", "--out", tmp_path / "x.doc", code=1).err
    assert huifang("report", "reasons", *ON, "--as", "K01", "--out", tmp_path / "no" / "x.csv", code=1).err
    with sqlite3.connect(demo_store) as connection:
        noted = connection.execute(
            "select count(*) from audit_entry where field = 'export' and why = '月会'"
        ).fetchone()
    connection.close()
    assert noted == (9,)
