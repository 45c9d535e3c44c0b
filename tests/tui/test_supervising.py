"""The board, and who changed a record."""

from __future__ import annotations

from typing import Any

import pytest

from core.base.actor import SHELL
from core.base.text import cells
from core.followups.actions import skip
from core.members.actions import edit_member
from core.people.tables import ProfileView
from core.store.engine import Store
from tests.handover.conftest import ON
from tests.tui.supervisors import Made, applied, office_of, run, to
from tui.overlays import READING_WIDTH
from tui.widgets.lines import Lines


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


def test_who_has_nothing_today_is_folded_into_one_line(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("b")
            page.shows("王芳", "人今天没有任务: a")
            page.hides("马超", "李静")
            folded = len(page.names)
            await page.press("a")
            page.shows("马超", "李静")
            page.hides("人今天没有任务")
            assert len(page.names) > folded
            await page.press("a")
            page.hides("马超")
            await to(page, "..")
            await page.press("r")
            page.shows("请先把光标移到一位人员上")
        async with screens(staff="S103") as page:
            await page.press("b")
            page.shows("赵磊")  # the only line there is

    run(drive())


@pytest.mark.parametrize(("lang", "said"), [("zh", "1 位跳过太多次: s"), ("en", "1 skipped too often: s")])
def test_who_was_skipped_three_times_is_shown_to_the_supervisor(
    lang: str, said: str, lite: Store, screens: Made
) -> None:
    office = office_of(lite)
    for turn in ("忙", "还忙", "会员开会"):
        skip(lite, office["S101"], "00005", turn)
    name = office.rows("select name from member where number = '00005'")[0][0]

    async def drive() -> None:
        async with screens(staff="S1M", lang=lang) as page:
            await page.press("b")
            page.shows(said)
            await page.press("s")
            page.shows("3x", "会员开会", name)
            await page.press("enter")
            page.shows(name, "00005")
        async with screens(staff="K02", lang="zh") as page:
            await page.press("b", "s", "escape")
            page.shows(said if lang == "zh" else "位跳过太多次")

    run(drive())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_line_of_help_is_cut_at_80_columns(lang: str, lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="K01", lang=lang) as page:
            for name in ("b", "f11", "f6"):
                await page.press(name, "question_mark")
                lines = page.app.screen.query_one(Lines)
                rows = [lines.row_at(place) for place in range(lines.total)]
                assert len(rows) > 15
                assert max(cells(row.cells[0][0]) for row in rows) <= READING_WIDTH
                await page.press("escape", "escape")

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


@pytest.mark.parametrize(("staff", "said"), [("S1M", "1 waits for you"), ("K01", "0 wait for you"), ("S102", "")])
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
