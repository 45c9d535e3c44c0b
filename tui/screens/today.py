"""Today: the caller's list, in order, and what stands behind the row under the cursor."""

from __future__ import annotations

import gc
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from core.base.errors import HuifangError
from core.base.language import N_
from tui.jobs.today import (
    Day,
    DayRead,
    NextClaimed,
    PartRead,
    Planned,
    Skipped,
    WhyRead,
    claim_following,
    explain_list,
    plan_day,
    read_day,
    read_part,
    skip_row,
)
from tui.keys import bindings
from tui.overlays import Option, Pick
from tui.screens.today_face import TodayFace
from tui.widgets.aside import Aside
from tui.widgets.lines import Lines
from tui.widgets.topline import Numbers

REFRESH_SECONDS = 20.0

_STEPS = {
    "close": N_("closing what is over"),
    "dated": N_("finding what falls due"),
    "month": N_("laying out the month"),
    "record": N_("keeping the record"),
}

SKIP_REASONS = (
    ("1", N_("asked for another day")),
    ("2", N_("a colleague knows the member better")),
    ("3", N_("the record must be looked into first")),
    ("4", N_("not in the shop's interest today")),
)


class PlanStep(Message):
    """Planning the day has come so far."""

    def __init__(self, step: str, share: float) -> None:
        super().__init__()
        self.step, self.share = step, share


