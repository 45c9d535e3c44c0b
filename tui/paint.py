"""Paint: text with named styles, in cells, from the sixteen colours of the terminal.

Everything shown passes `strip`: control characters are taken out and nothing is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.base.text import cells, fit, harmless

Span = tuple[str, str]
"""A piece of text and the name of its style."""

Spans = Sequence[Span]

_PLAIN = Style()
_NAMED = {
    "": _PLAIN,
    "bar": Style(color="bright_white", bgcolor="blue"),
    "bar-strong": Style(color="bright_white", bgcolor="blue", bold=True),
    "bar-quiet": Style(color="white", bgcolor="blue"),
    "strong": Style(bold=True),
    "quiet": Style(dim=True),
    "head": Style(dim=True, underline=True),
    "rule": Style(dim=True),
    "due": Style(color="cyan", bold=True),
    "late": Style(color="yellow", bold=True),
    "bad": Style(color="red", bold=True),
    "good": Style(color="green"),
    "key": Style(color="cyan", bold=True),
    "cursor": Style(reverse=True),
    "cursor-idle": Style(bold=True),
    "chosen": Style(reverse=True, bold=True),
    "field": Style(underline=True),
    "chart": Style(color="cyan", bgcolor="cyan"),
}
"""One colour for what is due, one for late, one for bad; each also says so in words or a mark. `chart` is a bar
of full blocks, which without colours is a row of the marks it is written with."""


@lru_cache(maxsize=256)
def style(name: str) -> Style:
    """The style of that name; `a+b` is both; `link:ADDRESS` is a link the terminal may open."""
    if "+" in name and not name.startswith("link:"):
        first, _, second = name.partition("+")
        return style(first) + style(second)
    if name.startswith("link:"):
        return Style(bold=True, link=name[5:])
    return _NAMED[name]


def strip(spans: Spans, width: int, base: str = "") -> Strip:
    """One line of exactly `width` cells: what is too long is cut, the rest is filled in the base style."""
    segments: list[Segment] = []
    left = width
    under = style(base)
    for text, name in spans:
        shown = harmless(text)
        size = cells(shown)
        if size > left:
            shown, size = fit(shown, left), left
        if size:
            segments.append(Segment(shown, under + style(name) if name else under))
            left -= size
        if left <= 0:
            break
    if left > 0:
        segments.append(Segment(" " * left, under))
    return Strip(Segment.simplify(segments), width)


def text_of(spans: Spans) -> str:
    """The spans' text alone."""
    return "".join(text for text, _ in spans)


def width_of(spans: Spans) -> int:
    """The spans' width in cells."""
    return sum(cells(harmless(text)) for text, _ in spans)


def apart(left: Spans, right: Spans, width: int) -> list[Span]:
    """Spans at both ends of a line of `width` cells; the left ones are cut where there is no room."""
    room = max(0, width - width_of(right) - 1)
    kept: list[Span] = []
    for text, name in left:
        shown = harmless(text)
        if cells(shown) > room:
            shown = fit(shown, room)
        kept.append((shown, name))
        room -= cells(shown)
        if room <= 0:
            break
    return [*kept, (" " * (room + 1 if room > 0 else 1), ""), *right]


def wrapped(text: str, width: int) -> list[str]:
    """A text's lines of at most `width` cells, broken at spaces or between Han characters."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for piece in _pieces(harmless(paragraph)):
            size = cells(piece)
            if used and used + size > width:
                lines.append(line.rstrip())
                line, used = "", 0
                if piece == " ":
                    continue
            while size > width:
                start = head(piece, width)
                lines.append(start)
                piece = piece[len(start) :]
                size = cells(piece)
            line += piece
            used += size
        lines.append(line.rstrip())
    return lines


def head(piece: str, width: int) -> str:
    """As much of a text's beginning as goes into `width` cells; at least one character."""
    taken = ""
    for character in piece:
        if cells(taken + character) > width:
            break
        taken += character
    return taken or piece[:1]


_CLOSING = frozenset("\uff0c\u3002\u3001\uff1b\uff1a\uff01\uff1f\uff09\u3011\u300b\u201d")


def _pieces(text: str) -> list[str]:
    """Words with their spaces apart; each wide character is a piece of its own, with what closes after it."""
    pieces: list[str] = []
    word = ""
    for character in text:
        if character == " " or cells(character) != 1:
            if word:
                pieces.append(word)
            if pieces and (cells(character) == 0 or character in _CLOSING):
                pieces[-1] += character
            else:
                pieces.append(character)
            word = ""
        else:
            word += character
    if word:
        pieces.append(word)
    return pieces
