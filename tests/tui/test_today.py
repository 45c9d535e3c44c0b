"""Today: the list, its tabs, and what is done with a row."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import sqlalchemy as sa

from core.base.clock import FixedClock
from core.store.engine import Store
from tests.tui.conftest import Seed
from tui.widgets.lines import Lines


def run(coroutine: Any) -> None:
    asyncio.run(coroutine)


def test_the_list_shows_who_why_and_how_the_day_stands(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            page.shows("王芳", "南京路店", "李雷", "10:00", "换货到了再打", "139****8000")
            assert page.names[0] == "10234"
            assert page.cursor == "10234"

    run(drive())


def test_a_row_held_by_a_colleague_is_named_and_not_opened(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            page.shows("张三 占用中, 自 09:37")
            await page.press("end", "enter")
            page.shows("张三 自 09:37 起")

    run(drive())


def test_a_tab_shows_one_programme_and_the_cursor_stays_on_its_member(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down", "f5")
            assert page.cursor == page.names[2]
            await page.press("f")
            page.shows("看哪个计划?")
            await page.press("escape", "2")
            assert page.names == ["10234"]
            await page.press("1")
            assert len(page.names) == 6

    run(drive())


def test_skipping_needs_a_reason_and_is_stored(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "s")
            page.shows("今天跳过")
            await page.press("1")
            page.shows("已跳过")

    run(drive())
    with desk_store.read() as c:
        assert c.execute(sa.text("select count(*) from follow_up where skips = 1")).scalar() == 1


def test_a_long_label_keeps_off_what_stands_behind_it(lite: Store, screens: Any) -> None:
    seed = Seed(lite)
    seed.member(
        "10240", "林青", "13900139000", date(2026, 11, 15), joined_on=date(2026, 11, 15), occupation="lawyer"
    )
    seed.due("10240", "welcome", date(2026, 11, 20), closes_on=date(2026, 12, 4))

    async def drive() -> None:
        async with screens(lang="en") as page:
            await page.press("enter")
            page.shows("  occupation lawyer")

    run(drive())


def test_a_skipped_row_does_not_take_the_list_along(lite: Store, screens: Any) -> None:
    seed = Seed(lite)
    for index in range(40):
        number = f"3{index:04d}"
        seed.member(
            number, f"林{index}", f"139001390{index:02d}", date(2026, 11, 15), joined_on=date(2026, 11, 15)
        )
        seed.due(number, "welcome", date(2026, 11, 20), closes_on=date(2026, 12, 4))

    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down")
            top, below = page.names[0], page.names[3]
            lines = page.app.screen.query_one(Lines)
            await page.press("s", "1")
            assert page.cursor == below
            assert (page.names[0], lines.scroll_offset.y) == (top, 0)

    run(drive())


def test_why_explains_and_escape_backs_out(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("w")
            page.shows("10234 为何在(不在)名单上", "约定回拨")
            await page.press("escape")
            page.hides("为何在(不在)名单上")

    run(drive())


def test_next_opens_the_first_free_row(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("n")
            page.shows("李雷", "话术", "记录")

    run(drive())


def test_the_language_is_switched_from_the_palette(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            page.shows("约定回拨")
            await page.press("f9")
            await page.type("english")
            await page.press("enter")
            page.shows("callback", "programme", "done 0/6")
            page.hides("约定回拨")

    run(drive())


def test_a_disabled_action_says_why(lite: Store, screens: Any) -> None:
    from tests.tui.conftest import Seed

    Seed(lite)

    async def drive() -> None:
        async with screens() as page:
            for key in ("s", "w"):
                await page.press(key)
                page.shows("名单是空的")
            await page.press("f4")
            page.shows("还没有选中会员")

    run(drive())


def test_an_empty_list_says_why_and_what_to_do(lite: Store, screens: Any) -> None:
    from tests.tui.conftest import Seed

    Seed(lite)

    async def drive() -> None:
        async with screens() as page:
            page.shows("F5 刷新")
            await page.press("enter")
            page.shows("名单是空的")

    run(drive())


def test_names_that_mean_harm_stay_in_their_column(hostile_store: Store, screens: Any) -> None:
    async def drive() -> None:
        for size in ((80, 24), (120, 40)):
            async with screens(size=size) as page:
                page.shows("[/foo][b]x", "ared", "abc")
                for line in page.lines:
                    assert not set(line) & set("\x1b\x07\u202e\u2066\u200d")
                for _ in range(5):
                    await page.press("f4", "escape", "enter")
                    page.shows("话术")
                    await page.press("escape", "down")

    run(drive())


def test_without_a_staff_code_one_chooses_who_works_here(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens(staff=None) as page:
            page.shows("谁在这里工作?", "王芳", "张三")
            await page.type("w1")
            await page.press("enter")
            page.shows("李雷")

    run(drive())


def test_the_day_is_planned_by_itself_at_first_open(lite: Store, screens: Any) -> None:
    from tests.tui.conftest import Seed

    joined = date(2026, 11, 16)
    Seed(lite, planned=False).member("10300", "陈新", "13900138300", joined, joined_on=joined)

    async def drive() -> None:
        async with screens() as page:
            await page.rest()
            page.shows("陈新", "新会员一周")

    run(drive())
    with lite.read() as c:
        assert c.execute(sa.text("select count(*) from plan_run")).scalar() == 1


def test_a_callback_whose_time_comes_rings_without_moving_the_cursor(
    desk_store: Store, screens: Any, clock: FixedClock
) -> None:
    async def drive() -> None:
        async with screens() as page:
            rung: list[bool] = []
            page.app.bell = lambda: rung.append(True)
            await page.press("down")
            clock.advance(minutes=19)
            await page.press("f5")
            page.shows("到约定时间了: 请回拨 李雷。")
            assert rung == [True]
            assert page.cursor == "10235"
            await page.press("f5")
            assert rung == [True]

    run(drive())
