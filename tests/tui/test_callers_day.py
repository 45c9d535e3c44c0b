"""What a caller meets in a long day: dates in one form, the right record taken back, the focus never lost."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from textual.events import AppBlur

from core.base.clock import FixedClock
from core.calls.actions import log_call
from core.calls.forms import CallForm
from core.people.views import staff_actor
from core.store.engine import Store
from tests.tui.test_call import calls, run


def change(store: Store, number: str, **values: object) -> None:
    """Put other values into a member's row."""
    fields = ", ".join(f"{name} = :{name}" for name in values)
    with store.write(staff_actor(store, "W1"), why="test") as tx:
        tx.connection.execute(
            sa.text(f"update member set {fields} where number = :number"), {**values, "number": number}
        )


def field(store: Store, number: str, *names: str) -> tuple[Any, ...]:
    """Columns of a member's row."""
    with store.read() as c:
        found = c.execute(sa.text(f"select {', '.join(names)} from member where number = :n"), {"n": number}).one()
    return tuple(found)


async def to_note(page: Any) -> Any:
    """Go to the note of the open call, as a caller does."""
    while getattr(page.app.screen.focused, "name", None) != "note":
        await page.press("tab")
    return page.app.screen.focused


# Taking back


def test_u_takes_back_no_other_record_than_the_one_it_named(
    desk_store: Store, clock: FixedClock, screens: Any
) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "4")
            clock.advance(minutes=1)
            await page.press("u")
            page.shows("李雷, 无人接听")
            at_the_other = CallForm(call_id=str(uuid.uuid4()), number="10238", outcome="busy")
            log_call(desk_store, staff_actor(desk_store, "W1"), at_the_other)
            await page.press("y")
            page.shows("没有撤回", "张伟")
            assert [call.corrects for call in calls(desk_store)] == [None, None]
            await page.press("u")
            page.shows("张伟, 占线")
            await page.press("y")
            page.shows("张伟", "草稿已恢复")

    run(drive())
    *_, busy, correction = calls(desk_store)
    assert (busy.of_number, correction.corrects) == ("10238", busy.id)


# Dates and counts


SEEN = {
    "zh": ("11月23日 周一 09:42", "11月19日 周四 10:20", "11月19日 电话", "2025年", "12月2日  消费"),
    "en": ("Mon 23 Nov 09:42", "Thu 19 Nov 10:20", "19 Nov called", "2025", "2 Dec  bought"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_days_have_one_form_in_each_language(lang: str, desk_store: Store, screens: Any) -> None:
    with desk_store.write(staff_actor(desk_store, "W1"), why="test") as tx:
        tx.connection.execute(sa.text("update purchase set day = '2025-12-02' where goods = '围巾'"))

    async def drive() -> None:
        async with screens(lang=lang) as page:
            shown = page.text
            await page.press("enter")
            shown += page.text
            for wanted in SEEN[lang]:
                assert wanted in shown, f"{wanted!r} is not in\n{shown}"
            page.hides("11-19", "12-02")
            await page.press("escape", "slash")
            await page.type("10234")
            await page.rest()
            page.shows("11月15日" if lang == "zh" else "15 Nov")
            page.hides("2026-11-15")

    run(drive())


def test_one_day_is_one_day(desk_store: Store, screens: Any) -> None:
    change(desk_store, "10234", last_purchase_on=date(2026, 11, 22).isoformat())

    async def drive() -> None:
        async with screens(lang="en") as page:
            page.shows("1 day ago")
            page.hides("1 days")
            await page.press("down")
            page.shows("8 days ago")

    run(drive())


# The profile in the reader's language


@pytest.mark.parametrize(
    ("lang", "shown", "typed"), [("en", "lunar 08-15", "农历 09-09"), ("zh", "农历 08-15", "lunar 9-9")]
)
def test_a_lunar_birthday_is_shown_and_read_in_either_language(
    lang: str, shown: str, typed: str, desk_store: Store, screens: Any
) -> None:
    change(desk_store, "10234", birth_month=8, birth_day=15, birth_calendar="lunar")

    async def drive() -> None:
        async with screens(lang=lang) as page:
            await page.press("enter", "e")
            page.shows(shown, "男" if lang == "zh" else "male", "F8")
            page.hides("male" if lang == "zh" else "农历")
            await page.press("f8")  # nothing was changed, so nothing is
            assert field(desk_store, "10234", "birth_month", "version")[0] == 8
            await page.press("e", "down", "down", "down", *["backspace"] * len(shown))
            await page.type(typed)
            await page.press("f8")

    run(drive())
    assert field(desk_store, "10234", "birth_month", "birth_day", "birth_calendar", "gender") == (
        9,
        9,
        "lunar",
        "male",
    )


def test_enter_takes_a_problem_down_from_any_of_its_lines(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "2")
            await page.type("袖口开线")
            await page.press("tab", "2", "enter")  # a complaint; the focus is on what it is about
            page.shows("已记下")
            page.hides("诉求")
            await page.press("f8", "y")

    run(drive())
    with desk_store.read() as c:
        assert c.execute(sa.text("select kind, matter from raised where call_id is not null")).one() == (
            "complaint",
            "袖口开线",
        )


def test_a_reason_that_is_missing_is_asked_for_in_words(
    desk_store: Store, clock: FixedClock, screens: Any
) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down", "enter")
            clock.advance(minutes=2)
            await page.press("1", "f8")
            page.shows("会员为什么没来？按键选一个原因，再按 F8。")
            page.hides("quality")
            await page.press("3", "f8")
            page.shows("已保存: 欧阳明月")

    run(drive())
    assert [(call.of_number, call.reasons) for call in calls(desk_store)] == [("10236", "price")]


def test_what_was_brought_back_was_not_bought(desk_store: Store, screens: Any) -> None:
    with desk_store.write(staff_actor(desk_store, "W1"), why="test") as tx:
        tx.connection.execute(sa.text("update purchase set amount = -2990, goods = '' where goods = '围巾'"))

    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            page.shows("退换 -29.90 张三")
            page.hides("消费 -29.90")

    run(drive())


def test_english_help_speaks_no_chinese(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens(lang="en") as page:
            await page.press("enter", "3")
            page.shows("For example tomorrow 3pm, next wed 10:00, +3d, +2h")
            await page.type("today 9am")
            page.shows("That time is already past")
            page.hides("明天")

    run(drive())


# The focus


def test_a_terminal_without_focus_loses_no_key_and_chooses_nothing(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            note = await to_note(page)
            await page.type("拆")
            page.app.post_message(AppBlur())
            await page.quiet()
            assert page.app.screen.focused is None
            await page.type("4d5")
            assert note.value == "拆4d5"
            page.hides("已保存", "请拨")

    run(drive())
    assert calls(desk_store) == []


def test_a_sheet_that_comes_anew_leaves_the_field_and_its_text(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            await to_note(page)
            await page.type("4点后")
            await page.kept()
            await page.type("再打")
            page.app.switch_language()
            await page.quiet()
            assert page.app.screen.focused.name == "note"
            await page.type("4")
            assert page.app.screen.focused.value == "4点后再打4"
            await page.kept()

    run(drive())
    assert calls(desk_store) == []
    with desk_store.read() as c:
        assert "4点后再打4" in c.execute(sa.text("select content from draft")).scalar_one()


# Who changed this


def test_a_change_out_of_a_call_says_so_in_words(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "4", "slash", *"10234", "enter", "y")
            page.shows("缘由: 来自通话")
            await page.press("end")  # how the member was entered
            page.shows("首次消费: 2025-03-01")
            page.hides("first_purchase_on", "last_on")

    run(drive())