class TodayScreen(TodayFace):
    """The worklist."""

    key_screen: ClassVar[str] = "today"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("today"),
        *(Binding(str(digit), f"tab({digit})", show=False) for digit in range(1, 10)),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._planned = False
        self._first = True
        self._rung: set[tuple[str, datetime]] = set()
        self._bell: Timer | None = None
        self._wanted_key = ""
        self._ahead = ""

    def on_mount(self) -> None:
        self.set_interval(REFRESH_SECONDS, self.read_again)
        self.query_one(Lines).focus()

    # Reading

    def begin(self) -> None:
        """Somebody signed in: read the day; what it does not need waits until its rows are seen."""
        self.do_refresh()

    def _go_on(self) -> None:
        """The first rows are seen: plan the day where nobody has, and land in a call that was left open."""

        def progress(step: str, share: float) -> None:
            self.post_message(PlanStep(step, share))

        self.home.gateway.ask(self, Planned, plan_day(progress), write=True, excuse=self._plan_failed)
        self.home.look_for_draft()

    def _plan_failed(self, error: HuifangError) -> bool:
        self._planned = True
        self.home.trouble(error)
        self.read_again()
        return True

    def on_plan_step(self, event: PlanStep) -> None:
        template = _STEPS.get(event.step, "")
        if template:
            self._planning = self.words.say(
                "Planning the day: {step} {percent} %",
                step=self.words.say(template),
                percent=round(event.share * 100),
            )
            self.paint_empty([self._planning])
            if self.day is not None and self.day.total:
                self.tell(self._planning)

    def on_planned(self, event: Planned) -> None:
        self._planned = True
        self._planning = ""
        if event.value is not None or self.day is None or self.day.total == 0:
            self.do_refresh()

    def do_refresh(self) -> None:
        """Read the day anew; the cursor stays on its member."""
        offset, limit = self.query_one(Lines).window
        self.home.gateway.ask(self, DayRead, read_day(self.wish(offset, limit)), latest="day")

    def read_again(self) -> None:
        """The quiet refresh: claims, callbacks, what colleagues did."""
        if self._planned and self.home.session is not None and self.home.screen is self:
            self.do_refresh()

    def on_day_read(self, event: DayRead) -> None:
        day = self.day = event.value
        if day.wish.programme != self.programme or day.wish.everything != self.everything:
            return
        stands = day.overview
        self.home.numbers = Numbers(stands.done, stands.done + stands.total, stands.reached, stands.callbacks)
        self._note_tabs(day)
        lines = self.query_one(Lines)
        lines.show(day.total, day.wish.offset, day.rows)
        if self._wanted_key:
            lines.select(self._wanted_key)
            self._wanted_key = ""
        if self._first:
            self._first = False
            gc.freeze()  # what was imported stays: the collector need not look at it again
            gc.enable()
            self.call_after_refresh(self._go_on)
        if day.total == 0 and self._planned:
            self.home.gateway.ask(self, WhyRead, explain_list(self.wish()), latest="why-list")
        self._watch_callbacks(day)
        self.paint()

    def on_lines_wanted(self, event: Lines.Wanted) -> None:
        self.home.gateway.ask(self, PartRead, read_part(self.wish(event.offset, event.limit)))

    def on_part_read(self, event: PartRead) -> None:
        part = event.value
        if part.wish.programme == self.programme and part.wish.everything == self.everything:
            self.query_one(Lines).accept(part.wish.offset, part.rows)

    def on_why_read(self, event: WhyRead) -> None:
        self.paint_empty(list(event.value))

    def _note_tabs(self, day: Day) -> None:
        assert self.home.session is not None
        known = self.home.session.rulebook.programmes
        here = set(self._tabs) | {code for code, count in day.overview.counts.items() if count}
        self._tabs = sorted(here & known.keys(), key=lambda code: (known[code].rank, code))[:8]

    def _watch_callbacks(self, day: Day) -> None:
        now = self.home.clock.now()
        for callback in day.callbacks:
            known = (callback.number, callback.due_at)
            if callback.due_at <= now and known not in self._rung:
                self._rung.add(known)
                self.home.bell()
                self.tell(self.words.say("It is time to call {name} back.", name=callback.name), "due")
        if self._bell is not None:
            self._bell.stop()
            self._bell = None
        coming = [callback.due_at for callback in day.callbacks if callback.due_at > now]
        if coming:
            wait = (min(coming) - now).total_seconds()
            self._bell = self.set_timer(max(1.0, wait), self.do_refresh)

    # What is seen

    def on_lines_moved(self, event: Lines.Moved) -> None:
        self._paint_peek(event.row)
        if self.has_class("wide"):
            self.query_one(Aside).look_at(self.home, event.row.key if event.row else None)

    # Deeds

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        reason = super().why_not(name)
        if reason:
            return reason
        if name in ("open", "skip", "why") and self.member_number() is None:
            return self.words.say("The list is empty: there is no row to work on.")
        return ""

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        event.lines.choosing = False
        self.action_key("open")

    def do_open(self) -> None:
        """Hold the member under the cursor and open the call."""
        number = self.member_number()
        ahead, self._ahead = self._ahead, ""
        if number is not None:
            self.home.open_call(number, ahead=ahead)

    def do_next(self) -> None:
        """Hold the first free row and open it."""
        self.home.gateway.ask(self, NextClaimed, claim_following(self.wish()), write=True)

    def on_next_claimed(self, event: NextClaimed) -> None:
        if event.value.number is None:
            self.tell(self.words.say("Nobody is left on this list: all rows are done, resting, or held."))
        else:
            self.query_one(Lines).select(event.value.number)
            self.home.open_call(event.value.number)

    def do_skip(self) -> None:
        """Ask for the reason, then let the row sink."""
        row = self.query_one(Lines).row
        if row is None:
            return
        options = [Option(self.words.say(text), key, self.words.say(text)) for key, text in SKIP_REASONS]
        options.append(Option("", "o", self.words.say("another reason: type it")))
        title = self.words.say("Skip {name} for today: why?", name=row.value.name)
        number = row.key

        def chosen(reason: str | None) -> None:
            if reason:
                self._skip(number, reason)
            elif reason == "":
                self.home.ask_text(title, then=lambda typed: self._skip(number, typed))

        self.home.push_screen(Pick(title, self.words.say("A key takes it at once. Esc: back."), options), chosen)

    def _skip(self, number: str, reason: str) -> None:
        self.home.gateway.ask(self, Skipped, skip_row(number, reason), write=True)

    def on_skipped(self, _event: Skipped) -> None:
        lines = self.query_one(Lines)
        below = lines.row_at(lines.cursor + 1)
        self._wanted_key = below.key if below else ""
        self.tell(self.words.say("Skipped: the row stands at the end of its group."))
        self.do_refresh()

    def do_why(self) -> None:
        """Explain the row."""
        number = self.member_number()
        if number is not None:
            self.home.show_why(number)

    def do_filter(self) -> None:
        """Choose a programme."""
        if self.day is None or self.home.session is None:
            return
        known = self.home.session.rulebook.programmes
        options = [Option("", "1", self.words.say("all"), str(self.day.overview.total))]
        for number, code in enumerate(self._tabs, 2):
            count = self.day.overview.counts.get(code, 0)
            options.append(Option(code, str(number), known[code].name(self.words), str(count)))
        title = self.words.say("Show which programme?")
        hint = self.words.say("A key takes it at once. Esc: back.")
        self.home.push_screen(Pick(title, hint, options), self._set_programme)

    def action_tab(self, digit: int) -> None:
        """Show the programme on that tab; a digit right after Enter is already the call's."""
        if self.query_one(Lines).choosing:
            self._ahead += str(digit)
            return
        if digit == 1:
            self._set_programme("")
        elif digit - 2 < len(self._tabs):
            self._set_programme(self._tabs[digit - 2])

    def _set_programme(self, code: str | None) -> None:
        if code is None or (code or None) == self.programme:
            return
        self.programme = code or None
        self._start_over()

    def do_everything(self) -> None:
        """With or without what goes beyond the day's target."""
        self.everything = not self.everything
        self.tell(
            self.words.say("Showing everything due, resting and held rows too; a goes back.")
            if self.everything
            else self.words.say("Showing the day's list.")
        )
        self._start_over()

    def _start_over(self) -> None:
        self.query_one(Lines).go_to(0)
        self.home.gateway.ask(self, DayRead, read_day(self.wish()), latest="day")

    def do_undo(self) -> None:
        """Take the last record back."""
        self.home.take_back()

    def look_at_next(self, said: str, *, stay: bool = False) -> None:
        """A call was saved: the cursor goes to the row that follows, and the list is read anew."""
        lines = self.query_one(Lines)
        below = lines.row if stay else lines.row_at(lines.cursor + 1)
        self._wanted_key = below.key if below else ""
        self.tell(said, "good")
        self.do_refresh()
