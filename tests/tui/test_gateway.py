"""What was asked to be written is written, even where the screens go away before its turn comes (R5.6)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.base.errors import StoreTrouble
from core.store.engine import Store
from tui import lasting
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


def test_a_job_that_a_newer_one_replaces_tells_nothing_of_the_stores_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the screen would say that it is stored, and let one leave without asking, while the newer one waits."""
    monkeypatch.setattr(lasting, "PAUSES", (0.0,))
    told: list[bool] = []
    waits = lasting.Lasting(told.append)
    tries: list[int] = []

    def replaced_meanwhile() -> None:
        tries.append(1)
        if len(tries) > 1:
            raise lasting.Superseded
        raise StoreTrouble("store.unreachable", "away")

    with pytest.raises(lasting.Superseded):
        waits.done(replaced_meanwhile)
    assert waits.away
    assert told == [True]
    assert waits.done(lambda: "stored") == "stored"
    assert not waits.away
    assert told == [True, False]
