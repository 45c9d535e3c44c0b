"""Loading all that a session may need, once, before the first fork."""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.clock import SystemClock
from core.base.language import LANGUAGES, catalogue
from core.base.settings import Settings
from scripts.hosting import gathering, lasting, memory, merging
from scripts.hosting.apart import apart

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.app import HuifangApp

LOOKS = ("down", "enter", "tab", "escape", "question_mark", "escape", "slash", "1", "escape", "f4", "escape")
CALLS = 3 * ("enter", "4", "escape")
KEYS = (*LOOKS, *CALLS, "e", "escape", "escape")
"""What is pressed in the rehearsal: the list, a call, help, finding somebody, a member; calls, a profile."""

_LATER = ("core.store.", "core.imports")
"""What no session at a terminal needs of itself; what others need of the store comes with them."""

_OUTSIDE = (
    "scripts.failures",
    "scripts.hosting.session",
    "scripts.opening",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "textual.drivers.linux_driver",
    "textual.widgets._input",
    "logging.handlers",
    "concurrent.futures.thread",
    "holidays",
    "pypinyin",
    "argon2",
    "phonenumbers",
    "zoneinfo",
)


def load() -> None:
    """Import the screens, core, and what they import only when they need it."""
    from tui import terminal

    memory.one_heap()
    terminal.prepare(os.environ)
    for room in ("core", "tui"):
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if not found.name.startswith(_LATER):
                importlib.import_module(found.name)
    for name in _OUTSIDE:
        try:
            importlib.import_module(name)
        except ImportError:  # an extra that is not installed
            continue
    for lang in LANGUAGES:
        catalogue(lang)


def rehearse() -> None:
    """Open the program, unseen, on a throw-away store: what a first session works out is there for all.

    What it makes, and the code it runs, is laid close together; a fork then tells what sessions write to.
    Every thread and connection of it has ended when this returns.
    """
    with tempfile.TemporaryDirectory(prefix="huifang-host-") as folder:
        url = f"sqlite:///{folder}/rehearsal.db"
        first = apart(lambda: _stock(url)).decode()
        settings = Settings(home=Path(folder), database=url, lang="zh", staff=first)
        memory.pack()
        run = gathering.run_by(lambda: _work_through(settings))
        memory.pack()
        gathering.gather(run)
        run.clear()
        _work_through(settings)  # the copies have yet to learn what the code they replaced had learnt
        memory.pack()
        lasting.let_last()
        merging.let_merge(lambda: _work_through(settings))


def _stock(url: str) -> bytes:
    """Make the store; who works in it."""
    from scripts import demo

    return demo.make(url, SystemClock().now(), catalogue("zh")).encode()


def _work_through(settings: Settings) -> None:
    from tui.open import make

    app = make(settings, staff=settings.staff)
    asyncio.run(_walk(app))
    app.finish()


async def _walk(app: HuifangApp) -> None:
    from tui.terminal import HEIGHT, WIDTH

    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await _rest(app, pilot)
        for key in KEYS:
            await pilot.press(key)
            await _rest(app, pilot)


async def _rest(app: HuifangApp, pilot: Pilot[int]) -> None:
    """Wait until nothing is under way, for a while at least."""
    for _ in range(3):
        await pilot.pause(0.02)
        await app.workers.wait_for_complete()
