"""Find a member by number, last digits, name, pinyin or initials; what is typed is looked for at once (R6.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import Input

from core.base.money import amount_short
from tui.finding import Finding
from tui.jobs.member import MembersFound
from tui.keys import bindings
from tui.screens.base import HuifangScreen
from tui.widgets.field import Field
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.members.views import MemberRow

WIDE = 100
"""From so many columns on the owner is named too."""


ABOUT_A_MEMBER = ("pick", "call", "member", "audit")


class FindScreen(HuifangScreen):
    """Type, and the members are there."""

    key_screen: ClassVar[str] = "find"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("find"), Binding("c", "key('call')", show=False)]

    DEFAULT_CSS = """
    FindScreen > #head { height: 1; width: 100%; }
    FindScreen > #typed { margin: 0 1; }
    FindScreen > Lines { height: 1fr; width: 100%; }
    """

    _finding: Finding

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Field(id="typed")
        yield Painted(base="head", id="head")
        yield Lines(id="found")
        yield Painted(id="say")
        yield Painted(id="foot")

    def on_mount(self) -> None:
        self._finding = Finding(self, self.home.gateway)
        self.query_one("#typed").focus()
        self.paint()

    def paint(self) -> None:
        """Paint all texts anew."""
        say = self.words.say
        lines = self.query_one(Lines)
        lines.columns = (
            Column(say("number"), 9),
            Column(say("member")),
            Column(say("phone"), 11),
            Column(say("stage"), 10 if self.words.lang == "zh" else 13),
            Column(say("cl."), 3),
            Column(say("bought"), self.home.date_width),
            Column(say("12 mon."), 8, "right"),
            *([Column(say("owner"), 14)] if self.size.width >= WIDE else ()),
        )
        lines.refresh()
        self.query_one("#top", Painted).show([self.home.top_line(self.size.width)])
        self.query_one("#head", Painted).show([lines.heading(self.size.width)])
        self.query_one("#typed", Field).placeholder = say(
            "number, last four digits, name, pinyin or initials (zs)"
        )
        if self._silence is None:
            self.hush()
        self.paint_foot()

    def on_input_changed(self, event: Input.Changed) -> None:
        if not self._finding.type(event.value):
            self.query_one(Lines).clear()

    def on_members_found(self, event: MembersFound) -> None:
        found = event.value
        if not self._finding.found(found.words):
            return
        rows = [self._row(row) for row in found.rows]
        lines = self.query_one(Lines)
        lines.clear()
        lines.show(len(rows), 0, rows)
        if not rows:
            self.tell(self._nobody())
        else:
            self.hush()
        deed = self._finding.asked_for()
        if deed and rows:
            self.action_key(deed)

    def _row(self, row: MemberRow) -> ListRow:
        last = self.home.dated(row.last_purchase_on) if row.last_purchase_on else "-"
        return ListRow(
            row.number,
            (
                (row.number, ""),
                (row.name, "strong"),
                (row.phone_masked, ""),
                (self.home.stage_words(str(row.stage)), ""),
                (row.value_class.value if row.value_class else "", ""),
                (last, ""),
                (amount_short(row.amount_12m), ""),
                (row.owner_name, ""),
            ),
            value=row,
        )

    def on_key(self, event: Key) -> None:
        typed = self.query_one("#typed")
        if self.focused is typed and event.key in ("down", "up", "pagedown", "pageup"):
            event.stop()
            event.prevent_default()
            lines = self.query_one(Lines)
            lines.focus()
            if event.key == "down" and lines.cursor == 0:
                return
            lines.action_move(1 if event.key in ("down", "pagedown") else -1)

    def on_input_submitted(self) -> None:
        self.action_key("pick")

    def action_key(self, name: str) -> None:
        """As everywhere; what is about a member waits until the list shows what is typed."""
        if name not in ABOUT_A_MEMBER or self._finding.settled(name):
            super().action_key(name)

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.action_key("pick")

    def member_number(self) -> str | None:
        row = self.query_one(Lines).row
        return row.key if row else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name in ("pick", "call") and self.member_number() is None:
            return self._nobody()
        return ""

    def _nobody(self) -> str:
        words = self.query_one("#typed", Field).value.strip()
        if not words:
            return self.words.say("Nobody is found yet: type a name, a number or last digits.")
        return self.words.say("Nobody is found by {words}: try fewer letters, or the number.", words=words)

    def do_find(self) -> None:
        """To the field."""
        self.query_one("#typed").focus()

    def do_pick(self) -> None:
        """Open the member."""
        number = self.member_number()
        if number is not None:
            self.home.show_member(number)

    def do_call(self) -> None:
        """Open the call."""
        number = self.member_number()
        if number is not None:
            self.home.open_call(number)

    def do_leave(self) -> None:
        """Back."""
        self.home.pop_screen()
