"""Recovery: the funnel, what each measure brings, who was held out, and what is to be done (R5.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from core.base.language import N_
from core.recovery.wording import STATES, measure_words
from tui.giving import ask_gift, ask_measure
from tui.jobs.recovery import Done, RowsRead, end_measure, move_measure, read_measures
from tui.keys import bindings
from tui.paint import wrapped
from tui.picking import ask_person
from tui.screens.listing import Line
from tui.screens.report import ReportScreen
from tui.widgets.lines import Column, ListRow

TABS = (
    N_("funnel"), N_("measures"), N_("control"), N_("review"), N_("rank"),
    N_("to do"), N_("late"), N_("unset"), N_("over"),
)  # fmt: skip
LISTS = {5: "todo", 6: "late", 7: "unmeasured", 8: "over"}


class RecoveryScreen(ReportScreen):
    """The recovery report's sections, and behind them the measures."""

    key_screen: ClassVar[str] = "recovery"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("recovery"),
        *(Binding(str(place), f"section({place})", show=False) for place in range(1, 10)),
        Binding("right,tab", "turn(1)", show=False),
        Binding("left,shift+tab", "turn(-1)", show=False),
    ]

    DEFAULT_CSS = """
    RecoveryScreen > #peek { height: 5; }
    """

    behind: ClassVar[int] = 5

    def __init__(self) -> None:
        super().__init__("recovery")

    @property
    def listed(self) -> str:
        """The name of the list of measures that is shown, empty where a section of the report is."""
        return LISTS.get(self.place, "")

    @property
    def section(self) -> Any:
        """The section that is shown."""
        return None if self.listed else super().section

    def do_refresh(self) -> None:
        """Read what is shown anew."""
        if self.listed:
            job = read_measures(self.listed)
            self.home.gateway.ask(self, RowsRead, job, latest="recovery", excuse=self._refused)
        else:
            super().do_refresh()

    def on_rows_read(self, event: RowsRead) -> None:
        view, rows = event.value
        if view == self.listed:
            self.refused = ""
            self.show_things(rows)

    def on_report_read(self, event: Any) -> None:
        place = self.place
        super().on_report_read(event)
        self.place = place
        if self.listed:
            self.do_refresh()

    def action_section(self, place: int) -> None:
        """The tab on that digit."""
        self.place, self.there, self.things = place - 1, False, ()
        self._fill()
        self.paint()
        if self.listed or self.report is None:
            self.do_refresh()
        else:
            self._show_section()

    def action_turn(self, step: int) -> None:
        """The neighbouring tab."""
        self.action_section((self.place + step) % len(TABS) + 1)

    # What is seen

    def what(self) -> Line:
        say = self.words.say
        spans: Line = [(" ", "")]
        for place, name in enumerate(TABS):
            style = "chosen" if place == self.place else ""
            spans += [(f"{place + 1} ", "key"), (say(name), style), (" ", "")]
        return spans

    def columns(self) -> tuple[Column, ...]:
        if not self.listed:
            return super().columns()
        say, chinese = self.words.say, self.words.lang == "zh"
        if self.listed == "unmeasured":
            return (
                Column(say("day"), self.home.date_width),
                Column(say("name"), 14),
                Column(say("caller"), 12),
                Column(say("reasons")),
            )
        over = self.listed == "over"
        return (
            Column(say("day") if over else say("deadline"), self.home.date_width),
            Column(say("name"), 12 if chinese else 14),
            Column(say("measure"), 8 if chinese else 14),
            Column(say("whose"), 8 if chinese else 12),
            Column(say("state"), 8) if over else Column(say("came back"), self.home.date_width),
            Column(say("result") if over else say("note")),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        if not self.listed:
            return super().row_of(place, thing)
        assert self.home.session is not None
        book = self.home.session.rulebook
        if self.listed == "unmeasured":
            reasons = [book.reasons[c].name(self.words) if c in book.reasons else c for c in thing.reasons]
            cells: Line = [
                (self.home.dated(thing.day), ""),
                (thing.name, "strong"),
                (thing.caller, ""),
                (", ".join(reasons), ""),
            ]
            return ListRow(thing.call_id, tuple(cells), value=thing)
        over = self.listed == "over"
        back = self.home.dated(thing.back_on) if thing.back_on else ""
        cells = [
            (self._closed_on(thing) if over else self.home.dated(thing.due_on), "late" if thing.late else ""),
            (thing.name, "strong"),
            (measure_words(thing.code, book, self.words), ""),
            (thing.owner_name, ""),
            (self.words.say(STATES[thing.state]), "") if over else (back, "good"),
            (thing.result or thing.note, ""),
        ]
        return ListRow(str(thing.id), tuple(cells), value=thing)

    def _closed_on(self, thing: Any) -> str:
        return self.home.dated(self.home.local(thing.closed_at).date()) if thing.closed_at else ""

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if not self.listed:
            return self._notes()
        if row is None:
            return []
        if self.listed == "unmeasured":
            return [[(" " + self.words.say("m takes a measure for the member under the cursor."), "quiet")]]
        thing, say = row.value, self.words.say
        dated = self.home.dated
        made = say("decided {day}, due {due}", day=dated(thing.made_on), due=dated(thing.due_on))
        first: Line = [(f" {thing.number}  {thing.name}  ", "strong"), (made, "")]
        if thing.back_on is not None:
            first.append(("  " + say("came back {day}", day=dated(thing.back_on)), "good"))
        said = "  ".join(dict.fromkeys(text for text in (thing.note, thing.result) if text))
        return [
            first,
            *([(" " + line, "quiet")] for line in wrapped(said, self.size.width - 2)[: self.behind - 1]),
        ]

    def _notes(self) -> list[Line]:
        """The days, and what to know when reading the section, on as many lines as it needs."""
        lines = super().peek_lines(None)
        note = self.section.note if self.section is not None else ""
        return [*lines[:1], *([(" " + line, "quiet")] for line in wrapped(note, self.size.width - 2))]

    def empty_words(self) -> list[str]:
        say = self.words.say
        if self.refused or not self.listed:
            return super().empty_words()
        return {
            "todo": [say("No measure is to be done. 8 shows calls whose reason has none yet.")],
            "late": [say("Nothing is late.")],
            "unmeasured": [say("Every reason that was given has its measure.")],
            "over": [say("No measure is over yet.")],
        }[self.listed]

    # Deeds

    def member_number(self) -> str | None:
        row = self.row if self.listed else None
        return row.value.number if row is not None else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name in ("done", "drop", "due", "owner") and (self.listed not in ("todo", "late") or self.row is None):
            return self.words.say("Put the cursor on a measure first: 6 shows those to be done.")
        if name in ("take", "gift", "open") and self.member_number() is None:
            return self.words.say("No member is chosen: 6 to 9 show members.")
        return ""

    def do_open(self) -> None:
        """The member under the cursor."""
        self.do_member()

    def do_take(self) -> None:
        """Take a measure."""
        if self.row is not None:
            call = self.row.value.call_id if self.listed == "unmeasured" else ""
            ask_measure(self, self.row.value.number, self.row.value.name, call)

    def do_gift(self) -> None:
        """Give something."""
        if self.row is not None:
            ask_gift(self, self.row.value.number)

    def do_done(self) -> None:
        """Say what came of it."""
        self._ask_end(self.words.say("What was done, and how did {name} take it?", name=self._who()), done=True)

    def do_drop(self) -> None:
        """Leave it undone."""
        self._ask_end(self.words.say("Why is this dropped?"), done=False)

    def _who(self) -> str:
        return self.row.value.name if self.row is not None else ""

    def _ask_end(self, title: str, *, done: bool) -> None:
        row = self.row
        if row is None:
            return

        def said(text: str) -> None:
            job = end_measure(row.value.id, text, done=done, words=self.words)
            self.home.gateway.ask(self, Done, job, write=True)

        self.home.ask_text(title, then=said)

    def do_due(self) -> None:
        """Another day."""
        from tui.when import ask_when

        row = self.row
        if row is None:
            return

        def understood(moment: datetime, _typed: str, _said: str) -> None:
            job = move_measure(row.value.id, due_on=self.home.local(moment).date(), owner="", words=self.words)
            self.home.gateway.ask(self, Done, job, write=True)

        ask_when(self.home, self.words.say("By which day shall it be done?"), understood)

    def do_owner(self) -> None:
        """Another person."""
        row = self.row
        if row is None:
            return

        def chosen(code: str) -> None:
            job = move_measure(row.value.id, due_on=None, owner=code, words=self.words)
            self.home.gateway.ask(self, Done, job, write=True)

        ask_person(self.home, self.words.say("Who shall do it?"), chosen)

    def do_reports(self) -> None:
        """The report, where it can be written to a file."""
        self.home.push_screen(ReportScreen("recovery"))
