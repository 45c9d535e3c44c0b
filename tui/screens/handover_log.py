"""The handover log: every application one may see, by person, store, day, state or member (R7.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import BindingType

from core.base.naming import named
from core.people.access import Right
from tui import handover_face as face
from tui.jobs.handover import (
    LogExported,
    LogRead,
    SheetPrinted,
    Wanted,
    export_log,
    print_sheet,
    read_log,
)
from tui.keys import bindings
from tui.overlays import AskText, Option
from tui.picking import ask_person, ask_shop
from tui.screens.listing import Line, Listing
from tui.when import day_of
from tui.widgets.lines import Column, ListRow


class HandoverLogScreen(Listing):
    """The log."""

    key_screen: ClassVar[str] = "handover_log"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("handover_log")]

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Wanted()

    def do_refresh(self) -> None:
        """Read the log anew."""
        self.home.gateway.ask(self, LogRead, read_log(self.wanted), latest="handover-log")

    def on_log_read(self, event: LogRead) -> None:
        self.show_things(event.value)

    # What is seen

    def what(self) -> Line:
        say = self.words.say
        chosen = "  ".join(f"{name}: {value}" for name, value in self._chosen())
        spans: Line = [(" " + say("Handover log") + "  ", "strong"), (chosen or say("everything"), "due")]
        count = self.words.plural("{count} application", "{count} applications", len(self.things))
        return [*spans, ("  " + count, "quiet")] if self.there else spans

    def _chosen(self) -> list[tuple[str, str]]:
        from core.base.naming import HANDOVER_STATES

        say, wanted = self.words.say, self.wanted
        pairs = [
            (say("person"), wanted.person),
            (say("store"), wanted.store),
            (say("from day"), str(wanted.since or "")),
            (say("to day"), str(wanted.until or "")),
            (say("state"), named(HANDOVER_STATES, wanted.state, self.words) if wanted.state else ""),
            (say("member"), wanted.member),
        ]
        return [(name, value) for name, value in pairs if value]

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        chinese = self.words.lang == "zh"
        return (
            Column(say("number"), 10),
            Column(say("day"), 10),
            *([Column(say("kind"), 21), Column(say("store"), 12)] if self.roomy else ()),
            Column(say("from -> to")),
            Column(say("mem."), 5, "right"),
            Column(say("state"), 16 if chinese else 27),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        row = thing
        extra = [(face.kind_words(row, self.words), ""), (row.store_name, "")] if self.roomy else []
        cells = (
            (row.number, "strong"),
            (f"{self.home.local(row.created_at):%Y-%m-%d}", ""),
            *extra,
            (face.people_words(row, counts=False), ""),
            (str(row.members), ""),
            (face.state_words(row, self.words), "due" if row.waits_for_me else face.STYLES.get(row.state, "")),
        )
        return ListRow(row.number, cells, value=row)

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        return face.peek(self.home, row.value) if row is not None else []

    def empty_words(self) -> list[str]:
        say = self.words.say
        if self._chosen():
            return [say("No application is like this: f chooses otherwise, and its first entry shows all.")]
        return [say("There is no application that you may see.")]

    # Deeds

    def record(self) -> tuple[str, str] | None:
        row = self.row
        return ("handover", row.key) if row is not None else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if name == "export" and (reason := self.why_not_right(Right.EXPORT)):
            return reason
        if name in ("open", "print") and self.row is None:
            return self.words.say("There is no application here.")
        return ""

    def do_open(self) -> None:
        """Open the application under the cursor."""
        if self.row is not None:
            self.home.show_application(self.row.key)

    def _set(self, **values: Any) -> None:
        self.wanted = replace(self.wanted, **values)
        self.do_refresh()

    def do_filter(self) -> None:
        """Choose by what."""
        say = self.words.say
        names = ("all", "person", "store", "since", "until", "state", "member")
        texts = (
            say("everything"),
            say("a person: who gives, takes, applied or acted"),
            say("a store: giving or receiving"),
            say("from a day on"),
            say("to a day"),
            say("where it stands"),
            say("a member, by number"),
        )
        options = [
            Option(name, str(place), text) for place, (name, text) in enumerate(zip(names, texts, strict=True))
        ]
        self.home.ask_choice(say("Show which applications?"), options, self._filter_by)

    def _filter_by(self, name: str) -> None:
        say = self.words.say
        match name:
            case "all":
                self.wanted = Wanted()
                self.do_refresh()
            case "person":
                ask_person(self.home, say("Whose applications?"), lambda code: self._set(person=code))
            case "store":
                ask_shop(self.home, say("Which store's applications?"), lambda code: self._set(store=code))
            case "since" | "until":
                self._ask_day(name)
            case "state":
                self._ask_state()
            case "member":
                self.home.ask_text(say("The member's number"), then=lambda typed: self._set(member=typed))

    def _ask_day(self, name: str) -> None:
        say = self.words.say

        def echo(typed: str) -> tuple[str, bool]:
            day = day_of(typed)
            return (str(day), True) if day else (say("A day, such as 2026-11-23."), False)

        def taken(typed: str | None) -> None:
            if typed:
                self._set(**{name: day_of(typed)})

        window = AskText(say("Which day?"), say("Enter: take it. Esc: back."), echo=echo)
        self.home.push_screen(window, taken)

    def _ask_state(self) -> None:
        from core.base.naming import HANDOVER_STATES

        say = self.words.say
        options = [
            Option(code, str(place), say(name)) for place, (code, name) in enumerate(HANDOVER_STATES.items(), 1)
        ]
        self.home.ask_choice(say("Applications that stand where?"), options, lambda code: self._set(state=code))

    def do_print(self) -> None:
        """Write the sheet of the application under the cursor."""
        if self.row is not None:
            self.home.gateway.ask(self, SheetPrinted, print_sheet(self.row.key, self.words.lang), write=True)

    def on_sheet_printed(self, event: SheetPrinted) -> None:
        self.tell_whole(face.printed_words(event.value, self.words))

    def do_export(self) -> None:
        """Write the log as shown."""
        self.home.ask_text(
            self.words.say("What is the export for? The purpose stays on record."),
            then=lambda purpose: self._export(purpose),
        )

    def _export(self, purpose: str) -> None:
        job = export_log(self.wanted, purpose, self.words.lang)
        self.home.gateway.ask(self, LogExported, job, write=True)

    def on_log_exported(self, event: LogExported) -> None:
        rows, file = event.value
        self.tell_whole(
            self.words.plural(
                "{count} application written to {file}", "{count} applications written to {file}", rows, file=file
            )
        )
