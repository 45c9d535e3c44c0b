"""Snapshots of a screen's text: compared with what is kept, written anew with HUIFANG_SNAPSHOTS=write."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"
WRITE = os.environ.get("SNAPSHOTS") == "write"


def check(name: str, lines: list[str]) -> None:
    """Assert that the screen's text is what is kept under that name."""
    path = FOLDER / f"{name}.txt"
    text = "\n".join(lines) + "\n"
    if WRITE or not path.exists():
        path.write_text(text, encoding="utf-8")
        if not WRITE:
            raise AssertionError(f"there was no snapshot {name}: it has been written, look at it")
        return
    kept = path.read_text(encoding="utf-8")
    if kept != text:
        shown = "\n".join(difflib.unified_diff(kept.splitlines(), lines, "kept", "now", lineterm=""))
        raise AssertionError(f"{name} looks different (SNAPSHOTS=write keeps it):\n{shown}")
