"""The screens of what members say, as text, in both languages, at 80x24 and 120x40."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.base.clock import FixedClock
from core.base.text import cells
from core.store.engine import Store
from tests.complaints.conftest import Desk
from tests.tui import snapshots
from tests.tui.supervisors import planned

SCREENS: dict[str, tuple[str, tuple[str, ...]]] = {
    "complaints": ("S1M", ("f11", "2")),
    "complaint": ("S1M", ("f11", "2", "enter")),
    "problems": ("S1M", ("f11", "b", "2")),
    "suggestions": ("S1M", ("f11", "v")),
    "intake": ("S102", ("f12", "x", "f8")),
    "call-complaint": ("S101", ("enter",)),
    "call-raise": ("S101", ("enter", "p")),
    "report-satisfaction": ("K01", ("f11", "t")),
    "report-complaints": ("K01", ("f11", "t", "f", "2")),
    "report-reasons": ("K01", ("f11", "t", "f", "3")),
}


@pytest.fixture
def told(lite: Store, clock: FixedClock) -> Desk:
    """A morning with complaints at every step, a problem, a suggestion, and calls with scores and reasons."""
    desk = Desk(lite, clock)
    planned(desk.office)
    desk.office.follow_up("00001")
    matter = "羊绒大衣洗一次就起球, 领口开线, 要求退货并赔偿干洗费用"
    first = desk.take("00001", matter=matter, urgency="urgent", demand="退货, 赔偿 80 元", product="羊绒大衣",
                      evidence="小票, 照片 3 张").row.id  # fmt: skip
    desk.take("00002", matter="店员冷淡, 问价不理", category="service", about="S102")
    desk.take("00003", kind="problem", matter="试衣间灯坏了", category="place")
    desk.take("00004", kind="suggestion", matter="周末早一小时开门", category="")
    told = desk.take("00005", matter="积分没有双倍", category="price").row.id
    desk.act(told, "resolve", "S101", text="积分已补 320 分")
    clock.advance(minutes=30)
    desk.act(first, "answer", "S101", text="已致歉, 请把大衣带来店里看")
    desk.act(first, "promise", "S101", text="明天给结果", promised="+1d", told=True)
    for number, (goods, service) in enumerate([(5, 4), (4, 2), (3, 5)], 6):
        desk.call(
            f"{number:05d}", "reached", scores={"goods": goods, "service": service}, reasons=("price", "busy")
        )
    clock.advance(hours=2, minutes=30)
    return desk


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCREENS)
def test_the_screen_looks_as_kept(name: str, size: tuple[int, int], lang: str, told: Desk, screens: Any) -> None:
    staff, keys = SCREENS[name]

    async def drive() -> None:
        async with screens(staff=staff, lang=lang, size=size) as page:
            await page.press(*keys)
            await page.rest()
            lines = page.lines
            assert len(lines) == size[1]
            assert max(cells(line) for line in lines) <= size[0]
            snapshots.check(f"{name}-{lang}-{size[0]}", lines)

    asyncio.run(drive())
