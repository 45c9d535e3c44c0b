"""Reports as bars: one section at a time, its rows with their numbers; written to a file on demand (R14.3)."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from core.base.report import TITLES, Report, Section, bar_lengths, cell_text
from core.base.text import cells, fit
from tui.jobs.matters import ReportRead, ReportWritten, make, write
from tui.keys import bindings
from tui.overlays import Option
from tui.paint import width_of, wrapped
from tui.picking import ask_shop
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, ListRow

MONTHS = (1, 3, 6, 12, 24)
LEAST_BAR = 6
LEAST_TITLE = 5
"""Cells to which the name of a section that is not shown may be cut."""


class ReportScreen(Listing):
    """A report, section by section."""

    key_screen: ClassVar[str] = "report"
    behind: ClassVar[int] = 5

    DEFAULT_CSS = """
    ReportScreen > #peek { height: 5; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("report"),
        *(Binding(str(place), f"section({place})", show=False) for place in range(1, 10)),
        Binding("right,tab", "turn(1)", show=False),
        Binding("left,shift+tab", "turn(-1)", show=False),
    ]

    def __init__(self, code: str = "satisfaction") -> None:
        super().__init__()
        self.code = code
        self.months = 0
        self.store = ""
        self.place = 0
        self.report: Report | None = None
        self.refused = ""

    def do_refresh(self) -> None:
        """Make the report anew."""
        job = make(self.code, self.months, self.store, self.words.lang)
        self.home.gateway.ask(self, ReportRead, job, latest="report", excuse=self._refused)

    def _refused(self, error: Any) -> bool:
        self.refused = self.words.error(error)
        self.report = None
        self.show_things(())
        return True

    def on_report_read(self, event: ReportRead) -> None:
        self.report, self.refused = event.value, ""
        self.place = min(self.place, len(self.report.sections) - 1)
        self._show_section()

    def _show_section(self) -> None:
        section = self.section
        self.there = False
        self.show_things(section.rows if section is not None else ())

    @property
    def section(self) -> Section | None:
        """The section that is shown."""
        return self.report.sections[self.place] if self.report is not None else None

    # What is seen

    def what(self) -> Line:
        say = self.words.say
        name = say(TITLES[self.code])
        if self.report is None:
            return [(f" {name}  ", "strong")]
        titles = self._titles(self.size.width - cells(name) - 3)
        room = self.size.width - width_of(titles) - 3
        return [(f" {fit(name, min(cells(name), room))}  ", "strong"), *titles]

    def _titles(self, room: int) -> Line:
        """The sections by their digits in so many cells: the one that is shown in full, others as far as fits."""
        assert self.report is not None
        titles = [section.title for section in self.report.sections]
        if sum(map(cells, titles)) + 3 * len(titles) > room:  # what all begin with in English tells nothing
            titles = [
                title if place == self.place else title.removeprefix("By ") for place, title in enumerate(titles)
            ]
        others = [cells(title) for place, title in enumerate(titles) if place != self.place]
        room -= 3 * len(titles) + cells(titles[self.place])
        most = max([LEAST_TITLE, *others])
        while most > LEAST_TITLE and sum(min(width, most) for width in others) > room:
            most -= 1
        spans: Line = []
        for place, title in enumerate(titles):
            chosen = place == self.place
            spans.append((f"{place + 1} ", "key"))
            spans.append((title if chosen else fit(title, min(cells(title), most)), "chosen" if chosen else ""))
            spans.append((" ", ""))
        return spans

    def columns(self) -> tuple[Column, ...]:
        section = self.section
        if section is None:
            return (Column(""),)
        widths = self._widths(section)
        first = section.columns[0]
        shown = [Column(first.title, widths[0])]
        drawn = self._drawn(section)
        for place, column in enumerate(section.columns[1:], 1):
            shown.append(Column(column.title, widths[place], "right" if column.right else "left"))
            if place == drawn:
                shown.append(Column("", self._bar_width(section)))
        return (*shown, Column(""))

    def _drawn(self, section: Section) -> int | None:
        return next((place for place, column in enumerate(section.columns) if column.bar), None)

    def _widths(self, section: Section) -> list[int]:
        """Each column as wide as its heading or widest value, the first at most a third of the screen."""
        widths = []
        for place, column in enumerate(section.columns):
            texts = [column.title, *(cell_text(row[place], column.kind) for row in section.rows)]
            widest = max(map(cells, texts))
            widths.append(min(widest, self.size.width // 3) if place == 0 else min(widest, 14))
        return widths

    def _bar_width(self, section: Section) -> int:
        """What the other columns leave, at most 40 cells; at least a few."""
        taken = sum(width + 1 for width in self._widths(section)) + 2
        return max(LEAST_BAR, min(40, self.size.width - taken - 2))

    def row_of(self, place: int, thing: Any) -> ListRow:
        section = self.section
        assert section is not None
        drawn = self._drawn(section)
        spans: Line = []
        for number, (value, column) in enumerate(zip(thing, section.columns, strict=True)):
            spans.append((cell_text(value, column.kind), "strong" if number == 0 else ""))
            if number == drawn:
                values = [row[number] for row in section.rows]
                length = bar_lengths(values, column.kind, self._bar_width(section))[place]
                spans.append(("#" * length, "chart"))
        return ListRow(str(place), (*spans, ("", "")), value=thing)

    def paint(self) -> None:
        """Paint all anew: bars are as long as there is room."""
        if self.there and self.section is not None:
            self._fill()
        super().paint()

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if self.report is None:
            return []
        say = self.words.say
        scope = self.report.scope or say("all stores")
        days = say("{since} to {until}", since=self.report.since, until=self.report.until)
        first: Line = [(f" {days}, {scope}", "due")]
        note = self.section.note if self.section is not None else ""
        return [first, *([(" " + line, "quiet")] for line in wrapped(note, self.size.width - 2))]

    def empty_words(self) -> list[str]:
        if self.refused:
            return [self.refused]
        return [self.section.empty] if self.section is not None else []

    # Deeds

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name == "export" and self.report is None:
            return self.refused or self.words.say("One moment ..")
        return ""

    def action_section(self, place: int) -> None:
        """The section on that digit."""
        if self.report is not None and place <= len(self.report.sections):
            self.place = place - 1
            self._show_section()

    def action_turn(self, step: int) -> None:
        """The neighbouring section."""
        if self.report is not None:
            self.place = (self.place + step) % len(self.report.sections)
            self._show_section()

    def do_open(self) -> None:
        """A row of a report opens nothing."""

    def do_choose(self) -> None:
        """Another report."""
        say = self.words.say
        options = [Option(code, str(place), say(name)) for place, (code, name) in enumerate(TITLES.items(), 1)]

        def chosen(code: str) -> None:
            self.code, self.place, self.report, self.there = code, 0, None, False
            self.paint()
            self.do_refresh()

        self.home.ask_choice(say("Which report?"), options, chosen)

    def do_period(self) -> None:
        """Another period."""
        say = self.words.say
        options = [
            Option(
                str(months),
                str(place),
                self.words.plural("{count} month up to today", "{count} months up to today", months),
            )
            for place, months in enumerate(MONTHS, 1)
        ]

        def chosen(code: str) -> None:
            self.months = int(code)
            self.do_refresh()

        self.home.ask_choice(say("Which period?"), options, chosen)

    def do_shop(self) -> None:
        """One store, or all again."""
        if self.store:
            self.store = ""
            self.do_refresh()
            return

        def chosen(code: str) -> None:
            self.store = code
            self.do_refresh()

        ask_shop(self.home, self.words.say("Which store?"), chosen)

    def do_export(self) -> None:
        """Write it to a file: which kind, and what for."""
        say = self.words.say
        options = [
            Option("html", "1", say("a page with pictures (HTML)")),
            Option("xlsx", "2", say("a workbook with charts (XLSX)")),
            Option("csv", "3", say("plain rows (CSV)")),
        ]

        def chosen(ending: str) -> None:
            self.home.ask_text(
                say("What is the export for? The purpose stays on record."),
                then=lambda purpose: self._write(ending, purpose),
            )

        self.home.ask_choice(say("Which kind of file?"), options, chosen)

    def _write(self, ending: str, purpose: str) -> None:
        if self.report is not None:
            job = write(self.report, ending, purpose, self.words.lang)
            self.home.gateway.ask(self, ReportWritten, job, write=True)

    def on_report_written(self, event: ReportWritten) -> None:
        name, folder = event.value.name, event.value.parent
        self.tell_whole(self.words.say("Written: {files} in {folder}", files=name, folder=folder))
