"""What only a real terminal can show: kill -9, the first frame, Esc, the bytes of a key, a clean end."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.base.clock import FixedClock
from core.store.engine import Store
from tests.patience import comes_below
from tests.terminal.glass import Glass
from tests.tui.conftest import monday

pytestmark = pytest.mark.terminal

DOWN, ENTER, TAB, ESCAPE = "\x1b[B", "\r", "\t", "\x1b"


@pytest.fixture
def shop(lite: Store) -> Store:
    """The store of the sketch, its Monday moved to now: claims must outlive a restart."""
    assert isinstance(lite.clock, FixedClock)
    monday(lite)
    return lite


@pytest.fixture
def glass(shop: Store, tmp_path: Path) -> Iterator[Glass]:
    """The program in a terminal, with the list on it."""
    opened = Glass(tmp_path, str(shop.url))
    opened.wait_for("欧阳明月")
    opened.settle()
    yield opened
    if opened.process.isalive():
        opened.kill()


def test_a_killed_terminal_loses_no_word_and_lands_in_the_same_call(
    glass: Glass, shop: Store, tmp_path: Path
) -> None:
    glass.press(DOWN)
    glass.settle(0.2)
    glass.press(ENTER)
    glass.wait_for("韩女士")
    glass.settle(0.2)
    glass.press(TAB)
    glass.settle(0.2)
    glass.press(TAB)
    glass.settle(0.2)
    glass.press("微信wx-han-88")
    glass.wait_for("微信wx-han-88")
    glass.wait_for("已存")
    glass.kill()
    again = Glass(tmp_path, str(shop.url))
    try:
        again.wait_for("微信wx-han-88")
        again.wait_for("草稿已恢复")
        again.wait_for("韩梅梅")
    finally:
        again.kill()


def test_an_unanswered_call_is_two_keys_and_is_stored_before_the_end(glass: Glass, shop: Store) -> None:
    glass.press(ENTER + "4")  # in one piece, as a slow line delivers them
    glass.wait_for("已保存: 李雷")
    assert glass.leave() == 0
    with shop.read() as c:
        assert c.exec_driver_sql("select outcome from call where stored_at >= '2026-11-23'").scalars().all() == [
            "no_answer"
        ]


def test_escape_answers_at_once(glass: Glass) -> None:
    def usual_wait() -> float:
        waits = []
        for _ in range(7):
            glass.press("?")
            glass.wait_for("帮助: 今日")
            glass.settle(0.2)
            waited, _ = glass.answer_after(ESCAPE)
            waits.append(waited)
            glass.wait_gone("帮助: 今日")
            glass.settle(0.2)
        return statistics.median(waits)

    comes_below(0.06, usual_wait)  # 0.02 on a quiet machine; stock Textual takes 0.11


def test_an_idle_terminal_sleeps(glass: Glass) -> None:
    def used() -> float:
        fields = Path(f"/proc/{glass.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def share() -> float:
        glass.settle(1.0)
        before, begun = used(), time.perf_counter()
        glass.settle(3.0)
        return (used() - before) / (time.perf_counter() - begun)

    comes_below(0.05, share)


@pytest.mark.parametrize(
    ("environ", "size", "said"),
    [
        ({"TERM": "dumb"}, (80, 24), "TERM=dumb"),
        ({"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, (80, 24), "UTF-8"),
        ({}, (60, 20), "60x20"),
    ],
)
def test_an_unusable_terminal_is_refused_with_advice(
    environ: dict[str, str], size: tuple[int, int], said: str, shop: Store, tmp_path: Path
) -> None:
    refused = Glass(tmp_path, str(shop.url), environ=environ, size=size, lang="en")
    refused.process.expect(said)
    refused.process.wait()
    assert refused.process.exitstatus == 1
