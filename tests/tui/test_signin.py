"""The door: sign-in, a PIN of one's own, the lock that keeps the call, and what nobody sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.people.accounts import change_secret, reset_secret, tie_login
from core.people.views import staff_actor
from core.store.engine import Store
from tests.tui.conftest import monday

Made = Callable[..., Any]
PIN = "4711-rain"
OWN = "8820-snow"


def run(coroutine: Any) -> None:
    asyncio.run(coroutine)


@pytest.fixture
def secured(lite: Store) -> Store:
    """The morning's store; 王芳 has a PIN of her own, 张三 one that was given to him."""
    monday(lite)
    reset_secret(lite, SHELL, "W1", PIN)
    change_secret(lite, staff_actor(lite, "W1"), PIN, OWN)
    reset_secret(lite, SHELL, "Z1", PIN)
    return lite


def noted(store: Store) -> list[str]:
    with store.read() as c:
        rows = c.exec_driver_sql("select field from audit_entry where table_name = 'staff_secret' order by id")
        return [row[0] for row in rows]


async def enter(page: Any, text: str) -> None:
    await page.type(text)
    await page.press("enter")


@pytest.mark.parametrize(("lang", "said"), [("zh", "李雷"), ("en", "callback")])
def test_code_and_pin_open_the_list(lang: str, said: str, secured: Store, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff=None, lang=lang) as page:
            page.shows({"zh": "回访: 登录", "en": "Huifang: sign in"}[lang])
            page.hides("李雷")
            await enter(page, "W1")
            await page.type(OWN)
            page.hides(OWN, OWN[:4])
            page.shows("*" * len(OWN))
            await page.press("enter")
            await page.quiet()
            page.shows(said, "王芳")

    run(drive())
    assert noted(secured)[-1] == "signed_in"


def test_wrong_code_and_wrong_pin_are_said_in_the_same_words(secured: Store, screens: Made) -> None:
    said = []

    async def drive(code: str, secret: str) -> None:
        async with screens(staff=None) as page:
            await enter(page, code)
            await enter(page, secret)
            said.append([line for line in page.lines if code not in line])
            page.shows("工号与 PIN 不符, 或账号已锁定或已停用")
            await enter(page, OWN)

    run(drive("W1", "nonsense"))
    run(drive("W9", "nonsense"))
    assert said[0] == said[1]


def test_after_five_wrong_tries_the_right_pin_is_refused_too(secured: Store, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="W1") as page:
            for _ in range(5):
                await enter(page, "nonsense")
            await enter(page, OWN)
            page.shows("锁定")
            page.hides("李雷")

    run(drive())
    assert "signed_in" not in noted(secured)


def test_a_pin_given_by_somebody_else_is_changed_first(secured: Store, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="Z1") as page:
            await enter(page, PIN)
            page.shows("请设置自己的密码")
            page.hides("李雷")
            await enter(page, "first-new-1")
            await enter(page, "another-new")
            page.shows("两次不一致")
            await enter(page, "111111")
            await enter(page, "111111")
            page.hides("111111")
            await enter(page, "first-new-1")
            await enter(page, "first-new-1")
            page.hides("请设置自己的密码")
            page.shows("张三")

    async def again() -> None:
        async with screens(staff="Z1") as page:
            await enter(page, "first-new-1")
            page.hides("登录")

    run(drive())
    run(again())


def test_over_a_tied_login_only_the_pin_is_asked(
    secured: Store, screens: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    tie_login(secured, SHELL, "W1", "till-7")
    monkeypatch.setattr("core.people.logins.present_logins", lambda environ: iter(["till-7"]))

    async def drive() -> None:
        async with screens(staff=None) as page:
            page.shows("王芳  W1")
            page.hides("工号")
            await enter(page, OWN)
            page.shows("李雷")

    run(drive())


def test_the_lock_hides_the_call_and_gives_it_back_as_it_was(secured: Store, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="W1") as page:
            await enter(page, OWN)
            await page.press("down", "enter", "tab")
            await page.type("wx-han")
            before = page.app.screen
            await page.press("f10")
            page.shows("屏幕已遮住", "王芳  W1")
            page.hides("韩梅梅", "wx-han")
            await page.press("escape")
            page.hides("韩梅梅")
            await enter(page, "nonsense")
            page.shows("工号与 PIN 不符, 或账号已锁定或已停用")
            page.hides("韩梅梅")
            await enter(page, OWN)
            assert page.app.screen is before
            page.shows("韩梅梅", "wx-han")

    run(drive())
    assert noted(secured)[-1] == "unlocked_screen"


def test_it_locks_itself_after_the_policys_minutes(secured: Store, screens: Made, clock: FixedClock) -> None:
    async def drive() -> None:
        async with screens(staff="W1") as page:
            await enter(page, OWN)
            clock.advance(minutes=9)
            page.app.lock_if_idle()
            page.shows("李雷")
            await page.press("down")
            clock.advance(minutes=9)
            page.app.lock_if_idle()
            await page.quiet()
            page.shows("李雷")
            clock.advance(minutes=1)
            page.app.lock_if_idle()
            await page.quiet()
            page.shows("屏幕已遮住")
            page.hides("李雷")

    run(drive())


def test_what_was_asked_for_before_the_lock_waits_behind_it(secured: Store, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="W1") as page:
            await enter(page, OWN)
            await page.pilot.press("n", "f10")  # the next call is on its way when the screen is covered
            await page.quiet()
            page.shows("屏幕已遮住")
            page.hides("李雷")
            await enter(page, OWN)
            await page.quiet()
            page.shows("李雷", "话术")

    run(drive())


def test_f10_in_the_lock_signs_out(secured: Store, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="W1") as page:
            await enter(page, OWN)
            await page.press("f10", "f10")
            assert page.app._exit

    run(drive())
    assert noted(secured)[-1] == "signed_out"


def test_without_any_pin_the_program_opens_as_ever(desk_store: Store, screens: Made, clock: FixedClock) -> None:
    async def drive() -> None:
        async with screens(staff="W1") as page:
            page.shows("李雷")
            clock.advance(minutes=60)
            page.app.lock_if_idle()
            page.shows("李雷")
            await page.press("f10")
            page.shows("屏幕已遮住")
            await page.press("enter")
            page.shows("李雷")
            await page.press("f10", "q")
            assert page.app._exit

    run(drive())


def test_ones_own_pin_is_changed_from_the_palette(secured: Store, screens: Made) -> None:
    async def drive() -> None:
        async with screens(staff="W1", lang="en") as page:
            await enter(page, OWN)
            await page.press("f9")
            await enter(page, "my pin")
            await enter(page, OWN)
            await enter(page, "brand-new-7")
            await enter(page, "brand-new-7")
            page.shows("Your PIN is changed.")

    run(drive())


def test_no_pin_is_in_any_file(secured: Store, screens: Made, tmp_path: Path) -> None:
    async def drive() -> None:
        async with screens(staff="W1") as page:
            await enter(page, "my-wrong-secret")
            await enter(page, OWN)
            await page.press("f10")
            await enter(page, OWN)

    run(drive())
    secured.close()
    for file in tmp_path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert OWN.encode() not in data
            assert b"my-wrong-secret" not in data
