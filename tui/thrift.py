"""What the terminal shows, cell by cell, so that a repaint sends only what is different (PRODUCT.md R16.3).

Textual sends whole lines again wherever a widget was refreshed, and whole screens when one opens or closes: 25 kB
for one call. Here its output is laid over what the terminal shows already, lines that only moved are moved by the
terminal itself, and what is left goes out. Nothing else passes: text can't hide a control sequence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from core.base.text import cells

Cell = tuple[str, str]
"""A character and its style as an escape sequence; the right half of a wide character is empty."""

Row = list[Cell]

GAP = 7
"""So many unchanged cells between two changes are cheaper sent than jumped over."""

LEAST_MOVED = 4
"""So many lines at least must have moved together for the terminal to be asked to move them."""

ERASE_FROM = 4
"""From so many blanks on, the rest of a line is erased and not written."""

_BLANK: Cell = (" ", "")
_PLACE = "\x1b[%d;%dH"
_TOKEN = re.compile(
    r"\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    r"|(?P<style>\x1b\[[0-9;]*m)"
    r"|(?P<link>\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07))"
    r"|(?P<line>\n)"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<control>\x1b\[[<>=?][0-9;]*\$?[a-zA-Z]|\x1b\]52;[^\x1b\x07]*(?:\x1b\\|\x07))"
    r"|[\s\S]"
)
_FILLED = re.compile(r"(?:^|;)(?:[479]|4[0-8]|10[0-7])(?:;|$)")
_EXTENDED = re.compile(r"[34]8;(?:5;\d+|2;\d+;\d+;\d+)")
_NO_LINK = "\x1b]8;;\x1b\\"
_SYNC_BEGINS, _SYNC_ENDS = "\x1b[?2026h", "\x1b[?2026l"
_OTHER_SCREEN = "\x1b[?1049h"
_CLEAR = "\x1b[m\x1b[2J"
_BELL = "\x07"


class Shown:
    """The cells of one terminal; `fewest` takes what is to be sent and gives what has to be.

    `worded` may replace text by as wide a text; links and colours are left out where the terminal has none.
    """

    def __init__(
        self, worded: Callable[[str], str] | None = None, *, links: bool = True, colours: bool = True
    ) -> None:
        self._worded = worded
        self._links = links
        self._colours = colours
        self._rows: list[Row] = []
        self._width = 0
        self._cursor: tuple[int, int] | None = None
        self._clear = True
        self._sync = False

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self._width, len(self._rows)

    def fit(self, width: int, height: int) -> None:
        """The terminal is that large now; it is cleared before anything is painted again."""
        self._width = width
        self._rows = [[_BLANK] * width for _ in range(height)]
        self._cursor = None
        self._clear = True

    def fewest(self, data: str) -> str:
        """What to send in place of `data`; a pair of synchronising marks around nothing is left out."""
        if data == _BELL:
            return data
        if data == _SYNC_BEGINS:
            self._sync = True
            return ""
        if data == _SYNC_ENDS:
            begun, self._sync = self._sync, False
            return "" if begun else data
        if _OTHER_SCREEN in data:
            self.fit(*self.size)
        sent = self._changes(data)
        if sent and self._sync:
            self._sync = False
            return _SYNC_BEGINS + sent
        return sent

    # Taking in

    def _changes(self, data: str) -> str:
        wanted, cursor, controls = self._laid_over(data)
        if cursor is None:
            return controls
        sent = [controls]
        if self._clear:
            self._clear = False
            sent.append(_CLEAR)
        if len(wanted) >= LEAST_MOVED:
            sent.append(self._move(wanted))
        sent += [self._line(y, wanted[y]) for y in sorted(wanted)]
        if cursor != self._cursor:
            sent.append(_PLACE % (cursor[1] + 1, cursor[0] + 1))
            self._cursor = cursor
        return "".join(sent)

    def _laid_over(self, data: str) -> tuple[dict[int, Row], tuple[int, int] | None, str]:
        """The lines as they shall be, where the cursor shall end, and what does not go to a place."""
        wanted: dict[int, Row] = {}
        controls: list[str] = []
        x = y = 0
        placed = False
        style = link = ""
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup
            if kind == "text":
                x = self._write(wanted, x, y, token[0], style, link)
            elif kind == "style":
                style = _joined(style, token[0], self._colours)
            elif kind == "column":
                x, y, placed = int(token["column"]) - 1, int(token["row"]) - 1, True
            elif kind == "line":
                x, y = 0, y + 1
            elif kind == "link":
                link = token[0] if self._links and not token[0].startswith("\x1b]8;;") else ""
            elif kind == "control":
                controls.append(token[0])
        return wanted, (x, y) if placed else None, "".join(controls)

    def _write(self, wanted: dict[int, Row], x: int, y: int, text: str, style: str, link: str) -> int:
        if not 0 <= y < len(self._rows):
            return x
        row = wanted.get(y)
        if row is None:
            row = wanted[y] = self._rows[y].copy()
        if 0 < x < len(row) and row[x][0] == "":  # the left half of a wide character is left over
            row[x - 1] = (" ", row[x - 1][1])
        if self._worded is not None and not text.isascii():
            text = self._worded(text)
        look = style + link
        empty = (" ", look if style and _FILLED.search(style[2:-1]) else link)
        for character in text:
            wide = 1 if character < "\x7f" else cells(character)
            if wide == 0:
                _mark(row, x, character)
                continue
            row[x : x + wide] = (empty if character == " " else (character, look), ("", look))[:wide]
            x += wide
        del row[self._width :]
        if x < len(row) and row[x][0] == "":  # and here the right half
            row[x] = (" ", row[x][1])
        return x

    # Giving out

    def _line(self, y: int, row: Row) -> str:
        """What turns the line shown into `row`; it counts as shown from here on."""
        old = self._rows[y]
        self._rows[y] = row
        if row == old:
            return ""
        blank = len(row)
        while blank and row[blank - 1] == _BLANK:
            blank -= 1
        sent: list[str] = []
        for start, end in _runs(old, row):
            erased = end > max(start, blank) + ERASE_FROM
            last = max(start, blank) if erased else end
            if self._cursor != (start, y):
                sent.append(_PLACE % (y + 1, start + 1))
            sent.append(_painted(row[start:last]))
            self._cursor = (last, y) if last < self._width else None
            if erased:
                sent.append("\x1b[K")
                break
        return "".join(sent)

    def _move(self, wanted: dict[int, Row]) -> str:
        """Let the terminal move lines that stand elsewhere already; gives what asks it to."""
        found = _moved(self._rows, wanted)
        if found is None:
            return ""
        top, bottom, by = found
        shift = abs(by)
        rows = self._rows[top : bottom + 1]
        fresh = [[_BLANK] * self._width for _ in range(shift)]
        self._rows[top : bottom + 1] = rows[shift:] + fresh if by > 0 else fresh + rows[:-shift]
        for y in range(top, bottom + 1):
            wanted.setdefault(y, rows[y - top])
        edge = _PLACE % ((bottom if by > 0 else top) + 1, 1)
        step = "\x1bD" if by > 0 else "\x1bM"
        self._cursor = None
        return f"\x1b[{top + 1};{bottom + 1}r{edge}{step * shift}\x1b[r"


@lru_cache(maxsize=512)
def _joined(before: str, added: str, colours: bool) -> str:
    """One style of two sequences; none where it resets, and without what only says the terminal's own colours."""
    codes = added[2:-1].split(";")
    if codes in (["0"], [""]):
        return ""
    codes = before[2:-1].split(";") + codes if before else codes
    if not colours:
        codes = _EXTENDED.sub("", ";".join(codes)).split(";")
        kept = [code for code in codes if len(code) == 1]
    elif {"38", "48"} & {*codes}:
        kept = codes
    else:
        kept = [code for code in codes if code not in ("39", "49")]
    return f"\x1b[{';'.join(kept)}m" if kept else ""


