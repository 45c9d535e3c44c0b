"""A list on the Line API: it holds pages of rows, asks for those it lacks, and costs the same for any length."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from core.base.text import fit
from tui.paint import Span, Spans, strip

PAGE = 50
"""Rows asked for at once."""

KEPT_PAGES = 40
"""Pages remembered; the ones used longest ago are let go."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its width in cells (0 takes what the others leave), and where numbers stand."""

    title: str
    width: int = 0
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: the key of what it stands for, a span for each column, and the style of the whole."""

    key: str
    cells: Spans
    base: str = ""
    value: Any = None


class Lines(ScrollView, can_focus=True):
    """A list of any length with a cursor; rows come in pages from whoever handles `Wanted`."""

    DEFAULT_CSS = """
    Lines { height: 1fr; width: 1fr; scrollbar-size: 0 0; overflow-x: hidden; background: transparent; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Wanted(Message):
        """Rows from `offset` are needed."""

        def __init__(self, lines: Lines, offset: int, limit: int) -> None:
            super().__init__()
            self.lines, self.offset, self.limit = lines, offset, limit

    class Moved(Message):
        """The cursor stands on another row, or the row under it changed."""

        def __init__(self, lines: Lines, row: ListRow | None) -> None:
            super().__init__()
            self.lines, self.row = lines, row

    class Chosen(Message):
        """Enter was pressed on a row."""

        def __init__(self, lines: Lines, row: ListRow) -> None:
            super().__init__()
            self.lines, self.row = lines, row

    def __init__(self, columns: Sequence[Column] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = columns
        self.choosing = False
        self.total = 0
        self.cursor = 0
        self._pages: OrderedDict[int, Sequence[ListRow]] = OrderedDict()
        self._asked: set[int] = set()
        self._told: ListRow | None = None
        self._instead: Sequence[Spans] = ()

    # What others do with it

    def show(self, total: int, offset: int, rows: Sequence[ListRow], *, on: str | None = None) -> None:
        """Start anew with `total` rows, those from `offset` (a page's start) given.

        The cursor goes to the row of the key `on`, and the list above it stays where it is. Without one among the
        rows given it stays on the same member, and that member on the same line of the screen; else it stays on
        the same place in the list.
        """
        places = {row.key: offset + index for index, row in enumerate(rows)}
        held = self.row
        top = self.scroll_offset.y
        height = self.cursor - top
        self._pages.clear()
        self._asked.clear()
        self.total = total
        self._keep(offset, rows)
        wanted = places.get(on) if on is not None else None
        if wanted is not None:
            self.cursor = wanted
        elif held is not None:
            self.cursor = places.get(held.key, self.cursor)
        self.cursor = max(0, min(self.cursor, total - 1))
        self.virtual_size = Size(self.size.width, total)
        self._scroll_by_itself(top if wanted is not None else self.cursor - height)
        self._reveal()
        self.refresh()
        self._tell()

    def accept(self, offset: int, rows: Sequence[ListRow]) -> None:
        """Take in rows that were wanted."""
        self._keep(offset, rows)
        top = self.scroll_offset.y
        self.refresh(Region(0, offset - top, self.size.width, len(rows)).intersection(self.size.region))
        self._tell()

    def say_instead(self, lines: Sequence[Spans]) -> None:
        """Show these lines while there are no rows."""
        self._instead = lines
        if not self.total:
            self.refresh()

    def clear(self) -> None:
        """Have no rows."""
        self.cursor = 0
        self._told = None
        self.show(0, 0, ())

    def go_to(self, index: int) -> None:
        """Put the cursor on a row by its place in the list."""
        index = max(0, min(index, self.total - 1))
        if self.total == 0 or index == self.cursor:
            return
        before, self.cursor = self.cursor, index
        self._paint(before)
        self._paint(index)
        self._reveal()
        self._tell()

    def select(self, key: str) -> bool:
        """Put the cursor on the row of that key, if it is among the rows at hand."""
        for number, rows in self._pages.items():
            for place, row in enumerate(rows):
                if row.key == key:
                    self.go_to(number * PAGE + place)
                    return True
        return False

    @property
    def row(self) -> ListRow | None:
        """The row under the cursor, None where there is none or it has not come yet."""
        return self.row_at(self.cursor)

    def row_at(self, index: int) -> ListRow | None:
        """The row at that place, None where it has not come yet."""
        rows = self._pages.get(index // PAGE)
        place = index % PAGE
        return rows[place] if rows is not None and place < len(rows) else None

    @property
    def window(self) -> tuple[int, int]:
        """The offset and number of rows that hold what is on the screen, and the cursor."""
        first = max(0, min(self.scroll_offset.y, self.cursor)) // PAGE
        last = max(self.scroll_offset.y + self.size.height, self.cursor) // PAGE
        return first * PAGE, (min(last - first, 3) + 1) * PAGE

    # Painting

    def render_line(self, y: int) -> Strip:
        """The y-th line of the screen."""
        index = y + self.scroll_offset.y
        width = self.size.width
        if index >= self.total:
            return strip(self._instead[y] if not self.total and y < len(self._instead) else (), width)
        row = self.row_at(index)
        if row is None:
            self._want(index // PAGE)
            return strip((("  ..", "quiet"),), width, "cursor" if index == self.cursor else "")
        laid = self.laid(row.cells, width)
        if index != self.cursor:
            return strip((("  ", ""), *laid), width, row.base)
        plain = "".join(text for text, _ in laid)
        return strip((("> ", ""), (plain, "")), width, "cursor" if self.has_focus else "cursor-idle")

    def laid(self, cells: Spans, width: int) -> list[Span]:
        """A row's spans, each exactly as wide as its column, with a space between."""
        room = width - 2 - sum(column.width + 1 for column in self.columns if column.width)
        spans: list[Span] = []
        for column, (text, name) in zip(self.columns, cells, strict=False):
            shown = fit(text, column.width or max(0, room - 1), align=column.align) + " "
            if name == "chart":  # a bar ends where its marks end: what fills the column up has no colour
                bar = shown.rstrip()
                spans += [(bar, name), (shown[len(bar) :], "")]
            else:
                spans.append((shown, name))
        return spans

    def heading(self, width: int) -> list[Span]:
        """The titles over their columns."""
        return [("  ", ""), *self.laid([(column.title, "") for column in self.columns], width)]

    def on_focus(self) -> None:
        self._paint(self.cursor)

    def on_blur(self) -> None:
        self._paint(self.cursor)

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, self.total)
        self._reveal()

    def on_click(self, event: Click) -> None:
        self.go_to(event.y + self.scroll_offset.y)

    # Keys

    def action_move(self, step: int) -> None:
        """One row up or down."""
        self.go_to(self.cursor + step)

    def action_page(self, step: int) -> None:
        """One screen up or down."""
        self.go_to(self.cursor + step * max(1, self.size.height - 1))

    def action_edge(self, last: int) -> None:
        """To the first or the last row."""
        self.go_to(self.total - 1 if last else 0)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self.row is None:
            raise SkipAction  # the screen says what is missing
        self.choosing = True
        self.post_message(self.Chosen(self, self.row))

    # Inside

    def _keep(self, offset: int, rows: Sequence[ListRow]) -> None:
        for start in range(0, len(rows), PAGE):
            number = (offset + start) // PAGE
            self._pages[number] = tuple(rows[start : start + PAGE])
            self._pages.move_to_end(number)
            self._asked.discard(number)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            # Painting runs in the screen's name, and a message that a parent sent goes no further than to it.
            self.call_later(self._ask, page)

    def _ask(self, page: int) -> None:
        self.post_message(self.Wanted(self, page * PAGE, PAGE))

    def _paint(self, index: int) -> None:
        y = index - self.scroll_offset.y
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _reveal(self) -> None:
        """Scroll so that the cursor is seen; a third of the screen at once, so that keys stay cheap."""
        height = self.size.height
        if height <= 0:
            return
        top = self.scroll_offset.y
        jump = height // 3
        if self.cursor < top:
            top = self.cursor if self.cursor < top - 1 else self.cursor - jump
        elif self.cursor >= top + height:
            far = self.cursor > top + height
            top = self.cursor - height + 1 + (0 if far else jump)
        self._scroll_by_itself(top)

    def _scroll_by_itself(self, top: int) -> None:
        top = max(0, min(top, self.total - self.size.height))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True)

    def _tell(self) -> None:
        row = self.row
        if row is not self._told:
            self._told = row
            self.post_message(self.Moved(self, row))
