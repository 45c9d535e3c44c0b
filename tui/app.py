"""The program: which screen is shown, who works here, and what every screen may ask for."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from core.base.clock import DEFAULT_ZONE, Clock, zone
from core.base.days import weekday
from core.base.errors import HuifangError
from core.base.language import LANGUAGES, Catalogue, catalogue
from tui import wording
from tui.desk import Session
from tui.gateway import Answer, Gateway, place
from tui.jobs.today import SignedIn
from tui.overlays import AskText, Confirm, Echo, Option, Pick
from tui.paint import Span
from tui.screens.base import HuifangScreen
from tui.screens.today import TodayScreen
from tui.widgets.topline import Numbers, top_spans

if TYPE_CHECKING:
    from core.calls.views import DraftRow
    from core.people.views import StaffRow
    from tui.desk import Desk
    from tui.jobs.call import RecordTakenBack

log = logging.getLogger("huifang.tui")


class StaffRead(Answer["tuple[StaffRow, ...]"]):
    """Who may sign in."""


class DraftFound(Answer["DraftRow | None"]):
    """The call that was open when the last session ended, if any."""


class HuifangApp(App[int]):
    """Huifang's terminal face."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "Huifang"

    def __init__(
        self,
        opening: Callable[[], Desk],
        clock: Clock,
        *,
        lang: str,
        own_language: bool = True,
        staff_code: str | None = None,
        driver_class: Any = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.clock = clock
        self.words: Catalogue = catalogue(lang)
        self.session: Session | None = None
        self.numbers = Numbers()
        self.gateway = Gateway(self, opening, self.trouble)
        self._own_language = own_language
        self._staff_code = staff_code

    # Start and end

    def get_default_screen(self) -> Screen[Any]:
        """The worklist stands at the bottom of the stack."""
        return TodayScreen()

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)
        self._tick()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGHUP):
            try:
                loop.add_signal_handler(name, self.leave)
            except (ValueError, RuntimeError, NotImplementedError):
                return  # not the main thread: a test, or a platform without signals

    def _begin(self) -> None:
        """The first frame is out: now the store may be opened."""
        if self._staff_code:
            code = self._staff_code
            self.gateway.ask(self, SignedIn, lambda desk: desk.sign_in(code), write=True, excuse=self._not_in)
        else:
            self.gateway.ask(self, StaffRead, lambda desk: desk.staff(), excuse=self._not_in)

    def _not_in(self, error: HuifangError) -> bool:
        said = self.words.error(error)
        self.today.paint_empty([said, self.words.say("ctrl+q leaves the program.")])
        self.today.tell(said, "bad")
        return True

    def on_staff_read(self, event: StaffRead) -> None:
        options = [Option(row.code, "", row.name, f"{row.code}  {row.store_name}") for row in event.value]
        say = self.words.say

        def chosen(code: str | None) -> None:
            if code is None:
                self.leave()
                return
            self.gateway.ask(self, SignedIn, lambda desk: desk.sign_in(code), write=True, excuse=self._not_in)

        hint = say("Type a part of the name or code, Enter chooses. Esc: leave.")
        self.push_screen(Pick(say("Who works here?"), hint, options, typing=True), chosen)

    def on_signed_in(self, event: SignedIn) -> None:
        self.session = event.value
        if self._own_language and self.session.language in LANGUAGES:
            self.words = catalogue(self.session.language or self.words.lang)
        self.today.paint()
        self.today.begin()
        from tui.jobs.call import find_draft

        self.gateway.ask(self, DraftFound, find_draft())

    def on_draft_found(self, event: DraftFound) -> None:
        if event.value is not None and not event.value.left:
            self.open_call(event.value.number)

    def on_record_taken_back(self, event: RecordTakenBack) -> None:
        self.open_call(event.value.number)

    def leave(self) -> None:
        """End the program; what was typed is kept first."""
        self._keep_all()
        self.exit(0)

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self.gateway.finish)

    def _keep_all(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, HuifangScreen):
                screen.keep()

    # Telling

    def _handle_exception(self, error: Exception) -> None:
        """A fault in the screens: never a traceback in front of a caller, nor their words in the log."""
        log.error("screen failed: %s at %s", type(error).__name__, place(error))
        if self.is_headless:
            super()._handle_exception(error)
            return
        self._keep_all()
        self.exit(1, message=self.words.say("Something went wrong and the screens had to close. What you typed is kept."))

    def trouble(self, error: Exception) -> None:
        """Say what went wrong in the user's words; what it means for their work comes first."""
        if isinstance(error, HuifangError):
            self.tell(self.words.error(error), "bad")
        else:
            said = self.words.say("Something went wrong; nothing was lost. Try again, and tell your administrator.")
            self.tell(said, "bad")

    def tell(self, text: str, style: str = "strong") -> None:
        """Say something on the screen in front."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, HuifangScreen):
                screen.tell(text, style)
                return

    def local(self, moment: datetime) -> datetime:
        """A moment on the store's wall clock."""
        return moment.astimezone(zone(self.session.zone if self.session else DEFAULT_ZONE))

    def top_line(self, width: int) -> list[Span]:
        """Who, where, when, and how the day stands."""
        say = self.words.say
        now = self.local(self.clock.now())
        day = say("{month}/{day}", month=now.month, day=now.day)
        when = f"{day} {weekday(now.date(), self.words)} {now:%H:%M}"
        who = say("Huifang")
        standing = ""
        if self.session is not None:
            who = f"{who}  {self.session.name}  {self.session.store_name}"
            n = self.numbers
            standing = say(
                "done {done}/{all}  reached {reached}  callbacks {callbacks}",
                done=n.done,
                all=n.all,
                reached=n.reached,
                callbacks=n.callbacks,
            )
        return top_spans(width, who, when, standing)

    def stage_words(self, stage: str) -> str:
        """A stage in words."""
        return wording.worded(wording.STAGES, stage, self.words)

    def _tick(self) -> None:
        self.set_timer(TodayScreen.minute_left(self.clock.now()), self._tick)
        if self.screen_stack and isinstance(self.screen, TodayScreen) and self.screen.is_mounted:
            self.screen.paint_top()

    def switch_language(self) -> None:
        """Chinese to English and back, on every open screen."""
        self.words = catalogue(LANGUAGES[1 - LANGUAGES.index(self.words.lang)])
        for screen in self.screen_stack:
            if isinstance(screen, HuifangScreen):
                screen.reword()

    # Screens

    @property
    def today(self) -> TodayScreen:
        """The worklist."""
        screen = self.screen_stack[0]
        assert isinstance(screen, TodayScreen)
        return screen

    def show_today(self) -> None:
        """Back to the list; an open call is put away with its draft."""
        while len(self.screen_stack) > 1:
            if isinstance(self.screen, HuifangScreen):
                self.screen.put_away()
            self.pop_screen()

    def open_call(self, number: str) -> None:
        """Hold a member and open the call."""
        from tui.screens.call import CallScreen

        self.show_today()
        self.push_screen(CallScreen(number))

    def show_member(self, number: str) -> None:
        """Everything about a member."""
        from tui.screens.member import MemberScreen

        self.push_screen(MemberScreen(number))

    def show_review(self, number: str) -> None:
        """Decide about a member gone three months; takes the place of the call."""
        from tui.screens.review import ReviewScreen

        self.show_today()
        self.push_screen(ReviewScreen(number))

    def show_find(self) -> None:
        """Find a member."""
        from tui.screens.find import FindScreen

        self.push_screen(FindScreen())

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

    def show_lock(self) -> None:
        """Cover the screen, or sign out."""
        from tui.explain import Cover

        self._keep_all()
        self.push_screen(Cover(self.words), lambda stay: None if stay else self.leave())

    def take_back(self) -> None:
        """Take the last record back and open its call again."""
        from tui.explain import take_back

        take_back(self)

    def ask_text(
        self, title: str, *, text: str = "", echo: Echo | None = None, then: Callable[[str], None]
    ) -> None:
        """Ask for a line of text; nothing happens where the user backs out."""
        hint = self.words.say("Enter: take it. Esc: back.")
        self.push_screen(
            AskText(title, hint, text=text, echo=echo), lambda typed: then(typed) if typed else None
        )

    def confirm(self, title: str, text: str, then: Callable[[], None]) -> None:
        """Ask for y before something happens."""
        hint = self.words.say("y: yes. Anything else: no, nothing happens.")
        self.push_screen(Confirm(title, text, hint), lambda agreed: then() if agreed else None)
