"""The demo in a terminal that knows nothing but ASCII."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.glass import Glass

pytestmark = pytest.mark.terminal

DEMO = """
import sys
from scripts.entry import main
day = ["--on", "2026-11-23", "--at", "09:42"]
sys.exit(main(["demo", "--lang", {lang!r}, *day, *["--ascii"] * {ascii!r}]))
"""
OLD = {"TERM": "vt100", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


def test_the_demo_opens_in_ascii_alone(tmp_path: Path) -> None:
    glass = Glass(tmp_path, "", lang="zh", environ=OLD, program=DEMO, ascii=True)
    glass.wait_for("callbacks", 60)
    glass.settle()
    assert glass.leave() == 0
    assert glass.raw.isascii()
    assert glass.restored()


def test_without_it_such_a_terminal_is_told_of_it(tmp_path: Path) -> None:
    glass = Glass(tmp_path, "", lang="en", environ=OLD, program=DEMO)
    assert glass.ended() == 1
    assert "--ascii" in glass.text
