"""`huifang audit`: show, verify, seal and export."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.scripts.conftest import Huifang


def tampered(file: Path, *deeds: str) -> None:
    """Change the store behind the program's back."""
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        for deed in deeds:
            raw.execute(deed)


def test_a_day_of_audit(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    shown = huifang("audit", "show", "--limit", 3, "--json").json
    assert len(shown) == 3
    assert set(shown[0]) >= {"id", "at", "by", "deed", "table", "row", "field", "old", "new", "why"}
    assert shown[0]["id"] > shown[1]["id"]
    assert "what was done" in huifang("audit", "show", "--table", "staff").out
    assert "时间" in huifang("audit", "show", "--table", "staff", "--lang", "zh").out
    report = huifang("audit", "verify", "--json").json
    assert report["ok"]
    assert report["first"] is None
    assert report["rows"]["audit_entry"] > 100
    again = huifang("audit", "verify", "--json").json
    assert again == report
    assert huifang("audit", "seal", "--json").json["digest"] == report["digest"]
    assert report["digest"] in huifang("audit", "verify", "--expect", report["digest"]).out
    answer = huifang("audit", "export", tmp_path / "trail.csv", "--purpose", "review", "--json").json
    assert answer["rows"] == len((tmp_path / "trail.csv").read_text("utf-8-sig").splitlines()) - 1
    assert huifang("audit", "show", "--limit", 1, "--json").json[0]["why"] == "review"
    assert huifang("audit", "export", tmp_path / "trail.xlsx", "--purpose", "review", "--from", "2026-11-20").out


def test_what_was_tampered_with_is_named(huifang: Huifang, demo_store: Path) -> None:
    noted = huifang("audit", "seal", "--json").json["digest"]
    tampered(demo_store, "drop trigger audit_entry_no_update", "update audit_entry set why = 'x' where id = 77")
    got = verify(huifang)
    assert got["first"]["kind"] == "altered"
    assert (got["first"]["table"], got["first"]["row"]) == ("audit_entry", "77")
    assert got["counts"] == {"altered": 1, "unguarded": 1}
    tampered(
        demo_store,
        "drop trigger seal_no_delete",
        "drop trigger audit_entry_no_delete",
        "delete from seal",
        "delete from audit_entry where table_name = 'seal'",
    )
    got = verify(huifang, "--expect", noted)
    assert got["expected"] is False


def verify(huifang: Huifang, *more: str) -> dict[str, object]:
    """What a failing `audit verify --json` answers."""
    answer: dict[str, object] = huifang("audit", "verify", "--json", *more, code=1).json
    return answer


def test_refusals(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    for words in (["show"], ["verify"], ["seal"], ["export", str(tmp_path / "x.csv"), "--purpose", "x"]):
        assert "may not" in huifang("audit", *words, "--as", "S101", code=1).err
    assert "purpose" in huifang("audit", "export", tmp_path / "x.csv", "--purpose", " ", code=1).err
    assert "--purpose" in huifang("audit", "export", tmp_path / "x.csv", code=2).err
    assert "no member" in huifang("audit", "show", "--member", "nobody", code=1).err
    assert huifang("audit", "show", "--by", "nobody").out
