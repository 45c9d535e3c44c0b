"""One complaint, problem or suggestion: what it is, every step, and what may be done with it now (R9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.base.errors import Conflict, HuifangError
from core.base.language import N_
from core.complaints.wording import step_words
from tui import matters_face as face
from tui.jobs.matters import MatterActed, MatterRead, Step, act, read_matter
from tui.keys import bindings
from tui.overlays import Option
from tui.paint import wrapped
from tui.picking import ask_person
from tui.screens.listing import Line, Listing
from tui.when import ask_when
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from datetime import datetime

    from core.complaints.views import MatterSheet

ACTS = {
    "answer": N_("What was the first answer to the member?"),
    "progress": N_("How far is it? What was done?"),
    "resolve": N_("What was done to put it right? The member is told so."),
    "reopen": N_("What is still not right?"),
    "withdraw": N_("Why is it withdrawn?"),
    "accept": N_("What will be done?"),
    "decline": N_("Why is it declined? The member is told so."),
    "tell": N_("How was the member told, and what did they say?"),
}
"""The question of each act that asks for words."""

KEY_ACTS = {
    "advance": ("answer", "accept", "progress"),
    "progress": ("progress",),
    "promise": ("promise",),
    "done": ("resolve",),
    "close": ("close",),
    "reopen": ("reopen",),
    "give": ("assign",),
    "decline": ("decline",),
    "withdraw": ("withdraw",),
}
"""The acts on each key: the first one that may be done."""


class MatterScreen(Listing):
    """One of them, whole."""

    key_screen: ClassVar[str] = "matter"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("matter")]

    DEFAULT_CSS = """
    MatterScreen > #facts { height: auto; max-height: 9; width: 100%; }
    """

    def __init__(self, key: int) -> None:
        super().__init__()
        self.key = key
        self.sheet: MatterSheet | None = None

    def above_rows(self) -> ComposeResult:
        """What is known of it as a whole."""
        yield Painted(id="facts")

    def do_refresh(self) -> None:
        """Read it anew."""
        self.home.gateway.ask(self, MatterRead, read_matter(self.key), latest="matter")

    def on_matter_read(self, event: MatterRead) -> None:
        self._take(event.value)

    def _take(self, sheet: MatterSheet) -> None:
        first = self.sheet is None or len(self.sheet.steps) != len(sheet.steps)
        self.sheet = sheet
        self.show_things(sheet.steps)
        if first:
            self.query_one(Lines).action_edge(1)

    # What is seen

    def paint(self) -> None:
        """Paint all texts anew."""
        if self.sheet is not None:
            facts = face.fact_lines(self.home, self.sheet, self.size.width)[:9]
            self.query_one("#facts", Painted).show(facts)
            self.query_one("#facts").styles.height = len(facts)
        super().paint()

    def what(self) -> Line:
        return face.title(self.home, self.sheet.row) if self.sheet is not None else []

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        return (
            Column(say("when"), 14 if self.words.lang == "zh" else 12),
            Column(say("step")),
            Column(say("by"), 10),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        at = self.home.timed(thing.at)
        style = {"escalate": "late", "reopen": "bad", "resolve": "good", "close": "good"}.get(thing.act, "")
        said = step_words(thing.facts(), self.words).replace("\n", " ")
        by = "" if thing.act == "escalate" else thing.by_name
        return ListRow(str(place), ((at, "quiet"), (said, style), (by, "")), value=thing)

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if row is None or not row.value.text:
            return []
        return [[(" " + line, "")] for line in wrapped(row.value.text, max(20, self.size.width - 2))[:2]]

    def empty_words(self) -> list[str]:
        return [self.words.say("Nothing has been done about it yet.")]

    # Deeds

    def member_number(self) -> str | None:
        return self.sheet.row.number or None if self.sheet is not None else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now: the rules of core say."""
        if reason := super().why_not(name):
            return reason
        if name == "call" and self.member_number() is None:
            return self.words.say("Nobody on file says this: their contact stands above.")
        if name not in KEY_ACTS or self.sheet is None:
            return ""
        refusals = {act.value: error for act, error in self.sheet.refusals.items()}
        wanted = KEY_ACTS[name]
        if any(act not in refusals for act in wanted):
            return ""
        return self.words.error(refusals[wanted[0]])

    def _act_of(self, name: str) -> str:
        assert self.sheet is not None
        refused = {act.value for act in self.sheet.refusals}
        return next(act for act in KEY_ACTS[name] if act not in refused)

    def do_open(self) -> None:
        """The whole text of the step under the cursor."""
        from tui.overlays import Reading

        if self.row is None:
            return
        said = step_words(self.row.value.facts(), self.words)
        say = self.words.say
        self.home.push_screen(Reading(say("Step"), say("Esc: back"), [[(line, "")] for line in wrapped(said, 72)]))

    def do_advance(self) -> None:
        """The next usual step: the first answer, progress, or accepting a suggestion."""
        self._ask(self._act_of("advance"))

    def do_progress(self) -> None:
        """How far it is; was the member told?"""
        self._ask("progress")

    def do_done(self) -> None:
        """It is put right."""
        self._ask("resolve")

    def do_reopen(self) -> None:
        """The member is not satisfied."""
        self._ask("reopen")

    def do_decline(self) -> None:
        """A suggestion is declined."""
        self._ask("decline")

    def do_withdraw(self) -> None:
        """It was taken down by mistake."""
        self._ask("withdraw")

    def _ask(self, name: str) -> None:
        def given(text: str) -> None:
            if name == "progress" and self.sheet is not None and self.sheet.row.kind != "suggestion":
                self._ask_told(lambda told: self._do(name, text=text, told=told))
            else:
                self._do(name, text=text)

        self.home.ask_text(self.words.say(ACTS[name]), then=given)

    def _ask_told(self, then: Any) -> None:
        say = self.words.say
        options = [Option("yes", "1", say("the member was told")), Option("no", "2", say("not told yet"))]
        self.home.ask_choice(say("Does the member know?"), options, lambda code: then(code == "yes"))

    def do_promise(self) -> None:
        """By when; then what was promised."""

        def understood(moment: datetime, _typed: str, said: str) -> None:
            self.home.ask_text(
                self.words.say("What was promised for {when}?", when=said),
                then=lambda text: self._do("promise", text=text, promised_at=moment, told=True),
            )

        ask_when(self.home, self.words.say("By when was it promised to the member?"), understood)

    def do_close(self) -> None:
        """Ask for the member's score; without one for the reason."""
        say = self.words.say
        if self.sheet is not None and self.sheet.row.kind == "suggestion":
            self.home.ask_text(say(ACTS["tell"]), then=lambda text: self._do("close", text=text, told=True))
            return
        options = [Option(str(score), str(score), say("score {score}", score=score)) for score in (5, 4, 3, 2, 1)]
        options.append(Option("none", "0", say("no score: say why it is closed all the same")))

        def chosen(code: str) -> None:
            if code == "none":
                self.home.ask_text(
                    say("Why is it closed without the member's word?"),
                    then=lambda text: self._do("close", text=text),
                )
            else:
                self._do("close", score=int(code), told=True)

        title = say("How does the member judge what was done, from 1 to 5?")
        self.home.ask_choice(title, options, chosen)

    def do_give(self) -> None:
        """To somebody else, with a reason."""
        say = self.words.say

        def taker(code: str) -> None:
            self.home.ask_text(
                say("Why does somebody else see to it?"), then=lambda text: self._do("assign", text=text, to=code)
            )

        row = self.sheet.row if self.sheet is not None else None
        but = tuple(code for code in (row.owner, row.about) if code) if row is not None else ()
        ask_person(self.home, say("Who sees to it?"), taker, but=but)

    def do_call(self) -> None:
        """Call the member."""
        number = self.member_number()
        if number is not None:
            self.home.open_call(number)

    def _do(self, name: str, **values: Any) -> None:
        assert self.sheet is not None
        step = Step(name, self.sheet.row.version, **values)
        self.home.gateway.ask(self, MatterActed, act(self.key, step), write=True, excuse=self._failed)

    def _failed(self, error: HuifangError) -> bool:
        self.tell(self.words.error(error), "bad")
        if isinstance(error, Conflict):
            self.do_refresh()
        return True

    def on_matter_acted(self, event: MatterActed) -> None:
        self._take(event.value)
        step = event.value.steps[-1]
        said = step_words({**step.facts(), "text": ""}, self.words)
        if step.act in ("resolve", "decline") and event.value.row.number:
            said += ". " + self.words.say("The call that tells the member stands on the list.")
        self.tell(self.words.say("On record: {step}", step=said), "good")

    def do_leave(self) -> None:
        """Back to the list, read anew."""
        self.home.pop_screen()
        from tui.screens.matters import MattersScreen

        if isinstance(self.home.screen, MattersScreen):
            self.home.screen.do_refresh()
