"""The script is the form: what the caller says, and where it is said the fields to fill (R5.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from textual.containers import Horizontal, VerticalScroll
from textual.events import DescendantFocus
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from core.base.language import N_, Catalogue
from core.base.text import cells, fit
from tui import wording
from tui.paint import Spans, wrapped
from tui.profile import CONTACT, as_typed, behind, values_of
from tui.widgets.choices import Mark, Score, Tick
from tui.widgets.field import Field
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.calls.views import CallSheet, ScriptStep
    from tui.entry import CallEntry

LABEL = 10
"""Cells of a field's label; a longer one has a space more than it needs."""

ROOMY = 32
"""Lines of a screen on which the whole script is written out."""


class Step(Painted):
    """What is said in one step: its number, its title, and the words, wrapped to the width."""

    DEFAULT_CSS = """
    Step { height: auto; width: 1fr; }
    """

    def __init__(self, number: str, title: str, says: str) -> None:
        super().__init__()
        self._number, self._title, self._says = number, title, says
        self._folded = False

    def fold(self, folded: bool) -> None:
        """Show the first line alone, or all of them."""
        if folded != self._folded:
            self._folded = folded
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the words need."""
        self._lines = self._laid(width)
        return len(self._lines)

    def _laid(self, width: int) -> list[Spans]:
        indent = " " * (len(self._number) + 1)
        shown: list[Spans] = []
        for index, line in enumerate(wrapped(f"{self._title}  {self._says}", max(10, width - len(indent) - 1))):
            if index == 0:
                title = line[: len(self._title)]
                shown.append([(f"{self._number} ", "key"), (title, "strong"), (line[len(title) :], "")])
            elif self._folded:
                said = shown[0][-1][0]
                return [[*shown[0][:-1], (fit(said + line, cells(said)), "")]]  # longer than the room: cut there
            else:
                shown.append([(indent + line, "")])
        return shown


class ScriptForm(VerticalScroll, can_focus=False):
    """The steps of the call, one below the other."""

    DEFAULT_CSS = """
    ScriptForm { width: 3fr; height: 1fr; scrollbar-size: 0 0; }
    ScriptForm Horizontal { height: 1; width: 1fr; }
    ScriptForm .label { margin-left: 2; }
    ScriptForm .marks { margin-left: 2; }
    ScriptForm .unused { width: 1fr; }
    """

    class Filled(Message):
        """Something was typed, marked or ticked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entry: CallEntry | None = None
        self._values: dict[str, str] = {}
        self._behind: dict[str, str] = {}
        self._steps: list[tuple[Step, list[Widget]]] = []

    async def fill(self, sheet: CallSheet, entry: CallEntry, words: Catalogue, names: Mapping[str, str]) -> None:
        """Build the form for a sheet, with what the entry holds already. `names` are the programmes'."""
        self._entry = entry
        self._values = values_of(sheet.member, words)
        self._behind = {name: behind(sheet.member, name, words) for name in CONTACT}
        await self.remove_children()
        rows: list[Widget] = []
        self._steps = []
        for step in sheet.steps:
            laid = list(self._step(step, words, names))
            said = next(widget for widget in laid if isinstance(widget, Step))
            self._steps.append((said, laid))
            rows += laid
        rows += self._last_rows(words)
        self._open_step(self._steps[0][0] if self._steps else None)
        await self.mount_all(rows)

    def _open_step(self, opened: Step | None) -> None:
        """On a small screen only the step at hand is written out, so that every field stays in sight."""
        small = self.app.size.height < ROOMY
        for step, _ in self._steps:
            step.fold(small and step is not opened)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The step whose field is being filled is the one to read from."""
        at_hand = set(event.widget.ancestors_with_self)
        self._open_step(next((step for step, rows in self._steps if at_hand.intersection(rows)), None))

    def on_resize(self) -> None:
        focused = self.screen.focused
        at_hand = set(focused.ancestors_with_self) if focused is not None else set()
        first = self._steps[0][0] if self._steps else None
        self._open_step(next((step for step, rows in self._steps if at_hand.intersection(rows)), first))

    def _step(self, step: ScriptStep, words: Catalogue, names: Mapping[str, str]) -> Iterable[Widget]:
        assert self._entry is not None
        if step.heading:
            yield Painted([[("= ", "quiet"), (names.get(step.heading, step.heading), "strong")]])
        yield Step(str(step.number), step.title(words), step.says(words))
        for name in step.profile:
            label = wording.worded(wording.FIELDS, name, words)
            value = self._entry.profile.get(name, self._values.get(name, ""))
            yield _row(label, f"profile:{name}", value, self._behind.get(name, ""))
        if step.scores:
            marks = [
                Score(code, wording.worded(wording.SCORES, code, words), self._entry.scores.get(code, 0))
                for code in step.scores
            ]
            yield Horizontal(*marks, classes="marks")
        if step.answer:
            yield _row(step.title(words), f"answer:{step.answer}", str(self._entry.answers.get(step.answer, "")))
        if step.tick:
            ticked = bool(self._entry.answers.get(step.tick))
            label = words.say(wording.TICKS.get(step.tick, N_("said")))
            yield Horizontal(Tick(step.tick, label, ticked), classes="marks")

    def _last_rows(self, words: Catalogue) -> Iterable[Widget]:
        assert self._entry is not None
        yield _row(words.say("promise"), "promise", self._entry.promise)
        yield _row(words.say("note"), "note", self._entry.note, words.say("nothing on health or faith"))

    def on_input_changed(self, event: Input.Changed) -> None:
        entry, name, value = self._entry, event.input.name or "", event.value
        if entry is None:
            return
        kind, _, code = name.partition(":")
        if kind == "profile":
            if value.strip() == self._values.get(code, ""):
                entry.profile.pop(code, None)
            else:
                entry.profile[code] = as_typed(code, value)
        elif kind == "answer":
            entry.answers[code] = value
        elif kind == "note":
            entry.note = value
        elif kind == "promise":
            entry.promise = value
        self.post_message(self.Filled())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def on_score_given(self, event: Score.Given) -> None:
        if self._entry is not None:
            self._entry.scores[event.score.code] = event.score.value
            if not event.score.value:
                self._entry.scores.pop(event.score.code)
            self.post_message(self.Filled())

    def on_tick_turned(self, event: Tick.Turned) -> None:
        if self._entry is not None:
            self._entry.answers[event.tick.code] = event.tick.value
            self.post_message(self.Filled())

    def show_written(self, written: Mapping[str, str]) -> None:
        """What is on file of the contact fields, in full: it was revealed with the number."""
        for name, value in written.items():
            if field := self.field_named(f"profile:{name}"):
                field.placeholder = value

    def first_empty_score(self) -> Score | None:
        """The first mark that has not been given."""
        return next((score for score in self.query(Score) if not score.value), None)

    def place(self) -> tuple[str, str] | None:
        """Which entry of the form has the focus, by its kind and name."""
        focused = self.screen.focused
        if isinstance(focused, Field):
            return ("field", focused.name or "")
        return (type(focused).__name__, focused.code) if isinstance(focused, Mark) else None

    def at(self, place: tuple[str, str] | None) -> Widget | None:
        """The entry at that place, where the form has one."""
        if place is None:
            return None
        kind, name = place
        if kind == "field":
            return self.field_named(name)
        marks = (entry for entry in self.query(".entry") if isinstance(entry, Mark))
        return next((mark for mark in marks if (type(mark).__name__, mark.code) == place), None)

    def field_named(self, name: str) -> Field | None:
        """The field of that name: note, promise, profile:wechat, answer:opinion."""
        return next((field for field in self.query(Field) if field.name == name), None)


def _row(label: str, name: str, value: str, hint: str = "") -> Horizontal:
    shown = Painted([[(label, "quiet")]])
    shown.add_class("label")
    shown.styles.width = max(LABEL, cells(label) + 1)
    field = Field(value, name=name)
    field.placeholder = hint
    return Horizontal(shown, field)
