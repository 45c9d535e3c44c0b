"""A widget that paints lines of spans: cheaper than Static, and only lines that changed are sent again."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.paint import Spans, strip


class Painted(Widget):
    """Shows the lines it was last given; text is data, never markup."""

    DEFAULT_CSS = """
    Painted { height: 1; width: 1fr; }
    """

    def __init__(self, lines: Sequence[Spans] = (), *, base: str = "", id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._lines: list[Spans] = list(lines)
        self.base = base

    @property
    def shown(self) -> list[Spans]:
        """The lines as they were given."""
        return self._lines

    def show(self, lines: Sequence[Spans]) -> None:
        """Show these lines; what stayed the same is not painted again."""
        old, self._lines = self._lines, list(lines)
        if self.styles.auto_dimensions and len(old) != len(self._lines):
            self.refresh(layout=True)
            return
        for y in range(max(len(old), len(self._lines))):
            before = old[y] if y < len(old) else None
            after = self._lines[y] if y < len(self._lines) else None
            if before != after and y < self.size.height:
                self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """The y-th line."""
        return strip(self._lines[y] if y < len(self._lines) else (), self.size.width, self.base)
