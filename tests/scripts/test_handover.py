"""Handovers, covers and the board through the commands, as others rely on their JSON."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.scripts.conftest import AT, ON, Huifang


def owners(file: Path) -> dict[str, int]:
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "select s.code, count(*) from member m join staff s on s.id = m.owner_id group by s.code"
        ).fetchall()
    connection.close()
    return dict(rows)


LEAVING = ("--from", "S101", "--kind", "leaving", "--to", "S102", "--to", "S201,S301", "--reason", "离职")


def test_a_leaver_from_application_to_filing(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    before = owners(demo_store)
    (seen,) = huifang("handover", "submit", *LEAVING, "--preview", *ON, "--json", "--as", "S101").json
    assert seen["members"] == before["S101"]
    said = huifang("handover", "submit", *LEAVING, "--preview", *ON, "--as", "S101").out
    assert f": {before['S101']} members, " in said
    assert " 0 " not in said.splitlines()[0]  # only what there is
    (row,) = huifang("handover", "submit", *LEAVING, *AT, "--as", "S101", "--json").json
    number = row["id"]
    assert set(row) >= {"id", "state", "from", "to", "members", "steps"}
    assert (row["state"], row["from"], row["to"]) == ("submitted", "S101", ["S102", "S201", "S301"])
    (step,) = row["steps"]
    assert sum(step.pop("moved").values()) == before["S101"]
    assert step == {"step": "submit", "by": "S101", "at": "2026-11-23T09:42:00+08:00", "comment": "离职"}
    for who in ("S101", "S102", "K01", "F01"):
        assert huifang("handover", "review", number, "--as", who, *ON, code=1).err
    huifang("handover", "review", number, "--as", "S100", *ON)
    assert "Say why" in huifang("handover", "refuse", number, "--as", "K01", *ON, code=1).err
    huifang("handover", "refuse", number, "--reason", "改为两人", "--as", "K01", *ON)
    assert huifang("handover", "list", "--waiting", "--as", "S101", "--json", *ON).json[0]["id"] == number
    two = (*LEAVING[:4], "--to", "S102", "--to", "S201", "--reason", "离职")
    (again,) = huifang("handover", "submit", "--id", number, *two, "--as", "S101", *ON, "--json").json
    assert again["to"] == ["S102", "S201"]
    huifang("handover", "review", number, "--as", "S100", *ON)
    (done,) = huifang("handover", "approve", number, "--as", "K01", "--comment", "同意", *ON, "--json").json
    assert [step["step"] for step in done["steps"]] == [
        "submit", "review", "refuse", "submit", "review", "approve", "execute",
    ]  # fmt: skip
    after = owners(demo_store)
    assert done["moved"] == before["S101"]
    assert "S101" not in after
    assert sum(after.values()) == sum(before.values())
    assert {code: after[code] - before[code] for code in ("S102", "S201")} == again["shares"]
    (filed,) = huifang("handover", "file", number, "--as", "F01", *ON, "--json").json
    assert (filed["state"], filed["next"]) == ("filed", [])
    assert huifang("handover", "withdraw", number, "--as", "S101", *ON, code=1).err
    (shown,) = huifang("handover", "show", number, "--members", "--json", *ON).json
    assert len(shown["member_list"]) == before["S101"]
    assert "filed" in huifang("handover", "list", "--person", "S201", *ON).out
    sheet = huifang("handover", "sheet", number).out
    assert all(line["number"] in sheet for line in shown["member_list"])
    assert "交接单" in huifang("handover", "sheet", number, "--lang", "zh").out
    numbers = {line["number"] for line in shown["member_list"]}
    history = huifang("member", "history", min(numbers), "--as", "K01", code=0).out
    assert history is not None
    assert huifang("check", "--json").json["ok"] is True
    out = tmp_path / "log.csv"
    # all but a colleague's draft
    assert huifang("export", "handovers", out, "--purpose", "年检", "--as", "K01", "--json").json["rows"] == 7
    assert number in out.read_text(encoding="utf-8-sig")
    worked = huifang("worklist", "--staff", "S102", "--on", "2026-11-24", "--at", "10:00", "--json").json
    assert any(p["programme"] == "introduce" and p["cycle"] == number for row in worked for p in row["purposes"])


def test_the_sheet_as_pdf(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    (row,) = huifang("handover", "submit", *LEAVING, *ON, "--as", "S101", "--json").json
    out = tmp_path / "sheet.pdf"
    if importlib.util.find_spec("typst") is None:
        assert "huifang[pdf]" in huifang("handover", "sheet", row["id"], "--pdf", out, code=1).err
        return
    huifang("handover", "sheet", row["id"], "--pdf", out, "--lang", "zh")
    assert out.read_bytes().startswith(b"%PDF")
    assert huifang("handover", "sheet", row["id"], "--pdf", tmp_path / "no" / "x.pdf", code=1).err


def test_a_sheet_without_the_extra_or_a_font_says_what_to_install(
    huifang: Huifang, demo_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = ("handover", "sheet", "2026-0001", "--pdf", tmp_path / "sheet.pdf")
    if importlib.util.find_spec("typst") is not None:
        import typst

        bare = typst.Fonts(include_system_fonts=False)
        monkeypatch.setattr(typst, "Fonts", lambda **_: bare)
        assert "fonts-noto-cjk" in huifang(*sheet, code=1).err
    monkeypatch.setitem(sys.modules, "typst", None)
    assert "huifang[pdf]" in huifang(*sheet, code=1).err
    assert "2026-0001" in huifang(*sheet[:3]).out


def test_by_hand_and_by_store(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    rows = huifang("members", "--json", *ON, "--as", "S101").json
    numbers = [row["number"] for row in rows if row["owner"] == "S101"][:3]
    file = tmp_path / "give.csv"
    file.write_text(f"会员编号,接任\n{numbers[0]},S102\n{numbers[1]},S201\n", encoding="utf-8-sig")
    hand = ("--from", "S101", "--split", "hand", "--give-file", file, "--give", f"{numbers[2]}=S102")
    (row,) = huifang("handover", "submit", *hand, "--reason", "x", *ON, "--as", "S101", "--json").json
    assert row["shares"] == {"S102": 2, "S201": 1}
    (changed,) = huifang(
        "handover", "adjust", row["id"], "--give", f"{numbers[0]}=S201", *ON, "--as", "S100", "--json"
    ).json
    assert changed["shares"] == {"S102": 1, "S201": 2}
    assert "Write --give as" in huifang("handover", "submit", "--from", "S101", "--give", "x", *ON, code=1).err
    assert huifang("handover", "show", "2026-9999", *ON, code=1).err
    assert huifang("handover", "submit", "--from", "S101", "--kind", "all", code=2).err


def test_cover_and_board(huifang: Huifang, demo_store: Path) -> None:
    mine = len(huifang("worklist", "--staff", "S101", *AT, "--json").json)
    other = len(huifang("worklist", "--staff", "S102", *AT, "--json").json)
    (row,) = huifang(
        "cover",
        "set",
        "S101",
        "--by",
        "S102",
        "--until",
        "2026-11-25",
        "--reason",
        "年假",
        *ON,
        "--as",
        "S100",
        "--json",
    ).json
    assert (row["away"], row["substitute"], row["state"]) == ("S101", "S102", "running")
    assert len(huifang("worklist", "--staff", "S101", *AT, "--json").json) == 0
    assert len(huifang("worklist", "--staff", "S102", *AT, "--json").json) == mine + other
    assert "年假" in huifang("cover", "list", *ON).out
    lines = huifang("board", *AT, "--json").json
    assert {"staff", "due", "done", "reached", "kept", "late", "coverage", "complaints"} <= set(lines[0])
    assert {line["staff"]: line["cover"] for line in lines}["S101"] == "李静"
    assert "李静" in huifang("board", "--store", "S1", *AT).out
    assert "没有任务" in huifang("board", *AT, "--lang", "zh").out
    assert "没有任务" not in huifang("board", "--all", *AT, "--lang", "zh").out
    assert huifang("board", "skipped", *AT, "--json").json == []
    assert huifang("cover", "end", row["id"], *ON, "--as", "S100", "--json").json[0]["state"] == "ended"
    assert huifang(
        "cover", "set", "S101", "--by", "S102", "--until", "2026-11-25", *ON, "--as", "S102", code=1
    ).err
    done = huifang(
        "board", "reassign", "--from", "S101", "--to", "S102", "--reason", "病假", *AT, "--as", "K01", "--json"
    ).json
    assert done["follow_ups"] > 0
    assert huifang("board", "reassign", "--from", "S101", "--to", "S102", *AT, code=1).err
