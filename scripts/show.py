"""How commands answer: aligned tables for people, JSON for programs. Nothing shown can move a cursor."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.base.clock import DEFAULT_ZONE, zone
from core.base.language import Catalogue
from core.base.text import cells, fit, harmless

_GAP = "  "
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def say(sentence: str) -> None:
    """One line for the user."""
    print(harmless(sentence))


def row_count(rows: int, words: Catalogue) -> str:
    """So many rows."""
    return words.plural("{count:,} row", "{count:,} rows", rows)


def rows_written(rows: int, file: Path, words: Catalogue) -> str:
    """How many rows went into a file."""
    return words.plural("{count:,} row written to {file}.", "{count:,} rows written to {file}.", rows, file=file)


def iso(value: date | datetime | None) -> str | None:
    """A day as ISO, a moment as ISO with the store's offset."""
    if isinstance(value, datetime):
        return value.astimezone(zone(DEFAULT_ZONE)).isoformat(timespec="seconds")
    return value.isoformat() if value is not None else None


def json_text(value: Any) -> str:
    """JSON in UTF-8, in which characters that a terminal would act on are escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_answer(value: Any) -> None:
    """Print one JSON value."""
    print(json_text(value))


def json_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Print a JSON list row by row, so that a long one is never held in memory."""
    write = sys.stdout.write
    write("[")
    separator = "\n"
    for row in rows:
        write(f"{separator}{json_text(row)}")
        separator = ",\n"
    write("\n]\n" if separator != "\n" else "]\n")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> int:
    """Print rows under headings, each column as wide as its widest cell; returns how many rows there were.

    `right` names the columns of numbers. On a terminal the last column is cut at its edge.
    """
    shown = [[harmless(cell) for cell in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(headings, *shown, strict=True)]
    if sys.stdout.isatty() and len(widths) > 1:
        left = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
        widths[-1] = max(min(widths[-1], shutil.get_terminal_size().columns - left - 1), 8)
    for row in [headings, ["-" * width for width in widths], *shown]:
        line = (
            fit(cell, width, align="right" if place in right else "left")
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print(_GAP.join(line).rstrip())
    return len(shown)


def worded_table(
    words: Catalogue, headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
) -> int:
    """`table` under headings that are marked with N_, in the user's language."""
    return table([words.say(heading) for heading in headings], rows, right=right)


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Print labels and values, the values in one column; empty ones are left out."""
    kept = [(label, value) for label, value in pairs if value]
    width = max((cells(label) for label, _ in kept), default=0)
    for label, value in kept:
        print(f"{fit(label, width)}  {harmless(value)}")
