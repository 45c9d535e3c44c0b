"""What the call screen shows: who, why, the script, the record, the outcomes. It decides nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from core.base.days import day_and_month, day_of_week, near_day
from core.base.language import N_
from core.base.text import fit
from tui.entry import CallEntry, on_keys, others
from tui.paint import Span, apart
from tui.record import sheet_lines, title_spans
from tui.screens.base import HuifangScreen
from tui.widgets.choices import Choice, KeyRow
from tui.widgets.painted import Painted
from tui.widgets.script import ScriptForm

if TYPE_CHECKING:
    from core.calls.views import CallResult, CallSheet, DialLine

MORE = "+"
"""Stands for the outcomes that have no digit."""


class CallFace(HuifangScreen):
    """The call as it is seen: what was taken down stands in `entry`, what core knows in `sheet`."""

    DEFAULT_CSS = """
    CallFace > #why, CallFace > #heads, CallFace > #rule { height: 1; width: 100%; }
    CallFace > Horizontal { height: 1fr; }
    CallFace #record { width: 2fr; height: 1fr; border-left: ascii ansi_bright_black; padding-left: 1; }
    CallFace #reasons { display: none; }
    CallFace.reasons #reasons { display: block; }
    """

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number
        self.sheet: CallSheet | None = None
        self.entry = CallEntry()
        self.dialled: DialLine | None = None
        self._saved_at: datetime | None = None
        self._dirty: Timer | None = None
        self._on_its_way = False
        """Whether the newest draft is not yet known to be stored."""

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Painted(id="why")
        yield Painted(base="head", id="heads")
        with Horizontal():
            yield ScriptForm(id="script")
            yield Painted(id="record")
        yield Painted(id="say")
        yield KeyRow(id="outcomes")
        yield KeyRow(id="reasons")
        yield Painted(id="rule")
        yield Painted(id="foot")

    def _offer(self) -> None:
        assert self.home.session is not None
        book = self.home.session.rulebook
        outcomes = [Choice(entry.code, entry.key, entry.name(self.words)) for entry in on_keys(book)]
        if others(book):
            outcomes.append(Choice(MORE, "o", self.words.say("more")))
        self.query_one("#outcomes", KeyRow).offer(outcomes)
        reasons = [Choice(entry.code, entry.key, entry.name(self.words)) for entry in book.reasons.values()]
        self.query_one("#reasons", KeyRow).offer(reasons, self.words.say("reason"))
        self._mark()

    def _gate_words(self) -> str:
        assert self.sheet is not None
        words, on = self.words, self.sheet.on

        def shown(value: object) -> object:
            return day_and_month(value, words, on) if isinstance(value, date) else value

        return " ".join(
            words.say(reason.template, **{name: shown(value) for name, value in reason.params.items()})
            for reason in self.sheet.gate.reasons
        )

    def paint(self) -> None:
        """Paint all texts anew."""
        self._paint_top()
        sheet = self.sheet
        why: list[Span] = [(" " + self.words.say("One moment .."), "quiet")]
        if sheet is not None:
            why = apart(self._why(sheet), self._last(sheet), self.size.width)
            record = self.query_one("#record", Painted)
            record.show(sheet_lines(self.home, sheet, max(20, record.size.width)))
        self.query_one("#why", Painted).show([why])
        self._paint_heads()
        self.query_one("#rule", Painted).show([self.silence()])
        if self._silence is None:
            self.hush()
        self.paint_foot()

    def _paint_top(self) -> None:
        n = self.home.numbers
        left: list[Span] = [(" < ", ""), (self.words.say("Today") + f" {n.done + 1}/{n.all}   ", "")]
        right: list[Span] = []
        if self.sheet is not None:
            left += [
                (text, "bar-strong" if name else name) for text, name in title_spans(self.home, self.sheet.member)
            ]
            right = [*self._phone_spans(), ("   ", ""), (self._clock_words() + " ", "")]
        self.query_one("#top", Painted).show([apart(left, right, self.size.width)])

    def _phone_spans(self) -> list[Span]:
        assert self.sheet is not None
        if self.dialled is not None:
            return [(self.dialled.shown, f"link:{self.dialled.link}" if self.dialled.link else "bar-strong")]
        usable = next((phone for phone in self.sheet.phones if phone.usable), None)
        if usable is None:
            return [(self.words.say("no number to dial"), "bar-strong")]
        return [(usable.masked, "")]

    def _clock_words(self) -> str:
        started = self.entry.started_at
        if started is None or self.dialled is None:
            return self.words.say("not dialled")
        seconds = max(0, int((self.home.clock.now() - started).total_seconds()))
        return self.words.say("call {time}", time=f"{seconds // 60:02}:{seconds % 60:02}")

    def _why(self, sheet: CallSheet) -> list[Span]:
        assert self.home.session is not None
        book = self.home.session.rulebook
        parts: list[str] = []
        complaint = next((entry for entry in sheet.raised if entry.kind == "complaint"), None)
        for purpose in sheet.purposes:
            if not purpose.due:
                continue
            programme = book.programmes.get(purpose.programme)
            said = programme.name(self.words) if programme else purpose.programme
            if purpose.promise:
                said += f": {purpose.promise}"
            elif purpose.closes_on is not None:
                said += " " + self.words.say("until {day}", day=near_day(purpose.closes_on, sheet.on, self.words))
            parts.append(said)
        first: list[Span] = []
        if complaint is not None:
            said = fit(complaint.matter.splitlines()[0], max(10, self.size.width // 3)).rstrip()
            first = [(" " + self.words.say("! complaint first: {matter}", matter=said) + " ", "bad")]
        return [
            *first,
            (" " + self.words.say("why") + "  ", "quiet"),
            ("; ".join(parts) or self.words.say("no purpose due"), "due"),
        ]

    def _last(self, sheet: CallSheet) -> list[Span]:
        last = sheet.last_call
        if last is None:
            return [(self.words.say("never called yet") + " ", "quiet")]
        assert self.home.session is not None
        outcome = self.home.session.rulebook.outcomes.get(last.outcome)
        at = self.home.local(last.at)
        said = f"{day_of_week(at.date(), self.words, sheet.on)} {at:%H:%M} "
        said += outcome.name(self.words) if outcome else last.outcome
        attempt = self.words.say("attempt {count}", count=sheet.tries)
        return [(self.words.say("last") + " ", "quiet"), (f"{said}  {attempt} ", "")]

    def _paint_heads(self) -> None:
        saved = ""
        if self._dirty is not None or self._on_its_way:
            saved = self.words.say("writing ..")
        elif self._saved_at is not None:
            saved = self.words.say("saved {time}", time=f"{self.home.local(self._saved_at):%H:%M}")
        place = self.query_one("#record").region.x or self.size.width * 3 // 5
        left: list[Span] = [(fit(" " + self.words.say("script"), place + 2), ""), (self.words.say("record"), "")]
        self.query_one("#heads", Painted).show([apart(left, [(saved + " ", "")], self.size.width)])

    def _mark(self) -> None:
        self.query_one("#outcomes", KeyRow).mark({self.entry.outcome})
        self.query_one("#reasons", KeyRow).mark(set(self.entry.reasons))

    def _who(self) -> str:
        return self.sheet.member.name if self.sheet else self.number

    def member_number(self) -> str | None:
        return self.number

    def _said(self, result: CallResult) -> str:
        assert self.home.session is not None
        book = self.home.session.rulebook
        say = self.words.say
        outcome = book.outcomes.get(result.outcome)
        parts = [
            say("Saved: {name}, {outcome}.", name=self._who(), outcome=outcome.name(self.words) if outcome else "")
        ]
        today = self.home.local(self.home.clock.now()).date()
        again = result.retry_at if result.retry_at != result.callback_at else None  # or it is said already
        for text, moment in (
            (N_("Callback {day} {time}."), result.callback_at),
            (N_("Again from {day} {time}."), again),
        ):
            if moment is not None:
                at = self.home.local(moment)
                parts.append(say(text, day=near_day(at.date(), today, self.words), time=f"{at:%H:%M}"))
        if result.other_number:
            parts.append(say("There is another number: Enter opens it."))
        elif result.waits:
            parts.append(say("No number is left: the shop is asked for one."))
        return " ".join(parts)
