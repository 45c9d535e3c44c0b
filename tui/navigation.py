"""Which screen is in front: every way from one to another, and what is said there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import App

# The first frame needs none of these: a screen is imported when it is first gone to.
if TYPE_CHECKING:
    from core.base.language import Catalogue
    from tui.gateway import Gateway
    from tui.overlays import Echo, Option, Overlay
    from tui.screens.base import HuifangScreen
    from tui.screens.today import TodayScreen


class Navigation(App[int]):
    """The program's screens: the worklist below all others, each opened by its name."""

    words: Catalogue
    gateway: Gateway

    def full_screens(self) -> list[HuifangScreen]:
        """The full screens in the stack, the lowest first."""
        from tui.screens.base import HuifangScreen

        return [screen for screen in self.screen_stack if isinstance(screen, HuifangScreen)]

    @property
    def today(self) -> TodayScreen:
        """The worklist."""
        from tui.screens.today import TodayScreen

        screen = self.screen_stack[1]
        assert isinstance(screen, TodayScreen)
        return screen

    def tell(self, text: str, style: str = "strong") -> None:
        """Say something on the screen in front."""
        if screens := self.full_screens():
            screens[-1].tell(text, style)

    def show_today(self, then: Callable[[], object] | None = None) -> None:
        """Back to the list, and on from there; an open call is put away with its draft, or asked about without."""
        if any(screen.holds_unkept() for screen in self.full_screens()[1:]):
            self.ask_unkept(lambda: self._to_today(then))
        else:
            self._to_today(then)

    def _to_today(self, then: Callable[[], object] | None) -> None:
        for screen in self.full_screens()[1:]:
            screen.put_away()
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if then is not None:
            then()

    def ask_unkept(self, then: Callable[[], None]) -> None:
        """Ask before what was typed, and could not be kept, goes with its screen."""
        self.confirm(
            self.words.say("Leave without what you typed?"),
            self.words.say("It could not be kept: it stands on this screen alone."),
            then,
        )

    def open_call(self, number: str, *, desk: bool = True, ahead: str = "") -> None:
        """Hold a member and open the call; without `desk` also where only a review is due.

        `ahead` are digits that were typed before the call's screen was there.
        """
        from tui.screens.call import CallScreen

        self.show_today(lambda: self.push_screen(CallScreen(number, desk=desk, ahead=ahead)))

    def show_member(self, number: str) -> None:
        """Everything about a member."""
        from tui.screens.member import MemberScreen

        self.push_screen(MemberScreen(number))

    def show_review(self, number: str) -> None:
        """Decide about a member gone three months; takes the place of the call."""
        from tui.screens.review import ReviewScreen

        self.show_today(lambda: self.push_screen(ReviewScreen(number)))

    def show_find(self) -> None:
        """Find a member."""
        from tui.screens.find import FindScreen

        self.push_screen(FindScreen())

    def show_handover(self) -> None:
        """The handovers."""
        from tui.screens.handover import HandoverScreen

        self.show_full(HandoverScreen)

    def show_application(self, number: str) -> None:
        """One handover."""
        from tui.screens.handover_open import ApplicationScreen

        self.push_screen(ApplicationScreen(number))

    def show_handover_log(self) -> None:
        """Every handover there ever was."""
        from tui.screens.handover_log import HandoverLogScreen

        self.show_full(HandoverLogScreen)

    def show_board(self) -> None:
        """How callers and stores stand."""
        from tui.screens.board import BoardScreen

        self.show_full(BoardScreen)

    def show_complaints(self) -> None:
        """Complaints."""
        from tui.screens.matters import ComplaintsScreen

        self.show_full(ComplaintsScreen)

    def show_problems(self) -> None:
        """Problems that are to be put right."""
        from tui.screens.matters import ProblemsScreen

        self.show_full(ProblemsScreen)

    def show_suggestions(self) -> None:
        """What members suggest."""
        from tui.screens.matters import SuggestionsScreen

        self.show_full(SuggestionsScreen)

    def show_matter(self, key: int) -> None:
        """One complaint, problem or suggestion."""
        from tui.screens.matter import MatterScreen

        self.push_screen(MatterScreen(key))

    def take_down(self, kind: str = "complaint", number: str = "") -> None:
        """Take a complaint or a problem down, of a member or of somebody unknown."""
        from tui.screens.intake import begin_intake

        begin_intake(self, kind, number)

    def show_reports(self) -> None:
        """The reports."""
        from tui.screens.report import ReportScreen

        self.show_full(ReportScreen)

    def show_recovery(self) -> None:
        """Members gone for months: how far recovery came, and what is to be done."""
        from tui.screens.recovery import RecoveryScreen

        self.show_full(RecoveryScreen)

    def show_gifts(self) -> None:
        """Gifts and coupons."""
        from tui.screens.gifts import GiftsScreen

        self.show_full(GiftsScreen)

    def show_people(self) -> None:
        """The staff."""
        from tui.screens.people import PeopleScreen

        self.show_full(PeopleScreen)

    def show_audit(self, kind: str, key: str) -> None:
        """Who changed a record."""
        from tui.screens.audit import AuditScreen

        self.push_screen(AuditScreen(kind, key))

    def show_full(self, kind: type[HuifangScreen]) -> None:
        """A screen of exactly that kind: the one that is open already, else a new one on top."""
        if any(type(screen) is kind for screen in self.full_screens()):
            while type(self.screen) is not kind:
                self.pop_screen()
        else:
            self.push_screen(kind())

    def show_why(self, number: str) -> None:
        """Explain rule by rule why a member is on a list or not."""
        from tui.explain import show_why

        show_why(self, number)

    def show_help(self) -> None:
        """The keys of the screen in front."""
        from tui.explain import show_help

        show_help(self)

    def show_palette(self) -> None:
        """Every command by name."""
        from tui.explain import show_palette

        show_palette(self)

    def take_back(self) -> None:
        """Take the last record back and open its call again."""
        from tui.explain import take_back

        take_back(self)

    def ask_text(
        self, title: str, *, text: str = "", echo: Echo | None = None, then: Callable[[str], None]
    ) -> None:
        """Ask for a line of text; nothing happens where the user backs out."""
        from tui.overlays import AskText

        hint = self.words.say("Enter: take it. Esc: back.")
        self.push_screen(AskText(title, hint, text=text, echo=echo), lambda typed: then(typed) if typed else None)

    def ask_choice(
        self,
        title: str,
        options: Sequence[Option],
        then: Callable[[str], None],
        *,
        back: Callable[[], None] | None = None,
    ) -> None:
        """Ask for one of a few, each on a key; where the user backs out nothing happens but `back`."""
        from tui.overlays import Pick

        hint = self.words.say("A key takes it at once. Esc: back.")
        self.ask_window(Pick(title, hint, options), then, back=back)

    def ask_window(
        self, window: Overlay[str], then: Callable[[str], None], *, back: Callable[[], None] | None = None
    ) -> None:
        """Ask by a window; where the user backs out nothing happens but `back`."""

        def answered(answer: str | None) -> None:
            if answer is not None:
                then(answer)
            elif back is not None:
                back()

        self.push_screen(window, answered)

    def confirm(self, title: str, text: str, then: Callable[[], None]) -> None:
        """Ask for y before something happens."""
        from tui.overlays import Confirm

        hint = self.words.say("y: yes. Anything else: no, nothing happens.")
        self.push_screen(Confirm(title, text, hint), lambda agreed: then() if agreed else None)
