"""What the terminal can do, decided in one place before Textual loads (PRODUCT.md R16.3).

Textual reads its settings from the environment when it is imported; nothing else in `tui` looks at the terminal.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
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
_NO_SCREENS = ("", "dumb", "unknown", "network", "emacs")
_PLAIN = ("linux", "vt1", "vt2", "vt3", "vt4", "ansi", "cons")
_NO_COLOURS = ("vt1", "vt2", "vt3", "vt4")


@dataclass(frozen=True, slots=True)
class Terminal:
    """What was decided: ASCII alone, colours or none, and whether it is one that knows only the old sequences."""

    ascii: bool = False
    colours: bool = True
    plain: bool = False


def decide(environ: Mapping[str, str], encoding: str, size: tuple[int, int], *, ascii: bool = False) -> Terminal:
    """What to send to this terminal. Raises Refused, with advice, where the program could not be worked."""
    kind = environ.get("TERM", "")
    if kind in _NO_SCREENS:
        raise Refused(
            "terminal.dumb",
            N_("This terminal can't show screens (TERM={term}): open a real one, or set TERM=xterm-256color."),
            term=kind,
        )
    if (named := _named_encoding(environ)) and _codec(named) != "utf-8":
        encoding = named
    if not ascii and _codec(encoding) != "utf-8":
        raise Refused(
            "terminal.encoding",
            N_(
                "This terminal's text is {encoding}, not UTF-8: set LANG=zh_CN.UTF-8 or LANG=C.UTF-8, "
                "or use --ascii."
            ),
            encoding=encoding or "ASCII",
        )
    if size[0] < WIDTH or size[1] < HEIGHT:
        raise Refused(
            "terminal.small",
            N_("This terminal is {columns}x{lines}: make it at least 80x24, or choose a smaller font."),
            columns=size[0],
            lines=size[1],
        )
    grey = bool(environ.get("NO_COLOR")) or kind.startswith(_NO_COLOURS) or kind.endswith(("-m", "-mono"))
    return Terminal(ascii=ascii, colours=not grey, plain=kind.startswith(_PLAIN))


def prepare(environ: MutableMapping[str, str], terminal: Terminal | None = None) -> None:
    """Tell Textual, before it is imported, how to treat this terminal; the user's own settings stay."""
    for name, value in _SETTINGS.items():
        environ.setdefault(name, value)
    if terminal is not None:
        environ.pop("NO_COLOR", None)
        if not terminal.colours:
            environ["NO_COLOR"] = "1"


def driver_class(terminal: Terminal | None = None) -> type[Driver] | None:
    """The driver for what was decided; None (Textual's own) where there is no POSIX terminal."""
    if sys.platform == "win32":
        return None
    from tui.driver import PromptDriver

    class Decided(PromptDriver):
        pass

    Decided.terminal = terminal or Terminal()
    return Decided


def check(*, ascii: bool = False) -> Terminal:
    """Look at the process's own terminal and get it ready; what was decided. Raises Refused with advice."""
    if not (sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty()):
        raise Refused(
            "terminal.none",
            N_("The screens need a terminal: run this in one, or use a command (see `huifang --help`)."),
        )
    size = os.get_terminal_size(sys.__stderr__.fileno())
    terminal = decide(os.environ, sys.__stderr__.encoding, (size.columns, size.lines), ascii=ascii)
    prepare(os.environ, terminal)
    return terminal


def _named_encoding(environ: Mapping[str, str]) -> str:
    """The encoding that the locale names: over SSH the terminal's, even where the server lacks that locale."""
    locale = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    return locale.partition("@")[0].partition(".")[2]


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return encoding
