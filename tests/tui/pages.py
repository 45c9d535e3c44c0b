"""A page driver: presses keys as a caller does, waits until all is quiet, and reads what the screen shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from core.base.clock import Clock
from core.base.settings import Settings
from tui.app import HuifangApp
from tui.desk import open_desk
from tui.screens.call import CallScreen
from tui.widgets.lines import Lines

ROUNDS = 200
PAUSE = 0.1


class Page:
    """The program, driven."""

    def __init__(self, app: HuifangApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot
        self.pressed = 0

    async def press(self, *keys: str) -> None:
        """Press keys one by one, each after the last one's work is done."""
        for key in keys:
            self.pressed += 1
            await self.pilot.press(key)
            await self.quiet()

    async def type(self, text: str) -> None:
        """Type a text, character by character."""
        for character in text:
            self.pressed += 1
            await self.pilot.press(character)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until no job is under way and nothing is left to handle."""
        for _ in range(ROUNDS):
            await self.pilot.pause()
            if not [worker for worker in self.app.workers if not worker.is_finished]:
                await self.pilot.pause()
                if not [worker for worker in self.app.workers if not worker.is_finished]:
                    return
            await self.app.workers.wait_for_complete()
        raise AssertionError("the program never came to rest")

    async def rest(self) -> None:
        """Wait until the timers that wait for a pause in typing have run out and been answered."""
        for _ in range(4):
            await self.pilot.pause(PAUSE)
            await self.quiet()

    async def kept(self) -> None:
        """Let the draft be written now, as its timer would."""
        screen = self.app.screen_stack[-1]
        if isinstance(screen, CallScreen):
            screen.keep()
        await self.quiet()

    @property
    def lines(self) -> list[str]:
        """The screen's lines as text."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        """The whole screen as text."""
        return "\n".join(self.lines)

    @property
    def names(self) -> list[str]:
        """The keys of the rows of the list in front, as far as they are there."""
        lines = self.app.screen.query_one(Lines)
        rows = [lines.row_at(index) for index in range(lines.total)]
        return [row.key for row in rows if row is not None]

    @property
    def cursor(self) -> str:
        """The key of the row under the cursor."""
        row = self.app.screen.query_one(Lines).row
        return row.key if row else ""

    def shows(self, *texts: str) -> None:
        """Assert that the screen shows these texts."""
        for text in texts:
            assert text in self.text, f"{text!r} is not on the screen:\n{self.text}"

    def hides(self, *texts: str) -> None:
        """Assert that the screen does not show these texts."""
        for text in texts:
            assert text not in self.text, f"{text!r} is on the screen:\n{self.text}"


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock, *, lang: str, size: tuple[int, int], staff: str | None
) -> AsyncIterator[Page]:
    """The program, opened and at rest."""
    app = HuifangApp(lambda: open_desk(settings, clock), clock, lang=lang, own_language=False, staff_code=staff)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        page = Page(app, pilot)
        await page.quiet()
        for _ in range(ROUNDS):
            asked = len(app.screen_stack) > 2  # for a staff code, or a PIN
            if len(app.screen_stack) > 1 and (asked or staff is None or app.today.day is not None):
                break
            await page.quiet()
        await page.quiet()
        yield page
        await page.quiet()
