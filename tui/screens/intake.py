"""Taking a complaint or a problem down from any screen, while the complainant is on the line (R9.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from core.base.errors import BadInput, HuifangError
from core.complaints.wording import CHANNELS as WAYS
from tui.entry import RaisedEntry
from tui.finding import Finding
from tui.jobs.matters import Intake, MatterTaken, take
from tui.jobs.member import MemberLooked, MembersFound, look
from tui.overlays import WideOverlay
from tui.screens.forms import RaiseForm, labelled
from tui.widgets.choices import Choice, OneOf
from tui.widgets.field import Field
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from tui.navigation import Navigation

UNKNOWN = "."
"""The row that stands for somebody who is on no file; no member has that number."""


def begin_intake(app: Navigation, kind: str, number: str) -> None:
    """Ask who says it, unless a member is looked at already; then what."""

    def said(who: Who | None) -> None:
        if who is not None:
            app.push_screen(IntakeForm(app, kind, who))

    if number:
        said(Who(number, ""))
    else:
        app.push_screen(AskWho(app), said)


class Who:
    """Who says it: a member's number with their name, or the name alone."""

    def __init__(self, number: str, name: str) -> None:
        self.number, self.name = number, name


class AskWho(WideOverlay["Who"]):
    """Find the member by number, name, pinyin or last digits, or note the name as unknown."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "unknown", show=False)]

    def __init__(self, app: Navigation) -> None:
        say = app.words.say
        super().__init__(
            say("Who says it? Number, name, pinyin, last digits"),
            say("Enter takes the row. F8: on no file, the name as typed. Esc: back."),
        )
        self._home = app
        self._finding = Finding(self, app.gateway)

    def inside(self) -> ComposeResult:
        yield Field(id="typed")
        yield Lines((Column("", 9), Column("", 16), Column("", 12), Column("")), id="found")

    def on_mount(self) -> None:
        self.query_one("#found").styles.height = 8
        self.set_focus(self.query_one("#typed"))

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._finding.type(event.value):
            self._show([], event.value.strip())
        else:
            self.query_one(Lines).clear()

    def on_members_found(self, event: MembersFound) -> None:
        words = event.value.words
        if not self._finding.found(words):
            return
        rows = [
            ListRow(
                row.number,
                ((row.number, ""), (row.name, "strong"), (row.phone_masked, ""), (row.owner_name, "quiet")),
                value=row,
            )
            for row in event.value.rows
        ]
        self._show(rows, words)
        if self._finding.asked_for():
            self._take_chosen()

    def _show(self, rows: list[ListRow], typed: str) -> None:
        say = self._home.words.say
        unknown = ListRow(UNKNOWN, (("-", "quiet"), (typed, ""), (say("on no file"), "quiet"), ("", "")))
        lines = self.query_one(Lines)
        lines.clear()
        lines.show(len(rows) + 1, 0, [*rows, unknown])

    def on_key(self, event: object) -> None:
        key = getattr(event, "key", "")
        if key in ("up", "down"):
            event.stop()  # type: ignore[attr-defined]
            event.prevent_default()  # type: ignore[attr-defined]
            self.query_one(Lines).action_move(1 if key == "down" else -1)

    def on_input_submitted(self) -> None:
        if self._finding.settled():
            self._take_chosen()

    def _take_chosen(self) -> None:
        row = self.query_one(Lines).row
        if row is not None:
            self._take(row)

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self._take(event.row)

    def _take(self, row: ListRow) -> None:
        if row.key == UNKNOWN:
            self.action_unknown()
        else:
            self.dismiss(Who(row.key, row.value.name))

    def action_unknown(self) -> None:
        """Somebody who is on no file."""
        typed = self.query_one("#typed", Field).value.strip()
        if typed:
            self.dismiss(Who("", typed))


CHANNELS = ("hotline", "shop", "online", "email", "social")


class IntakeForm(RaiseForm):
    """What is said, over which channel, and where to reach who says it; it is on record at once."""

    def __init__(self, app: Navigation, kind: str, who: Who) -> None:
        super().__init__(app, RaisedEntry(kind=kind))
        self._home = app
        self._who = who
        name = who.name or who.number
        self._title = app.words.say("{name}: what is wrong?", name=name)

    def on_mount(self) -> None:
        super().on_mount()
        if self._who.number and not self._who.name:
            self._home.gateway.ask(self, MemberLooked, look(self._who.number, 1))

    def on_member_looked(self, event: MemberLooked) -> None:
        """The name of the member that was looked at."""
        name = f"{event.value.card.name} {self._who.number}"
        said = self._words.say("{name}: what is wrong?", name=name)
        self.query_one("#title", Painted).show([[(said, "strong")]])

    def fields(self) -> ComposeResult:
        """As in a call, and the channel; of somebody unknown also where to reach them."""
        say = self._words.say
        yield from super().fields()
        row = OneOf([Choice(code, str(n), say(WAYS[code])) for n, code in enumerate(CHANNELS, 1)])
        row.id = "channel"
        row.marked = {"hotline"}
        yield labelled(say("came in"), row)
        contact = Field(id="contact")
        contact.placeholder = say("phone or e-mail, where the file does not say")
        yield labelled(say("contact"), contact)

    def action_take(self) -> None:
        """Put it on record."""
        entry = self.entry()
        if not entry.matter:
            self.say_fault(self._words.say("Say in a few words what is wrong."))
            return
        intake = Intake(
            entry,
            number=self._who.number,
            said_by="" if self._who.number else self._who.name,
            contact=self.text("contact"),
            channel=self.query_one("#channel", OneOf).value or "hotline",
        )
        self._home.gateway.ask(self, MatterTaken, take(intake), write=True, excuse=self._refused)

    def _refused(self, error: HuifangError) -> bool:
        self.say_fault(self._words.error(error), "bad")
        if isinstance(error, BadInput):
            found = {"matter": "#matter", "about": "#person", "channel": "#channel"}.get(error.field)
            if found:
                self.query_one(found).focus()
        return True

    def on_matter_taken(self, event: MatterTaken) -> None:
        row = event.value.row
        say = self._words.say
        owner = row.owner_name or say("nobody yet")
        said = say("On record as number {number}: {owner} sees to it.", number=row.id, owner=owner)
        self.dismiss(None)
        self._home.tell(said, "good")
        screens = self._home.full_screens()
        if screens and hasattr(screens[-1], "read"):
            screens[-1].do_refresh()
