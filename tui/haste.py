"""Fast fingers: a key goes to what the key before it has brought to the front, not to what it found there.

Textual hands each key to whatever has the focus when the key is read. Tab, or a key that opens a window, takes
its effect only after it has gone from there up to the program: what was typed right behind it would land in the
field that was just left, or be taken for an outcome.
"""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump

ROUNDS = 3
"""Times that the way of a key is gone: the first for the key, then for the window it opens and the focus there."""


async def settled(app: App[Any]) -> None:
    """Return when all that was posted to the focus, to what is around it and to the program has been handled."""
    for _ in range(ROUNDS):
        await _handled(app)
        front = app.screen_stack[-1:]  # none while the program begins and ends
        pump: MessagePump | None = front[0].focused or front[0] if front else None
        while pump is not None and pump is not app:
            await _handled(pump)
            pump = pump._parent
    await _handled(app)


async def _handled(pump: MessagePump) -> None:
    done = asyncio.get_running_loop().create_future()
    if pump.call_later(_set, done):
        await done


def _set(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
