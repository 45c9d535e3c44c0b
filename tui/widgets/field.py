"""Fields to type into: one line high, without a frame, seen by their underline."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import Input

_UNDERLINED = Style(underline=True)


class Field(Input):
    """A line of text; up and down go to the neighbouring field."""

    DEFAULT_CSS = """
    Field { height: 1; border: none; padding: 0; background: transparent; text-style: underline; width: 1fr; }
    Field:focus { border: none; background: transparent; background-tint: transparent; }
    Field > .input--cursor { text-style: reverse; }
    Field:ansi > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, value: str = "", *, name: str | None = None, id: str | None = None, limit: int = 0) -> None:
        super().__init__(value, name=name, id=id, select_on_focus=False, max_length=limit, compact=False)
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        """The text, underlined over the whole width so that an empty field is seen too."""
        return super().render_line(y).apply_style(_UNDERLINED)
