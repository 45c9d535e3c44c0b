"""Who changed this? Every change of one record: who, when, from what to what, and why (R6.3, R15.2)."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import BindingType

from core.base.errors import HuifangError
from tui.jobs.audit import Trace, TraceRead, read_trace
from tui.keys import bindings
from tui.paint import wrapped
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, ListRow


class AuditScreen(Listing):
    """The trail of a record."""

    key_screen: ClassVar[str] = "audit"
    behind: ClassVar[int] = 3

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("audit")]

    DEFAULT_CSS = """
    AuditScreen > #peek { height: 3; }
    """

    def __init__(self, kind: str, key: str) -> None:
        super().__init__()
        self.kind, self.key = kind, key
        self._refused = ""

    def do_refresh(self) -> None:
        """Read the trail anew."""
        job = read_trace(self.kind, self.key, self.words.lang)
        self.home.gateway.ask(self, TraceRead, job, latest="trace", excuse=self._not_allowed)

    def _not_allowed(self, error: HuifangError) -> bool:
        self._refused = self.words.error(error)
        self.show_things(())
        return True

    def on_trace_read(self, event: TraceRead) -> None:
        self.show_things(event.value)

    def member_number(self) -> str | None:
        return self.key if self.kind == "member" else None

    def what(self) -> Line:
        say = self.words.say
        about = {
            "member": say("member {number}", number=self.key),
            "handover": say("application {number}", number=self.key),
        }.get(self.kind) or say("about {code}, and done by them", code=self.key)
        spans: Line = [(" " + say("Who changed this?") + "  ", "strong"), (about, "due")]
        if self.there:
            count = len(self.things)
            said = self.words.plural("{count} change", "{count} changes, the newest first", count)
            spans.append(("  " + said, "quiet"))
        return spans

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        return (
            Column(say("when"), 16),
            Column(say("who"), 10),
            Column(say("what was changed")),
            *([Column(say("why"), 34)] if self.roomy else ()),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        trace: Trace = thing
        cells = (
            (f"{self.home.local(trace.at):%Y-%m-%d %H:%M}", "quiet"),
            (trace.who, "strong"),
            (trace.what, ""),
            *([(trace.why, "")] if self.roomy else ()),
        )
        return ListRow(str(place), cells, value=trace)

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if row is None:
            return []
        lines: list[Line] = [[(" " + line, "")] for line in wrapped(row.value.what, self.size.width - 2)[:2]]
        return [*lines, [(" " + self.words.say("why") + ": ", "quiet"), (row.value.why or "-", "")]]

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if name == "audit":
            return self.words.say("This is it.")
        return super().why_not(name)

    def do_open(self) -> None:
        """There is nothing behind a change; its words stand below."""

    def empty_words(self) -> list[str]:
        return [self._refused or self.words.say("Nothing has been changed yet.")]
