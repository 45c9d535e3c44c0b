"""What an application shows, submitted or not: what moves, what to mind, and its members one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult

from core.base.clock import business_day
from core.base.days import day_and_month
from tui import handover_face as face
from tui.paint import wrapped
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.handover.views import Cascade, MemberLine

CAUTIONS = 2
"""Lines kept for what to look at where there is little room."""


class MembersListing(Listing):
    """The members of an application, under what moves with them."""

    behind: ClassVar[int] = 1

    DEFAULT_CSS = """
    MembersListing > #cascade { height: 2; width: 100%; }
    MembersListing > #cautions { height: auto; width: 100%; }
    MembersListing > #peek { height: 1; }
    """

    def above_rows(self) -> ComposeResult:
        """What moves with the members, and what to mind."""
        yield Painted(id="cascade")
        yield Painted(id="cautions")

    def paint_cascade(self, lines: list[Line], cascade: Cascade | None) -> None:
        """What moves, in two lines, and what to mind below it."""
        self.query_one("#cascade", Painted).show(lines)
        self.query_one("#cautions", Painted).show(self._cautions(cascade))

    def _cautions(self, cascade: Cascade | None) -> list[Line]:
        said = face.caution_lines(self.home, cascade)
        shown: list[Line] = []
        label = " " + self.words.say("mind") + "  "
        for text in said:
            for line in wrapped(text, self.size.width - 10):
                shown.append([(label if not shown else " " * len(label), "quiet"), (line, "late")])
        if len(shown) > CAUTIONS and not self.roomy:
            more = self.words.say("{count} more: h shows all", count=len(said))
            shown = [*shown[: CAUTIONS - 1], [*shown[CAUTIONS - 1], ("  .. " + more, "quiet")]]
        return shown or [[("", "")]]

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        return (
            Column(say("member"), 14),
            Column(say("cl."), 3),
            *([Column(say("number"), 10), Column(say("stage"), 13)] if self.roomy else ()),
            Column(say("bought"), 10),
            Column(say("tasks"), 5, "right"),
            Column(say("last promise")),
            Column("-> " + say("successor"), 16),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        line: MemberLine = thing
        bought = "-"
        if line.last_purchase_on is not None:
            today = business_day(self.home.clock.now())
            bought = day_and_month(line.last_purchase_on, self.words, today)
        extra = [(line.number, ""), (self.home.stage_words(str(line.stage)), "")] if self.roomy else []
        stays = self.words.say(line.problem) if line.problem else ""
        cells = [
            (line.name, "strong"),
            (line.value_class.value if line.value_class else "", ""),
            *extra,
            (bought, ""),
            ("?" if line.follow_ups is None else str(line.follow_ups or "-"), ""),
            (line.last_promise or "-", "" if line.last_promise else "quiet"),
            (f"({stays})" if stays else line.successor_name, "late" if stays else ""),
        ]
        return ListRow(line.number, tuple(cells), value=line)

    def show_cautions(self, cascade: Cascade | None) -> list[Line]:
        """Everything to mind, to be read in a window of its own."""
        said = face.caution_lines(self.home, cascade)
        if not said:
            return []
        lines: list[Line] = [[], [(self.words.say("mind"), "strong")]]
        return lines + [[(line, "late")] for text in said for line in wrapped(text, 70)]
