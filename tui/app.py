"""The program: which screen is shown, who works here, and what every screen may ask for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Event, Key

from core.base.clock import DEFAULT_ZONE, Clock, zone
from core.base.days import weekday
from core.base.errors import HuifangError
from core.base.language import LANGUAGES, Catalogue, catalogue
from tui.paint import Span
from tui.widgets.painted import Painted
from tui.widgets.topline import Numbers, top_spans

# The first frame needs no more than this; screens, windows and the gateway are imported after it.
if TYPE_CHECKING:
    from core.people.access import Right
    from tui.desk import Desk, Session
    from tui.gateway import Gateway
    from tui.jobs.call import RecordTakenBack
    from tui.jobs.signin import Door, DoorFound
    from tui.jobs.today import DraftFound, StaffRead
    from tui.overlays import Echo
    from tui.screens.base import HuifangScreen
    from tui.screens.today import TodayScreen

log = logging.getLogger("huifang.tui")


class HuifangApp(App[int]):
    """Huifang's terminal face."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "Huifang"
    CSS = "#opening { height: 1fr; padding: 2 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+l", "repaint", show=False)]

    def __init__(
        self,
        opening: Callable[[], Desk],
        clock: Clock,
        *,
        lang: str,
        own_language: bool = True,
        staff_code: str | None = None,
        ascii: bool = False,
        driver_class: Any = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.clock = clock
        self.words: Catalogue = catalogue(lang)
        self.session: Session | None = None
        self.numbers = Numbers()
        self.touched = clock.now()
        self.gateway: Gateway
        self._opening = opening
        self._own_language = own_language
        self._staff_code = staff_code
        self._ascii = ascii

    # Start and end

    def compose(self) -> ComposeResult:
        """The first frame: it says who this is, and that the store is being opened."""
        yield Painted([[(" " + self.words.say("Huifang"), "bar-strong")]], base="bar")
        yield Painted([[(self.words.say("Opening the store .."), "quiet")]], id="opening")

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """The first frame is out: now the rest may be imported, and the store opened."""
        from tui.gateway import Gateway
        from tui.jobs.signin import DoorFound, find_door

        self.gateway = Gateway(self, self._opening, self.trouble, self.store_away)
        self.gateway.ask(self, DoorFound, find_door(self._staff_code or ""), excuse=self._not_in)
        from tui.screens.today import TodayScreen

        self.push_screen(TodayScreen())
        self._tick()

    def _not_in(self, error: HuifangError) -> bool:
        said = self.words.error(error)
        self.today.paint_empty([said, self.words.say("ctrl+q leaves the program.")])
        self.today.tell(said, "bad")
        return True

    def on_staff_read(self, event: StaffRead) -> None:
        from tui.explain import choose_staff

        choose_staff(self, event.value)

    def on_door_found(self, event: DoorFound) -> None:
        """In at once, or by way of the list of staff or the sign-in."""
        from tui.jobs.today import StaffRead

        door = event.value
        if door.session is not None:
            self.let_in(door.session)
        elif door.choose:
            self.gateway.ask(self, StaffRead, lambda desk: desk.staff(), excuse=self._not_in)
        else:
            self._ask_secret(door)

    def _ask_secret(self, door: Door) -> None:
        from tui.screens.signin import SignInWindow

        self.today.paint_empty([self.words.say("Sign in to see your list.")])
        self.push_screen(
            SignInWindow(self, door), lambda session: self.let_in(session) if session else self.leave()
        )

    def sign_in(self, code: str) -> None:
        """Let a staff member work here, by their PIN where one is asked."""
        from tui.jobs.signin import DoorFound, find_door

        self.gateway.ask(self, DoorFound, find_door(code), excuse=self._not_in)

    def let_in(self, session: Session) -> None:
        """Somebody works here from now on."""
        self.session = session
        self.touched = self.clock.now()
        if self._own_language and self.session.language in LANGUAGES:
            self.words = catalogue(self.session.language or self.words.lang)
        self.today.paint()
        self.today.begin()

    def look_for_draft(self) -> None:
        """The list is there: land in the call that was open when the last session ended, if any."""
        from tui.jobs.call import find_draft
        from tui.jobs.today import DraftFound

        self.gateway.ask(self, DraftFound, find_draft())

    def on_draft_found(self, event: DraftFound) -> None:
        if event.value is not None and not event.value.left:
            self.open_call(event.value.number)

    def on_record_taken_back(self, event: RecordTakenBack) -> None:
        self.open_call(event.value.number)

    async def action_quit(self) -> None:
        """Ctrl+q, which Textual takes before any screen can."""
        screens = self.full_screens()
        if screens and not self.gateway.closed:
            screens[-1].do_quit()
        else:
            self.leave()

    def leave(self) -> None:
        """End the program; what was typed is kept first, and that somebody with a PIN stopped is on record."""
        self._keep_all()
        if self.session is not None and self.session.secret and not self.gateway.closed:
            from tui.jobs.signin import SignedOut, go_away

            self.gateway.ask(self, SignedOut, go_away(), write=True)
        self.exit(0)

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self.finish)

    def finish(self) -> None:
        """Wait until all that was asked for is written."""
        if hasattr(self, "gateway"):
            self.gateway.finish()

    def _keep_all(self) -> None:
        for screen in self.full_screens():
            screen.keep()

    def full_screens(self) -> list[HuifangScreen]:
        """The full screens in the stack, the lowest first."""
        from tui.screens.base import HuifangScreen

        return [screen for screen in self.screen_stack if isinstance(screen, HuifangScreen)]

    # Telling

    def _handle_exception(self, error: Exception) -> None:
        """A fault in the screens: never a traceback in front of a caller, nor their words in the log."""
        from tui.gateway import place

        log.error("screen failed: %s at %s", type(error).__name__, place(error))
        if self.is_headless:
            super()._handle_exception(error)
            return
        self._keep_all()
        self.exit(
            1, message=self.words.say("Something went wrong and the screens had to close. What you typed is kept.")
        )

    def trouble(self, error: Exception) -> None:
        """Say what went wrong in the user's words; what it means for their work comes first."""
        if isinstance(error, HuifangError):
            self.tell(self.words.error(error), "bad")
        else:
            said = self.words.say(
                "Something went wrong; nothing was lost. Try again, and tell your administrator."
            )
            self.tell(said, "bad")

    def store_away(self, is_away: bool) -> None:
        """The store can't be reached, and something waits for it; or it is back, and has it."""
        if is_away:
            self.tell(
                self.words.say("The store can't be reached. What you did is kept and tried again by itself."),
                "late",
            )
        else:
            self.tell(self.words.say("The store is back: what waited for it is stored."), "good")

    def tell(self, text: str, style: str = "strong") -> None:
        """Say something on the screen in front."""
        if screens := self.full_screens():
            screens[-1].tell(text, style)

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
        from tui import wording

        return wording.worded(wording.STAGES, stage, self.words)

    def _tick(self) -> None:
        """The top line's clock: once a minute."""
        now = self.clock.now()
        self.set_timer(60.0 - now.second - now.microsecond / 1e6, self._tick)
        self.lock_if_idle()
        if self.screen is self.today and self.screen.is_mounted:
            self.today.paint_top()

    def action_repaint(self) -> None:
        """Paint everything again: something else has written on the terminal."""
        getattr(self._driver, "repaint", bool)()
        self.screen.refresh()

    def switch_language(self) -> None:
        """Chinese to English and back, on every open screen."""
        if self._ascii:
            self.tell(self.words.say("This terminal shows English only (--ascii)."), "late")
            return
        self.words = catalogue(LANGUAGES[1 - LANGUAGES.index(self.words.lang)])
        for screen in self.full_screens():
            screen.reword()

    # Screens

    @property
    def today(self) -> TodayScreen:
        """The worklist."""
        from tui.screens.today import TodayScreen

        screen = self.screen_stack[1]
        assert isinstance(screen, TodayScreen)
        return screen

    def own_store_only(self, right: Right | None) -> str:
        """The code of the reader's store where the right reaches no further for them, else empty."""
        from core.base.actor import Role
        from core.people.access import Scope, scope

        session = self.session
        if session is None or right is None or scope(Role(session.role), right) is Scope.ALL:
            return ""
        return session.store_code

    def show_today(self) -> None:
        """Back to the list; an open call is put away with its draft."""
        for screen in self.full_screens()[1:]:
            screen.put_away()
        while len(self.screen_stack) > 2:
            self.pop_screen()

    def open_call(self, number: str, *, desk: bool = True, ahead: str = "") -> None:
        """Hold a member and open the call; without `desk` also where only a review is due.

        `ahead` are digits that were typed before the call's screen was there.
        """
        from tui.screens.call import CallScreen

        self.show_today()
        self.push_screen(CallScreen(number, desk=desk, ahead=ahead))

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
        """A screen of that kind: the one that is open already, else a new one on top."""
        if any(isinstance(screen, kind) for screen in self.full_screens()):
            while not isinstance(self.screen, kind):
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

    def show_lock(self) -> None:
        """Cover the screen until its user is back; an open call stays as it is behind it."""
        from tui.screens.signin import LockWindow

        self._keep_all()
        window = LockWindow(self)
        self.gateway.hold(window)
        self.push_screen(window, self._unlocked)

    def _unlocked(self, stay: bool | None) -> None:
        self.touched = self.clock.now()
        self.gateway.go_on()
        if not stay:
            self.leave()

    @property
    def locked(self) -> bool:
        """Whether a lock covers the screens."""
        from tui.screens.signin import LockWindow

        return isinstance(self.screen, LockWindow)

    def lock_if_idle(self) -> None:
        """Lock where nobody has pressed a key for the policy's minutes, and there is a PIN to come back with."""
        if self.session is None or not self.session.secret or self.locked:
            return
        minutes = self.session.rulebook.policy.sign_in.idle_minutes
        if minutes and self.clock.now() - self.touched >= timedelta(minutes=minutes):
            self.show_lock()

    async def on_event(self, event: Event) -> None:
        """Note when a key was last pressed."""
        if isinstance(event, Key):
            self.touched = self.clock.now()
        await super().on_event(event)

    def show_my_secret(self) -> None:
        """Change one's own PIN."""
        from tui.screens.signin import NewSecretWindow

        def done(session: Session | None) -> None:
            if session is not None:
                self.session = session
                self.tell(self.words.say("Your PIN is changed."), "good")

        self.push_screen(NewSecretWindow(self), done)

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

    def confirm(self, title: str, text: str, then: Callable[[], None]) -> None:
        """Ask for y before something happens."""
        from tui.overlays import Confirm

        hint = self.words.say("y: yes. Anything else: no, nothing happens.")
        self.push_screen(Confirm(title, text, hint), lambda agreed: then() if agreed else None)
