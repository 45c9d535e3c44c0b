"""The list: pages of any length, a cursor that stays on its member, columns exact to the cell."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from core.base.text import cells
from tui.paint import strip, wrapped
from tui.widgets.lines import PAGE, Column, Lines, ListRow

COLUMNS = (Column("n", 8, "right"), Column("name", 14), Column("why"), Column("t", 3, "right"))


def row(index: int) -> ListRow:
    return ListRow(str(index), ((str(index), ""), (f"会员{index}", "strong"), ("缘由" * 30, ""), ("2", "")))


class Listed(App[None]):
    def __init__(self, total: int) -> None:
        super().__init__()
        self.count = total
        self.asked: list[int] = []
        self.moved: list[str] = []

    def compose(self) -> ComposeResult:
        yield Lines(COLUMNS)

    def on_mount(self) -> None:
        lines = self.query_one(Lines)
        lines.focus()
        lines.show(self.count, 0, self.rows(0))

    def rows(self, offset: int) -> Sequence[ListRow]:
        return [row(index) for index in range(offset, min(offset + PAGE, self.count))]

    def on_lines_wanted(self, event: Lines.Wanted) -> None:
        self.asked.append(event.offset)
        event.lines.accept(event.offset, self.rows(event.offset))

    def on_lines_moved(self, event: Lines.Moved) -> None:
        self.moved.append(event.row.key if event.row else "")


@pytest.mark.parametrize("total", [0, 1, 50, 10_000, 1_000_000])
def test_a_list_of_any_length_asks_only_for_what_is_seen(total: int) -> None:
    async def drive() -> None:
        app = Listed(total)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("end")
            lines = app.query_one(Lines)
            for _ in range(20):
                await pilot.pause()
                if lines.row is not None:
                    break
            assert lines.cursor == max(0, total - 1)
            if total:
                assert lines.row is not None
                assert lines.row.key == str(total - 1)
            assert len(app.asked) <= 3
            await pilot.press("home", "pagedown", "down", "up")
            assert lines.cursor == min(23, max(0, total - 1))

    asyncio.run(drive())


def test_the_cursor_stays_on_its_member_when_rows_move() -> None:
    async def drive() -> None:
        app = Listed(40)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("down", "down", "down")
            lines = app.query_one(Lines)
            rows = list(app.rows(0))
            lines.show(40, 0, [rows[9], *rows[:9], *rows[10:]])
            await pilot.pause()
            assert lines.row is not None
            assert lines.row.key == "3"
            assert lines.cursor == 4
            lines.show(39, 0, [kept for kept in rows if kept.key != "3"])
            assert lines.cursor == 4

    asyncio.run(drive())


def test_the_cursor_goes_where_it_is_wanted_and_nothing_above_it_moves() -> None:
    async def drive() -> None:
        app = Listed(40)
        async with app.run_test(size=(80, 10)) as pilot:
            lines = app.query_one(Lines)
            lines.go_to(20)
            await pilot.pause()
            top = lines.scroll_offset.y
            rows = [ListRow("", ()), *app.rows(0)]
            lines.show(41, 0, rows, on="18")
            await pilot.pause()
            assert (lines.cursor, lines.scroll_offset.y) == (19, top)
            lines.show(41, 0, rows, on="no such row")
            assert lines.cursor == 19
            lines.show(41, 0, rows)  # a row without a key is not meant by nothing wanted
            assert lines.cursor == 19
            lines.show(41, 0, rows, on="3")
            await pilot.pause()
            assert (lines.cursor, lines.scroll_offset.y <= 4) == (4, True)

    asyncio.run(drive())


@given(
    st.lists(st.text(max_size=40), min_size=4, max_size=4),
    st.integers(min_value=40, max_value=200),
)
def test_a_row_is_exactly_as_wide_as_the_screen(texts: list[str], width: int) -> None:
    lines = Lines(COLUMNS)
    laid = lines.laid([(text, "") for text in texts], width)
    assert sum(cells(text) for text, _ in laid) == width - 2
    assert strip([("  ", ""), *laid], width).cell_length == width


@given(st.text(max_size=200), st.integers(min_value=4, max_value=80))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    for line in wrapped(text, width):
        assert cells(line) <= width + 2  # what closes a Han sentence may hang over by its own width
