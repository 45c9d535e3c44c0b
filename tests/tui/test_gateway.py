"""What was asked to be written is written, even where the screens go away before its turn comes (R5.6)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.store.engine import Store
from tui.jobs.signin import SignedOut

Made = Callable[..., Any]


def test_leaving_takes_no_write_back(desk_store: Store, screens: Made) -> None:
    written: list[str] = []
    turn = threading.Event()

    async def drive() -> None:
        async with screens(staff="W1") as page:
            gateway = page.app.gateway
            gateway._writes.submit(turn.wait)  # another write is under way
            gateway.ask(page.app, SignedOut, lambda _desk: bool(written.append("kept") or True), write=True)
            with pytest.MonkeyPatch.context() as patched:
                leave = gateway._lasting.leave
                patched.setattr(gateway._lasting, "leave", lambda: (turn.set(), leave()))
                await page.pilot.pause()
                page.app.workers.cancel_all()  # as Textual does on its way out
                await page.pilot.pause()
                page.app.finish()

    asyncio.run(drive())
    assert written == ["kept"]
