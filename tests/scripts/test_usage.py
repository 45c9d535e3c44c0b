"""A command line that is wrong: a sentence in the user's language, what to write instead, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scripts.conftest import Huifang

WRONG = [
    (("import",), "KIND is missing: write one of stores, staff, members, purchases.", "缺少 KIND：请写 stores"),
    (("import", "songs", "x.csv"), "KIND must be one of stores, staff", "KIND 只能是 stores, staff"),
    (("why",), "Name a member, or a caller with --staff.", "请写会员编号，或用 --staff 写工号。"),
    (("plan", "--nope"), "There is no option --nope. Did you mean --on?", "没有选项 --nope。是否想用 --on？"),
    (("ope",), "There is no command ope. Did you mean open?", "没有命令 ope。是否想用 open？"),
    (("members", "extra", "more"), "There is nothing for extra more here.", "这里用不上 extra more。"),
    (("member", "edit", "1", "--version", "x"), "--version: write a whole number.", "--version：请写整数。"),
    (("host", "--sessions", "0"), "--sessions: write a number from 1 on.", "--sessions：请写不小于 1 的数。"),
    (("serve", "--port", "70000"), "--port: write a number up to 65535.", "--port：请写不大于 65535 的数。"),
    (
        ("call", "log", "--member", "1", "--outcome", "busy", "--id", "x"),
        "--id: write a UUID, such as",
        "--id：请写 UUID，例如",
    ),
    (("plan", "--on", "soon"), "--on: write the day as YYYY-MM-DD", "--on：日期写作 YYYY-MM-DD"),
]


@pytest.mark.parametrize(("arguments", "english", "chinese"), WRONG, ids=lambda value: "-".join(value)[:20])
def test_what_is_wrong_is_told_in_one_sentence_and_where_to_read_more(
    huifang: Huifang, demo_store: Path, arguments: tuple[str, ...], english: str, chinese: str
) -> None:
    for lang, said in (("en", english), ("zh", chinese)):
        got = huifang(*arguments, "--lang", lang, code=2)
        assert got.err.startswith(said)
        assert got.err.rstrip().endswith("--help`" + (". " if lang == "en" else "。").strip())
        assert "?." not in got.err
        assert "Input should" not in got.err
        assert got.out == ""


@pytest.mark.parametrize("family", ["member", "staff", "call", "handover", "audit", "report"])
@pytest.mark.parametrize("options", [(), ("--lang", "zh"), ("--as", "S301"), ("--lang=zh", "--as=S301")])
def test_a_family_without_a_command_shows_its_commands(
    huifang: Huifang, family: str, options: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    from scripts.entry import main

    capfd.readouterr()
    assert main([family, *options]) == 2
    said = capfd.readouterr()
    assert said.err == ""
    assert len(said.out.splitlines()) > 5
    assert ("用法：" if "zh" in "".join(options) else "Usage:") in said.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("worklist", "--staff", "NOBODY"),
        ("members", "--as", "NOBODY"),
        ("handover", "submit", "--from", "NOBODY", "--to", "S302", "--reason", "x"),
        ("board", "reassign", "--from", "NOBODY", "--to", "S302", "--reason", "x"),
        ("staff", "leave", "NOBODY"),
    ],
)
def test_a_code_that_nobody_has_is_told_alike_everywhere(
    huifang: Huifang, demo_store: Path, arguments: tuple[str, ...]
) -> None:
    said = huifang(*arguments, code=1)
    assert said.err.strip() == "Nobody has the staff code NOBODY: check it, or ask the manager."


@pytest.mark.parametrize(
    "arguments",
    [
        ("worklist", "--store", "S99"),
        ("members", "--store", "S99"),
        ("calendar", "weekends", "S99", "work"),
        ("board", "--store", "S99"),
        ("report", "reasons", "--store", "S99"),
    ],
)
def test_a_store_that_is_not_there_is_told_alike_everywhere(
    huifang: Huifang, demo_store: Path, arguments: tuple[str, ...]
) -> None:
    assert huifang(*arguments, code=1).err.strip() == "There is no store S99: check its code."


def test_whose_members_change_hands_must_be_named(huifang: Huifang, demo_store: Path) -> None:
    said = huifang("handover", "submit", "--to", "S302", "--reason", "x", code=1)
    assert said.err.strip() == "Name whose members change hands."


def test_what_the_system_says_of_a_file_is_said_in_the_users_language(
    huifang: Huifang, demo_store: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "none" / "x.csv"
    for command in (
        ("export", "members", nowhere, "--purpose", "x"),
        ("restore", nowhere),
        ("audit", "export", nowhere, "--purpose", "x"),
        ("report", "reasons", "--out", nowhere),
        ("handover", "submit", "--from", "S301", "--split", "hand", "--give-file", nowhere, "--reason", "x"),
    ):
        assert "No such file or directory" in huifang(*command, code=1).err
        assert "没有这个文件或文件夹" in huifang(*command, "--lang", "zh", code=1).err


def test_a_backup_over_a_file_names_the_option(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    huifang("backup", tmp_path / "b.db")
    assert "--replace" in huifang("backup", tmp_path / "b.db", code=1).err
    huifang("backup", tmp_path / "b.db", "--replace")
