"""The program: how it starts and ends, and what every screen may ask it for and say through it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from core.base.clock import DEFAULT_ZONE, Clock, zone
from core.base.days import day_and_month, day_and_time, day_of_week
from core.base.errors import HuifangError
from core.base.language import LANGUAGES, Catalogue, catalogue
from tui.lasting import AWAY
from tui.paint import Span
from tui.presence import Presence
from tui.widgets.painted import Painted
from tui.widgets.topline import Numbers, top_spans

# The first frame needs no more than this; screens, windows and the gateway are imported after it.
if TYPE_CHECKING:
    from tui.desk import Desk, Session
    from tui.gateway import Gateway
    from tui.jobs.call import LastRecordRead, RecordTakenBack
    from tui.jobs.today import DraftFound

log = logging.getLogger("huifang.tui")


class HuifangApp(Presence):
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

    def look_for_draft(self) -> None:
        """The list is there: land in the call that was open when the last session ended, if any."""
        from tui.jobs.call import find_draft
        from tui.jobs.today import DraftFound

        self.gateway.ask(self, DraftFound, find_draft())

    def on_draft_found(self, event: DraftFound) -> None:
        if event.value is not None and not event.value.left:
            self.open_call(event.value.number)

    def on_last_record_read(self, event: LastRecordRead) -> None:
        from tui.explain import ask_to_take_back

        ask_to_take_back(self, event.value)

    def on_record_taken_back(self, event: RecordTakenBack) -> None:
        self.today.show_again(event.value.number)
        self.open_call(event.value.number)

    async def action_quit(self) -> None:
        """Ctrl+q, which Textual takes before any screen can."""
        screens = self.full_screens()
        if screens and not self.gateway.closed:
            screens[-1].do_quit()
        else:
            self.leave()

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self.finish)

    def finish(self) -> None:
        """Wait until all that was asked for is written."""
        if hasattr(self, "gateway"):
            self.gateway.finish()

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
        if isinstance(error, HuifangError) and error.code in AWAY:
            self.tell(self.words.say("The store can't be reached. Try again in a moment."), "bad")
        elif isinstance(error, HuifangError):
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

    def local(self, moment: datetime) -> datetime:
        """A moment on the store's wall clock."""
        return moment.astimezone(zone(self.session.zone if self.session else DEFAULT_ZONE))

    def dated(self, day: date) -> str:
        """A day as lists show it, with its year where that is not ours."""
        return day_and_month(day, self.words, self.local(self.clock.now()).date())

    def timed(self, moment: datetime) -> str:
        """A moment as lists show it, on the store's wall clock."""
        return day_and_time(self.local(moment), self.words, self.local(self.clock.now()).date())

    @property
    def date_width(self) -> int:
        """Cells that the longest day of a list needs, its year included."""
        return 14 if self.words.lang == "zh" else 11

    def top_line(self, width: int) -> list[Span]:
        """Who, where, when, and how the day stands."""
        say = self.words.say
        now = self.local(self.clock.now())
        when = f"{day_of_week(now.date(), self.words)} {now:%H:%M}"
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
