"""The board, People, and who changed a record."""

from __future__ import annotations

from typing import Any

import pytest

from core.base.actor import SHELL
from core.members.actions import edit_member
from core.people.accounts import change_secret, reset_secret
from core.people.tables import ProfileView
from core.store.engine import Store
from tests.handover.conftest import ON
from tests.tui.supervisors import Made, applied, office_of, run
from tui.widgets.lines import Lines


async def to(page: Any, key: str) -> None:
    assert page.app.screen.query_one(Lines).select(key), page.text
    await page.quiet()


async def people(page: Any, lang: str = "zh") -> None:
    await page.press("f9")
    await page.type({"zh": "人员", "en": "people"}[lang])
    await page.press("enter")


@pytest.mark.parametrize(
    ("lang", "seen"), [("zh", ("看板", "王芳", "投诉", "本月: 6 项")), ("en", ("Board", "compl.", "0 of 6 done"))]
)
def test_the_board_counts_and_is_read_anew_in_place(
    lang: str, seen: tuple[str, ...], lite: Store, screens: Made
) -> None:
    office = office_of(lite)

    async def drive() -> None:
        async with screens(staff="S1M", lang=lang) as page:
            await page.press("b")
            page.shows(*seen)
            row = next(key for key in page.names if key.endswith("S101"))
            await to(page, row)
            office.follow_up("00009")
            page.app.screen.read_again()
            await page.quiet()
            assert page.cursor == row
            tally = page.app.screen.row.value.tally
            assert (tally.due, tally.complaints) == (7, 1)

    run(drive())


def test_a_queue_goes_to_somebody_else_with_a_reason(lite: Store, screens: Made) -> None:
    office = office_of(lite)

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("b", "r")
            page.shows("请先把光标移到一位人员上")
            await to(page, "S1/S101")
            await page.press("r")
            await page.type("s102")
            await page.press("enter")
            await page.type("病假")
            await page.press("enter")
            page.shows("王芳 的全部到期回访 (含目标外) 转给 S102")
            await page.press("y")
            page.shows("6")

    run(drive())
    assert office.rows(
        "select s.code, count(*) from follow_up f join staff s on s.id = f.assignee_id where f.due_on <= :on "
        "group by s.code",
        on=ON.isoformat(),
    ) == [("S102", 6)]
    assert office.owners()["S101"] == 12


def test_an_assistant_sees_their_own_line_and_reassigns_nothing(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("b")
            page.hides("李静", "赵磊")
            await page.press("down", "r")
            page.shows("名单由店长或经理改派")
            await page.press("w")
            page.shows("异常查看只对店长和经理显示")

    run(drive())


def test_unusual_looking_is_noted_on_the_board(lite: Store, screens: Made) -> None:
    office = office_of(lite)
    seen = _members(office, lite.policy.watch.views)
    looked = {"staff_id": office["S102"].staff_id, "day": ON, "views": 1}
    with lite.write(SHELL) as tx:
        tx.insert_many(ProfileView, [{**looked, "member_id": key} for key in seen], what="views")

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("b")
            page.shows("! 异常查看 1 人次, 首位 李静")
            await page.press("w")
            page.shows("资料 300 份")

    run(drive())


def _members(office: Any, count: int) -> list[int]:
    office.members(count, owner="S103", first=50001)
    return [key for number, key in office.ids.items() if number >= "50001" and number < "90000"]


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
            await to(page, "S104")
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
            await page.type("s102")
            await page.press("enter")
            await page.type("2026-12-04")
            await page.press("enter")
            await page.type("年假")
            await page.press("enter")
            page.shows("S102 代管 赵磊 的名单到 2026-12-04")
            await page.press("y")
            page.shows("<- 李静 11-23..12-04")
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


@pytest.mark.parametrize("staff", ["S1M", "S101"])
def test_who_changed_a_member_is_a_key_away(staff: str, lite: Store, screens: Made) -> None:
    office = office_of(lite)
    edit_member(lite, office["S101"], "00005", {"occupation": "教师"}, why="本人说", version=None)

    async def drive() -> None:
        async with screens(staff=staff) as page:
            await page.press("slash")
            await page.type("00005")
            await page.press("enter", "y")
            page.shows("谁改的?", "会员 00005", "王芳", "教师", "本人说")
            await page.press("escape", "escape")

    run(drive())


def test_who_changed_works_from_the_list_and_from_an_application(lite: Store, screens: Made) -> None:
    applied(office_of(lite))

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter", "f9")
            await page.type("谁改")
            await page.press("enter")
            page.shows("谁改的?", "申请 2026-0001", "王芳")
            await page.press("escape", "enter", "y")
            page.shows("会员 00001")

    run(drive())


def test_a_profile_opened_is_counted_and_a_reveal_is_on_record(lite: Store, screens: Made) -> None:
    office = office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101", lang="en") as page:
            for _ in range(2):
                await page.press("f4")
                await page.press("f5", "escape")
            await page.press("f4", "r", "x", "enter")
            page.shows("that is on record")

    run(drive())
    assert office.rows("select staff_id, views from profile_view") == [(office["S101"].staff_id, 3)]
    assert office.rows("select count(*) from audit_entry where field = 'phones_revealed'") == [(1,)]


@pytest.mark.parametrize(("staff", "said"), [("S1M", "1 wait for you"), ("K01", "0 wait for you"), ("S102", "")])
def test_an_empty_list_says_where_else_there_is_work(staff: str, said: str, lite: Store, screens: Made) -> None:
    office = office_of(lite)
    applied(office)
    with lite.write(SHELL) as tx:
        tx.connection.exec_driver_sql("delete from follow_up")

    async def drive() -> None:
        async with screens(staff=staff, lang="en") as page:
            if said:
                page.shows("F6: handovers, " + said, "b: the board", "F9: everything else")
            else:
                page.hides("F6: handovers")

    run(drive())
