"""The review of a member gone three months: no call yet, but the record and the decision how to approach."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.base.days import near_day, so_many_days
from core.base.errors import HuifangError
from core.base.money import amount_short
from core.base.text import fit
from tui.jobs.call import Decision, ReviewDecided, ReviewOpened, decide, open_review
from tui.keys import bindings
from tui.paint import Span, apart
from tui.record import Line, raised_lines, title_spans
from tui.screens.base import HuifangScreen
from tui.widgets.choices import Choice, KeyRow
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.recovery.views import ReviewSheet

CALL = "call"


class ReviewScreen(HuifangScreen):
    """One member's record and the decision."""

    key_screen: ClassVar[str] = "review"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("review")]

    DEFAULT_CSS = """
    ReviewScreen > #why, ReviewScreen > #rule { height: 1; width: 100%; }
    ReviewScreen > #record { height: 1fr; }
    """

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number
        self.sheet: ReviewSheet | None = None
        self._choice = ""

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Painted(id="why")
        yield Lines((Column(""),), id="record")
        yield Painted(id="say")
        yield KeyRow(id="choices")
        yield Painted(id="rule")
        yield Painted(id="foot")

    def on_mount(self) -> None:
        self.paint()
        self.do_refresh()

    def do_refresh(self) -> None:
        """Read the record anew."""
        self.home.gateway.ask(self, ReviewOpened, open_review(self.number), write=True, excuse=self._not_opened)

    def _not_opened(self, error: HuifangError) -> bool:
        self.home.pop_screen()
        self.home.trouble(error)
        return True

    def on_review_opened(self, event: ReviewOpened) -> None:
        self.sheet = event.value
        self.paint()
        self.query_one("#choices").focus()

    def member_number(self) -> str | None:
        return self.number

    # What is seen

    def paint(self) -> None:
        """Paint all texts anew."""
        width = self.size.width
        sheet = self.sheet
        if sheet is not None:
            say = self.words.say
            title = [(text, "bar-strong" if name else name) for text, name in title_spans(self.home, sheet.member)]
            latest = say("decide by {day}", day=self.home.dated(sheet.latest))
            self.query_one("#top", Painted).show([apart([(" < ", ""), *title], [(latest + " ", "")], width)])
            away = say("away {days}", days=so_many_days(sheet.away_days, self.words))
            gap = so_many_days(sheet.usual_gap_days, self.words) if sheet.usual_gap_days else ""
            usual = say("usual gap {days}", days=gap) if gap else ""
            self.query_one("#why", Painted).show([[(" " + away, "due"), ("   " + usual, ""), *self._more(sheet)]])
            self._fill(self._record(sheet))
            choices = [
                Choice(code, str(number), self._named(code)) for number, code in enumerate(sheet.choices, 1)
            ]
            row = self.query_one("#choices", KeyRow)
            row.offer(choices, say("decision"))
            row.mark({self._choice})
        self.query_one("#rule", Painted).show([self.silence()])
        if self._silence is None:
            self.hush()
        self.paint_foot()

    def _fill(self, lines: list[Line]) -> None:
        rows = []
        for index, spans in enumerate(lines):
            text = "".join(part for part, _ in spans)
            rows.append(ListRow(str(index), ((text, spans[0][1] if len(spans) == 1 else ""),)))
        self.query_one(Lines).show(len(rows), 0, rows)

    def _record(self, sheet: ReviewSheet) -> list[Line]:
        say = self.words.say
        assert self.home.session is not None
        book = self.home.session.rulebook
        lines: list[Line] = [[(say("Complaints and problems"), "strong")]]
        lines += raised_lines(self.home, [*sheet.complaints, *sheet.problems], self.size.width - 4)
        lines += [[], [(say("Calls"), "strong")]]
        for call in sheet.calls:
            outcome = book.outcomes.get(call.outcome)
            reasons = [book.reasons[code].name(self.words) for code in call.reasons if code in book.reasons]
            said = outcome.name(self.words) if outcome else call.outcome
            said += f" ({', '.join(reasons)})" if reasons else ""
            day = self._dated(self.home.local(call.at).date())
            lines.append([(f"{day}  {call.caller}  {said}  {call.note}".rstrip(), "")])
        if not sheet.calls:
            lines.append([(say("never called yet"), "quiet")])
        lines += [[], [(say("Purchases"), "strong")]]
        for bought in sheet.purchases:
            passed = so_many_days(bought.gap_days, self.words) if bought.gap_days is not None else ""
            gap = say("after {days}", days=passed) if passed else ""
            amount = fit(amount_short(bought.amount), 10, align="right")
            said = f"{self._dated(bought.day)}  {amount}  {bought.goods}  {bought.store}  {bought.who}  {gap}"
            lines.append([(said.rstrip(), "")])
        if not sheet.purchases:
            lines.append([(say("nothing bought yet"), "quiet")])
        return lines + self._tried(sheet)

    def _tried(self, sheet: ReviewSheet) -> list[Line]:
        """What was tried before: reviews and recovery calls, and the measures taken."""
        say = self.words.say
        assert self.home.session is not None
        book = self.home.session.rulebook
        lines: list[Line] = [[], [(say("Tried before"), "strong")]]
        for row in sheet.measures:
            kind = book.measures.get(row.code)
            came = row.back_on
            back = say("came back {day}", day=self.home.dated(came)) if came else say("did not come back yet")
            said = f"{self._dated(row.made_on)}  {kind.name(self.words) if kind else row.code}  {row.owner_name}"
            lines.append([(f"{said}  {row.result or row.note}  {back}", "")])
        for purpose in sheet.tried:
            programme = book.programmes.get(purpose.programme)
            name = programme.name(self.words) if programme else purpose.programme
            why = purpose.source.partition(":")[0]
            outcome = book.outcomes.get(why)
            said = outcome.name(self.words) if outcome else self._named(why)
            lines.append([(f"{purpose.due_on}  {name}  {said}", "")])
        if len(lines) == 2:
            lines.append([(say("nothing tried yet"), "quiet")])
        return lines

    def _more(self, sheet: ReviewSheet) -> Line:
        """What the ranking expects, and that the member is held out."""
        say = self.words.say
        spans: Line = []
        if sheet.expected is not None:
            expected = say("expected in 90 days: {count} purchases", count=f"{sheet.expected:.1f}")
            spans.append(("   " + expected, ""))
        if sheet.held_out:
            spans.append(("   " + say("held out: leave alone"), "late"))
        return spans

    def _named(self, code: str) -> str:
        """A decision in words."""
        assert self.home.session is not None
        kind = self.home.session.rulebook.measures.get(code)
        if kind is not None:
            return kind.name(self.words)
        return self.words.say("call on a day") if code == CALL else code

    # Deeds

    def on_key_row_picked(self, event: KeyRow.Picked) -> None:
        """One key decides; a call asks for its day, leaving alone for its reason."""
        event.stop()
        self._choice = event.code
        self.query_one("#choices", KeyRow).mark({event.code})
        self.do_decide()

    def on_key_row_entered(self, event: KeyRow.Entered) -> None:
        event.stop()
        self.action_key("decide")

    def _ask_day(self) -> None:
        from tui.when import ask_when

        def understood(moment: datetime, _typed: str, _said: str) -> None:
            self._decide(Decision(self.number, CALL, call_on=self.home.local(moment).date()))

        ask_when(self.home, self.words.say("On which day shall the member be called?"), understood)

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name == "decide" and not self._choice:
            return self.words.say("Choose a decision first, by its digit.")
        return ""

    def do_decide(self) -> None:
        """Keep the decision."""
        assert self.home.session is not None
        kind = self.home.session.rulebook.measures.get(self._choice)
        choice = self._choice
        if choice == CALL:
            self._ask_day()
        elif kind is not None and kind.needs_note:
            title = self.words.say("Why is {name} left alone?", name=self._who())
            self.home.ask_text(title, then=lambda note: self._decide(Decision(self.number, choice, note=note)))
        else:
            self._decide(Decision(self.number, choice))

    def _who(self) -> str:
        return self.sheet.member.name if self.sheet is not None else self.number

    def _decide(self, decision: Decision) -> None:
        self.home.gateway.ask(self, ReviewDecided, decide(decision), write=True)

    def on_review_decided(self, event: ReviewDecided) -> None:
        decided = event.value
        said = self.words.say(
            "Decided for {name}: {decision}.", name=self._who(), decision=self._named(decided.decision)
        )
        assert self.home.session is not None
        kind = self.home.session.rulebook.measures.get(decided.decision)
        self.home.pop_screen()
        self.home.today.look_at_next(said, self.number)
        if kind is not None and kind.gift:
            from tui.giving import ask_gift

            ask_gift(self.home.today, self.number, occasion="recovery")

    def do_review_call(self) -> None:
        """Open the call instead."""
        self.home.open_call(self.number, desk=False)

    def do_leave(self) -> None:
        """Back to the list."""
        from tui.jobs.call import DraftKept, set_free

        if self.sheet is not None:
            self.home.gateway.ask(self.home.today, DraftKept, set_free(self.number), write=True)
        self.home.pop_screen()
        self.home.today.do_refresh()

    def _dated(self, day: date) -> str:
        """A day at the head of a line, as wide as all the others."""
        return fit(self.home.dated(day), self.home.date_width)

    def when_words(self, moment: datetime) -> Span:
        """A moment near today, as a span."""
        at = self.home.local(moment)
        return (near_day(at.date(), self.home.local(self.home.clock.now()).date(), self.words), "")
