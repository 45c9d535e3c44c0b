"""A new application before it is submitted: what would move to whom, member by member (R7.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from core.base.errors import HuifangError
from core.base.naming import named
from tui import handover_face as face
from tui.jobs.handover_apply import Applied, FormPreviewed, apply, preview_form
from tui.keys import bindings
from tui.overlays import Reading
from tui.picking import ask_person
from tui.screens.handover_members import MembersListing
from tui.screens.listing import Line
from tui.widgets.lines import Lines, ListRow

if TYPE_CHECKING:
    from core.handover.views import Preview
    from tui.screens.handover_apply import Applying


class NewScreen(MembersListing):
    """What an application would do."""

    key_screen: ClassVar[str] = "handover_new"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("handover_new")]

    def __init__(self, applying: Applying) -> None:
        super().__init__()
        self.applying = applying
        self.seen: Preview | None = None
        self._fault = ""

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
        cascade = self.seen.cascade if self.seen is not None else None
        self.paint_cascade(face.cascade_lines(self.home, cascade, self.size.width) if cascade else [], cascade)

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

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if self.seen is None:
            return []
        spans: Line = [(" " + self.words.say("Nothing is submitted yet."), "due")]
        if row is not None:
            spans.append((f"   {row.value.name} {row.key}", ""))
        return [spans]

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

    def do_cautions(self) -> None:
        """Everything to mind."""
        say = self.words.say
        lines = self.show_cautions(self.seen.cascade if self.seen is not None else None)
        nothing: list[Line] = [[(say("There is nothing to mind."), "quiet")]]
        self.home.push_screen(Reading(say("New application"), say("Esc: back"), lines or nothing))

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
