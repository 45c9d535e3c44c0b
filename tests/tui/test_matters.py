"""Complaints, problems, suggestions and reports on the screens: what is shown, and what is stored."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.base.clock import FixedClock
from core.store.engine import Store
from tests.complaints.conftest import Desk
from tests.tui.supervisors import planned

Made = Callable[..., Any]


def run(coroutine: Any) -> None:
    asyncio.run(coroutine)


@pytest.fixture
def told(lite: Store, clock: FixedClock) -> Desk:
    """王芳's members have said something: two complaints, a problem and a suggestion."""
    desk = Desk(lite, clock)
    planned(desk.office)
    desk.take("00001", matter="大衣起球, 要求退货", urgency="urgent", demand="退货", product="大衣")
    desk.take("00002", matter="店员冷淡", category="service", about="S101")
    desk.take("00003", kind="problem", matter="试衣间灯坏了", category="place")
    desk.take("00004", kind="suggestion", matter="早点开门", category="")
    clock.advance(hours=3)
    return desk


SEEN = {
    "zh": ("投诉", "1 我的 1", "3 逾期 1", "时限", "质量", "! 大衣起球", "待处理", "王芳", "升级给陈红"),
    "en": (
        "Complaints",
        "1 mine 1",
        "3 late 1",
        "deadline",
        "quality",
        "! 大衣起球",
        "waiting",
        "went up to 陈红",
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_my_complaints(lang: str, size: tuple[int, int], told: Desk, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="S101", lang=lang, size=size) as page:
            await page.press("f11")
            page.shows(*SEEN[lang])
            page.hides("冷淡")  # it is about oneself, and somebody else's
            assert all(len(line.encode("gbk", "replace")) <= size[0] for line in page.lines)
            await page.press("2")
            page.shows("大衣起球")
            await page.press("5")
            page.hides("大衣起球")

    run(drive())


def test_the_steps_of_a_complaint(told: Desk, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("f11", "enter")
            page.shows("大衣起球, 要求退货", "诉求", "退货", "逾期升级, 给 陈红", "! 紧急", "李静")
            await page.press("a")
            await page.type("已致歉")
            await page.press("enter")
            page.shows("已记录: 首次答复", "首次答复, 已告知会员: 已致歉", "已答复")
            await page.press("p")
            await page.type("明天下午3点")
            await page.press("enter")
            await page.type("给结果")
            await page.press("enter")
            page.shows("承诺, 11月24日前, 已告知会员: 给结果")
            await page.press("g")
            await page.type("在质检")
            await page.press("enter", "2")
            page.shows("进展: 在质检")
            await page.press("m")
            page.shows("只有店长、经理或客服部")
            await page.press("r")
            await page.type("退款")
            await page.press("enter")
            page.shows("告知会员的电话已列入名单", "已处理")
            await page.press("c", "5")
            page.shows("已结案, 5 分")
            await page.press("r")
            page.shows("现在的状态不能这样做")
            await page.press("escape")
            page.shows("1 我的 0")

    run(drive())
    acts = [row["act"] for row in told.all("select act from raised_step where raised_id = 1 order by place")]
    assert acts == ["take", "escalate", "answer", "promise", "progress", "resolve", "close"]


def test_nobody_sees_to_what_is_about_them(told: Desk, screens: Made) -> None:
    told.office.change("00002", owner_id=told["S1M"].staff_id)
    told.take("00002", matter="店长发火", about="S1M")

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f11", "2")
            row = page.names[-1]
            page.app.screen.query_one("#list").select(row)
            await page.quiet()
            await page.press("enter", "r")
            page.shows("这件事涉及您本人")

    run(drive())


def test_taking_a_complaint_down_from_any_screen(told: Desk, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="S102") as page:
            await page.press("f12")
            page.shows("谁反映的")
            await page.type("路人王女士")
            await page.rest()
            page.shows("未建档")
            await page.press("f8")
            page.shows("路人王女士: 反映什么?", "渠道", "联系方式")
            await page.type("收银太慢")
            await page.press("tab", "2", "2", "2", "tab", "tab", "tab", "tab", "2")
            await page.type("13800001111")
            await page.press("f8")
            page.shows("已受理, 编号 5: 由陈红处理")
            await page.press("f12")
            await page.type("00001")
            await page.rest()
            page.shows("会员1")
            await page.press("enter")
            await page.press("f8")
            page.shows("请用几个字写明是什么问题")
            await page.type("包装破了")
            await page.press("f8")
            page.shows("由王芳处理")

    run(drive())
    rows = told.all("select * from raised where id > 4 order by id")
    assert [(row["said_by"], row["contact"], row["channel"], row["kind"]) for row in rows] == [
        ("路人王女士", "13800001111", "shop", "complaint"),
        ("", "", "hotline", "complaint"),
    ]
    assert (rows[0]["urgency"], rows[0]["category"]) == ("urgent", "service")
    assert rows[1]["member_id"] == told.office.ids["00001"]


def test_keys_typed_while_the_window_opens_land_where_they_belong(told: Desk, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="S102") as page:
            await page.press("f12")
            await page.type("路人")
            await page.rest()
            await page.pilot.press("f8", *"收银慢", "tab", "2", "2", "1", "enter")
            await page.quiet()
            page.shows("已受理, 编号 5")

    run(drive())
    row = told.one("select matter, kind, category, urgency from raised where id = 5")
    assert tuple(row.values()) == ("收银慢", "complaint", "service", "normal")


def test_problems_and_suggestions(told: Desk, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f11", "b", "2")
            page.shows("问题", "试衣间灯坏了", "环境", "18:00")
            await page.press("enter", "m")
            await page.type("s102")
            await page.press("enter")
            await page.type("你管灯")
            await page.press("enter")
            page.shows("转交, 给 李静")
            await page.press("escape", "v")
            page.shows("建议", "早点开门", "会员4")
            await page.press("enter", "x")
            await page.type("人手不够")
            await page.press("enter")
            page.shows("未采纳: 人手不够")
            await page.press("c")
            await page.type("到店时说了")
            await page.press("enter")
            page.shows("已结案")

    run(drive())
    assert told.one("select owner_id from raised where id = 3")["owner_id"] == told["S102"].staff_id
    assert told.one("select state from raised where id = 4")["state"] == "closed"


def test_the_archive_is_searched(told: Desk, screens: Made) -> None:
    told.act(1, "resolve", "S101", text="换了新大衣")
    told.act(1, "close", "S101", score=5)

    async def drive() -> None:
        async with screens(staff="K01") as page:
            await page.press("f11", "4")
            page.hides("大衣起球")
            await page.press("f")
            await page.type("新大衣")
            await page.press("enter")
            page.shows("大衣起球", "查找: 新大衣", "已结案")

    run(drive())


@pytest.mark.parametrize(
    ("lang", "seen"), [("zh", ("满意度", "按月", "服务")), ("en", ("Satisfaction", "service"))]
)
def test_reports_as_bars(lang: str, seen: tuple[str, ...], told: Desk, screens: Made, tmp_path: Path) -> None:
    told.call("00005", "reached", scores={"goods": 4, "service": 2})
    told.act(1, "answer", "S101", text="x")

    async def drive() -> None:
        async with screens(staff="K01", lang=lang) as page:
            await page.press("f11", "t")
            page.shows(*seen, "4.00", "2.00")
            drawn = [line.lstrip("> ") for line in page.lines if "##" in line]
            goods, service = (line.count("#") for line in drawn)
            assert goods == 2 * service > 0
            await page.press("3")
            page.shows("S1店")
            await page.press("f", "2")
            page.shows({"zh": "投诉", "en": "complaint"}[lang], "2")
            await page.press("3")
            page.shows({"zh": "质量", "en": "quality"}[lang])
            await page.press("s")
            await page.type("S2")
            await page.press("enter")
            page.shows("S2店")
            await page.press("e", "1")
            await page.type("月会")
            await page.press("enter")
            said = "".join(line.strip(" |") for line in page.lines)
            (file,) = tmp_path.glob("printed/*.html")
            assert str(file.parent) in said, page.text
            assert file.name in said, page.text
            await page.press("escape")

    run(drive())
    assert told.one("select count(*) as n from audit_entry where why = '月会'")["n"] == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_section_of_a_report_keeps_its_name_at_80_columns(lang: str, told: Desk, screens: Made) -> None:
    told.call("00005", "reached", scores={"goods": 4})

    async def drive() -> None:
        async with screens(staff="K01", lang=lang) as page:
            await page.press("f11", "t")
            for report in "12345":
                await page.press("f", report)
                titles = [section.title for section in page.app.screen.report.sections]
                for place, title in enumerate(titles, 1):
                    await page.press(str(place))
                    shown = page.lines[1]
                    assert f"{place} {title}" in shown
                    named = re.findall(r"[1-9] (\w)", shown)
                    assert len(named) >= len(titles) - 1, shown  # "7 .." may be all there is room for
                    note = page.app.screen.report.sections[place - 1].note
                    assert note.split(" ")[-1][-8:] in page.text, page.text  # read to its end
            await page.press("f", "1", "2")
            page.shows({"zh": "月份", "en": "month"}[lang], "2026-11")
            page.hides("当月")

    run(drive())


def test_reports_are_not_everybodys(told: Desk, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("f11", "t")
            page.shows("查看报表")

    run(drive())


def test_an_open_complaint_comes_first_on_the_card(told: Desk, screens: Made) -> None:
    told.office.follow_up("00001")

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("enter")
            page.shows("! 先谈投诉: 大衣起球", "1 投诉", "您好。您反映的「大衣起球", "待处理, 王芳, 逾期")

    run(drive())
