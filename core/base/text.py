"""Text that people and files bring: cleaned when it comes in, harmless when it is shown, measured in cells.

Widths are those of `rich.cells`, which Textual draws by. Nothing here raises.
"""

from __future__ import annotations

import re
from typing import Literal
from unicodedata import is_normalized, normalize

_ESCAPES = (
    # strings: OSC, DCS, SOS, PM, APC
    r"(?:\x1b[P\]X^_]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c]*(?:[\x07\x18\x1a\x9c]|\x1b\\)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]+[0-~]?|\x1b[NO][!-~]|\x1b[0-~]?"  # other escapes, and ESC alone
)
_UNSEEN = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f"
    r"\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_JOINERS = "\u200d\ufe00-\ufe0f"
_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_STRAY_JOINER = rf"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])|(?<![#*0-9{_EMOJI}])[\ufe00-\ufe0f]"
_ODD_SPACE = "\u00a0\u1680\u2000-\u200a\u202f\u205f"

_REMOVED = re.compile(rf"{_ESCAPES}|[{_UNSEEN}]")
_STRAY = re.compile(_STRAY_JOINER)
_JOINED = re.compile(f"[{_JOINERS}]")
_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile(f"[\t{_ODD_SPACE}]")
_SUSPECT = re.compile(rf"[\t-\r\x1b\x85\u2028\u2029{_ODD_SPACE}{_JOINERS}{_UNSEEN}]")
_BLANKS = re.compile(r"  +")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?\Z")
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def clean(value: str, *, lines: bool = False) -> str:
    """What is kept of a text typed or imported: NFC, trimmed, without escape sequences or unseen characters.

    Line breaks become spaces, or with `lines` stay as newlines. Emoji, accents and full-width forms stay.
    """
    if value.isascii() and value.isprintable():
        return value.strip()
    if _SUSPECT.search(value):
        value = _REMOVED.sub("", value)
        value = _STRAY.sub("", value)
        value = _SPACE.sub(" ", _BREAK.sub("\n" if lines else " ", value))
    return (value if is_normalized("NFC", value) else normalize("NFC", value)).strip()


def harmless(value: str) -> str:
    """The text as a terminal may be shown it: one line, nothing that moves a cursor or hides itself.

    Emoji joiners go too, because terminals disagree about their width: each emoji stands for itself.
    """
    if value.isascii() and value.isprintable():
        return value
    if not _SUSPECT.search(value):
        return value
    value = _JOINED.sub("", _REMOVED.sub("", value))
    return _SPACE.sub(" ", _BREAK.sub(" ", value))


def cells(value: str) -> int:
    """The width of a harmless text in terminal cells, as Textual counts it."""
    if value.isascii():
        return len(value)
    from rich.cells import cell_len

    return cell_len(value)


def fit(value: str, width: int, *, align: Literal["left", "right"] = "left") -> str:
    """The text made harmless and exactly `width` cells wide: padded, or cut between cells and marked `..`."""
    shown = harmless(value)
    wide = cells(shown)
    if wide > width:
        marker = ".."[: max(width, 0)]
        shown = _cut(shown, width - len(marker)) + marker
        wide = cells(shown)
    padding = " " * (width - wide)
    return padding + shown if align == "right" else shown + padding


def _cut(value: str, width: int) -> str:
    from rich.cells import get_character_cell_size

    used = 0
    for index, character in enumerate(value):
        used += get_character_cell_size(character)
        if used > width:
            return value[:index]
    return value


def half_width(value: str) -> str:
    """Full-width digits, letters, punctuation and spaces as their ASCII forms."""
    return value if value.isascii() else value.translate(_HALF)


def one_spaced(value: str) -> str:
    """Runs of spaces as one."""
    return _BLANKS.sub(" ", value)


def spreadsheet_safe(value: str) -> str:
    """The text as a cell of an export: an apostrophe before what a spreadsheet would run (R15.4)."""
    start = _REMOVED.sub("", value).lstrip(" \u3000\u00a0")
    if not (start.startswith(_FORMULA) or value.startswith(_FORMULA)) or _NEGATIVE.match(value):
        return value
    return "'" + value
