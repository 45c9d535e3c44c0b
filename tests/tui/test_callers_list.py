"""The list through a long day: every row under a key, none skipped, what is late in sight."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.clock import FixedClock
from core.base.settings import Settings
from core.calls.tables import Raised, RaisedKind
from core.people.views import staff_actor
from core.store.engine import Store
from tests.tui.conftest import NOW, TODAY, Seed
from tests.tui.test_call import run


def raise_matter(store: Store, number: str, kind: RaisedKind, due: datetime) -> None:
    """Something of a member's that 王芳 has in hand, due at that moment."""
    with store.write(staff_actor(store, "W1"), why="test") as tx:
        tx.insert(
            Raised,
            member_id=tx.connection.execute(
                sa.text("select id from member where number = :n"), {"n": number}
            ).scalar(),
            kind=kind,
            category="service",
            matter="袖口开线",
            store_id=1,
            owner_id=tx.actor.staff_id,
            raised_at=NOW - timedelta(days=3),
            resolve_due_at=due,
            due_at=due,
        )


def more_work(store: Store, *programmes: str) -> None:
    """张伟 has work of these programmes too."""
    seed = Seed.__new__(Seed)
    with store.read() as c:
        seed.members = {row.number: row.id for row in c.execute(sa.text("select number, id from member"))}
    seed.store, seed.shop, seed.wang = store, 1, 1
    for programme in programmes:
        seed.due("10238", programme, TODAY, cycle=f"c-{programme}", closes_on=date(2026, 12, 31))


def test_every_tab_has_its_name_and_number_on_a_small_screen(desk_store: Store, screens: Any) -> None:
    more_work(desk_store, "birthday", "occasion")

    async def drive() -> None:
        async with screens(lang="en") as page:
            names = ("all", "call", "new", "regain", "review", "bday", "event", "month")
            for digit, name in enumerate(names, 1):
                assert f"{digit}:{name} " in page.lines[1] or f"{digit} {name} " in page.lines[1], page.lines[1]

    run(drive())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_has_no_digit_of_its_own_is_under_f(size: tuple[int, int], desk_store: Store, screens: Any) -> None:
    more_work(desk_store, "birthday", "occasion", "problem", "decline", "verify")

    async def drive() -> None:
        async with screens(size=size) as page:
            tabs = page.lines[1].replace(":", " ")
            assert [f"{digit} " in tabs for digit in range(1, 10)] == [True] * 9
            assert "月度 3" not in tabs
            assert ("f 更多" in tabs) is (size[0] > 80)
            await page.press("f")
            page.shows("a 月度")
            await page.press("a")
            assert set(page.names) == {"10236", "10238", "10239"}

    run(drive())


def test_an_empty_tab_says_how_to_see_the_rest_and_what_was_said_of_it_goes(
    desk_store: Store, screens: Any
) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("2", "enter", "4")  # the only callback
            page.shows("按 1 看全部")
            await page.press("enter")
            page.shows("名单是空的")
            await page.press("1")
            page.hides("名单是空的", "按 1 看全部")
            page.shows("韩梅梅")

    run(drive())


def test_who_was_tried_in_vain_was_not_never_called(desk_store: Store, screens: Any) -> None:
    with desk_store.write(staff_actor(desk_store, "W1"), why="test") as tx:
        tx.connection.execute(sa.text("update follow_up set attempts = 2 where member_id = :m"), {"m": 6})
        tx.connection.execute(sa.text("delete from claim"))

    async def drive() -> None:
        async with screens() as page:
            (row,) = [line for line in page.lines if "赵敏" in line]
            assert "还没有打通过" in row

    run(drive())


def test_a_call_found_by_a_search_skips_no_row_of_the_list(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            assert page.cursor == "10234"
            await page.press("slash", *"10238", "f7")
            page.shows("张伟")
            await page.press("4")
            page.shows("已保存: 张伟")
            assert page.cursor == "10234"
            await page.press("enter", "4")
            assert page.cursor == "10235"

    run(drive())


def test_all_again_begins_with_the_most_urgent(desk_store: Store, screens: Any) -> None:
    more_work(desk_store, "problem")

    async def drive() -> None:
        async with screens() as page:
            await page.press("3")  # the problem alone, in the second row of the whole list
            assert page.names == ["10238"]
            await page.press("1")
            assert page.cursor == "10234"
            assert "李雷" in page.lines[3]

    run(drive())


LATE = {
    "zh": ("! 您有逾期", "1 个投诉 (F11)", "2 个问题 (F11 b)"),
    "en": ("1 complaint (F11)", "2 problems (F11 b)"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_late_of_mine_stands_under_the_list(lang: str, desk_store: Store, screens: Any) -> None:
    raise_matter(desk_store, "10234", RaisedKind.COMPLAINT, NOW - timedelta(hours=1))
    for number in ("10235", "10236"):
        raise_matter(desk_store, number, RaisedKind.PROBLEM, NOW - timedelta(hours=1))
    raise_matter(desk_store, "10238", RaisedKind.PROBLEM, NOW + timedelta(hours=1))

    async def drive() -> None:
        async with screens(lang=lang) as page:
            page.app.today.hush()  # what planning said falls silent
            page.shows(*LATE[lang])
            with desk_store.write(staff_actor(desk_store, "W1"), why="test") as tx:
                tx.connection.execute(sa.text("update raised set due_at = null where kind = 'problem'"))
            await page.press("f11", "escape")
            page.app.today.hush()
            page.shows(LATE[lang][-2])
            page.hides(LATE[lang][-1])

    run(drive())


def test_a_store_that_does_not_open_says_why_at_every_key(
    settings: Settings, clock: FixedClock, screens: Any
) -> None:
    Path(settings.database.removeprefix("sqlite:///")).write_bytes(b"no store at all" * 100)

    async def drive() -> None:
        async with screens() as page:
            await page.press("escape", "n")
            said = page.lines[-4]
            assert said.strip(), page.text
            page.hides("正在打开数据")
            await page.press("f6")
            assert page.lines[-4] == said

    run(drive())
