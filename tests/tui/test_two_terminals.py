"""A call that somebody has open at two terminals: it goes on at the later one, and the other is told."""

from __future__ import annotations

import threading
from typing import Any

import sqlalchemy as sa

from core.calls.actions import log_call, open_call
from core.calls.forms import CallForm
from core.people.views import staff_actor
from core.store.engine import Store
from tests.tui.test_call import calls, run
from tui.screens.call import CallScreen


def test_leaving_the_earlier_one_keeps_the_member_held_at_the_later(desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            open_call(desk_store, staff_actor(desk_store, "W1"), "10234", "office")
            await page.press("escape")
            await page.quiet()
            page.shows("1 全部")

    run(drive())
    with desk_store.read() as c:
        held = c.execute(sa.text("select terminal from claim where staff_id = 1")).scalars().all()
    assert held == ["office"]


def test_a_call_left_before_it_has_opened_holds_nobody(desk_store: Store, screens: Any) -> None:
    turn = threading.Event()

    async def drive() -> None:
        async with screens() as page:
            page.app.gateway._writes.submit(turn.wait)  # the store is slow
            await page.pilot.press("enter")
            await page.pilot.pause()
            assert isinstance(page.app.screen, CallScreen)
            await page.pilot.press("escape")
            await page.pilot.pause()
            page.shows("1 全部")
            turn.set()
            await page.quiet()

    run(drive())
    with desk_store.read() as c:
        assert c.execute(sa.text("select count(*) from claim where staff_id = 1")).scalar() == 0


def test_a_call_stored_otherwise_meanwhile_says_what_to_do(desk_store: Store, screens: Any) -> None:
    me = staff_actor(desk_store, "W1")

    async def drive() -> None:
        async with screens() as page:
            await page.press("enter", "tab", "9", "9")
            page.app.screen.keep()
            await page.quiet()
            sheet = open_call(desk_store, me, "10234", "office")
            log_call(desk_store, me, CallForm(call_id=sheet.call_id, number="10234", outcome="busy", note="那台"))
            await page.press("shift+tab", "4")
            await page.quiet()
            page.shows("这次通话已在另一台终端保存, 内容不同", "Esc 离开")
            await page.press("escape")
            page.shows("放弃您输入的内容并离开吗")
            await page.press("y")
            page.shows("1 全部")

    run(drive())
    assert [(call.outcome, call.note) for call in calls(desk_store)] == [("busy", "那台")]
