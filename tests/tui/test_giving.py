"""Recovery and gifts on the screens: a measure after a call, a gift out of a call, the lists (R5.8, R11.1)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.actor import Actor, Role
from core.calls.actions import log_call
from core.calls.forms import CallForm
from core.gifts.actions import GiveForm, give_gift
from core.gifts.coupons import give_coupon
from core.gifts.forms import GiftForm, OfferForm
from core.gifts.offers import keep_offer
from core.gifts.stock import keep_gift, receive_gifts
from core.people.tables import Staff
from core.recovery.measures import MeasureForm, take_measure
from core.store.engine import Store
from tests.tui.test_call import run

BOSS = Actor("K1", "郑强", Role.MANAGER)


@pytest.fixture
def giving(desk_store: Store) -> Store:
    """The Monday with a catalogue: scarves for all, one tea in stock; a coupon for whom the price keeps away."""
    with desk_store.write(BOSS) as tx:
        tx.insert(Staff, code="K1", name="郑强", role=Role.MANAGER, store_id=1)
    keep_gift(desk_store, BOSS, GiftForm(code="SCARF", name="丝巾", value=8_800))
    keep_gift(desk_store, BOSS, GiftForm(code="TEA", name="龙井茶", value=3_000))
    receive_gifts(desk_store, BOSS, "SCARF", "S1", 8)
    receive_gifts(desk_store, BOSS, "TEA", "S1", 1)
    keep_offer(
        desk_store,
        BOSS,
        OfferForm(
            code="BACK",
            name="回店礼券",
            value=3_000,
            least=20_000,
            from_on=date(2026, 11, 1),
            until_on=date(2026, 12, 31),
        ),
    )
    return desk_store


def rows(store: Store, table: str) -> list[Any]:
    with store.read() as c:
        return list(c.execute(sa.text(f"select * from {table} order by id")))


def test_a_dormant_call_with_a_reason_asks_for_a_measure(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down")
            page.pressed = 0
            await page.press("enter", "1", "3", "f8", "y")
            page.shows("怎样请 欧阳明月 回来?", "1 优惠", "3 送礼", "0 暂不打扰")
            await page.press("5")
            assert page.pressed == 6
            page.shows("整改修复: 欧阳明月")

    run(drive())
    (made,) = rows(giving, "measure")
    assert (made.code, made.origin, made.state) == ("repair", "call", "open")


def test_a_gift_as_measure_is_chosen_at_once(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down", "enter", "1", "3", "f8", "y", "3")
            page.shows("送 欧阳明月 什么?", "* 挽回: 丝巾", "余 8")
            await page.press("1")
            page.shows("已为 欧阳明月 留出: 丝巾")

    run(drive())
    (given,) = rows(giving, "given")
    assert (given.occasion, given.occasion_key, given.state) == ("recovery", "2026-05-03", "reserved")
    assert given.call_id == rows(giving, "measure")[0].call_id


def test_leaving_alone_asks_why(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down", "enter", "1", "3", "f8", "y", "0")
            page.shows("为何不打扰 欧阳明月?")
            await page.type("ta zai guo wai")
            await page.press("enter")

    run(drive())
    (made,) = rows(giving, "measure")
    assert (made.code, made.state, made.result) == ("leave_alone", "done", "ta zai guo wai")


def test_esc_leaves_the_measure_for_later(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down", "enter", "1", "3", "f8", "y", "escape")
            page.shows("挽回")
            await recovery(page)
            await page.press("8")
            page.shows("欧阳明月", "价格")
            await page.press("m", "1")
            page.shows("每个原因都已有措施")

    run(drive())
    assert [row.code for row in rows(giving, "measure")] == ["offer"]


async def recovery(page: Any) -> None:
    await page.press("f9")
    await page.type("漏斗")
    await page.press("enter")


async def gifts(page: Any) -> None:
    await page.press("f9")
    await page.type("待发放")
    await page.press("enter")


def test_a_gift_is_given_from_the_call_in_one_key(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "g")
            page.shows("送 李雷 什么?", "* 重点会员: 丝巾", "回店礼券")
            await page.press("1")
            page.shows("已为 李雷 留出: 丝巾")
            await page.press("g")
            page.hides("重点会员: 丝巾")

    run(drive())
    (given,) = rows(giving, "given")
    assert (given.occasion, given.occasion_key) == ("key_account", "2026")


def test_a_new_member_who_was_not_satisfied_is_proposed_a_gift(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "2")
            await page.type("chima buhe")
            await page.press("f8", "f8", "y")
            page.shows("送 韩梅梅 什么?", "* 新会员不满意: 丝巾")
            page.hides("回店礼券", "其他: 丝巾")
            await page.press("2")
            page.shows("已为 韩梅梅 留出: 龙井茶")

    run(drive())
    (given,) = rows(giving, "given")
    assert (given.occasion, given.occasion_key) == ("new_dissatisfied", "once")


def test_a_letter_in_a_text_field_gives_nothing(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "tab")
            await page.type("gm")
            page.hides("送 李雷 什么?")

    run(drive())
    assert rows(giving, "given") == []


def worked(store: Store) -> None:
    """A dormant call with its measure, and a gift to hand out."""
    fang = Actor("W1", "王芳", Role.ASSISTANT, 1, 1)
    form = CallForm(
        call_id="b5b0c1c0-0000-4000-8000-000000000001",
        number="10236",
        outcome="reached",
        reasons=("price",),
        override_reason="x",
    )
    call = log_call(store, fang, form).call
    take_measure(store, fang, MeasureForm(number="10236", code="offer", call_id=call, note="满200减30"))
    give_gift(store, fang, GiveForm(number="10234", gift="SCARF", occasion="key_account"))
    give_coupon(store, fang, "10236", "BACK", "price")


def test_the_recovery_screen(giving: Store, screens: Any) -> None:
    worked(giving)

    async def drive() -> None:
        async with screens() as page:
            await recovery(page)
            page.shows("1 漏斗", "休眠", "已决定", "已拨打", "####")
            await page.press("2")
            page.shows("优惠", "全部接通", "无法显示提升")  # the note to its end
            await page.press("6")
            page.shows("欧阳明月", "优惠", "满200减30", "11月26日")
            await page.press("d")
            await page.type("kuai lai, " + "song le quan ye da dian hua " * 3 + "hen gaoxing")
            await page.press("enter")
            page.shows("没有待办的措施")
            await page.press("9")
            page.shows("kuai lai", "已完成", "结果", "满200减30", "hen gaoxing")  # read to its end

    run(drive())
    assert rows(giving, "measure")[0].state == "done"


def test_the_reports_are_another_screen_than_recovery(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens(staff="K1") as page:
            await recovery(page)
            await page.press("f11", "t")
            page.shows("满意度")
            page.hides("1 漏斗")

    run(drive())


def test_the_gifts_screen(giving: Store, screens: Any) -> None:
    worked(giving)

    async def drive() -> None:
        async with screens() as page:
            await gifts(page)
            page.shows("1 待发放", "李雷", "丝巾", "已留出")
            await page.press("c")
            page.shows("没有待发放的礼品")
            await page.press("2")
            page.shows("丝巾", "7", "####")
            await page.press("i")
            page.shows("您的角色无权做此事")
            await page.press("3")
            page.shows("3,000", "88")
            await page.press("4", "r")
            await page.type("huan huo")
            await page.press("enter")
            page.shows("已退回")
            await page.press("5")
            page.shows("回店礼券", "有效")

    run(drive())
    assert rows(giving, "given")[0].state == "returned"


def test_a_manager_adds_to_the_stock(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens(staff="K1", lang="en", size=(120, 40)) as page:
            await page.press("f9")
            await page.type("budgets, coupons")
            await page.press("enter", "2", "down", "i")
            await page.type("20")
            await page.press("enter")
            page.shows("S1 has 21 TEA now.")

    run(drive())


def test_the_review_decides_in_one_key(giving: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down", "down", "enter")
            page.shows("以前做过什么", "还没做过", "袖口开线")
            await page.press("4")
            page.shows("已决定 单小飞: 走访")

    run(drive())
    (made,) = rows(giving, "measure")
    assert (made.code, made.origin) == ("visit", "review")


def test_what_was_tried_stands_in_the_review(giving: Store, screens: Any, tmp_path: Path) -> None:
    take_measure(giving, BOSS, MeasureForm(number="10237", code="apology", note="登门致歉"))

    async def drive() -> None:
        async with screens(size=(120, 40)) as page:
            await page.press("down", "down", "down", "enter")
            page.shows("致歉", "登门致歉", "还没回来")
            await page.press("5")
            page.shows("为何不打扰 单小飞?")
            await page.press("escape")
            assert rows(giving, "measure")[0].code == "apology"

    run(drive())
    assert len(rows(giving, "measure")) == 1
