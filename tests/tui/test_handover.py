"""Handover: the overview, one application, and what is decided on it."""

from __future__ import annotations

import pytest

from core.handover import actions
from core.store.engine import Store
from tests.tui.supervisors import Made, applied, office_of, run, state
from tui.widgets.lines import Lines


@pytest.mark.parametrize(
    ("lang", "seen"),
    [
        ("zh", ("待我处理", "2026-0001", "王芳 -> 李静, 赵磊", "待店长审核", "1 份待您处理", "下一步")),
        ("en", ("to act", "2026-0001", "waits for the store manager", "1 waits for you", "Next")),
    ],
)
def test_what_waits_for_me_stands_on_top(lang: str, seen: tuple[str, ...], lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)

    async def drive() -> None:
        async with screens(lang=lang, staff="S1M") as page:
            await page.press("f6")
            page.shows(*seen)

    run(drive())


def test_the_application_shows_its_way_and_what_moves(lite: Store, screens: Made) -> None:
    applied(office_of(lite))

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter")
            page.shows("2026-0001", "离职", "王芳 -> 李静 6, 赵磊 6", "提交 11月23日 王芳", "店长 ..", "客服备案")
            page.shows("A 3 (2/1)", "约定回拨 1", "问题 1", "投诉 1", "1 位本周有约")
            await page.press("h")
            page.shows("回老家, 月底离职")
            await page.press("escape", "escape", "escape")
            page.hides("2026-0001")

    run(drive())


def test_from_review_to_filing_each_step_is_a_key_and_a_y(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)
    pressed: dict[str, int] = {}

    async def act(staff: str, *keys: str, said: str) -> None:
        async with screens(staff=staff) as page:
            begun = page.pressed
            await page.press("f6", "enter", *keys)
            page.shows(said)
            await page.press("y")
            pressed[staff] = page.pressed - begun

    run(act("S1M", "a", said="12 位会员、7 项回访、1 个约定、1 个问题、1 个投诉将转给"))
    assert state(office) == [("2026-0001", "reviewed")]
    run(act("K01", "f8", said="立即执行, 不能撤销"))
    assert state(office) == [("2026-0001", "executed")]
    assert office.owners() == {"S102": 9, "S103": 6}
    run(act("F01", "x", said="备案 2026-0001?"))
    assert state(office) == [("2026-0001", "filed")]
    assert pressed == {"S1M": 4, "K01": 4, "F01": 4}


def test_once_it_is_executed_the_members_show_what_went_along(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)
    seen: list[list[tuple[str, str]]] = []

    async def look(staff: str) -> None:
        async with screens(staff=staff) as page:
            await page.press("f6", "enter")
            lines = page.app.screen.query_one(Lines)
            rows = [lines.row_at(place) for place in range(lines.total)]
            seen.append([(row.key, row.cells[3][0]) for row in rows if row is not None])

    run(look("S1M"))
    actions.review(lite, office["S1M"], "2026-0001")
    actions.approve(lite, office["K01"], "2026-0001")
    run(look("F01"))
    announced, moved = seen
    assert {count for _, count in announced} == {"2", "1", "-"}
    assert moved == announced


def test_anything_but_y_does_nothing(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            for key in ("n", "escape", "enter", "f8"):
                await page.press("f6", "enter", "a", key, "escape")

    run(drive())
    assert state(office) == [("2026-0001", "submitted")]


def test_it_goes_back_with_a_reason_and_is_submitted_again(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)

    async def refuse() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter", "r", "enter")
            page.shows("为何退回?")  # without a reason it stays
            await page.type("分配不均")
            await page.press("enter")
            page.shows("分配不均")

    async def again() -> None:
        async with screens(staff="S101") as page:
            await page.press("f6", "enter", "m", "3")
            await page.type("s103")
            await page.press("enter")
            assert page.app.screen.sheet.row.successors == (("S102", "李静", 5), ("S103", "赵磊", 7))
            await page.press("a")
            page.shows("重新提交 2026-0001?")
            await page.press("y")

    run(refuse())
    assert state(office) == [("2026-0001", "refused")]
    run(again())
    assert state(office) == [("2026-0001", "submitted")]
    assert office.rows("select comment from handover_step where act = 'refuse'") == [("分配不均",)]


def test_the_reviewer_shares_the_members_otherwise(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter", "m", "4")
            for code in ("s102", "s103", "s201"):
                await page.type(code)
                await page.press("enter")
            page.shows("S102, S103, S201")
            await page.press("enter")
            page.shows("李静 4, 赵磊 4, 周敏 4")
            await page.press("m", "2")
            page.shows("李静 6, 赵磊 6")
            await page.press("m", "1", "a", "y")

    run(drive())
    assert state(office) == [("2026-0001", "reviewed")]


@pytest.mark.parametrize(
    ("staff", "key", "said"),
    [
        ("S101", "a", "这一步由他人办理"),
        ("K01", "a", "这一步由他人办理"),
        ("F01", "a", "这一步由他人办理"),
        ("S1M", "x", "现在不能这样做 (当前待店长审核)"),
        ("S1M", "w", "只有申请人或移交人"),
        ("S102", "r", "这一步由他人办理"),
    ],
)
def test_what_one_may_not_do_says_why_and_who_may(
    staff: str, key: str, said: str, lite: Store, screens: Made
) -> None:
    office = office_of(lite)
    applied(office)

    async def drive() -> None:
        async with screens(staff=staff) as page:
            await page.press("f6", "enter", key)
            page.shows(said, "陈红")

    run(drive())
    assert state(office) == [("2026-0001", "submitted")]


def test_others_do_not_see_it_at_all(lite: Store, screens: Made) -> None:
    applied(office_of(lite))

    async def drive() -> None:
        for lang, said in (("zh", "没有您可以查看的申请"), ("en", "no application that you may see")):
            async with screens(staff="S201", lang=lang) as page:
                await page.press("f6")
                page.shows(said)
                page.hides("2026-0001")
                await page.press("enter")

    run(drive())


def test_the_applicant_takes_it_back(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("f6", "enter", "w", "y")
            page.shows("撤回")

    run(drive())
    assert state(office) == [("2026-0001", "withdrawn")]


def test_whoever_comes_second_is_told_and_sees_what_is_now(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    number = applied(office, upto="review")

    async def drive() -> None:
        async with screens(staff="K01") as page:
            await page.press("f6", "enter", "a")
            actions.approve(lite, office["K02"], number)
            await page.press("y")
            page.shows("已执行")

    run(drive())
    assert office.rows("select count(*) from handover_step where act = 'approve'") == [(1,)]
