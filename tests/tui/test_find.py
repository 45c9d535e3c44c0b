"""Finding somebody while typing fast: what Enter takes is what was typed."""

from __future__ import annotations

from core.store.engine import Store
from tests.tui.supervisors import Made, office_of, run


def test_enter_right_after_the_last_digit_opens_that_member(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("slash")
            await page.type("0000")
            await page.rest()
            page.shows("00001", "00003")
            await page.press("3", "enter")
            await page.rest()
            page.shows("会员3  00003", "资料")
            page.hides("00001")

    run(drive())


def test_enter_before_anything_was_found_says_who_was_not(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101", lang="en") as page:
            await page.press("slash")
            await page.type("zzzz")
            await page.press("enter")
            await page.rest()
            page.shows("Nobody is found by zzzz")

    run(drive())


def test_a_complainant_on_file_is_not_taken_for_unknown(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101", lang="en") as page:
            await page.press("f12")
            await page.type("00003")
            await page.press("enter")
            await page.rest()
            page.shows("会员3: what is wrong?")
            page.hides("on no file")

    run(drive())


def test_a_call_by_its_key_waits_for_what_was_typed_too(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101", lang="en") as page:
            await page.press("slash")
            await page.type("0000")
            await page.rest()
            await page.press("3", "f7")
            await page.rest()
            page.shows("会员3", "00003")
            page.hides("会员1 ")

    run(drive())


def test_words_typed_again_are_looked_for_again(lite: Store, screens: Made) -> None:
    office_of(lite)

    async def drive() -> None:
        async with screens(staff="S101", lang="en") as page:
            await page.press("f12")
            await page.type("00003")
            await page.rest()
            page.shows("会员3")
            await page.press("4", "backspace", "enter")
            await page.rest()
            page.shows("会员3: what is wrong?")

    run(drive())
