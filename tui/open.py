"""Opening the screens: the terminal is looked at first, then Textual loads, the store after the first frame."""

from __future__ import annotations

import gc
import logging
import sys
from datetime import date, time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.clock import clock_for
from core.base.errors import Refused
from core.base.language import catalogue, locale_language
from core.base.settings import Settings

if TYPE_CHECKING:
    from tui.app import HuifangApp
    from tui.desk import Desk
    from tui.terminal import Terminal

LOG_BYTES = 1_000_000


def run(
    settings: Settings,
    *,
    staff: str | None = None,
    on: date | None = None,
    at_time: time | None = None,
    lang: str | None = None,
    ascii: bool = False,
) -> int:
    """Show the screens until the user leaves; returns the exit code.

    `on` is the business day and `at_time` the store's wall clock where they are not now; without `lang` it
    is the staff member's own language, else the locale's. With `ascii` it is English, in ASCII alone.
    """
    from tui import terminal

    chosen = lang or settings.lang or locale_language()
    try:
        decided = terminal.check(ascii=ascii)
    except Refused as refusal:
        print(catalogue(chosen).error(refusal), file=sys.stderr)  # noqa: T201
        return 1
    gc.disable()  # nothing of what is imported now can be let go; the screens turn it on again
    start_log(settings.home)
    app = make(settings, staff=staff, on=on, at_time=at_time, lang=lang, decided=decided)
    code = app.run(mouse=False)  # the terminal keeps its own selecting, and its links
    app.finish()
    return code or 0


def make(
    settings: Settings,
    *,
    staff: str | None = None,
    on: date | None = None,
    at_time: time | None = None,
    lang: str | None = None,
    decided: Terminal | None = None,
) -> HuifangApp:
    """The program, not yet running."""
    from tui import terminal
    from tui.app import HuifangApp

    def opening() -> Desk:
        from tui.desk import open_desk

        return open_desk(settings, clock)

    clock = clock_for(on, at_time, ticking=True)
    ascii = decided is not None and decided.ascii
    named = "en" if ascii else lang or settings.lang
    return HuifangApp(
        opening,
        clock,
        lang=named or locale_language(),
        own_language=named is None,
        staff_code=staff or settings.staff,
        ascii=ascii,
        driver_class=terminal.driver_class(decided),
    )


def start_log(home: Path) -> None:
    """Keep a log beside the store: what failed and where, never what anybody typed."""
    try:
        folder = home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "huifang.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("huifang")
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
