"""What is sent in place of a repaint shows the same screen, for any repaint, and lets nothing else through."""

from __future__ import annotations

import re

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.text import cells
from tui.glyphs import as_ascii
from tui.thrift import Shown

WIDTH, HEIGHT = 30, 12
STYLES = ("", "1", "2", "7", "4;36", "97;44", "49", "39;49;1")


def lines(letters: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Lines of up to four pieces in their styles."""
    return st.lists(st.tuples(st.text(letters, max_size=12), st.sampled_from(STYLES)), max_size=4)


def line(x: int, y: int, parts: list[tuple[str, str]], *, fill: bool) -> str:
    """A line as Textual sends it: at its place, each piece with its style, to the edge where it fills it."""
    sent, room = f"\x1b[{y + 1};{x + 1}H", WIDTH - x
    for text, style in parts:
        while cells(text) > room:
            text = text[:-1]
        room -= cells(text)
        sent += f"\x1b[{style}m{text}\x1b[0m" if style and text else text
    return sent + (" " * room if fill else "")


@st.composite
def repaints(draw: st.DrawFn) -> list[str]:
    """Screens of lines from a pool, moved up and down and changed here and there.

    A change inside a line meets no wide characters: halves of them Textual never leaves, and pyte knows none.
    """
    narrow = draw(st.booleans())
    some = lines("ab  -" if narrow else "ab  回访会员é")
    pool = draw(st.lists(some, min_size=HEIGHT, max_size=HEIGHT * 2))
    updates = []
    for _ in range(draw(st.integers(1, 5))):
        offset = draw(st.integers(0, len(pool) - 1))
        top, bottom = sorted((draw(st.integers(0, HEIGHT - 1)), draw(st.integers(0, HEIGHT - 1))))
        sent = "\n".join(line(0, y, pool[(y + offset) % len(pool)], fill=True) for y in range(top, bottom + 1))
        places = st.tuples(st.integers(0, WIDTH - 2), st.integers(0, HEIGHT - 1), some)
        for x, y, parts in draw(st.lists(places, max_size=3)):
            sent += line(x, y, parts, fill=draw(st.booleans())) if narrow else line(0, y, parts, fill=True)
        updates.append(sent + f"\x1b[{draw(st.integers(1, HEIGHT))};{draw(st.integers(1, WIDTH))}H")
    return updates


class Wire:
    """A terminal without automatic wrapping."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")

    @property
    def cells(self) -> list[list[tuple[object, ...]]]:
        """Every cell: its character and its look; a blank has no look but its ground."""
        return [[look(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def look(cell: pyte.screens.Char) -> tuple[object, ...]:
    if cell.data in (" ", ""):
        return (cell.data, cell.bg, cell.reverse, cell.underscore)
    return (cell.data, cell.fg, cell.bg, cell.bold, cell.reverse, cell.underscore)


@settings(max_examples=120, deadline=None)
@given(repaints())
def test_the_screen_is_the_same(updates: list[str]) -> None:
    shown = Shown()
    shown.fit(WIDTH, HEIGHT)
    plain, thrifty = Wire(), Wire()
    for update in updates:
        plain.stream.feed(update.replace("\n", "\r\n"))
        thrifty.stream.feed(shown.fewest(update))
        assert thrifty.screen.display == plain.screen.display
        assert thrifty.cells == plain.cells
        assert (thrifty.screen.cursor.x, thrifty.screen.cursor.y) == (plain.screen.cursor.x, plain.screen.cursor.y)
        assert shown.fewest(update) == ""  # what is shown is never sent again


def test_lines_that_moved_are_moved_by_the_terminal() -> None:
    shown = Shown()
    shown.fit(WIDTH, HEIGHT)

    def listed(first: int) -> str:
        return "".join(line(0, y, [(f"member {first + y}", "")], fill=True) + "\n" for y in range(HEIGHT))

    whole = len(shown.fewest(listed(100)))
    down = shown.fewest(listed(103))
    assert down.count("\x1bD") == 3
    assert len(down) < whole / 2
    assert shown.fewest(listed(100)).count("\x1bM") == 3


@given(st.text())
def test_text_hides_no_control_sequence(text: str) -> None:
    shown = Shown()
    shown.fit(WIDTH, HEIGHT)
    sent = shown.fewest(f"\x1b[2;1H{text}\x1b[0m\x1b[2;1H")
    rest = re.sub(r"\x1b\[[0-9;]*[HmrJK]|\x1b[DM]", "", sent)
    assert not [c for c in rest if (c < " " or "\x7f" <= c < "\xa0")]


HOSTILE = (
    "\x1b]0;title\x07",
    "\x1bc",
    "\x1b[6n",
    "\x9b31m",
    "\x1bPq\x1b\\",
    "\x1b[3J",
    "\x0e",
    "\x7f",
    "\x1b]2;x\x1b\\",
)


def test_only_what_the_program_itself_says_passes() -> None:
    shown = Shown()
    shown.fit(WIDTH, HEIGHT)
    shown.fewest("\x1b[1;1H\x1b[1;1H")
    for harm in HOSTILE:
        assert shown.fewest(harm) == "", harm
    for own in ("\x1b[?25l", "\x1b[?2004h", "\x1b[>25u", "\x1b[<u", "\x07", "\x1b[?2026$p"):
        assert shown.fewest(own) == own


def test_nothing_changed_sends_nothing_not_even_the_marks_around_it() -> None:
    shown = Shown()
    shown.fit(WIDTH, HEIGHT)

    def update(text: str) -> str:
        return "".join(
            map(shown.fewest, ("\x1b[?2026h", line(0, 0, [(text, "")], fill=True) + "\x1b[1;1H", "\x1b[?2026l"))
        )

    first = update("one")
    assert first.startswith("\x1b[?2026h")
    assert first.endswith("\x1b[?2026l")
    assert update("one") == ""


def test_after_something_else_wrote_there_everything_is_sent_again() -> None:
    shown = Shown()
    shown.fit(WIDTH, HEIGHT)
    update = line(0, 3, [("here", "1")], fill=True)
    first = shown.fewest(update)
    shown.fit(WIDTH, HEIGHT)
    assert shown.fewest(update) == first


@given(st.text())
def test_ascii_is_as_wide_and_nothing_but_ascii(text: str) -> None:
    text = re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text)
    assert as_ascii(text).isascii()
    assert len(as_ascii(text)) == sum(map(cells, text))


def test_without_colours_only_the_manner_of_writing_is_told() -> None:
    shown = Shown(colours=False)
    shown.fit(WIDTH, HEIGHT)
    sent = shown.fewest(line(0, 0, [("one", "1;31"), ("two", "38;5;9"), ("three", "7;97;44")], fill=False))
    assert re.findall(r"\x1b\[([0-9;]*)m", sent) == ["", "1", "", "7", ""]


def test_ascii_keeps_what_has_a_likeness() -> None:
    assert as_ascii("\u201cZo\u00eb\u201d \u2013 \u2502\u250c\u2500 \uff21\uff11") == '"Zoe" - |+- A 1 '
    assert as_ascii("李雷") == "????"
