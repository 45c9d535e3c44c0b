"""Each screen as text, in both languages, at 80x24 and 120x40."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.base.text import cells
from core.store.engine import Store
from tests.tui import snapshots

SCREENS: dict[str, tuple[str, ...]] = {
    "today": (),
    "why": ("w",),
    "skip": ("s",),
    "help": ("question_mark",),
    "palette": ("f9",),
    "call": ("enter",),
    "welcome": ("down", "enter"),
    "recovery": ("down", "down", "enter", "1", "3"),
    "problem": ("down", "enter", "2"),
    "profile": ("down", "enter", "e"),
    "review": ("down", "down", "down", "enter"),
    "member": ("f4",),
    "find": ("slash", "l", "l"),
    "cover": ("f10",),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCREENS)
def test_the_screen_looks_as_kept(
    name: str, size: tuple[int, int], lang: str, desk_store: Store, screens: Any
) -> None:
    async def drive() -> None:
        async with screens(lang=lang, size=size) as page:
            await page.press(*SCREENS[name])
            await page.rest()
            lines = page.lines
            assert len(lines) == size[1]
            assert max(cells(line) for line in lines) <= size[0]
            snapshots.check(f"{name}-{lang}-{size[0]}", lines)

    asyncio.run(drive())
