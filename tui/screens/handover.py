"""Handover: what waits for me on top, then mine, then the others I may see (R7.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from core.people.access import Right
from tui import handover_face as face
from tui.jobs.handover import OverviewRead, read_overview
from tui.keys import bindings
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, ListRow

if TYPE_CHECKING:
    from core.handover.views import HandoverRow


class HandoverScreen(Listing):
    """The applications."""

    key_screen: ClassVar[str] = "handover"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("handover")]

    def do_refresh(self) -> None:
        """Read the applications anew."""
        self.home.gateway.ask(self, OverviewRead, read_overview(), latest="handover")

    def on_overview_read(self, event: OverviewRead) -> None:
        found = event.value
        parts = (("act", found.waiting), ("mine", found.mine), ("others", found.others))
        self.show_things([(part, place == 0, row) for part, rows in parts for place, row in enumerate(rows)])

    def on_screen_resume(self) -> None:
        if self.there:
            self.do_refresh()

    def what(self) -> Line:
        say = self.words.say
        waiting = sum(part == "act" for part, _, _ in self.things)
        spans: Line = [(" " + say("Handover") + "  ", "strong")]
        if waiting:
            spans.append((self.words.plural("{count} waits for you", "{count} wait for you", waiting), "due"))
        elif self.there:
            spans.append((say("nothing waits for you"), "quiet"))
        return spans

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        chinese = self.words.lang == "zh"
        return (
            Column("", 8 if chinese else 7),
            Column(say("number"), 10),
            *([Column(say("kind"), 21)] if self.roomy else ()),
            Column(say("from -> to")),
            Column(say("mem."), 5, "right"),
            Column(say("state"), 16 if chinese else 27),
            Column(say("days"), 4, "right"),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        part, first, row = thing
        say = self.words.say
        heads = {"act": say("to act"), "mine": say("mine"), "others": say("others")}
        cells = [
            (heads[part] if first else "", "due" if part == "act" else "quiet"),
            (row.number, "strong"),
            *([(face.kind_words(row, self.words), "")] if self.roomy else ()),
            (face.people_words(row, counts=False), ""),
            (str(row.members), ""),
            (face.state_words(row, self.words), "due" if row.waits_for_me else face.STYLES.get(row.state, "")),
            (str(face.days_since(self.home, row.state_since)), ""),
        ]
        return ListRow(row.number, tuple(cells), value=row)

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        return face.peek(self.home, row.value) if row is not None else []

    def empty_words(self) -> list[str]:
        say = self.words.say
        return [
            say("There is no application that you may see."),
            "",
            say("n makes one: some members, all of somebody who leaves, or for a move to another store."),
        ]

    # Deeds

    def record(self) -> tuple[str, str] | None:
        row = self.row
        return ("handover", row.key) if row is not None else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name == "apply" and (reason := self.why_not_right(Right.APPLY_HANDOVER)):
            return reason
        if name == "open" and self.row is None:
            return self.words.say("There is no application here.")
        return ""

    def do_open(self) -> None:
        """Open the application under the cursor."""
        row = self.row
        if row is not None:
            self.home.show_application(row.key)

    def do_apply(self) -> None:
        """Make an application."""
        from tui.screens.handover_apply import Applying

        Applying(self.home, self.made).begin()

    def made(self, row: HandoverRow) -> None:
        """An application was made: see it."""
        self.home.show_application(row.number)

    def do_log(self) -> None:
        """The log."""
        self.home.show_handover_log()
