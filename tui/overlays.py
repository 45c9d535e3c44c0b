"""Small windows over a screen: choose, ask, confirm, read. Esc always backs out and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input

from core.base.text import cells
from tui.paint import Span, Spans, wrapped
from tui.widgets.field import Field
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

T = TypeVar("T")


class Overlay(ModalScreen[T], Generic[T]):
    """A window in the middle of the screen with a title and a line of hints."""

    DEFAULT_CSS = """
    Overlay { align: center middle; background: transparent; }
    Overlay > #box { width: 64; max-width: 100%; height: auto; max-height: 22; background: ansi_default;
        border: ascii ansi_blue; padding: 0 1; }
    Overlay #title { height: auto; }
    Overlay #hint { height: 1; }
    Overlay Lines { height: auto; max-height: 16; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    text_width: ClassVar[int] = 60

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._title = title
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Painted([[(line, "strong")] for line in wrapped(self._title, self.text_width)], id="title")
            yield from self.inside()
            yield Painted([[(self._hint, "quiet")]], id="hint")

    def inside(self) -> ComposeResult:
        """The widgets between title and hint."""
        yield from ()

    def action_cancel(self) -> None:
        """Back out."""
        self.dismiss(None)


class WideOverlay(Overlay[T], Generic[T]):
    """A window as wide as 80 columns allow, for reading."""

    DEFAULT_CSS = """
    WideOverlay > #box { width: 78; }
    """

    text_width: ClassVar[int] = 74


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its code, the key that takes it at once, its words, and a quiet remark."""

    code: str
    key: str
    text: str
    remark: str = ""


MOST_OPTIONS = 16
"""Options seen at once; the others come with the cursor."""


class Pick(WideOverlay[str]):
    """Choose one of a few, by its key or with the cursor; with `typing` by a part of its words."""

    DEFAULT_CSS = """
    Pick.narrow > #box { width: 56; }
    """

    def __init__(self, title: str, hint: str, options: Sequence[Option], *, typing: bool = False) -> None:
        super().__init__(title, hint)
        self.set_class(not any(option.remark for option in options), "narrow")
        self.options = list(options)
        self._typing = typing

    def inside(self) -> ComposeResult:
        if self._typing:
            yield Field(id="part")
        width = max([1, *(cells(option.key) for option in self.options)])
        words = max((cells(option.text) for option in self.options), default=1)
        columns = [Column("", width), Column("", min(words, 30)), Column("")]
        yield Lines(columns if any(option.remark for option in self.options) else columns[::2], id="options")

    def on_mount(self) -> None:
        self._fill("")
        self.query_one("#part" if self._typing else "#options").focus()

    def _fill(self, part: str) -> None:
        wanted = part.casefold().strip()
        rows = [
            ListRow(option.code, self._cells(option), value=option)
            for option in self.options
            if self.fits(option, wanted)
        ]
        lines = self.query_one("#options", Lines)
        lines.say_instead([[("  " + self.none_words(), "quiet")]] if wanted and self.options else [])
        # the window keeps its size while a part is typed: nothing in it moves
        lines.styles.height = max(1, min(MOST_OPTIONS, len(self.options) if self._typing else len(rows)))
        lines.show(len(rows), 0, rows)

    def fits(self, option: Option, part: str) -> bool:
        """Whether it is among those that a typed part leaves; `part` is casefolded."""
        return part in f"{option.text} {option.remark} {option.code}".casefold()

    def none_words(self) -> str:
        """What stands there when the part that was typed leaves none."""
        return ""

    def _cells(self, option: Option) -> Spans:
        if self.has_class("narrow"):
            return ((option.key, "key"), (option.text, ""))
        return ((option.key, "key"), (option.text, ""), (option.remark, "quiet"))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        lines = self.query_one("#options", Lines)
        if lines.row is not None:
            lines.action_choose()

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.dismiss(event.row.key)

    def on_key(self, event: Key) -> None:
        if self._typing:
            if event.key in ("up", "down"):
                event.stop()
                self.query_one("#options", Lines).action_move(1 if event.key == "down" else -1)
            return
        for option in self.options:
            if option.key and event.character == option.key:
                event.stop()
                self.dismiss(option.code)
                return


Echo = Callable[[str], tuple[str, bool]]
"""Says what it understood of a typed text, and whether that will do."""


class AskText(Overlay[str]):
    """Ask for a line of text; what was understood is said under it while it is typed."""

    def __init__(self, title: str, hint: str, *, text: str = "", echo: Echo | None = None) -> None:
        super().__init__(title, hint)
        self._text = text
        self._echo = echo

    def inside(self) -> ComposeResult:
        yield Field(self._text, id="answer")
        yield Painted(id="echo")

    def on_mount(self) -> None:
        self.query_one("#answer").focus()
        self.query_one("#echo").styles.height = 1 if self._echo is None else 2  # nothing moves while typing
        self._say(self._text)

    def _say(self, text: str) -> bool:
        if self._echo is None:
            return bool(text.strip())
        said, will_do = self._echo(text)
        lines = (*wrapped(said, 58), "")[:2]
        self.query_one("#echo", Painted).show([[(line, "good" if will_do else "late")] for line in lines])
        return will_do

    def on_input_changed(self, event: Input.Changed) -> None:
        self._say(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._say(event.value):
            self.dismiss(event.value.strip())


class Confirm(Overlay[bool]):
    """Ask for y; anything that backs out is a no."""

    def __init__(self, title: str, text: str, hint: str) -> None:
        super().__init__(title, hint)
        self._text = text

    def inside(self) -> ComposeResult:
        lines: list[Spans] = [[(line, "")] for line in wrapped(self._text, 58)]
        yield Painted(lines, id="text")

    def on_mount(self) -> None:
        self.query_one("#text").styles.height = len(self.query_one("#text", Painted).shown)

    def on_key(self, event: Key) -> None:
        event.stop()
        event.prevent_default()
        self.dismiss(event.key == "y")


READING_WIDTH = 70
"""Cells of a line to read; a list keeps the rest for its margins."""


class Reading(WideOverlay[Any]):
    """Lines to read, longer than the window where need be."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q,question_mark,f1,w", "cancel", show=False)]

    def __init__(self, title: str, hint: str, lines: Sequence[Spans]) -> None:
        super().__init__(title, hint)
        self._lines_to_read = lines

    def inside(self) -> ComposeResult:
        yield Lines((Column(""),), id="lines")

    def on_mount(self) -> None:
        self.show(self._lines_to_read)

    def show(self, lines: Sequence[Spans]) -> None:
        """Show these lines."""
        rows = [_reading_row(index, spans) for index, spans in enumerate(lines)]
        window = self.query_one("#lines", Lines)
        window.styles.height = max(1, min(16, len(rows)))
        window.show(len(rows), 0, rows)
        window.focus()


def _reading_row(index: int, spans: Spans) -> ListRow:
    text = "".join(text for text, _ in spans)
    first: Span = (text, spans[0][1] if len(spans) == 1 else "")
    return ListRow(str(index), (first,))
