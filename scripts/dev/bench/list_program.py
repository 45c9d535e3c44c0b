"""The program's own list widget over any number of rows, with its own driver: for measuring keys."""

from __future__ import annotations

from textual.app import App, ComposeResult

from tui import terminal
from tui.widgets.lines import Column, Lines, ListRow


class ListProgram(App[None]):
    """A list of `rows` members that are made when they are asked for."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: int) -> None:
        super().__init__(driver_class=terminal.driver_class())
        self.rows = rows

    def compose(self) -> ComposeResult:
        columns = (
            Column("time", 6),
            Column("member", 16),
            Column("class", 2),
            Column("why"),
            Column("tries", 3, "right"),
        )
        yield Lines(columns, id="list")

    def on_mount(self) -> None:
        lines = self.query_one(Lines)
        lines.show(self.rows, 0, self.page(0, 50))
        lines.focus()

    def on_lines_wanted(self, event: Lines.Wanted) -> None:
        event.lines.accept(event.offset, self.page(event.offset, event.limit))

    def page(self, offset: int, limit: int) -> list[ListRow]:
        """Rows as a worklist has them."""
        return [
            ListRow(
                f"{number}",
                (
                    ("today", "due"),
                    (f"member {number:07}", ""),
                    ("ABC"[number % 3], ""),
                    ("8 天前首购 268 元, 周五截止", ""),
                    (f"{number % 4}", "quiet"),
                ),
            )
            for number in range(offset, min(offset + limit, self.rows))
        ]


def main(rows: int) -> None:
    """Run it."""
    ListProgram(rows).run(mouse=False)
