"""Handover: a new application, asked for question by question and seen before it is submitted."""

from __future__ import annotations

import pytest

from core.handover import actions
from core.handover.forms import HandoverForm
from core.store.engine import Store
from tests.tui.supervisors import Made, applied, office_of, run, state


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

    async def look(staff: str, *shown: str) -> None:
        async with screens(staff=staff) as page:
            for key in ("f6", "l"):
                await page.press(key)
                page.shows(*shown)
                if not shown:
                    page.hides("2026-0001")

    run(look("S101", "2026-0001"))
    for colleague in ("S1M", "K01", "F01", "S102"):
        run(look(colleague))


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
