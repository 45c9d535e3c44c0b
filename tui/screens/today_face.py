"""What the Today screen shows: the day's numbers, the programmes, the list, the member under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from core.base.clock import business_day
from core.base.days import day_and_month, days_ago
from core.base.money import amount_short
from core.base.text import cells
from tui.jobs.today import Day, Late, Wish
from tui.paint import Span, head, width_of, wrapped
from tui.screens.base import HuifangScreen
from tui.widgets.aside import Aside
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.followups.worklist_rows import WorklistRow

TABS = 8
"""Programmes that have a digit, beside all of them on 1; f shows the others too."""

TAB_FORMS = ((40, " "), (8, " "), (40, ":"), (8, ":"), (6, ":"), (5, ":"), (4, ":"), (2, ":"))
"""How the tabs are written, the roomiest first: cells of a name at most, and what joins the digit to it."""

WHOLE_FORMS = 4
"""So many of them show names whole; what is beyond the day's target may push names together, not cut them."""

WIDE = 120
"""From so many columns on the member stands beside the list."""

ASIDE = 40
"""Columns that the member beside the list takes."""


class TodayFace(HuifangScreen):
    """The worklist as it is seen."""

    DEFAULT_CSS = f"""
    TodayFace > #tabs, TodayFace > #head {{ height: 1; width: 100%; }}
    TodayFace > Horizontal {{ height: 1fr; }}
    TodayFace #peek {{ height: 2; width: 100%; }}
    TodayFace #aside {{ display: none; width: {ASIDE}; }}
    TodayFace.wide #aside {{ display: block; }}
    TodayFace.wide #peek {{ display: none; }}
    """

    def __init__(self) -> None:
        super().__init__()
        self.day: Day | None = None
        self.programme: str | None = None
        self.everything = False
        self._tabs: list[str] = []
        self._planning = ""
        self._excuse: list[str] = []
        self._late = Late()

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

    def paint(self) -> None:
        """Paint all texts anew."""
        wide = self.size.width >= WIDE
        self.set_class(wide, "wide")
        lines = self.query_one(Lines)
        lines.columns = self._columns()
        lines.refresh()
        # not the list's own width: that is laid out only after this, and under a window not before it closes
        self.query_one("#head", Painted).show([lines.heading(self.size.width - (ASIDE if wide else 0))])
        self.paint_top()
        self._paint_tabs()
        self._paint_peek(lines.row)
        if self._silence is None:
            self.hush()
        if self.day is None:
            self.paint_empty(self._excuse or [self._planning or self.words.say("Opening the store ..")])
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

    def silence(self) -> list[Span]:
        """What of this caller's is late among complaints and problems: it has no row of its own in the list."""
        late, words = self._late, self.words
        parts = []
        if late.complaints:
            said = words.plural("{count} complaint", "{count} complaints", late.complaints)
            parts.append(words.say("{what} (F11)", what=said))
        if late.problems:
            said = words.plural("{count} problem", "{count} problems", late.problems)
            parts.append(words.say("{what} (F11 b)", what=said))
        if not parts:
            return super().silence()
        said = words.say("late and yours: {what}", what=words.say(", ").join(parts))
        said = f" ! {said} "
        return [(said, "late"), ("-" * max(0, self.size.width - cells(said)), "rule")]

    def paint_empty(self, said: list[str]) -> None:
        """Say why there is nothing to see."""
        self._excuse = said
        width = max(20, (self.query_one(Lines).size.width or self.size.width) - 4)
        lines: list[list[Span]] = [[("", "")]]
        for text in said:
            lines.extend([("  " + line, "")] for line in wrapped(text, width))
        if self.day is not None:
            lines.append([("", "")])
            if self.programme is not None:
                left = self.words.say("1 shows all {count} of the day's list.", count=self.day.overview.total)
                lines.append([("  " + left, "strong")])
            lines.append([("  " + self.words.say("F5 reads anew, / finds a member, a shows all."), "quiet")])
        self.query_one(Lines).say_instead(lines)

    def _paint_tabs(self) -> None:
        if self.day is None or self.home.session is None:
            self.query_one("#tabs", Painted).show([[(" ", "")]])
            return
        stands = self.day.overview
        known = self.home.session.rulebook.programmes
        entries: list[tuple[str, int, str | None]] = [(self.words.say("all"), stands.total, None)]
        entries += [
            (known[code].short(self.words), stands.counts.get(code, 0), code) for code in self._tabs[:TABS]
        ]
        beyond = self.words.say("f more") if len(self._tabs) > TABS else ""
        if stands.beyond_target and not self.everything:
            beyond = self.words.say("+{count} beyond today's target", count=stands.beyond_target)
        more = width_of([("  " + beyond, "")]) if beyond else 0
        laid = [self._tab_spans(entries, cut, joint) for cut, joint in TAB_FORMS]
        fitting = [spans for spans in laid if width_of(spans) <= self.size.width]
        roomy = [spans for spans in laid[:WHOLE_FORMS] if width_of(spans) + more <= self.size.width]
        spans = (roomy or fitting or laid[-1:])[0]
        self.query_one("#tabs", Painted).show([[*spans, ("  " + beyond if roomy else "", "quiet")]])

    def _tab_spans(self, entries: list[tuple[str, int, str | None]], cut: int, joint: str) -> list[Span]:
        """The tabs with names of at most `cut` cells; where `joint` is no space they stand close together."""
        spans: list[Span] = []
        space = " " if joint == " " else ""
        for number, (name, count, code) in enumerate(entries, 1):
            shown = head(name, cut).rstrip()
            chosen = code == self.programme
            style = "chosen" if chosen else "" if count else "quiet"
            spans.append((f"{space}{number}{joint}", "chosen" if chosen else "key"))
            spans += [(f"{shown} {count}", style), (" ", "")]
        return spans[:-1]

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
                (say("bought") + " ", "quiet"),
                (days_ago((on - row.last_purchase_on).days, self.words) + "  ", ""),
                (say("in all") + " ", "quiet"),
                (amount_short(row.amount_total), ""),
            ]
            day = f"{day_and_month(row.last_purchase_on, self.words, on)} "
            # What was spent stands last: it must not fall off the end.
            if width_of(first) + cells(day) <= self.size.width:
                first.insert(-3, (day, ""))
            elif width_of(first) > self.size.width:
                del first[-4]
        second: list[Span] = [
            (" " + say("promised") + " ", "quiet"),
            (row.last_promise or "-", ""),
            ("  " + say("best time") + " ", "quiet"),
            (row.best_time or "-", ""),
            ("  " + say("profile") + " ", "quiet"),
            (f"{row.completeness} %", ""),
        ]
        return [first, second]

    def member_number(self) -> str | None:
        row = self.query_one(Lines).row
        return row.key if row else None

    def wish(self, offset: int = 0, limit: int = 50) -> Wish:
        """The part of the list that the screen is set to."""
        return Wish(self.words.lang, self.programme, self.everything, offset, limit)
