"""People: taking somebody on, roles, PINs, other stores, cover, leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.people.accounts import change_secret, reset_secret
from core.people.cover import set_cover
from core.store.engine import Store
from tests.handover.conftest import ON
from tests.tui.supervisors import Made, office_of, run, to


async def people(page: Any, lang: str = "zh") -> None:
    await page.press("f9")
    await page.type({"zh": "人员", "en": "people"}[lang])
    await page.press("enter")


def test_somebody_is_taken_on_gets_a_pin_and_another_role(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    reset_secret(lite, SHELL, "K01", "4711-rain")
    change_secret(lite, office["K01"], "4711-rain", "8820-snow")
    given: list[str] = []

    async def drive() -> None:
        async with screens(staff="K01") as page:
            await page.type("8820-snow")
            await page.press("enter")
            await people(page)
            page.shows("9 人没有密码")
            await page.press("n")
            await page.type("S104")
            await page.press("enter")
            await page.type("孙小美")
            await page.press("enter", "2")
            await page.type("s1")
            await page.press("enter")
            page.shows("孙小美 (S104) 入职门店 S1")
            await page.press("y")
            page.shows("孙小美")
            assert page.cursor == "S104"  # what is pressed next is about whom was taken on
            await page.press("p", "y")
            page.shows("S104 的密码")
            given.append(next(line.strip(" |>") for line in page.lines if line.strip(" |>").isdigit()))
            await page.press("escape")
            page.hides(given[0])
            await page.press("o", "1")
            await page.type("转岗")
            await page.press("enter", "y")

    run(drive())
    assert office.rows("select name, role from staff where code = 'S104'") == [("孙小美", "caller")]
    assert len(given[0]) == 8
    assert office.rows("select count(*) from staff_secret") == [(2,)]


def test_moving_covering_and_unlocking(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    reset_secret(lite, SHELL, "S103", "4711-rain")
    reset_secret(lite, SHELL, "K01", "4711-rain")
    change_secret(lite, office["K01"], "4711-rain", "8820-snow")
    with lite.write(SHELL) as tx:
        until = tx.now.replace(hour=5)
        tx.connection.exec_driver_sql(
            "update staff_secret set locked_until = ? where staff_id = ?",
            (until.strftime("%Y-%m-%d %H:%M:%S.%f"), office["S103"].staff_id),
        )

    async def drive() -> None:
        async with screens(staff="K01") as page:
            await page.type("8820-snow")
            await page.press("enter")
            await people(page)
            await page.press("home")
            await to(page, "S103")
            page.shows("锁定到 13:42")
            await page.press("u")
            page.hides("锁定到")
            await page.press("c")
            await page.type("wuming")
            page.shows("没有这样的名称")
            await page.press("escape", "c")
            await page.type("lij")  # 李静, by pinyin
            await page.press("enter", "enter")
            await page.type("昨天")
            await page.press("enter")
            page.shows("今天或以后的一天")
            await page.press("escape", "c")
            await page.type("lij")
            await page.press("enter", "enter")
            await page.type("下周五")
            page.shows("11月23日 到 12月4日, 含首尾共 12 天")
            await page.press("enter")
            await page.type("年假")
            await page.press("enter")
            page.shows("李静 从 11月23日 到 12月4日 代管 赵磊 的名单")
            await page.press("y")
            page.shows("<- 李静 11月23日..12月4日")
            await page.press("c")
            page.shows("请先按 e 结束")
            await page.press("e", "y")
            page.hides("<- 李静")
            await page.press("m")
            await page.type("s2")
            await page.press("enter")
            await page.type("缺人")
            await page.press("enter", "y")

    run(drive())
    assert office.rows("select ended_at is not null, why from cover") == [(1, "年假")]
    assert office.rows("select t.code from staff s join store t on t.id = s.store_id where s.code = 'S103'") == [
        ("S2",)
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_leaving_leads_to_an_application_and_is_possible_once_nothing_is_left(
    lang: str, lite: Store, screens: Made
) -> None:
    office = office_of(lite)

    async def clearance(*, clear: bool) -> None:
        async with screens(staff="K02", lang=lang) as page:
            await people(page, lang)
            await to(page, "S101")
            await page.press("l")
            if clear:
                await page.type("moves away")
                await page.press("enter", "y")
                page.hides("S101  ")
                return
            page.shows({"zh": "王芳 手上还有", "en": "王芳 still has in hand"}[lang], "12")
            await page.press("h")
            await page.type("s102")
            await page.press("enter", "enter")
            await page.type("moves away")
            await page.press("enter", "a", "y")
            page.shows("2026-0001", "李静 12")

    run(clearance(clear=False))
    assert office.rows("select kind, state from handover") == [("leaving", "submitted")]
    from core.handover import actions

    actions.review(lite, office["S1M"], "2026-0001")
    actions.approve(lite, office["K01"], "2026-0001")
    run(clearance(clear=True))
    assert office.rows("select left_on from staff where code = 'S101'") == [("2026-11-23",)]


@pytest.mark.parametrize(
    ("staff", "key", "said"),
    [
        ("S101", "n", "您的岗位不能新增人员"),
        ("S101", "p", "您的岗位不管理此人的账号"),
        ("S101", "c", "代管由店长或经理设置"),
        ("F01", "m", "您的岗位不管理此人的账号"),
        ("C01", "l", "这是您自己"),
        ("S1M", "u", "账号没有锁定"),
    ],
)
def test_what_a_role_may_not_do_says_why(staff: str, key: str, said: str, lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff=staff) as page:
            await people(page)
            await page.press(key)
            page.shows(said)

    run(drive())


def test_a_long_refusal_is_read_to_its_end(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="K02", lang="en") as page:
            await people(page, "en")
            await to(page, "S101")
            await page.press("p", "y")
            page.shows("Give yourself a PIN first")
            said = " ".join(line.strip() for line in page.lines)
            assert "nobody manages staff without one." in said, page.text
            page.hides("王芳  S101  S1店")
            await page.press("down")
            page.hides("without one.")
            page.shows("李静  S102  S1店")

    run(drive())
    assert lite_secrets(lite) == 0


def lite_secrets(store: Store) -> int:
    """How many people have a PIN."""
    with store.read() as c:
        return int(c.exec_driver_sql("select count(*) from staff_secret").scalar_one())


COVERS = {
    "zh": (
        ("2026-11-20", "今天或以后的一天", "周五", "从 11月27日 起"),
        ("明天", "早于第一天 11月27日", "12-02", "11月27日 到 12月2日, 含首尾共 6 天"),
        ("李静 从 11月27日 到 12月2日", "<- 李静 11月27日.."),
    ),
    "en": (
        ("2026-11-20", "A day from today on", "friday", "from 27 Nov on"),
        ("tomorrow", "before the first day, 27 Nov", "2026-12-02", "27 Nov to 2 Dec, both included: 6 days"),
        ("李静 works the list of 赵磊 from 27 Nov", "<- 李静 27 Nov.."),
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_cover_begins_on_the_day_that_is_named(lang: str, lite: Store, screens: Made) -> None:
    office = office_of(lite)
    first, last, said = COVERS[lang]

    async def drive() -> None:
        async with screens(staff="S1M", lang=lang) as page:
            await people(page, lang)
            await to(page, "S103")
            await page.press("c")
            await page.type("lij")
            await page.press("enter")
            for wrong, refused, right, echoed in (first, last):
                await page.type(wrong)
                await page.press("enter")
                page.shows(refused)
                await page.press(*["backspace"] * len(wrong))
                await page.type(right)
                page.shows(echoed)
                await page.press("enter")
            await page.type("leave")
            await page.press("enter")
            page.shows(said[0])
            await page.press("y")
            page.shows(said[1])

    run(drive())
    assert office.rows("select from_on, until_on from cover") == [("2026-11-27", "2026-12-02")]


def test_today_is_a_day_at_any_hour(lite: Store, clock: FixedClock, screens: Made) -> None:
    office = office_of(lite)
    clock.advance(minutes=8 * 60)  # 17:42

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await people(page)
            await to(page, "S103")
            await page.press("c")
            await page.type("lij")
            await page.press("enter")
            await page.type("今天")
            page.shows("从 11月23日 起")
            await page.press("enter")
            await page.type("今天")
            page.shows("含首尾共 1 天")
            await page.press("enter", *"ill", "enter", "y")

    run(drive())
    assert office.rows("select from_on, until_on from cover") == [("2026-11-23", "2026-11-23")]


def test_of_two_covers_the_next_one_stands_in_the_list(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    for first, last, substitute in ((0, 2, "S102"), (9, 12, "S103")):
        set_cover(lite, office["S1M"], "S101", ON + timedelta(first), ON + timedelta(last), substitute=substitute)

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await people(page)
            page.shows("<- 李静 ..11月25日")

    run(drive())


def test_the_window_stays_where_it_is_while_a_name_is_typed(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await people(page)
            await page.press("home", "c")
            edges = [place for place, line in enumerate(page.lines) if "+----" in line]
            for typed in ("l", "i", "j", "xx"):
                await page.type(typed)
                assert [place for place, line in enumerate(page.lines) if "+----" in line] == edges
            page.shows("没有这样的名称")

    run(drive())
