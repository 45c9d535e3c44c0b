"""The call: keystrokes, what is stored, and that nothing typed is lost."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from textual.events import Key

from core.base.clock import FixedClock
from core.store.engine import Store


def run(coroutine: Any) -> None:
    asyncio.run(coroutine)


def calls(store: Store) -> list[Any]:
    with store.read() as c:
        return list(
            c.execute(
                sa.text(
                    "select c.*, m.number as of_number from call c join member m on m.id = c.member_id"
                    " where c.stored_at >= '2026-11-23' order by c.stored_at"
                )
            )
        )


def test_no_answer_is_two_keystrokes_and_the_next_is_looked_at(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            page.shows("李雷", "1 接通满意", "139****8000")
            await page.press("4")
            assert page.pressed == 2
            page.shows("已保存: 李雷, 无人接听", "完成 1/")
            assert page.cursor == "10235"

    run(drive())
    assert [(call.of_number, call.outcome) for call in calls(desk_store)] == [("10234", "no_answer")]
    with desk_store.read() as c:
        assert c.execute(sa.text("select count(*) from draft")).scalar() == 0
        assert c.execute(sa.text("select count(*) from claim where staff_id = 1")).scalar() == 0


def test_a_satisfied_welcome_call_takes_eight_keystrokes(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down")
            page.pressed = 0
            await page.press("enter", "1", "5", "4", "5", "5", "f8", "y")
            assert page.pressed <= 8
            page.shows("已保存: 韩梅梅, 接通满意")

    run(drive())
    (call,) = calls(desk_store)
    assert (call.goods, call.place, call.service, call.price) == (5, 4, 5, 5)
    assert call.reached


def test_a_dormant_call_with_a_reason_takes_six_keystrokes(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down")
            page.pressed = 0
            await page.press("enter", "1", "3", "f8", "y")
            assert page.pressed <= 6
            page.shows("已保存: 欧阳明月")

    run(drive())
    (call,) = calls(desk_store)
    assert (call.outcome, call.reasons) == ("reached", "price")


def test_a_callback_is_agreed_in_plain_words(desk_store: Store, screens: Any, clock: FixedClock) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "3")
            await page.type("下周三10点")
            page.shows("12月2日 10:00")
            await page.press("enter", "enter", "y")
            page.shows("已保存: 韩梅梅, 约定回拨。 约定 12月2日 10:00。")
            page.hides("后再打")

    run(drive())
    (call,) = calls(desk_store)
    assert call.callback_at.startswith("2026-12-02 02:00")


def test_dissatisfied_takes_the_problem_down_in_the_same_step(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "2")
            page.shows("问题或投诉")
            await page.type("sleeve torn")
            await page.press("tab", "2", "2", "2", "f8")
            await page.press("f8", "y")
            page.shows("已保存: 韩梅梅, 接通不满")

    run(drive())
    with desk_store.read() as c:
        row = c.execute(sa.text("select * from raised where matter = 'sleeve torn'")).one()
    assert (row.kind, row.category, row.urgency) == ("complaint", "service", "urgent")


def test_a_reached_call_outside_the_first_seconds_is_not_asked_back(
    desk_store: Store, screens: Any, clock: FixedClock
) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter")
            clock.advance(minutes=2)
            await page.press("1", "f8")
            page.shows("已保存: 韩梅梅")

    run(drive())


def test_digits_and_letters_type_in_a_field(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "tab", "tab")
            await page.type("d4s9")
            page.shows("d4s9", "韩梅梅")
            page.hides("4 无人接听  已")

    run(drive())
    assert calls(desk_store) == []


def test_what_is_typed_is_a_draft_and_comes_back(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "tab", "tab")
            await page.type("wx-han")
            await page.kept()
            page.shows("已存 09:42")
        async with screens() as page:
            page.shows("韩梅梅", "wx-han", "草稿已恢复")
            await page.press("escape")
            page.shows("李雷")
        async with screens() as page:
            page.hides("wx-han")
            await page.press("down", "enter")
            page.shows("wx-han")

    run(drive())
    with desk_store.read() as c:
        content = json.loads(c.execute(sa.text("select content from draft")).scalar() or "{}")
    assert "wx-han" in json.dumps(content)


def test_dialling_shows_the_number_and_is_on_record(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            page.hides("139 0013 8000")
            await page.press("d")
            page.shows("139 0013 8000", "tel:+8613900138000", "通话 00:00")

    run(drive())
    with desk_store.read() as c:
        assert c.execute(sa.text("select count(*) from audit_entry where deed = 'read'")).scalar() == 1


def test_outside_the_call_window_dialling_asks_for_a_reason(
    desk_store: Store, screens: Any, clock: FixedClock
) -> None:
    clock.moment = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)

    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "d")
            page.shows("为何仍要打?")
            await page.type("asked for noon")
            await page.press("enter")
            page.shows("139 0013 8000")

    run(drive())


def test_the_profile_is_edited_in_place_with_a_message_at_the_field(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "e")
            page.shows("韩梅梅 的资料")
            await page.press("down", "down", "down")
            await page.type("31-31")
            await page.press("f8")
            page.shows("韩梅梅 的资料", "31-31")
            await page.press("backspace", "backspace", "backspace", "backspace", "backspace")
            await page.type("05-06")
            await page.press("f8")
            page.hides("韩梅梅 的资料")

    run(drive())
    with desk_store.read() as c:
        row = c.execute(sa.text("select birth_month, birth_day from member where number = '10235'")).one()
    assert tuple(row) == (5, 6)


def test_a_record_is_taken_back_and_its_call_opened_again(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "4", "u")
            page.shows("撤回您的上一条记录 (李雷, 无人接听)?")
            await page.press("y")
            page.shows("李雷", "话术")

    run(drive())


def test_a_review_is_decided_from_the_record(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "down", "down", "enter")
            page.shows("单小飞", "袖口开线", "天未来", "大衣")

    run(drive())


def test_what_could_not_be_kept_is_not_left_without_a_word(desk_store: Store, screens: Any) -> None:
    """Such as on a full disk: the text stands on the screen alone."""
    full = """create trigger full before insert on draft
        begin select raise(abort, 'no room'); end"""

    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            with desk_store.engine.begin() as c:
                c.exec_driver_sql(full)
            await page.press("tab", "9", "9")
            page.app.screen.keep()
            await page.quiet()
            await page.press("escape")
            page.shows("放弃您输入的内容并离开吗")
            await page.press("n")
            page.shows("99")
            with desk_store.engine.begin() as c:
                c.exec_driver_sql("drop trigger full")
            await page.press("tab", "tab", "9")
            page.app.screen.keep()
            await page.quiet()
            await page.press("escape")
            page.shows("1 全部")

    run(drive())
    with desk_store.read() as c:
        assert "99" in str(c.execute(sa.text("select content from draft")).scalar())


def test_a_call_opens_whatever_stands_in_the_profile(desk_store: Store, screens: Any) -> None:
    """A store that was filled past the program may hold a word that the program has none of its own for."""
    with desk_store.engine.begin() as c:
        c.execute(sa.text("update member set gender = '女' where number = '10234'"))

    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            page.shows("李雷", "1 接通满意", "139****8000")

    run(drive())


def test_a_save_without_an_outcome_says_what_is_missing(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "f8")
            page.shows("先选结果")

    run(drive())


@pytest.mark.parametrize("key", ["f8", "escape", "n", "enter"])
def test_asked_back_any_key_but_y_is_a_no_and_closes_once(key: str, desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("down", "enter", "1", "f8")
            page.shows("真的和 韩梅梅 通上话了吗?")
            await page.press(key)
            page.hides("真的和 韩梅梅 通上话了吗?")
            page.shows("话术", "韩梅梅")

    run(drive())
    assert calls(desk_store) == []


def test_keys_typed_ahead_of_the_screen_are_not_lost(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            page.app.post_message(Key("enter", "\r"))
            page.app.post_message(Key("4", "4"))
            await page.rest()
            page.shows("已保存: 李雷, 无人接听")

    run(drive())
    assert [call.outcome for call in calls(desk_store)] == ["no_answer"]
