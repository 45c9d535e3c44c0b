"""One application: its way, what moves to whom, what to look at, its members; and what one may do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from core.base.clock import business_day
from core.base.days import day_and_month
from core.base.errors import Conflict, HuifangError
from tui import handover_face as face
from tui.jobs.handover import (
    Acted,
    ApplicationRead,
    Deed,
    MembersRead,
    SheetPrinted,
    act,
    print_sheet,
    read_members,
    read_sheet,
)
from tui.keys import bindings
from tui.overlays import Reading
from tui.screens.handover_deeds import ask_agreement, ask_distribution
from tui.screens.handover_members import MembersListing
from tui.screens.listing import Line
from tui.widgets.lines import ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.handover.views import HandoverSheet

ACTS = {"refuse": "refuse", "withdraw": "withdraw", "file": "file", "adjust": "adjust"}
AGREEING = ("submit", "review", "approve", "execute")


class ApplicationScreen(MembersListing):
    """One application."""

    key_screen: ClassVar[str] = "handover_open"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("handover_open")]

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number
        self.sheet: HandoverSheet | None = None

    # Reading

    def do_refresh(self) -> None:
        """Read the application anew."""
        self.home.gateway.ask(self, ApplicationRead, read_sheet(self.number), latest="application")
        self.home.gateway.ask(self, MembersRead, read_members(self.number), latest="application-members")

    def on_application_read(self, event: ApplicationRead) -> None:
        self.sheet = event.value
        self.paint()

    def on_members_read(self, event: MembersRead) -> None:
        self.show_things(event.value)

    def member_number(self) -> str | None:
        row = self.row
        return row.key if row is not None else None

    def record(self) -> tuple[str, str] | None:
        return "handover", self.number

    # What is seen

    def paint(self) -> None:
        """Paint all texts anew."""
        super().paint()
        sheet = self.sheet
        if sheet is None:
            return
        width = self.size.width
        self.query_one("#top", Painted).show([face.title_line(self.home, sheet.row, width)])
        cascade = sheet.cascade
        lines = (
            face.cascade_lines(self.home, cascade, width) if cascade else face.moved_lines(self.home, sheet, width)
        )
        self.paint_cascade(lines, cascade)

    def what(self) -> Line:
        if self.sheet is None:
            return [(" " + self.number, "strong")]
        return face.steps_line(self.home, self.sheet, self.size.width)

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if self.sheet is None:
            return []
        spans: Line = [(" " + (face.next_words(self.sheet.row, self.words) or self.sheet.row.reason), "due")]
        if row is not None and row.value.next_callback_at is not None:
            at = self.home.local(row.value.next_callback_at)
            day = day_and_month(at.date(), self.words, business_day(self.home.clock.now()))
            spans.append(
                (f"   {row.value.name}: " + self.words.say("callback {when}", when=f"{day} {at:%H:%M}"), "")
            )
        return [spans]

    def empty_words(self) -> list[str]:
        return [self.words.say("No member of this application is yours to see.")]

    # What may be done

    def onward(self) -> str:
        """The act that `a` stands for, empty where there is none."""
        if self.sheet is None:
            return ""
        wanted = self.sheet.row.next_act
        return str(wanted) if wanted in AGREEING else ""

    def why_not(self, name: str) -> str:
        """Why an action can't be done now, in the words of the rules."""
        if reason := super().why_not(name):
            return reason
        if self.sheet is None:
            return self.words.say("One moment ..") if name in (*ACTS, "agree", "steps") else ""
        if name == "open" and self.row is None:
            return self.words.say("There is no member here.")
        wanted = self.onward() if name == "agree" else ACTS.get(name, "")
        if name == "agree" and not wanted:
            return self.words.say("There is nothing to agree to ({state}).", state=self._state())
        if name == "adjust" and "submit" in self.sheet.acts:
            return ""
        if not wanted or wanted in self.sheet.acts:
            return ""
        refused = next((error for known, error in self.sheet.refusals.items() if known == wanted), None)
        said = self.words.error(refused) if refused is not None else self.words.say("This can't be done now.")
        if refused is not None and refused.code == "handover.state":
            said = self.words.say("This can't be done now ({state}).", state=self._state())
        return f"{said} {face.next_words(self.sheet.row, self.words)}".strip()

    def _state(self) -> str:
        assert self.sheet is not None
        return face.state_words(self.sheet.row, self.words)

    def do_agree(self) -> None:
        """Take it further, after a y."""
        if self.sheet is not None:
            ask_agreement(self.home, self.sheet, self.onward(), self.done)

    def done(self, name: str, comment: str = "", override: str = "") -> None:
        """Do it."""
        assert self.sheet is not None
        deed = Deed(self.number, name, self.sheet.row.version, comment, override)
        self.home.gateway.ask(self, Acted, act(deed), write=True, excuse=self.failed)

    def failed(self, error: HuifangError) -> bool:
        """Say it; where somebody else was quicker, show what is now."""
        self.home.trouble(error)
        if isinstance(error, Conflict):
            self.do_refresh()
        return True

    def on_acted(self, event: Acted) -> None:
        self.sheet = event.value
        last = event.value.steps[-1]
        said = face.act_words(last.step, self.words)
        self.tell(
            f"{self.words.say('{said}.', said=said)} {face.next_words(self.sheet.row, self.words)}".strip(), "good"
        )
        self.paint()
        self.do_refresh()

    def do_refuse(self) -> None:
        """Send it back, with a reason."""
        self.home.ask_text(
            self.words.say("Why does it go back? The reason stays on record."),
            then=lambda said: self.done("refuse", said),
        )

    def do_withdraw(self) -> None:
        """Take it back, after a y."""
        say = self.words.say
        text = say("The application ends; no member changes hands. You may make a new one.")
        self.home.confirm(say("Take {number} back?", number=self.number), text, lambda: self.done("withdraw"))

    def do_file(self) -> None:
        """File it, after a y."""
        say = self.words.say
        text = say("The handover is filed and closed: nothing on it can be changed after that.")
        self.home.confirm(say("File {number}?", number=self.number), text, lambda: self.done("file"))

    def do_adjust(self) -> None:
        """Ask for another distribution."""
        if self.sheet is not None:
            ask_distribution(self, self.sheet)

    def do_print(self) -> None:
        """Write the sheet."""
        job = print_sheet(self.number, self.words.lang)
        self.home.gateway.ask(self, SheetPrinted, job, write=True)

    def on_sheet_printed(self, event: SheetPrinted) -> None:
        self.tell_whole(face.printed_words(event.value, self.words))

    def do_steps(self) -> None:
        """Every step, and everything to look at."""
        assert self.sheet is not None
        say = self.words.say
        lines: list[Any] = face.step_lines(self.home, self.sheet.steps)
        lines += self.show_cautions(self.sheet.cascade)
        lines += [[], [(say("reason") + ": " + self.sheet.row.reason, "")]]
        self.home.push_screen(Reading(say("Steps of {number}", number=self.number), say("Esc: back"), lines))

    def do_open(self) -> None:
        """The member under the cursor."""
        self.do_member()
