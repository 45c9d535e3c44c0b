"""A record taken back: its row is in the list again, under the cursor, and nothing else has moved."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.store.engine import Store
from tests.tui.conftest import Seed
from tests.tui.test_call import run
from tui.widgets.lines import Lines

ROWS = 40


@pytest.fixture
def long_list(lite: Store) -> Seed:
    """More rows than a screen holds."""
    seed = Seed(lite)
    for index in range(ROWS):
        number = f"3{index:04d}"
        seed.member(
            number, f"林{index}", f"139001390{index:02d}", date(2026, 11, 15), joined_on=date(2026, 11, 15)
        )
        seed.due(number, "welcome", date(2026, 11, 20), closes_on=date(2026, 12, 4))
    return seed


def stands(page: Any) -> tuple[str, int, int]:
    """The row under the cursor, its line on the screen, and the list's first line on it."""
    lines = page.app.screen.query_one(Lines)
    return page.cursor, lines.cursor - lines.scroll_offset.y, lines.scroll_offset.y


@pytest.mark.parametrize("down", [0, 2, 24, ROWS - 1])
def test_the_row_that_comes_back_stands_where_it_stood(down: int, long_list: Seed, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press(*["down"] * down)
            before = stands(page)
            await page.press("enter", "4")
            assert page.cursor != before[0]
            await page.press("u", "y")
            page.shows("草稿已恢复")
            await page.press("escape")
            assert stands(page) == before
            page.shows("上一条记录已撤回")
            page.hides("已保存")
            name = f"林{int(before[0][1:])} "
            assert any(line.startswith("> ") and name in line for line in page.lines), page.text

    run(drive())


def test_the_row_that_comes_back_is_found_from_far_away(long_list: Seed, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            first = page.cursor
            await page.press("enter", "4", "end", "u", "y", "escape")
            assert stands(page) == (first, 0, 0)

    run(drive())


def test_saved_once_more_the_cursor_goes_on_to_the_next(long_list: Seed, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "4")
            following = stands(page)
            await page.press("u", "y", "4")
            assert stands(page) == following

    run(drive())
