"""The board: each caller and store, today and this month, live (R14.1); who was passed over; what is unusual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from core.base.errors import HuifangError
from core.people.access import Right
from tui.jobs.board import (
    BoardRead,
    PassedRead,
    QueueReassigned,
    Standing,
    read_board,
    read_passed,
    reassign,
)
from tui.keys import bindings
from tui.overlays import Reading
from tui.passed import show_passed
from tui.picking import ask_person
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, ListRow

if TYPE_CHECKING:
    from core.insight.board import BoardRow, Tally
    from core.insight.watch import UnusualDay

REFRESH_SECONDS = 15.0

FEWEST_FOLDED = 2
"""A single person with nothing today takes no more room than the line that would stand for them."""


Thing = tuple[str, str, "Tally | None", "BoardRow | None"]
"""A line: its key, a name, what is counted (None for the line of those with nothing), and whose it is."""


class BoardScreen(Listing):
    """How callers and stores stand."""

    key_screen: ClassVar[str] = "board"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("board")]

    def __init__(self) -> None:
        super().__init__()
        self.seen: Standing | None = None
        self.everyone = False
        self._refused = ""

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(REFRESH_SECONDS, self.read_again)

    def read_again(self) -> None:
        """The quiet refresh."""
        if self.home.screen is self:
            self.do_refresh()

    def do_refresh(self) -> None:
        """Read the board anew; the cursor stays where it is."""
        self.home.gateway.ask(self, BoardRead, read_board(), latest="board", excuse=self._not_allowed)

    def _not_allowed(self, error: HuifangError) -> bool:
        self._refused = self.words.error(error)
        self.show_things(())
        self.home.trouble(error)
        return True

    def on_board_read(self, event: BoardRead) -> None:
        self.seen = event.value
        self._show_board()

    def _show_board(self) -> None:
        """Stores with their people; those who have nothing today stand in one line, unless everybody is wanted."""
        assert self.seen is not None
        found = self.seen.board
        folded = self._folded()
        things: list[Thing] = []
        for shop in found.stores:
            things.append((f"/{shop.code}", shop.name, shop.tally, None))
            things += [
                (f"{shop.code}/{row.staff}", row.name, row.tally, row) for row in shop.rows if row not in folded
            ]
        if folded:
            things.append(("..", self.words.say("{count} without work: a", count=len(folded)), None, None))
        if len(found.stores) > 1:
            things.append(("", "", found.total, None))
        self.show_things(things)

    def _folded(self) -> list[BoardRow]:
        """Who has nothing today; whoever is noted for looking at much is shown all the same."""
        assert self.seen is not None
        noted = {one.code for one in self.seen.unusual or ()}
        rows = [row for shop in self.seen.board.stores for row in shop.rows]
        idle = [row for row in rows if row.idle and row.staff not in noted]
        return [] if self.everyone or len(idle) < FEWEST_FOLDED else idle

    # What is seen

    def what(self) -> Line:
        say = self.words.say
        spans: Line = [(" " + say("Board") + "  ", "strong")]
        if self.seen is None:
            return spans
        at = self.home.local(self.seen.board.now)
        spans.append((say("as of {time}", time=f"{at:%H:%M:%S}"), "quiet"))
        if passed := self.seen.board.total.passed:
            spans.append(("   ! " + say("{count} skipped too often: s", count=passed), "late"))
        if self.seen.unusual:
            first = self.seen.unusual[0]
            said = self.words.plural(
                "{count} unusual day of looking at members, {name}: w",
                "{count} unusual days of looking at members, first {name}: w",
                len(self.seen.unusual),
                name=first.name,
            )
            spans.append(("   ! " + said, "late"))
        return spans

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        wide = 9 if self.roomy else 7
        return (
            Column(say("store and caller")),
            Column(say("to call"), wide, "right"),
            *([Column(say("beyond"), wide, "right")] if self.roomy else ()),
            Column(say("done"), wide, "right"),
            Column(say("reached"), wide, "right"),
            Column(say("kept"), wide, "right"),
            Column(say("late"), wide, "right"),
            Column(say("month %"), wide, "right"),
            Column(say("compl."), wide, "right"),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        key, name, tally, row = thing
        say = self.words.say
        if tally is None:
            return ListRow(key, (("  " + name, "quiet"), *[("", "")] * (len(self.columns()) - 1)))
        if row is not None:
            shown = "  " + (name or say("the store's pool"))
            shown += f" <- {row.cover}" if row.cover else ""
        else:
            shown = name or say("all stores")
        strong = "" if row is not None else "strong"
        cells = (
            (shown, strong),
            (str(tally.due), strong),
            *([(str(tally.beyond) if tally.beyond else "-", strong)] if self.roomy else ()),
            (str(tally.done), strong),
            (str(tally.reached), strong),
            (str(tally.kept) if tally.kept else "-", strong),
            (str(tally.late) if tally.late else "-", "late" if tally.late else strong),
            (f"{tally.coverage} %" if tally.month else "-", strong),
            (str(tally.complaints) if tally.complaints else "-", "bad" if tally.complaints else strong),
        )
        return ListRow(key, cells, value=row)

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if row is None or self.seen is None:
            return []
        say = self.words.say
        tally = next((thing[2] for thing in self.things if thing[0] == row.key), None)
        if tally is None:
            return []
        first: Line = [(" " + say("callbacks of today: {kept} kept in time, {late} late", kept=tally.kept,
                              late=tally.late), "")]  # fmt: skip
        second: Line = [
            (
                " " + say("month: {covered} of {month} done or covered", covered=tally.covered, month=tally.month),
                "",
            )
        ]
        if tally.beyond:
            first.append(("   " + say("{count} beyond the day's target", count=tally.beyond), "due"))
        if tally.passed:
            first.append(("   " + say("{count} skipped too often: s", count=tally.passed), "late"))
        if row.value is not None and row.value.cover:
            first.append(("   " + say("{name} works this list today", name=row.value.cover), "due"))
        if row.value is not None:
            mine = [one for one in self.seen.unusual or () if one.code == row.value.staff]
            if mine:
                second.append(("   ! " + self._said(mine[0]), "late"))
        return [first, second]

    def _said(self, one: UnusualDay) -> str:
        from core.insight.watch import WHY

        codes = (*(["leaves"] if one.leaves else []), *one.why)
        why = ", ".join(self.words.say(WHY[code]) for code in codes)
        return self.words.say(
            "{day} {name}: {views} profiles (usual {usual_views}), "
            "{reveals} numbers (usual {usual_reveals}): {why}",
            day=self.home.dated(one.day),
            name=one.name,
            views=one.views,
            usual_views=one.usual_views,
            reveals=one.reveals,
            usual_reveals=one.usual_reveals,
            why=why,
        )

    def empty_words(self) -> list[str]:
        return [self._refused or self.words.say("Nobody works here yet: the people screen takes somebody on.")]

    # Deeds

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        say = self.words.say
        if name == "reassign":
            if self.seen is not None and not self.seen.reassigns:
                return say("Queues are reassigned by the store manager or the manager.")
            if self.row is None or self.row.value is None:
                return say("Put the cursor on a caller first.")
            if not self.row.value.staff:
                return say("The pool is everybody's in the store: its rows need no reassigning.")
        if name == "watch" and (self.seen is None or self.seen.unusual is None):
            return say("Who looks at much is shown to store managers and managers.")
        if name == "passed" and self.seen is not None and not self.seen.board.total.passed:
            return say("Nobody was skipped that often.")
        if (
            name == "everyone"
            and self.seen is not None
            and not any(row.idle for shop in self.seen.board.stores for row in shop.rows)
        ):
            return say("Everybody has something today.")
        if name == "open":
            return say("r gives this caller's due rows to somebody else.")
        return ""

    def do_reassign(self) -> None:
        """Ask who takes the queue, and why."""
        if self.row is None or self.row.value is None:
            return
        giver: BoardRow = self.row.value
        say = self.words.say

        def named(taker: str) -> None:
            self.home.ask_text(say("Why does the queue go to somebody else?"), then=lambda why: agreed(taker, why))

        def agreed(taker: str, why: str) -> None:
            text = say(
                "All due rows of {name}, also those beyond the day's target, go to {taker}; "
                "the members keep their account owner.",
                name=giver.name,
                taker=taker,
            )
            self.home.confirm(say("Reassign the queue?"), text, lambda: self._reassign(giver.staff, taker, why))

        ask_person(
            self.home,
            say("Who takes the due rows of {name}?", name=giver.name),
            named,
            but=(giver.staff,),
            right=Right.REASSIGN,
        )

    def _reassign(self, giver: str, taker: str, why: str) -> None:
        self.home.gateway.ask(self, QueueReassigned, reassign(giver, taker, why), write=True)

    def on_queue_reassigned(self, event: QueueReassigned) -> None:
        from core.followups.wording import went_words

        self.tell(went_words(event.value, self.words), "good")
        self.do_refresh()

    def do_everyone(self) -> None:
        """Show those with nothing too, or fold them again."""
        if self.seen is not None:
            self.everyone = not self.everyone
            self._show_board()

    def do_passed(self) -> None:
        """Who was passed over too often."""
        self.home.gateway.ask(self, PassedRead, read_passed(), latest="passed")

    def on_passed_read(self, event: PassedRead) -> None:
        show_passed(self.home, event.value)

    def do_watch(self) -> None:
        """Every unusual day."""
        say = self.words.say
        noted = (self.seen.unusual or ()) if self.seen is not None else ()
        lines: list[Line] = [[(self._said(one), "late" if one.leaves else "")] for one in noted]
        title = say("Unusual numbers of profiles and numbers looked at, the last seven days")
        self.home.push_screen(Reading(title, say("Esc: back"), lines or [[(say("Nothing unusual."), "")]]))
