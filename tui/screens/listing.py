"""What supervisors' screens share: a line that says what one looks at, a list, and what is behind a row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult

from tui.paint import Span, wrapped
from tui.screens.base import HuifangScreen
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

Line = list[Span]

ROOMY = 110
"""From so many columns on there is room for more columns."""


class Listing(HuifangScreen):
    """A list of things that are at hand; rows are made only for what is seen, and each screen says how."""

    DEFAULT_CSS = """
    Listing > #what, Listing > #head { height: 1; width: 100%; }
    Listing > #peek { height: 2; width: 100%; }
    """

    behind: ClassVar[int] = 2
    """How many lines stand behind the row under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.things: Sequence[Any] = ()
        self.there = False
        self._speaks_on = False

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Painted(id="what")
        yield from self.above_rows()
        yield Painted(base="head", id="head")
        yield Lines(id="list")
        yield Painted(id="say")
        yield Painted(id="peek")
        yield Painted(id="foot")

    def above_rows(self) -> ComposeResult:
        """What stands between the line that says what this is and the rows' heading."""
        yield from ()

    def on_mount(self) -> None:
        self.query_one(Lines).focus()
        self.paint()
        self.do_refresh()

    # What each screen says of itself

    def what(self) -> Line:
        """What one looks at."""
        return []

    def columns(self) -> tuple[Column, ...]:
        """The columns of the list."""
        return ()

    @abstractmethod
    def row_of(self, place: int, thing: Any) -> ListRow:
        """The row of a thing."""

    def peek_lines(self, _row: ListRow | None) -> list[Line]:
        """What stands behind the row under the cursor, in two lines."""
        return []

    def empty_words(self) -> list[str]:
        """Why there is nothing, and what to do."""
        return []

    # The list

    @property
    def roomy(self) -> bool:
        """Whether there is room for more columns."""
        return self.size.width >= ROOMY

    @property
    def row(self) -> ListRow | None:
        """The row under the cursor."""
        return self.query_one(Lines).row

    def show_things(self, things: Sequence[Any]) -> None:
        """Show these; the cursor stays on its row, and what stayed the same is not painted again."""
        same = self.there and list(self.things) == list(things)
        self.things, self.there = things, True
        if not same:
            self._fill()
        self.paint()

    def _fill(self) -> None:
        lines = self.query_one(Lines)
        offset, limit = lines.window
        if offset >= len(self.things):
            offset = 0
        lines.show(len(self.things), offset, self._rows(offset, limit))

    def _rows(self, offset: int, limit: int) -> list[ListRow]:
        part = self.things[offset : offset + limit]
        return [self.row_of(place, thing) for place, thing in enumerate(part, offset)]

    def on_lines_wanted(self, event: Lines.Wanted) -> None:
        event.lines.accept(event.offset, self._rows(event.offset, event.limit))

    def on_lines_moved(self, event: Lines.Moved) -> None:
        self._speaks_on = False
        self._paint_peek(event.row)
        self.paint_foot()

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.action_key("open")

    # What is seen

    def paint(self) -> None:
        """Paint all texts anew."""
        width = self.size.width
        lines = self.query_one(Lines)
        lines.columns = self.columns()
        lines.refresh()
        self.query_one("#top", Painted).show([self.home.top_line(width)])
        self.query_one("#what", Painted).show([self.what()])
        self.query_one("#head", Painted).show([lines.heading(width)])
        self._paint_empty()
        self._paint_peek(lines.row)
        if self._silence is None:
            self.hush()
        self.paint_foot()

    def reword(self) -> None:
        """The language changed."""
        if self.there:
            self._fill()
        super().reword()

    def _paint_empty(self) -> None:
        said = self.empty_words() if self.there else [self.words.say("One moment ..")]
        shown: list[Line] = [[("", "")]]
        for text in said:
            shown += [[("  " + line, "")] for line in wrapped(text, max(20, self.size.width - 4))]
        self.query_one(Lines).say_instead(shown)

    def tell(self, text: str, style: str = "strong") -> None:
        """Say something; what the line can't hold goes on below it, in place of what stands behind the row."""
        first, *more = wrapped(text, max(20, self.size.width - 2))
        super().tell(first, style)
        self._speaks_on = bool(more)
        if more:
            lines: list[Line] = [[(" " + line, style)] for line in more]
            self.query_one("#peek", Painted).show([*lines, *[[("", "")]] * self.behind][: self.behind])

    def hush(self) -> None:
        """Say nothing."""
        super().hush()
        if self._speaks_on:
            self._speaks_on = False
            self._paint_peek(self.row)

    def _paint_peek(self, row: ListRow | None) -> None:
        if self._speaks_on:
            return
        self.query_one("#peek", Painted).show([*self.peek_lines(row), *[[("", "")]] * self.behind][: self.behind])

    def do_leave(self) -> None:
        """Back."""
        self.home.pop_screen()
