"""The member beside the list, from 120 columns: the profile in short, and the last five events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from tui.jobs.member import MemberLooked, look
from tui.paint import Span
from tui.record import card_lines, event_lines
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from tui.app import HuifangApp

PAUSE_SECONDS = 0.12
"""Who runs through the list with the arrow keys asks for nobody."""


class Aside(Painted):
    """Shows the member under the cursor a moment after it stopped."""

    DEFAULT_CSS = """
    Aside { height: 1fr; width: 40; border-left: ascii ansi_bright_black; padding: 0 0 0 1; }
    """

    _pause: Timer | None = None

    def look_at(self, app: HuifangApp, number: str | None) -> None:
        """Show that member soon."""
        if self._pause is not None:
            self._pause.stop()
        if number is None:
            self.show([])
            return

        def ask() -> None:
            app.gateway.ask(self, MemberLooked, look(number), latest="aside")

        self._pause = self.set_timer(PAUSE_SECONDS, ask)

    def on_member_looked(self, event: MemberLooked) -> None:
        from tui.app import HuifangApp

        app = self.app
        assert isinstance(app, HuifangApp)
        width = self.size.width
        seen = event.value
        lines: list[list[Span]] = [*card_lines(app, seen.card, width), []]
        lines += event_lines(app, seen.recent, width)
        self.show(lines)
