"""A new application before it is submitted: what would move to whom, member by member (R7.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.base.clock import business_day
from core.base.days import day_and_month
from core.base.errors import HuifangError
from core.base.naming import named
from tui import handover_face as face
from tui.jobs.handover import Applied, FormPreviewed, apply, preview_form
from tui.keys import bindings
from tui.paint import wrapped
from tui.picking import ask_person
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.handover.views import MemberLine, Preview
    from tui.screens.handover_apply import Applying


class NewScreen(Listing):
    """What an application would do."""

    key_screen: ClassVar[str] = "handover_new"
    behind: ClassVar[int] = 1

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("handover_new")]

    DEFAULT_CSS = """
    NewScreen > #cascade, NewScreen > #cautions { height: auto; width: 100%; }
    NewScreen > #peek { height: 1; }
    """

    def __init__(self, applying: Applying) -> None:
        super().__init__()
        self.applying = applying
        self.seen: Preview | None = None
        self._fault = ""

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Painted(id="what")
        yield Painted(id="cascade")
        yield Painted(id="cautions")
        yield Painted(base="head", id="head")
        yield Lines(id="list")
        yield Painted(id="say")
        yield Painted(id="peek")
        yield Painted(id="foot")

    def do_refresh(self) -> None:
        """See anew what it would do."""
        job = preview_form(self.applying.form)
        self.home.gateway.ask(self, FormPreviewed, job, latest="preview", excuse=self._not_possible)

    def _not_possible(self, error: HuifangError) -> bool:
        self._fault = self.words.error(error)
        self.seen = None
        self.show_things(())
        return True

    def on_form_previewed(self, event: FormPreviewed) -> None:
        self.seen, self._fault = event.value, ""
        self.show_things(event.value.members)

    # What is seen

    def paint(self) -> None:
        """Paint all texts anew."""
        super().paint()
        lines: list[Line] = []
        cautions: list[Line] = []
        if self.seen is not None:
            lines = face.cascade_lines(self.home, self.seen.cascade)
            for text in face.caution_lines(self.home, self.seen.cascade):
                cautions += [[(" " + line, "late")] for line in wrapped(text, self.size.width - 2)]
        self.query_one("#cascade", Painted).show(lines)
        self.query_one("#cautions", Painted).show(cautions[:3])

    def what(self) -> Line:
        from core.handover.wording import KINDS

        say = self.words.say
        form = self.applying.form
        kind = named(KINDS, form.kind, self.words)
        takers = ", ".join(form.successors)
        if self.seen is not None:
            takers = ", ".join(f"{share.name} {share.members}" for share in self.seen.cascade.shares)
        spans: Line = [(" " + say("New application") + "  ", "strong"), (f"{kind}  ", "")]
        spans.append((f"{form.giver} -> {takers or '-'}", "strong"))
        return [*spans, (f"  {form.reason}", "quiet")]

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        return (
            Column(say("member"), 14),
            Column(say("number"), 10),
            Column(say("cl."), 3),
            Column(say("bought"), 10),
            Column(say("last promise")),
            Column("-> " + say("successor"), 16),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        line: MemberLine = thing
        today = business_day(self.home.clock.now())
        last = line.last_purchase_on
        cells = (
            (line.name, "strong"),
            (line.number, ""),
            (line.value_class.value if line.value_class else "", ""),
            (day_and_month(last, self.words, today) if last else "-", ""),
            (line.last_promise or "-", "" if line.last_promise else "quiet"),
            (f"({self.words.say(line.problem)})" if line.problem else line.successor_name, ""),
        )
        return ListRow(line.number, cells, value=line)

    def peek_lines(self, _row: ListRow | None) -> list[Line]:
        return [[(" " + self.words.say("Nothing is submitted yet."), "due")]] if self.seen is not None else []

    def empty_words(self) -> list[str]:
        say = self.words.say
        if self._fault:
            return [self._fault, "", say("Esc goes back to the questions.")]
        return [say("No member changes hands by this application.")]

    # Deeds

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name in ("submit", "draft") and self.seen is None:
            return self._fault or self.words.say("One moment ..")
        if name == "adjust" and self.row is None:
            return self.words.say("There is no member here.")
        return ""

    def do_submit(self) -> None:
        """Submit it, after a y."""
        from core.handover.wording import cascade_words

        assert self.seen is not None
        say = self.words.say
        text = f"{cascade_words(self.seen.cascade, self.words)} {say('After this the store manager reviews it.')}"
        self.home.confirm(say("Submit the application?"), text, lambda: self._apply(draft=False))

    def do_draft(self) -> None:
        """Keep it as a draft."""
        self._apply(draft=True)

    def _apply(self, *, draft: bool) -> None:
        self.home.gateway.ask(self, Applied, apply(self.applying.form, draft=draft), write=True)

    def on_applied(self, event: Applied) -> None:
        self.home.pop_screen()
        self.applying.then(event.value.row)

    def do_adjust(self) -> None:
        """The member under the cursor goes to somebody else."""
        row = self.row
        if row is None:
            return
        key = row.key

        def given(code: str) -> None:
            form = self.applying.form
            self.applying.form = replace(form, by_hand={**form.by_hand, key: code})
            self.do_refresh()

        title = self.words.say("Who takes {name}?", name=row.value.name)
        ask_person(self.home, title, given, but=(self.applying.form.giver,))

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.action_key("adjust")

    def do_leave(self) -> None:
        """Back to the last question."""
        self.home.pop_screen()
        self.applying.back()
