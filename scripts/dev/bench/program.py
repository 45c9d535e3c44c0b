"""How the benchmarks start the program, and the programs it is compared with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.followups.worklist import WorklistQuery, worklist
from scripts.dev.bench.ground import Ground, assistant
from scripts.dev.bench.terminal import Terminal

ROOT = Path(__file__).resolve().parents[3]
RUN = "import sys; from scripts.entry import main; sys.exit(main(sys.argv[1:]))"
MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("ready")
Minimal().run(mouse=False)
"""
MANDATED = """
import textual.app, textual.widgets, sqlmodel, phonenumbers
from textual.widgets import DataTable, Input, Static
"""
"""Screens, tables, phones: what DEPENDENCIES.md says to take, that a session needs (typer it does not)."""


def environment(home: Path) -> dict[str, str]:
    """A terminal of today, and none of the developer's own settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HUIFANG_", "TEXTUAL", "LC_"))
    }
    kept.pop("NO_COLOR", None)
    return kept | {
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "HUIFANG_HOME": str(home),
        "HUIFANG_LANG": "zh",
        "PYTHONPATH": str(ROOT),
    }


def command(script: str, *arguments: str) -> list[str]:
    """A Python program given as text."""
    return [sys.executable, "-c", script, *arguments]


class Program:
    """Huifang on a planned store, as an assistant on the morning of the day."""

    def __init__(self, where: str, first_name: str) -> None:
        self.where = where
        self.first_name = first_name

    def open(self) -> Terminal:
        """Start it in a terminal of 80x24."""
        options = ("--staff", "A00001", "--on", "2026-11-23", "--at", "09:42", "--store-url", self.where)
        return Terminal(command(RUN, *options), environment(Path(self.where).parent))

    def shows_first_row(self, text: str) -> bool:
        """Whether the first member of the list is on the screen."""
        return self.first_name in text.replace(" ", "")


@contextmanager
def program(ground: Ground) -> Iterator[Program]:
    """The program on a working copy of the planned store."""
    with ground.copy("planned") as store:
        row = worklist(store, assistant(store), WorklistQuery(limit=1)).rows[0]
        store.close()
        yield Program(store.where, row.name)
