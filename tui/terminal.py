"""What the terminal can do, decided in one place before Textual loads (PRODUCT.md R16.3).

Textual reads its settings from the environment when it is imported; nothing else in `tui` looks at the terminal.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from core.base.errors import Refused
from core.base.language import N_

if TYPE_CHECKING:
    from textual.driver import Driver

WIDTH, HEIGHT = 80, 24
"""The smallest screen on which everything needed is seen, in cells."""

ESCAPE_MILLISECONDS = "12"
"""How long a lone ESC byte waits for the rest of a key; a real key's bytes come in one piece."""

_SETTINGS = {
    "TEXTUAL_THEME": "ansi-dark",  # the sixteen colours of the terminal itself: readable wherever it is
    "TEXTUAL_COLOR_SYSTEM": "standard",
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "ESCDELAY": ESCAPE_MILLISECONDS,
}


def require_usable(environ: MutableMapping[str, str], encoding: str, size: tuple[int, int]) -> None:
    """Raise Refused, with advice, where the program could not be read or worked."""
    if environ.get("TERM", "") in ("", "dumb"):
        raise Refused(
            "terminal.dumb",
            N_("This terminal can't show screens (TERM={term}): open a real one, or set TERM=xterm-256color."),
            term=environ.get("TERM", ""),
        )
    if _codec(encoding) != "utf-8":
        raise Refused(
            "terminal.encoding",
            N_("This terminal's text is {encoding}, not UTF-8: set LANG=zh_CN.UTF-8 or LANG=C.UTF-8."),
            encoding=encoding or "ASCII",
        )
    if size[0] < WIDTH or size[1] < HEIGHT:
        raise Refused(
            "terminal.small",
            N_("This terminal is {columns}x{lines}: make it at least 80x24, or choose a smaller font."),
            columns=size[0],
            lines=size[1],
        )


def prepare(environ: MutableMapping[str, str]) -> None:
    """Tell Textual, before it is imported, how to treat this terminal; the user's own settings stay."""
    for name, value in _SETTINGS.items():
        environ.setdefault(name, value)


def driver_class() -> type[Driver] | None:
    """The driver that answers Esc at once; None (Textual's own) where there is no POSIX terminal."""
    if sys.platform == "win32":
        return None
    from tui.driver import PromptDriver

    return PromptDriver


def check() -> None:
    """Look at the process's own terminal and get it ready. Raises Refused with advice."""
    if not (sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty()):
        raise Refused(
            "terminal.none",
            N_("The screens need a terminal: run this in one, or use a command (see `huifang --help`)."),
        )
    size = os.get_terminal_size(sys.__stderr__.fileno())
    require_usable(os.environ, sys.__stderr__.encoding, (size.columns, size.lines))
    prepare(os.environ)


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return encoding
