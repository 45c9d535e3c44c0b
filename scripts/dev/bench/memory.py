"""Memory of an open session: resident, and what is its own."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.dev.bench.figures import Figure
from scripts.dev.bench.ground import Ground
from scripts.dev.bench.keys import DOWN
from scripts.dev.bench.program import program


def measure(ground: Ground) -> list[Figure]:
    """After the first rows and a few keys."""
    with program(ground) as opened, opened.open() as terminal:
        terminal.until(opened.shows_first_row)
        for _ in range(10):
            terminal.press(DOWN)
        terminal.settle(0.5)
        text = Path(f"/proc/{terminal.pid}/smaps_rollup").read_text(encoding="ascii")
    kilobytes = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return [
        Figure("memory", "resident", kilobytes["Rss"] / 1024, "MB"),
        Figure("memory", "private", private / 1024, "MB"),
    ]
