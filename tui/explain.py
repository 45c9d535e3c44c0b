"""Windows that explain or command: help, palette, why, taking a record back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.gateway import Answer
from tui.jobs.today import explain_member
from tui.keymap.everywhere import EVERYWHERE
from tui.keymap.key import Key
from tui.keys import KEYS, SCREENS, keys_of, name_of
from tui.overlays import READING_WIDTH, Option, Pick, Reading
from tui.paint import Span, wrapped
from tui.screens.base import HuifangScreen

if TYPE_CHECKING:
    from core.calls.views import LastRecord
    from core.people.views import StaffRow
    from tui.navigation import Navigation
    from tui.presence import Presence


class MemberExplained(Answer[tuple[str, ...]]):
    """Why a member is on a list or not."""


class WhyWindow(Reading):
    """Rule by rule, why a member is, or is not, on a list."""

    def on_member_explained(self, event: MemberExplained) -> None:
        self.show(_wrapped(event.value))


def _wrapped(paragraphs: tuple[str, ...]) -> list[list[Span]]:
    lines: list[list[Span]] = []
    for text in paragraphs:
        style = "good" if text.startswith("+") else "due" if text.startswith("~") else ""
        for number, line in enumerate(wrapped(text, READING_WIDTH)):
            lines.append([(line if number == 0 else "    " + line, style)])
    return lines


_HUNG = 12
"""Cells before what a key does."""


def _hung(keys: str, text: str, style: str) -> list[list[Span]]:
    """A text beside its keys, on as many lines as it needs."""
    first, *more = wrapped(text, READING_WIDTH - max(_HUNG, len(keys)))
    return [[(f"{keys:<{_HUNG}}{first}", style)], *([(" " * _HUNG + line, style)] for line in more)]


def show_why(app: Navigation, number: str) -> None:
    """Explain a member's place on the lists."""
    say = app.words.say
    waiting: list[list[Span]] = [[(say("One moment .."), "quiet")]]
    hint = say("+ on the list  ~ resting  > later  - not for this member.  Esc: back")
    window = WhyWindow(say("Why {number} is where it is", number=number), hint, waiting)
    app.push_screen(window)
    app.gateway.ask(window, MemberExplained, explain_member(number, app.words.lang), latest="why")


def front(app: Navigation) -> HuifangScreen:
    """The full screen in front."""
    return next(screen for screen in reversed(app.screen_stack) if isinstance(screen, HuifangScreen))


def show_help(app: Navigation) -> None:
    """The keys of the screen in front, and what they do."""
    screen = front(app)
    say = app.words.say
    lines: list[list[Span]] = []
    for name in (screen.key_screen, EVERYWHERE):
        lines.append([(say(SCREENS[name]), "strong")])
        for key in KEYS:
            if key.screen == name and key.keys:
                keys = " ".join(name_of(shown) for shown in key.keys)
                lines += _hung(f"  {keys:<9} ", say(key.help), "")
                if reason := screen.why_not(key.id):
                    lines += _hung("", f"({reason})", "quiet")
    app.push_screen(
        Reading(say("Help: {screen}", screen=say(SCREENS[screen.key_screen])), say("Esc: back"), lines)
    )


def show_palette(app: Navigation) -> None:
    """Every command by name."""
    screen = front(app)
    say = app.words.say
    commands: dict[str, Key] = {}
    for key in keys_of(screen.key_screen):
        if key.id != "palette":
            commands.setdefault(key.id, key)
    options = [
        Option(
            key.id,
            name_of(key.keys[0]) if key.keys else "",
            say(key.label),
            screen.why_not(key.id) or say(key.help),
        )
        for key in commands.values()
    ]

    def chosen(name: str | None) -> None:
        if name is not None:
            screen.action_key(name)

    hint = say("Type a part of the name, Enter does it. Esc: back.")
    app.push_screen(Pick(say("Commands"), hint, options, typing=True), chosen)


def take_back(app: Navigation) -> None:
    """Look what the last record is, to ask before it is taken back."""
    from tui.jobs.call import LastRecordRead, read_last

    app.gateway.ask(app, LastRecordRead, read_last(), latest="last-record")


def ask_to_take_back(app: Presence, last: LastRecord) -> None:
    """Ask by name; then take the last record back and open its call with the text it had."""
    from tui.jobs.call import RecordTakenBack, take_last_back

    def agreed() -> None:
        app.gateway.ask(app, RecordTakenBack, take_last_back(last.call), write=True)

    say = app.words.say
    outcome = app.session.rulebook.outcomes.get(last.outcome) if app.session is not None else None
    app.confirm(
        say(
            "Take your last record back: {name}, {outcome}?",
            name=last.name or last.number,
            outcome=outcome.name(app.words) if outcome else last.outcome,
        ),
        say("What it closed or planned is undone, as a correction on record; its text waits in the call."),
        agreed,
    )


def choose_staff(app: Presence, staff: Sequence[StaffRow]) -> None:
    """Ask who works here; without an answer there is nothing to do."""
    say = app.words.say
    options = [Option(row.code, "", row.name, f"{row.code}  {row.store_name}") for row in staff]
    hint = say("Type a part of the name or code, Enter chooses. Esc: leave.")

    def chosen(code: str | None) -> None:
        if code is None:
            app.leave()
        else:
            app.sign_in(code)

    app.push_screen(Pick(say("Who works here?"), hint, options, typing=True), chosen)
