"""The store goes away in the middle of a call: the screen says so, keeps the text, and stores it once (R5.6)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.clock import FixedClock
from core.base.settings import Settings
from core.store import migrate
from core.store.engine import Store
from scripts.dev.cluster import Cluster, running
from tests.patience import PATIENCE
from tests.tui.conftest import monday
from tests.tui.pages import Page, opened
from tests.tui.test_call import calls
from tui import gateway, lasting
from tui.screens import call as call_screen
from tui.screens.call import CallScreen


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("away")) as made:
        yield made


@pytest.fixture
def away(cluster: Cluster, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The Monday of the sketch on a server that can be stopped; nobody waits seconds for it to be back."""
    monkeypatch.setattr(lasting, "PAUSES", (0.05,))
    cluster.execute("drop database if exists monday with (force)", "create database monday")
    store = Store(cluster.url("monday"), clock)
    migrate.init(store)
    monday(store)
    yield store
    store.close()


def drive(store: Store, tmp_path: Path, steps: Callable[[Page], Any], lang: str = "zh") -> None:
    settings = Settings(home=tmp_path, database=store.url.render_as_string(), lang=None, staff=None)

    async def whole() -> None:
        async with opened(settings, store.clock, lang=lang, size=(80, 24), staff="W1") as page:
            await steps(page)

    asyncio.run(whole())


async def until(page: Page, text: str) -> None:
    """Wait until the screen shows a text, however long jobs wait."""
    end = time.monotonic() + PATIENCE
    while text not in page.text and time.monotonic() < end:
        await page.pilot.pause(0.05)
    page.shows(text)


async def typed(page: Page, note: str) -> None:
    """Into the first call, with words in its note, as the draft that stands in the store."""
    await page.press("enter")
    screen = page.app.screen
    assert isinstance(screen, CallScreen)
    screen.entry.note = note
    screen.changed()
    await page.kept()


def draft(store: Store) -> dict[str, Any]:
    with store.read() as c:
        return json.loads(c.execute(sa.text("select content from draft")).scalar() or "{}")  # type: ignore[no-any-return]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_outcome_waits_for_the_store_and_is_stored_once(
    away: Store, cluster: Cluster, tmp_path: Path, lang: str
) -> None:
    said = {"zh": ("连不上数据库", "已保存: 李雷"), "en": ("The store can't be reached", "Saved: 李雷")}[lang]

    async def steps(page: Page) -> None:
        await typed(page, "半句话")
        cluster.stop()
        try:
            await page.pilot.press("4")
            await until(page, said[0])
            assert isinstance(page.app.screen, CallScreen)
            assert page.app.screen.entry.note == "半句话"
            assert all(len(line) <= 80 for line in page.lines)
        finally:
            cluster.start()
        await until(page, said[1])
        await page.quiet()

    drive(away, tmp_path, steps, lang)
    stored = calls(away)
    assert [(call.of_number, call.outcome, call.note) for call in stored] == [("10234", "no_answer", "半句话")]
    assert draft(away) == {}


def test_a_crash_of_the_server_is_not_even_noticed(away: Store, cluster: Cluster, tmp_path: Path) -> None:
    async def steps(page: Page) -> None:
        await typed(page, "半句话")
        cluster.restart("immediate")
        await page.press("4")
        page.shows("已保存: 李雷")

    drive(away, tmp_path, steps)
    assert len(calls(away)) == 1


def test_what_is_typed_while_the_store_is_away_is_its_draft_afterwards(
    away: Store, cluster: Cluster, tmp_path: Path
) -> None:
    async def steps(page: Page) -> None:
        await typed(page, "一")
        screen = page.app.screen
        assert isinstance(screen, CallScreen)
        cluster.stop()
        try:
            for note in ("一二", "一二三"):
                screen.entry.note = note
                screen.changed()
                screen.keep()
                await until(page, "连不上数据库")
                screen.paint()  # as after a change of the window's size
                await page.pilot.pause()
                page.shows("保存中")
                page.hides("已存")
            await page.pilot.press("ctrl+q")
            await until(page, "仍要退出吗")
            await page.pilot.press("n")
        finally:
            cluster.start()
        await until(page, "数据库已恢复")
        await page.quiet()
        assert draft(away)["note"] == "一二三"

    drive(away, tmp_path, steps)
    assert calls(away) == []


def test_leaving_while_the_store_is_away_ends(away: Store, cluster: Cluster, tmp_path: Path) -> None:
    async def steps(page: Page) -> None:
        await typed(page, "半句话")
        cluster.stop()
        await page.pilot.press("4")
        await until(page, "连不上数据库")
        await page.pilot.press("ctrl+q", "y")
        await asyncio.to_thread(page.app.finish)

    try:
        drive(away, tmp_path, steps)
    finally:
        cluster.start()
    assert calls(away) == []
    assert draft(away)["note"] == "半句话"  # as it stood when the store went


def test_a_server_that_stays_only_to_be_read_is_named(
    away: Store, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = "default_transaction_read_only"

    async def steps(page: Page) -> None:
        await typed(page, "半句话")
        cluster.configure(f"alter system set {setting} = on")
        await page.pilot.press("4")
        await until(page, "连不上数据库")
        monkeypatch.setattr(lasting, "TAKEN_OVER", 0.0)
        await until(page, "服务器只能读取")
        assert isinstance(page.app.screen, CallScreen)
        assert page.app.screen.entry.note == "半句话"
        assert "数据库已恢复" not in page.text
        cluster.configure(f"alter system reset {setting}")
        await page.press("4")
        page.shows("已保存: 李雷")

    try:
        drive(away, tmp_path, steps)
    finally:
        cluster.configure(f"alter system reset {setting}")
    assert [call.note for call in calls(away)] == ["半句话"]


def test_a_server_that_stands_still_is_told_of_and_the_outcome_stored_once(
    away: Store, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "SLOW", 0.2)
    holder = Store(away.url.render_as_string(), away.clock)

    async def steps(page: Page) -> None:
        await typed(page, "半句话")
        with holder.engine.begin() as c:
            c.execute(sa.text("lock table call in access exclusive mode"))  # nothing is refused, nothing answered
            await page.pilot.press("4")
            await until(page, "连不上数据库")
        await until(page, "已保存: 李雷")
        await page.quiet()

    drive(away, tmp_path, steps)
    holder.close()
    assert [(call.outcome, call.note) for call in calls(away)] == [("no_answer", "半句话")]


def test_a_call_that_does_not_open_says_so(away: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_screen, "SLOW", 0.1)
    holder = Store(away.url.render_as_string(), away.clock)

    async def steps(page: Page) -> None:
        with holder.engine.begin() as c:
            c.execute(sa.text("lock table claim in access exclusive mode"))
            await page.pilot.press("enter")
            await until(page, "数据库还没有回答")
        await until(page, "1 接通满意")

    drive(away, tmp_path, steps)
    holder.close()
