"""Complaints, problems and suggestions as lists: mine, my store's, late, open, and the archive (R9.2, R9.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from core.base.language import N_
from core.complaints.wording import CHANNELS, KINDS
from tui import matters_face as face
from tui.jobs.matters import MatterList, MattersRead, MattersWatched, Wanted, read_matters, watch_clock
from tui.keys import bindings
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, ListRow

VIEWS = {
    "mine": N_("mine"),
    "store": N_("my store"),
    "late": N_("late"),
    "open": N_("all open"),
    "closed": N_("archive"),
}


class MattersScreen(Listing):
    """A list of one kind of what members say."""

    kind: ClassVar[str] = "complaint"
    heading: ClassVar[str] = N_("Complaints")
    views: ClassVar[tuple[str, ...]] = tuple(VIEWS)
    first: ClassVar[str] = "mine"

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Wanted((self.kind,), self.first)
        self.seen: MatterList | None = None
        self._settled = False

    def do_refresh(self) -> None:
        """Let what is late go up, then read the list anew."""
        self.home.gateway.ask(self, MattersWatched, watch_clock(), write=True, latest="matters-watch")

    def on_matters_watched(self, _event: MattersWatched) -> None:
        self.read()

    def read(self) -> None:
        """Read the list."""
        self.home.gateway.ask(self, MattersRead, read_matters(self.wanted), latest=f"matters-{self.kind}")

    def on_matters_read(self, event: MattersRead) -> None:
        self.seen = event.value
        if not self._settled and not event.value.rows and self.wanted.view == self.first:
            other = next((view for view in self.views if event.value.counts.get(view)), self.first)
            self._settled = True
            if other != self.first:
                self.do_view(other)
                return
        self._settled = True
        self.show_things(event.value.rows)

    # What is seen

    def what(self) -> Line:
        say = self.words.say
        spans: Line = [(" " + say(self.heading) + "  ", "strong")]
        for place, view in enumerate(self.views, 1):
            count = self.seen.counts.get(view) if self.seen is not None else None
            chosen = view == self.wanted.view
            shown = say(VIEWS[view]) + (f" {count}" if count is not None else "")
            style = "chosen" if chosen else "late" if view == "late" and count else ""
            spans += [(f"{place} ", "key"), (shown, style), ("  ", "")]
        if self.wanted.find:
            spans.append((self.words.say("found: {words}", words=self.wanted.find), "chosen"))
        return spans

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        chinese = self.words.lang == "zh"
        return (
            Column(say("deadline"), 16 if chinese else 14),
            *([Column(say("no."), 5, "right"), Column(say("store"), 12)] if self.roomy else ()),
            Column(say("who"), 9 if chinese else 10),
            Column(say("about"), 6 if chinese else 7),
            Column(say("what")),
            Column(say("state"), 8 if chinese else 11),
            Column(say("in charge"), 9),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        row, app = thing, self.home
        mark = "!" if row.urgency == "urgent" else ""
        extra = [(str(row.id), "quiet"), (row.store_name, "")] if self.roomy else []
        cells = (
            face.when_words(app, row),
            *extra,
            (row.name or row.number, "strong" if row.mine else ""),
            (face.category(app, row), ""),
            (f"{mark}{mark and ' '}{row.matter}", "bad" if mark else ""),
            face.state_words(app, row),
            face.owner_words(app, row),
        )
        return ListRow(str(row.id), cells, value=row)

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if row is None:
            return []
        app, thing, say = self.home, row.value, self.words.say
        first: Line = [(f" {app.timed(thing.raised_at)} ", "quiet"), (thing.matter, "")]
        taken = say("taken by {name}", name=thing.raised_by or "-")
        way = say(CHANNELS[thing.channel])
        second: Line = [(f" {taken}, {way}", "quiet")]
        if thing.about_name:
            second.append(("   " + say("about {name}", name=thing.about_name), "late"))
        if thing.level:
            second.append(("   " + face.higher_words(app, thing), "late"))
        if thing.resolution:
            second.append(("   " + say("put right") + f": {thing.resolution}", "good"))
        elif thing.promised_on:
            second.append(("   " + face.promised_words(app, thing.promised_on), ""))
        return [first, second]

    def empty_words(self) -> list[str]:
        say = self.words.say
        if self.wanted.find:
            return [say("Nothing is found by these words: f looks for others, and without any shows all.")]
        if self.wanted.view == "late":
            return [say("Nothing is late.")]
        kind = say(KINDS[self.kind])
        said = say("There is nothing here. n takes a {kind} down; the digits show the other lists.", kind=kind)
        return [said]

    # Deeds

    def member_number(self) -> str | None:
        return self.row.value.number or None if self.row is not None else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name == "open" and self.row is None:
            return self.words.say("Put the cursor on a row first.")
        return ""

    def do_open(self) -> None:
        """Open the one under the cursor."""
        if self.row is not None:
            self.home.show_matter(int(self.row.key))

    def do_view(self, view: str) -> None:
        """Show another list; what was looked for is put away."""
        self.wanted = replace(self.wanted, view=view, find="")
        self.there = False
        self.paint()
        self.read()

    def action_view(self, place: int) -> None:
        """The list on that digit."""
        if place <= len(self.views):
            self.do_view(self.views[place - 1])

    def do_search(self) -> None:
        """Look in what was said, done, and by whom."""
        from tui.overlays import AskText

        say = self.words.say

        def taken(typed: str | None) -> None:
            if typed is not None:
                self.wanted = replace(self.wanted, find=typed, view="all" if typed else self.first)
                self.there = False
                self.read()

        hint = say("Enter: look. Empty: everything again. Esc: back.")
        window = AskText(
            say("Which words? Also a name, a number, what was done."), hint, text=self.wanted.find, echo=_anything
        )
        self.home.push_screen(window, taken)

    def do_new(self) -> None:
        """Take one down."""
        self.home.take_down(self.kind)


def _anything(_typed: str) -> tuple[str, bool]:
    return "", True


def _views(count: int) -> list[BindingType]:
    return [Binding(str(place), f"view({place})", show=False) for place in range(1, count + 1)]


class ComplaintsScreen(MattersScreen):
    """Complaints."""

    key_screen: ClassVar[str] = "complaints"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("complaints"), *_views(5)]


class ProblemsScreen(MattersScreen):
    """Problems that are to be put right."""

    key_screen: ClassVar[str] = "problems"
    kind: ClassVar[str] = "problem"
    heading: ClassVar[str] = N_("Problems")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("problems"), *_views(5)]


class SuggestionsScreen(MattersScreen):
    """What members suggest."""

    key_screen: ClassVar[str] = "suggestions"
    kind: ClassVar[str] = "suggestion"
    heading: ClassVar[str] = N_("Suggestions")
    views: ClassVar[tuple[str, ...]] = ("open", "store", "closed")
    first: ClassVar[str] = "open"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("suggestions"), *_views(3)]

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        return (
            Column(say("day"), 10),
            *([Column(say("no."), 5, "right"), Column(say("store"), 12)] if self.roomy else ()),
            Column(say("who"), 9 if self.words.lang == "zh" else 12),
            Column(say("what")),
            Column(say("state"), 8 if self.words.lang == "zh" else 11),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        row = thing
        extra = [(str(row.id), "quiet"), (row.store_name, "")] if self.roomy else []
        cells = (
            (f"{self.home.local(row.raised_at):%Y-%m-%d}", ""),
            *extra,
            (row.name or row.number, ""),
            (row.matter, ""),
            face.state_words(self.home, row),
        )
        return ListRow(str(row.id), cells, value=row)