def _mark(row: Row, x: int, mark: str) -> None:
    """Put a mark that takes no cell onto the character before."""
    place = x - 2 if x > 1 and row[x - 1][0] == "" else x - 1
    if 0 <= place < len(row):
        row[place] = (row[place][0] + mark, row[place][1])


def _runs(old: Row, new: Row) -> Iterator[tuple[int, int]]:
    """Where the two lines differ, small gaps included; never half a wide character."""
    start = end = -1
    for x, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after or x < end:
            continue
        left, right = x, x + 1
        while left > 0 and "" in (new[left][0], old[left][0]):
            left -= 1
        while right < len(new) and "" in (new[right][0], old[right][0]):
            right += 1
        if start >= 0 and left - end <= GAP:
            end = right
            continue
        if start >= 0:
            yield start, end
        start, end = left, right
    if start >= 0:
        yield start, end


def _painted(row: Row) -> str:
    """Cells with their styles, each told only where it changes; plain at the end."""
    parts: list[str] = []
    now = ""
    for character, style in row:
        if style != now and character:
            parts.append(_restyled(now, style))
            now = style
        parts.append(character)
    if now:
        parts.append(_restyled(now, ""))
    return "".join(parts)


def _restyled(before: str, after: str) -> str:
    """From one style to another: reset and set in one sequence where there is one."""
    ended = _NO_LINK if "\x1b]8;" in before else ""
    if after.startswith("\x1b["):
        return f"{ended}\x1b[;{after[2:]}" if before.startswith("\x1b[") else ended + after
    return f"{ended}\x1b[m{after}" if before.startswith("\x1b[") else ended + after


def _moved(shown: list[Row], wanted: dict[int, Row]) -> tuple[int, int, int] | None:
    """Lines that stand elsewhere already: the first, the last, and by how many they go up; None for too few."""
    places: dict[tuple[Cell, ...], list[int]] = {}
    for y, row in enumerate(shown):
        places.setdefault(tuple(row), []).append(y)
    empty = (_BLANK,) * len(shown[0])
    votes: dict[int, list[int]] = {}
    for y, row in wanted.items():
        key = tuple(row)
        if key != empty and row != shown[y]:
            for place in places.get(key, ()):
                votes.setdefault(place - y, []).append(y)
    if not votes:
        return None
    by, lines = max(votes.items(), key=lambda vote: len(vote[1]))
    top, bottom = min(lines), max(lines)
    top, bottom = (top, bottom + by) if by > 0 else (top + by, bottom)
    stays = [y for y in range(top, bottom + 1) if wanted.get(y, shown[y]) == shown[y] and tuple(shown[y]) != empty]
    return (top, bottom, by) if len(lines) >= max(LEAST_MOVED, 2 * len(stays)) else None
