"""Text for terminals that show ASCII alone: every character becomes as many ASCII ones as it is cells wide."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from core.base.text import cells

_NEAR = {
    **dict.fromkeys("\u2500\u2501\u2504\u2508\u2550\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2502\u2503\u2506\u250a\u2551", "|"),
    **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033\u300c\u300d\u300e\u300f", '"'),
    **dict.fromkeys("\u00b7\u2022\u2024\u2026\u30fb\u3002", "."),
    **dict.fromkeys("\u2588\u2589\u258a\u258b\u258c\u258d\u258e\u258f\u2591\u2592\u2593\u2584\u2580", "#"),
    "\u00d7": "x",
    "\u3001": ",",
    "\u3010": "[",
    "\u3011": "]",
    "\u300a": "<",
    "\u300b": ">",
}


def as_ascii(text: str) -> str:
    """The text in ASCII, exactly as wide; what has no likeness there is shown as question marks."""
    return "".join(character if character < "\x7f" else _near(character) for character in text)


@lru_cache(maxsize=4096)
def _near(character: str) -> str:
    width = cells(character)
    if not width:
        return ""
    near = _NEAR.get(character) or ("+" if "\u2500" <= character <= "\u257f" else "")
    if not near:
        apart = unicodedata.normalize("NFKD", character)
        near = "".join(c for c in apart if " " <= c < "\x7f")
    return near.ljust(width)[:width] if near else "?" * width
