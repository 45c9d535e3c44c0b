"""Today: the caller's list, in order, and what stands behind the row under the cursor."""

from __future__ import annotations

import gc
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer

from core.base.clock import business_day
from core.base.days import day_and_month
from core.base.errors import HuifangError
from core.base.language import N_
from core.base.money import amount_short
from core.base.text import cells
from tui.jobs.today import (
    Day,
    DayRead,
    NextClaimed,
    PartRead,
    Planned,
    Skipped,
    WhyRead,
    Wish,
    claim_following,
    explain_list,
    plan_day,
    read_day,
    read_part,
    skip_row,
)
from tui.keys import bindings
from tui.overlays import Option, Pick
from tui.paint import Span, head, width_of, wrapped
from tui.screens.base import HuifangScreen
from tui.widgets.aside import Aside
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted
from tui.widgets.topline import Numbers

if TYPE_CHECKING:
    from core.followups.worklist import WorklistRow

REFRESH_SECONDS = 20.0
WIDE = 120

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


class TodayScreen(HuifangScreen):
    """The worklist."""

    key_screen: ClassVar[str] = "today"

    BINDINGS = [
        *bindings("today"),
        *(Binding(str(digit), f"tab({digit})", show=False) for digit in range(1, 10)),
    ]

    DEFAULT_CSS = """
    TodayScreen > #tabs, TodayScreen > #head { height: 1; width: 100%; }
    TodayScreen > Horizontal { height: 1fr; }
    TodayScreen #peek { height: 2; width: 100%; }
    TodayScreen #aside { display: none; width: 40; }
    TodayScreen.wide #aside { display: block; }
    TodayScreen.wide #peek { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.day: Day | None = None
        self.programme: str | None = None
        self.everything = False
        self._tabs: list[str] = []
        self._planned = False
        self._planning = ""
        self._first = True
        self._rung: set[tuple[str, datetime]] = set()
        self._bell: Timer | None = None
        self._wanted_key = ""

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Painted(id="tabs")
        yield Painted(base="head", id="head")
        with Horizontal():
            yield Lines(id="list")
            yield Aside(id="aside")
        yield Painted(id="say")
        yield Painted(id="peek")
        yield Painted(id="foot")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_SECONDS, self.read_again)
        self.query_one(Lines).focus()

    # Reading

    def begin(self) -> None:
        """Somebody signed in: read the day, and plan it where nobody has."""
        self.do_refresh()

        def progress(step: str, share: float) -> None:
            self.post_message(PlanStep(step, share))

        self.home.gateway.ask(self, Planned, plan_day(progress), write=True, excuse=self._plan_failed)

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

    def wish(self, offset: int = 0, limit: int = 50) -> Wish:
        """The part of the list that the screen is set to."""
        return Wish(self.words.lang, self.programme, self.everything, offset, limit)

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
        self.home.numbers = Numbers(
            stands.done, stands.done + stands.total, stands.reached, stands.callbacks
        )
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
            self.home.look_for_draft()
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

    def paint(self) -> None:
        """Paint all texts anew."""
        self.set_class(self.size.width >= WIDE, "wide")
        lines = self.query_one(Lines)
        lines.columns = self._columns()
        lines.refresh()
        self.query_one("#head", Painted).show([lines.heading(lines.size.width or self.size.width)])
        self.paint_top()
        self._paint_tabs()
        self._paint_peek(lines.row)
        if self._silence is None:
            self.hush()
        if self.day is None:
            self.paint_empty([self._planning or self.words.say("Opening the store ..")])
        self.paint_foot()

    def paint_top(self) -> None:
        """Who, where, when, how the day stands."""
        self.query_one("#top", Painted).show([self.home.top_line(self.size.width)])

    def _columns(self) -> tuple[Column, ...]:
        say = self.words.say
        chinese = self.words.lang == "zh"
        return (
            Column(say("when"), 6),
            Column(say("member"), 14),
            Column(say("cl."), 2 if chinese else 3),
            Column(say("programme"), 17 if chinese else 16),
            Column(say("why")),
            Column(say("try"), 3, "right"),
        )

    def paint_empty(self, said: list[str]) -> None:
        """Say why there is nothing to see."""
        width = max(20, self.size.width - 4)
        lines: list[list[Span]] = [[("", "")]]
        for text in said:
            lines.extend([("  " + line, "")] for line in wrapped(text, width))
        if self.day is not None:
            lines.append([("", "")])
            lines.append([("  " + self.words.say("F5 reads anew, / finds a member, a shows all."), "quiet")])
        self.query_one(Lines).say_instead(lines)

    def _paint_tabs(self) -> None:
        if self.day is None or self.home.session is None:
            self.query_one("#tabs", Painted).show([[(" ", "")]])
            return
        stands = self.day.overview
        known = self.home.session.rulebook.programmes
        entries = [(self.words.say("all"), stands.total, None)]
        entries += [(known[code].name(self.words), stands.counts.get(code, 0), code) for code in self._tabs]
        beyond = ""
        if stands.beyond_target and not self.everything:
            beyond = self.words.say("+{count} beyond today's target", count=stands.beyond_target)
        for cut in (40, 12, 10, 8, 6):
            spans = self._tab_spans(entries, cut)
            room = self.size.width - width_of(spans) - cells(beyond) - 1
            if room >= 0:
                break
        self.query_one("#tabs", Painted).show([[*spans, (" " + beyond if room >= 0 else "", "quiet")]])

    def _tab_spans(self, entries: list[tuple[str, int, str | None]], cut: int) -> list[Span]:
        spans: list[Span] = []
        for number, (name, count, code) in enumerate(entries, 1):
            shown = head(name, cut).rstrip()
            chosen = code == self.programme
            style = "chosen" if chosen else "" if count else "quiet"
            spans += [(f" {number} ", "chosen" if chosen else "key"), (f"{shown} {count}", style), (" ", "")]
        return spans

    def _paint_peek(self, row: ListRow | None) -> None:
        peek = self.query_one("#peek", Painted)
        if row is None or row.value is None:
            peek.show([[("", "")], [("", "")]])
            return
        peek.show(self._peek_lines(row.value))

    def _peek_lines(self, row: WorklistRow) -> list[list[Span]]:
        say = self.words.say
        on = business_day(self.home.clock.now())
        first: list[Span] = [(" " + row.name, "strong"), (f"  {row.number}  {row.phone_masked or '-'}  ", "")]
        first.append((self.home.stage_words(str(row.stage)) + "  ", ""))
        if row.last_purchase_on is None:
            first.append((say("nothing bought yet"), ""))
        else:
            first += [
                (say("last purchase") + " ", "quiet"),
                (day_and_month(row.last_purchase_on, self.words, on), ""),
                (" " + say("{days} days ago", days=(on - row.last_purchase_on).days) + "  ", ""),
                (say("in all") + " ", "quiet"),
                (amount_short(row.amount_total), ""),
            ]
        second: list[Span] = [
            (" " + say("promised") + " ", "quiet"),
            (row.last_promise or "-", ""),
            ("  " + say("best time") + " ", "quiet"),
            (row.best_time or "-", ""),
            ("  " + say("profile") + " ", "quiet"),
            (f"{row.completeness} %", ""),
        ]
        return [first, second]

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

    def member_number(self) -> str | None:
        row = self.query_one(Lines).row
        return row.key if row else None

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.action_key("open")

    def do_open(self) -> None:
        """Hold the member under the cursor and open the call."""
        number = self.member_number()
        if number is not None:
            self.home.open_call(number)

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
        """Show the programme on that tab."""
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
