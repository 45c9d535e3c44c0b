"""What every full screen has: a top line, a line that speaks, the line of keys, and how a key becomes a deed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.events import DescendantBlur, DescendantFocus
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from tui.keymap.key import Key
from tui.keys import COMMON_RANK, bottom, keys_of
from tui.paint import Span, apart, width_of, wrapped
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.base.language import Catalogue
    from core.people.access import Right
    from tui.app import HuifangApp
    from tui.jobs.recovery import Done, MeasureTaken, ProposalsRead

SPOKEN_SECONDS = 8.0


class HuifangScreen(Screen[Any]):
    """A full screen. `key_screen` names its part of the registry in `tui.keys`."""

    key_screen: ClassVar[str] = ""

    DEFAULT_CSS = """
    HuifangScreen { layout: vertical; background: ansi_default; }
    HuifangScreen > #top, HuifangScreen > #say, HuifangScreen > #foot { height: 1; width: 100%; }
    """

    _silence: Timer | None = None

    @property
    def home(self) -> HuifangApp:
        """The program."""
        return cast("HuifangApp", self.app)

    @property
    def words(self) -> Catalogue:
        """The words of the language in use."""
        return self.home.words

    # Keys

    def action_key(self, name: str) -> None:
        """Do what a key stands for, or say why it can't be done."""
        reason = self.why_not(name)
        if reason:
            self.tell(reason, "late")
            return
        getattr(self, f"do_{name}")()

    def why_not(self, name: str) -> str:
        """Why an action can't be done now, in words; empty where it can."""
        if name == "member" and self.member_number() is None:
            return self.words.say("No member is chosen: put the cursor on a row first.")
        if name == "audit" and self.record() is None:
            return self.words.say("No record is chosen: put the cursor on a row first.")
        if self.home.session is None and name not in ("help", "palette", "quit", "lock", "language"):
            return self.home.shut or self.words.say("One moment: the store is still being opened.")
        return ""

    def why_not_right(self, right: Right) -> str:
        """Why the reader's role may not do this anywhere, in words; empty where it may."""
        from core.base.actor import Role
        from core.people.access import Scope, scope

        session = self.home.session
        if session is None or scope(Role(session.role), right) is not Scope.NONE:
            return ""
        return self.words.say(
            "Your role may not do this ({right}): ask somebody whose role allows it.",
            right=self.words.say(right.value),
        )

    def member_number(self) -> str | None:
        """The number of the member this screen is about, if any."""
        return None

    def record(self) -> tuple[str, str] | None:
        """The record whose changes may be asked for: its kind (member, handover, staff) and number or code."""
        number = self.member_number()
        return ("member", number) if number is not None else None

    def do_find(self) -> None:
        self.home.show_find()

    def do_today(self) -> None:
        self.home.show_today()

    def do_member(self) -> None:
        number = self.member_number()
        if number is not None:
            self.home.show_member(number)

    def do_refresh(self) -> None:
        """Read the screen's contents anew."""

    def do_handover(self) -> None:
        self.home.show_handover()

    def do_handover_log(self) -> None:
        self.home.show_handover_log()

    def do_board(self) -> None:
        self.home.show_board()

    def do_complaints(self) -> None:
        self.home.show_complaints()

    def do_problems(self) -> None:
        self.home.show_problems()

    def do_suggestions(self) -> None:
        self.home.show_suggestions()

    def do_reports(self) -> None:
        self.home.show_reports()

    def do_intake(self) -> None:
        about_one = self.key_screen in ("call", "member", "review", "matter")
        self.home.take_down(number=(self.member_number() or "") if about_one else "")

    def do_recovery(self) -> None:
        self.home.show_recovery()

    def do_gifts(self) -> None:
        self.home.show_gifts()

    def on_measure_taken(self, event: MeasureTaken) -> None:
        """A measure was taken from here."""
        from tui.giving import measure_taken

        self.do_refresh()
        measure_taken(self, event.value)

    def on_proposals_read(self, event: ProposalsRead) -> None:
        """What may be given to a member is known."""
        from tui.giving import offer_gifts

        offer_gifts(self, event.value)

    def on_done(self, event: Done) -> None:
        """Something was done from here: say so, and read anew."""
        self.do_refresh()
        self.home.tell(event.value, "good")

    def do_people(self) -> None:
        self.home.show_people()

    def do_audit(self) -> None:
        record = self.record()
        if record is not None:
            self.home.show_audit(*record)

    def do_palette(self) -> None:
        self.home.show_palette()

    def do_help(self) -> None:
        self.home.show_help()

    def do_lock(self) -> None:
        self.home.show_lock()

    def do_my_secret(self) -> None:
        self.home.show_my_secret()

    def do_language(self) -> None:
        self.home.switch_language()

    def do_quit(self) -> None:
        if self.home.gateway.away:
            self.home.confirm(
                self.words.say("The store is away: leave all the same?"),
                self.words.say("What waits for it is lost then, but for the draft of the call."),
                self.home.leave,
            )
        else:
            self.home.leave()

    # Lines

    def paint(self) -> None:
        """Paint all texts anew: after a change of language, size or data."""
        self.paint_foot()

    def paint_foot(self) -> None:
        """The keys that work now: help always, then as many as there is room for, the most used first."""
        entries = bottom(self.foot_keys(), isinstance(self.focused, Input))
        kept: list[tuple[str, Key]] = []
        room = self.size.width + 1
        for entry in sorted(entries, key=lambda entry: (entry[1].id != "help", entry[1].rank)):
            needs = width_of([(f"{entry[0]} {self.words.say(entry[1].label)}  ", "")])
            if needs <= room:
                kept.append(entry)
                room -= needs
        sides: tuple[list[Span], list[Span]] = ([], [])
        for shown, key in sorted(kept, key=lambda entry: entry[1].rank):
            side = sides[key.rank >= COMMON_RANK]
            off = bool(self.why_not(key.id))
            side += [("  " if side else "", ""), (shown, "quiet" if off else "key")]
            side.append((" " + self.words.say(key.label), "quiet" if off else ""))
        self.query_one("#foot", Painted).show([apart(*sides, self.size.width)])

    def reword(self) -> None:
        """The language changed: paint anew, and read anew what comes worded."""
        self.paint()
        self.do_refresh()

    def keep(self) -> None:
        """The screen is about to go: keep what was typed."""

    def holds_unkept(self) -> bool:
        """Whether something that was typed would be gone with this screen."""
        return False

    def put_away(self) -> None:
        """The screen is left for good: keep what was typed, let go of what was held."""

    def foot_keys(self) -> list[Key]:
        """The actions that may stand in the bottom line."""
        return keys_of(self.key_screen)

    def tell(self, text: str, style: str = "strong") -> None:
        """Say something in the line kept for it; it falls silent by itself."""
        self.query_one("#say", Painted).show([[(" " + text, style)]])
        if self._silence is not None:
            self._silence.stop()
        self._silence = self.set_timer(SPOKEN_SECONDS, self.hush)

    def tell_whole(self, text: str, style: str = "good") -> None:
        """Say what must be read to its end, as where a file is: in a window where the line is too short."""
        if width_of([(" " + text, style)]) <= self.size.width:
            self.tell(text, style)
            return
        from tui.overlays import READING_WIDTH, Reading

        lines = [[(line, style)] for line in wrapped(text, READING_WIDTH)]
        self.home.push_screen(Reading(self.words.say("The file is written"), self.words.say("Esc: back"), lines))

    def hush(self) -> None:
        """Say nothing."""
        self._silence = None
        self.query_one("#say", Painted).show([self.silence()])

    def silence(self) -> list[Span]:
        """What stands in the speaking line when nothing is said."""
        return [("-" * self.size.width, "rule")]

    def on_resize(self) -> None:
        self.call_after_refresh(self.paint)

    def on_descendant_focus(self, _event: DescendantFocus) -> None:
        self.paint_foot()

    def on_descendant_blur(self, _event: DescendantBlur) -> None:
        self.paint_foot()
