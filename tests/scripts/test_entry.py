"""The way in: what goes straight to the screens, and what is said where that can't be."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from scripts.app import settled
from scripts.opening import Opening, plain_opening, sqlite_file
from tests.scripts.conftest import Huifang


@pytest.mark.parametrize(
    ("arguments", "opening"),
    [
        ([], Opening()),
        (["open"], Opening()),
        (["open", "--staff", "S101"], Opening(staff="S101")),
        (["--staff=S101", "--lang", "en"], Opening(staff="S101", lang="en")),
        (
            ["open", "--on", "2026-11-23", "--at", "09:42", "--store-url", "x.db"],
            Opening(on=date(2026, 11, 23), at=time(9, 42), store_url="x.db"),
        ),
        (["open", "--help"], None),
        (["open", "--on", "23.11."], None),
        (["open", "--staff"], None),
        (["plan"], None),
    ],
)
def test_what_opens_the_screens(arguments: list[str], opening: Opening | None) -> None:
    assert plain_opening(arguments) == opening


def test_sqlite_file() -> None:
    assert sqlite_file("sqlite:////a/b.db") == Path("/a/b.db")
    assert sqlite_file("postgresql+psycopg://host/name") is None


def test_without_a_store_it_says_what_to_do(huifang: Huifang) -> None:
    said = huifang(code=1)
    assert "huifang init" in said.err
    assert "huifang demo" in said.err


def test_bad_options_of_open_are_wrong_usage(huifang: Huifang) -> None:
    assert "YYYY-MM-DD" in huifang("open", "--on", "23.11.", code=2).err
    assert "--nope" in huifang("open", "--nope", code=2).err


def test_open_hands_over_to_the_screens(
    huifang: Huifang, demo_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def run(settings: Any, **given: Any) -> int:
        asked.update(given, database=settings.database)
        return 0

    monkeypatch.setattr("tui.open.run", run)
    huifang("--staff", "S101")
    assert asked["staff"] == "S101"
    assert asked["database"] == f"sqlite:///{demo_store}"
    huifang("open", "--staff", "S102", "--at", "9:42")  # 9:42 is none that the fast way understands
    assert (asked["staff"], asked["at_time"]) == ("S102", time(9, 42))


@pytest.mark.parametrize("arguments", [["members"], ["init"], []])
def test_an_unknown_configured_language_is_said_plainly(
    huifang: Huifang, monkeypatch: pytest.MonkeyPatch, demo_store: Path, arguments: list[str]
) -> None:
    monkeypatch.setenv("HUIFANG_LANG", "xx")
    assert "use zh or en" in huifang(*arguments, code=1).err
    assert "use zh or en" in huifang("members", "--lang", "yy", code=2).err


def test_help_and_wrong_usage_speak_chinese(huifang: Huifang) -> None:
    assert "用法：" in huifang("--help", "--lang", "zh").out
    assert "没有选项" in huifang("plan", "--nope", "--lang", "zh", code=2).err
    assert "用法：" in huifang("plan", "--help", "--lang", "zh").out
    assert "没有命令" in huifang("nope", "--lang", "zh", code=2).err


def test_shared_options_may_stand_before_the_command() -> None:
    assert settled(["--lang", "zh", "plan", "--json"]) == ["plan", "--json", "--lang", "zh"]
    assert settled(["--store-url=x.db", "--as", "S1", "member", "show", "1"]) == (
        ["member", "show", "1", "--store-url=x.db", "--as", "S1"]
    )
    assert settled(["--help", "--lang", "zh"]) == ["--help"]
    assert settled(["plan", "--lang", "zh"]) == ["plan", "--lang", "zh"]
