"""What was typed and could not be kept is asked about, whichever way leads off the call."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.engine import Store
from tests.tui.test_call import run

FULL = "create trigger full before insert on draft begin select raise(abort, 'no room'); end"


@pytest.mark.parametrize("way", [["escape"], ["ctrl+q"], ["f3"], ["f2", *"10238", "f7"]], ids="-".join)
def test_every_way_off_the_call_asks_first(way: list[str], desk_store: Store, screens: Any) -> None:
    async def drive() -> None:
        async with screens() as page:
            await page.press("enter")
            with desk_store.engine.begin() as c:
                c.exec_driver_sql(FULL)
            await page.press("tab", "9", "9")
            page.app.screen.keep()
            await page.quiet()
            await page.press(*way)
            page.shows("放弃您输入的内容并离开吗")

    run(drive())
