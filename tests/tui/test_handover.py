"""Handover: the overview, one application and what is decided on it, a new one, and the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.handover import actions
from core.handover.forms import HandoverForm
from core.handover.tables import Handover
from core.store.engine import Store
from tests.handover.conftest import Office
from tests.tui import snapshots
from tests.tui.supervisors import applied, office_of

Made = Callable[..., Any]


def run(coroutine: Any) -> None:
    asyncio.run(coroutine)


def state(office: Office) -> list[tuple[Any, ...]]:
    return office.rows("select number, state from handover order by id")


@pytest.mark.parametrize(
    ("lang", "seen"),
    [
        ("zh", ("待我处理", "2026-0001", "王芳 -> 李静, 赵磊", "待店长审核", "1 份待您处理", "下一步")),
        ("en", ("to act", "2026-0001", "waits for the store manager", "1 wait for you", "Next")),
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
            page.shows("2026-0001", "离职", "王芳 -> 李静 6, 赵磊 6", "提交 11-23 王芳", "店长 ..", "客服备案")
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


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_leaver_is_split_among_two_in_one_go(lang: str, lite: Store, screens: Made) -> None:
    office = office_of(lite)

    async def drive() -> None:
        async with screens(staff="S1M", lang=lang) as page:
            await page.press("f6", "n", "2")
            for code in ("s101", "s102", "s103"):
                await page.type(code)
                await page.press("enter")
            await page.press("enter", "1")
            await page.type("leaves")
            await page.press("enter")
            page.shows("李静 6, 赵磊 6")
            assert state(office) == []
            await page.press("f8", "y")
            page.shows("2026-0001")

    run(drive())
    assert state(office) == [("2026-0001", "submitted")]
    assert office.rows("select count(*) from handover_member") == [(12,)]


def test_an_assistant_hands_over_members_by_number_one_of_them_by_hand(lite: Store, screens: Made) -> None:
    office = office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("f6", "n", "1", "1")
            await page.type("00001 00002,00099")
            await page.press("enter")
            await page.type("s102")
            await page.press("enter", "enter")
            await page.type("x")
            await page.press("enter")
            page.shows("00099")  # not theirs: said, and nothing is lost on the way back
            await page.press("escape", "escape", "escape", "1")
            await page.press(*["backspace"] * 6, "enter")
            await page.type("s102")
            await page.press("enter", "enter", "enter")
            page.shows("李静 2")
            await page.press("m")
            await page.type("s103")
            await page.press("enter")
            page.shows("李静 1, 赵磊 1")
            await page.press("d")

    run(drive())
    assert state(office) == [("2026-0001", "draft")]


def test_moving_to_another_store_moves_no_member(lite: Store, screens: Made) -> None:
    office = office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("f6", "n", "3")
            await page.type("s2")
            await page.press("enter", "0")
            await page.type("调店")
            await page.press("enter")
            page.shows("不转移会员")
            await page.press("a", "y")

    run(drive())
    assert office.rows("select kind, state from handover") == [("moving", "submitted")]


def test_members_that_changed_hands_too_often_need_the_managers_word(lite: Store, screens: Made) -> None:
    office = office_of(lite, 4)
    for giver, taker in (("S101", "S102"), ("S102", "S101")):
        form = HandoverForm(giver=giver, successors=(taker,), reason="x", members=("00001",))
        number = actions.submit(lite, office[giver], form).row.number
        actions.review(lite, office["S1M"], number)
        actions.approve(lite, office["K01"], number)
    number = applied(office, upto="review")

    async def drive() -> None:
        async with screens(staff="K01") as page:
            await page.press("f6", "enter", "a")
            page.shows("不转移这些会员")
            await page.press("2")
            await page.type("本人离职")
            await page.press("enter", "y")

    run(drive())
    assert office.rows("select override from handover where number = :n", n=number) == [("本人离职",)]
    assert "S101" not in office.owners()


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


def test_the_sheet_is_printed_and_where_is_said(lite: Store, screens: Made, tmp_path: Path) -> None:
    applied(office_of(lite))

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter", "p")
            page.shows("handover-2026-0001.txt")

    run(drive())
    (sheet,) = tmp_path.glob("printed/*.txt")
    assert "承诺4" in sheet.read_text(encoding="utf-8")


def test_the_log_is_filtered_and_exported_for_a_purpose(lite: Store, screens: Made, tmp_path: Path) -> None:
    office = office_of(lite)
    applied(office, upto="file")
    form = HandoverForm(giver="S102", successors=("S103",), reason="=1+1", members=("90001",))
    actions.submit(lite, office["S102"], form)

    async def drive() -> None:
        async with screens(staff="K01") as page:
            await page.press("f6", "l")
            assert page.names == ["2026-0002", "2026-0001"]
            await page.press("f", "1")
            await page.type("s101")
            await page.press("enter")
            assert page.names == ["2026-0001"]
            page.shows("人员: S101")
            await page.press("f", "0", "f", "5", "2")
            assert page.names == ["2026-0002"]
            await page.press("f", "0", "f", "3")
            await page.type("2026-11-24")
            await page.press("enter")
            assert page.names == []
            page.shows("没有符合条件的申请")
            await page.press("f", "0", "f", "6")
            await page.type("00003")
            await page.press("enter")
            assert page.names == ["2026-0001"]
            await page.press("f", "0", "e")
            await page.type("年检")
            await page.press("enter")
            page.shows("2 份申请已写入")

    run(drive())
    (file,) = tmp_path.glob("printed/*.csv")
    text = file.read_text(encoding="utf-8-sig")
    assert "2026-0001" in text
    assert "'=1+1" in text
    assert office.rows("select why from audit_entry where field = 'export'") == [("年检",)]


def test_a_refused_export_says_so(lite: Store, screens: Made, tmp_path: Path) -> None:
    applied(office_of(lite))

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("f9")
            await page.type("台账")
            await page.press("enter", "e")
            await page.type("x")
            await page.press("enter")
            page.shows("王芳")

    run(drive())
    assert not list(tmp_path.glob("printed/*.csv"))


def test_names_that_mean_harm_stay_text(lite: Store, screens: Made) -> None:
    office = office_of(lite, 4)
    office.change("00001", name="[/foo][b]x", last_promise="a\x1b[31mred")
    number = applied(office)
    with lite.write(SHELL) as tx:
        key = office.rows("select id from handover")[0][0]
        tx.update(Handover, key, {"reason": "[/foo]\u202e"})

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter", "down", "h")
            page.shows(number, "[/foo]")
            for line in page.lines:
                assert not set(line) & set("\x1b\u202e")

    run(drive())


SHOTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "handover": ("S1M", ("f6",)),
    "application": ("S1M", ("f6", "enter")),
    "application-agree": ("S1M", ("f6", "enter", "a")),
    "application-new": (
        "S1M",
        ("f6", "n", "2", *"s102", "enter", *"s103", "enter", "enter", "x", "enter"),
    ),
    "handover-log": ("S1M", ("f6", "l")),
    "board": ("S1M", ("b",)),
    "people": ("S1M", ("f9", "p", "e", "o", "p", "l", "e", "enter")),
    "who-changed": ("S1M", ("slash", *"00003", "enter", "enter", "y")),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SHOTS)
def test_the_screen_looks_as_kept(
    name: str, size: tuple[int, int], lang: str, lite: Store, screens: Made, clock: FixedClock
) -> None:
    applied(office_of(lite))
    staff, keys = SHOTS[name]

    async def drive() -> None:
        async with screens(lang=lang, size=size, staff=staff) as page:
            if name == "people":
                await page.press("f9")
                await page.type("人员" if lang == "zh" else "people")
                await page.press("enter")
            else:
                await page.press(*keys)
            await page.rest()
            snapshots.check(f"{name}-{lang}-{size[0]}", page.lines)

    run(drive())
