"""Today: the caller's list, in order, and what stands behind the row under the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from core.base.language import N_
from tui.jobs.today import DayRead, NextClaimed, Skipped, claim_following, read_day, skip_row
from tui.keys import bindings
from tui.overlays import Option
from tui.screens.today_face import TABS
from tui.screens.today_reading import TodayReading
from tui.widgets.aside import Aside
from tui.widgets.lines import PAGE, Lines

TOP_ROWS = 4 * PAGE
"""Rows from the top of the list among which one that came back is looked for, wherever the cursor stands."""

SKIP_REASONS = (
    ("1", N_("asked for another day")),
    ("2", N_("a colleague knows the member better")),
    ("3", N_("the record must be looked into first")),
    ("4", N_("not in the shop's interest today")),
)


class TodayScreen(TodayReading):
    """The worklist."""

    key_screen: ClassVar[str] = "today"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("today"),
        *(Binding(str(digit), f"tab({digit})", show=False) for digit in range(1, 10)),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ahead = ""

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

        def chosen(reason: str) -> None:
            if reason:
                self._skip(number, reason)
            else:
                self.home.ask_text(title, then=lambda typed: self._skip(number, typed))

        self.home.ask_choice(title, options, chosen)

    def _skip(self, number: str, reason: str) -> None:
        self.home.gateway.ask(self, Skipped, skip_row(number, reason), write=True)

    def on_skipped(self, _event: Skipped) -> None:
        lines = self.query_one(Lines)
        lines.go_to(lines.cursor + 1)  # now: the list would scroll after the row that sinks
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
        for key, code in zip("23456789abcdefgh", self._tabs, strict=False):
            count = self.day.overview.counts.get(code, 0)
            options.append(Option(code, key, known[code].name(self.words), str(count)))
        self.home.ask_choice(self.words.say("Show which programme?"), options, self._set_programme)

    def action_tab(self, digit: int) -> None:
        """Show the programme on that tab; a digit right after Enter is already the call's."""
        if self.query_one(Lines).choosing:
            self._ahead += str(digit)
            return
        if digit == 1:
            self._set_programme("")
        elif digit - 2 < len(self._tabs[:TABS]):
            self._set_programme(self._tabs[digit - 2])

    def _set_programme(self, code: str) -> None:
        if (code or None) == self.programme:
            return
        self.programme = code or None
        self.hush()  # what was said of the list before does not hold for this one
        self._from_the_top = True
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

    def show_again(self, number: str) -> None:
        """The row of that member came back to the list: the cursor goes to it."""
        self._wanted_key = number
        self.tell(self.words.say("Your last record is taken back; its text waits in the call."))  # not "saved"
        self.home.gateway.ask(self, DayRead, read_day(self.wish(0, TOP_ROWS)), latest="day")

    def look_at_next(self, said: str, number: str, *, stay: bool = False) -> None:
        """The row of that member is done: the cursor goes to the one that follows, and the list is read anew.

        It stays where it is when the member was found by a search: the row under it has not been worked yet.
        """
        lines = self.query_one(Lines)
        stay = stay or lines.row is None or lines.row.key != number
        below = None if stay else lines.row_at(lines.cursor + 1)
        self._wanted_key = below.key if below else None
        self.tell(said, "good")
        self.do_refresh()
