"""The commands of the contract: what they print, with `--json` as others rely on it, and their exit codes."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from pathlib import Path

import pytest

from core.base.text import cells
from tests.scripts.conftest import AT, ON, Huifang, written


def test_a_shops_first_day(huifang: Huifang, files: Path) -> None:
    assert "is ready" in huifang("init").out
    assert "already" in huifang("init").out
    for kind in ("stores", "staff", "members", "purchases"):
        would = huifang("import", kind, files / f"{kind}.csv", "--dry-run", "--json").json
        got = huifang("import", kind, files / f"{kind}.csv", "--json").json
        assert set(got) == {"read", "added", "updated", "unchanged", "anonymous", "rejected", "rejects_file"}
        assert would["added"] == got["added"] > 0
        assert got["rejects_file"] is None
        again = huifang("import", kind, files / f"{kind}.csv", "--json").json
        assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, got["read"])
    plan = huifang("plan", *ON, "--json").json
    assert set(plan) >= {"on", "planned", "already", "closed"}
    assert plan["on"] == "2026-11-23"
    assert plan["planned"]["monthly"] > 0
    again = huifang("plan", *ON, "--json").json
    assert not any(again["planned"].values())
    assert again["already"]["monthly"] == plan["planned"]["monthly"]
    assert "monthly" in huifang("plan", *ON).out
    assert huifang("check", "--json").json["ok"] is True
    assert "sound" in huifang("check").out


def test_worklist_json(huifang: Huifang, demo_store: Path) -> None:
    rows = huifang("worklist", "--staff", "S101", *AT, "--json").json
    assert 40 <= len(rows) <= 60
    keys = {
        *("member", "name", "phone_masked", "owner", "store", "stage", "value_class"),
        *("purposes", "why", "held_by", "not_before"),
    }
    for row in rows:
        assert set(row) >= keys
        assert row["owner"] == "S101"
        for purpose in row["purposes"]:
            assert set(purpose) >= {"programme", "cycle", "due_on", "attempts"}
            date.fromisoformat(purpose["due_on"])
            if purpose["due_at"]:
                assert datetime.fromisoformat(purpose["due_at"]).utcoffset() is not None
    programmes = {purpose["programme"] for row in rows for purpose in row["purposes"]}
    assert programmes >= {"callback", "welcome", "monthly", "dormant-review", "dormant-recovery"}
    everything = huifang("worklist", "--all", *AT, "--json").json
    assert len(everything) > len(rows)
    assert {row["member"] for row in rows} <= {row["member"] for row in everything}
    welcome = huifang("worklist", "--staff", "S101", "--programme", "welcome", *AT, "--json").json
    assert 0 < len(welcome) < len(rows)


def test_worklist_as_a_table_in_both_languages(huifang: Huifang, demo_store: Path) -> None:
    said = huifang("worklist", "--staff", "S101", *AT)
    assert said.out.startswith("due")
    assert "members" in said.out.splitlines()[-1]
    assert "维护人" in huifang("worklist", "--store", "S1", *AT, "--lang", "zh").out
    assert "There is no programme" in huifang("worklist", "--programme", "x", code=1).err
    assert "X9" in huifang("worklist", "--staff", "X9", *AT, code=1).err


def test_an_actor_sees_what_the_role_allows(huifang: Huifang, demo_store: Path) -> None:
    own = huifang("worklist", "--as", "S101", *AT, "--json").json
    assert {row["owner"] for row in own} == {"S101"}
    assert huifang("worklist", "--as", "S101", "--staff", "S201", *AT, code=1).err
    assert "may not" in huifang("import", "stores", "x.csv", "--as", "S101", code=1).err
    assert "NOBODY" in huifang("members", "--as", "NOBODY", code=1).err


def test_why(huifang: Huifang, demo_store: Path) -> None:
    row = huifang("worklist", "--staff", "S101", *AT, "--json").json[-1]
    lines = huifang("why", row["member"], *AT, "--json").json
    listed = {line["programme"] for line in lines if line["verdict"] == "listed"}
    assert {purpose["programme"] for purpose in row["purposes"]} <= listed
    assert "on the list" in huifang("why", row["member"], *AT).out
    assert "kept here" in huifang("why", "--staff", "S101", *AT).out
    assert "999" in huifang("why", "999", *AT, code=1).err
    huifang("why", code=2)


def test_members_json(huifang: Huifang, demo_store: Path) -> None:
    rows = huifang("members", *ON, "--json").json
    assert len(rows) == 600
    for row in rows:
        assert set(row) >= {
            *("number", "name", "stage", "value_class", "status", "owner", "store"),
            *("last_purchase_on", "amount_12m", "phone_masked"),
        }
        assert row["amount_12m"].partition(".")[2].isdigit()
        assert len(row["amount_12m"].partition(".")[2]) == 2
    away = huifang("members", "--stage", "dormant_6m", *ON, "--json").json
    assert away == [row for row in rows if row["stage"] == "dormant_6m"]
    best = huifang("members", "--value", "A", "--stage", "regular", *ON, "--json").json
    assert best
    assert {row["value_class"] for row in best} == {"A"}
    found = huifang("members", "--find", rows[0]["number"], *ON, "--json").json
    assert rows[0]["number"] in {row["number"] for row in found}
    assert "600 members" in huifang("members", *ON).out
    huifang("members", "--stage", "asleep", code=2)


def test_a_member_shown_changed_and_its_history(huifang: Huifang, demo_store: Path) -> None:
    assert "10001" in huifang("member", "show", "10001").out
    chinese = huifang("member", "show", "10001", "--lang", "zh").out
    assert {"性别    女", "性别    男"} & set(chinese.splitlines())
    before = huifang("member", "show", "10001", "--json").json
    said = huifang("member", "edit", "10001", "--wechat", "hf_new", "--reason", "told on the phone")
    assert "wechat" in said.out
    after = huifang("member", "show", "10001", "--json").json
    assert after["wechat"] == "hf****"
    shown = huifang("member", "reveal", "10001", "--reason", "to write to them", "--json").json
    assert shown["wechat"] == "hf_new"
    assert after["version"] > before["version"]
    changes = huifang("member", "history", "10001", "--json").json
    assert changes[0]["field"] == "wechat"
    assert changes[0]["why"] == "told on the phone"
    assert "told on the phone" in huifang("member", "history", "10001").out
    huifang("member", "edit", "10001", "--email", "nobody", "--reason", "x", code=1)
    huifang("member", "edit", "10001", code=2)
    huifang("member", "show", "nobody", code=1)


def test_call_log(huifang: Huifang, demo_store: Path) -> None:
    rows = huifang("worklist", "--staff", "S101", "--programme", "monthly", *AT, "--json").json
    due = [row["member"] for row in rows if not row["held_by"]]
    call = str(uuid.uuid4())
    arguments = ("call", "log", "--member", due[0], "--outcome", "reached", "--id", call, *AT, "--as", "S101")
    said = huifang(*arguments, "--satisfaction", "goods=5,place=4,service=5", "--json").json
    assert set(said) >= {"call", "outcome", "closed", "planned", "callback_at"}
    assert said["call"] == call
    assert "monthly" in said["closed"]
    assert huifang(*arguments, "--json").json["repeated"] is True
    later = huifang(
        *("call", "log", "--member", due[1], "--outcome", "callback", "--callback", "明天下午3点", *AT),
        *("--as", "S101", "--json"),
    ).json
    assert later["callback_at"] == "2026-11-24T15:00:00+08:00"
    assert later["planned"] == ["callback"]
    told = huifang("call", "log", "--member", due[2], "--outcome", "no_answer", *AT, "--as", "S101")
    assert due[2] in told.out
    assert "Again from" in told.out


def test_call_log_refuses_what_is_wrong(huifang: Huifang, demo_store: Path) -> None:
    log = ("call", "log", "--member", "10001", *AT, "--as", "S101")
    huifang(*log, "--outcome", "sang", code=1)
    huifang(*log, "--outcome", "callback", "--callback", "yesterday", code=1)
    huifang(*log, "--outcome", "callback", "--callback", "2026-11-22T10:00", code=1)
    huifang(*log, "--outcome", "reached", "--satisfaction", "goods=9", code=2)
    huifang(*log, "--outcome", "reached", "--id", "not-a-uuid", code=2)
    huifang("call", "log", "--member", "10001", code=2)


def test_export(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "members.csv"
    said = huifang("export", "members", out, "--purpose", "autumn mailing", "--json").json
    assert said == {"rows": 600, "file": str(out), "masked": False}
    assert len(out.read_text("utf-8-sig").splitlines()) == 601
    masked = huifang("export", "members", tmp_path / "m.xlsx", "--purpose", "x", "--as", "S100")
    assert "masked" in masked.out
    huifang("export", "members", tmp_path / "n.csv", code=2)
    huifang("export", "members", tmp_path / "n.csv", "--purpose", "  ", code=1)
    huifang("export", "members", tmp_path / "n.csv", "--purpose", "x", "--as", "S101", code=1)
    assert not (tmp_path / "n.csv").exists()


def test_a_plan_past_the_known_holidays_says_so(huifang: Huifang, demo_store: Path) -> None:
    said = huifang("plan", "--on", "2027-03-01", "--json")
    assert said.json["unknown_after"] == "2026-12-31"
    assert "2026-12-31" in said.err


def test_staff_list(huifang: Huifang, demo_store: Path) -> None:
    rows = huifang("staff", "list", "--json").json
    assert {"code", "name", "role", "store"} <= set(rows[0])
    assert "store manager" in huifang("staff", "list").out


def test_the_persons_own_language_counts(
    huifang: Huifang, demo_store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HUIFANG_LANG")
    file = written(
        tmp_path / "staff.csv",
        ["工号", "姓名", "角色", "门店编号", "语言"],
        [("S101", "王芳", "店员", "S1", "中文")],
    )
    huifang("import", "staff", file)
    assert "维护人" in huifang("worklist", "--as", "S101", *AT).out
    assert json.loads(huifang("worklist", "--as", "S101", *AT, "--json").out)


HOSTILE = ["[/foo]", "张\x1b[31m红", "李\u202e四", "王\n五", "=HYPERLINK(1)", "👩\u200d👩\u200d👧", "张" * 30]


def test_hostile_names_are_shown_harmlessly(huifang: Huifang, files: Path) -> None:
    huifang("init")
    huifang("import", "stores", files / "stores.csv")
    huifang("import", "staff", files / "staff.csv")
    rows = [(f"H{place}", name, "2026-01-05", "S1", "S101") for place, name in enumerate(HOSTILE)]
    heads = ["会员编号", "姓名", "入会日期", "入会门店", "维护人工号"]
    huifang("import", "members", written(files / "hostile.csv", heads, rows))
    plain = huifang("members", *ON).out
    assert "[/foo]" in plain
    shown = plain + huifang("member", "show", "H1").out + huifang("members", *ON, "--json").out
    assert not any(character in shown for character in "\x1b\u202e\u200d\x07")
    lines = plain.splitlines()
    assert len(lines) == len(HOSTILE) + 3
    stage = cells(lines[0][: lines[0].index("stage")])
    words = ("regular", "away", "new", "lost")
    for line in lines[2:-1]:
        place = min(line.index(f"  {word}") for word in words if f"  {word}" in line) + 2
        assert cells(line[:place]) == stage, line


@pytest.mark.parametrize("typed", ["农历八月十五", "lunar 8-15"])
def test_a_birthday_is_free_of_language_in_json(huifang: Huifang, demo_store: Path, typed: str) -> None:
    huifang("member", "edit", "10001", "--birthday", typed)
    for lang, shown in (("zh", "农历 08-15"), ("en", "lunar 08-15")):
        said = huifang("member", "show", "10001", *ON, "--lang", lang, "--json").json
        assert (said["birthday"], said["birthday_calendar"]) == ("08-15", "lunar")
        assert shown in huifang("member", "show", "10001", *ON, "--lang", lang).out
