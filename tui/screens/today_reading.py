"""How the Today screen comes to its rows: the day is planned and read, parts follow, callbacks ring in time."""

from __future__ import annotations

import gc
from datetime import datetime

from textual.message import Message
from textual.timer import Timer

from core.base.errors import HuifangError
from core.base.naming import PLAN_STEPS
from tui.jobs.today import (
    Day,
    DayRead,
    LateRead,
    PartRead,
    Planned,
    WhyRead,
    count_late,
    explain_list,
    plan_day,
    read_day,
    read_part,
)
from tui.screens.today_face import TodayFace
from tui.widgets.lines import Lines
from tui.widgets.topline import Numbers

REFRESH_SECONDS = 20.0
LATE_SECONDS = 60.0


class PlanStep(Message):
    """Planning the day has come so far."""

    def __init__(self, step: str, share: float) -> None:
        super().__init__()
        self.step, self.share = step, share


class TodayReading(TodayFace):
    """The worklist, read anew every so often."""

    def __init__(self) -> None:
        super().__init__()
        self._planned = False
        self._first = True
        self._rung: set[tuple[str, datetime]] = set()
        self._bell: Timer | None = None
        self._wanted_key: str | None = None
        self._from_the_top = False

    def on_mount(self) -> None:
        self.set_interval(REFRESH_SECONDS, self.read_again)
        self.set_interval(LATE_SECONDS, self.look_for_late)
        self.query_one(Lines).focus()

    def begin(self) -> None:
        """Somebody signed in: read the day; what it does not need waits until its rows are seen."""
        self.do_refresh()

    def _go_on(self) -> None:
        """The first rows are seen: plan the day where nobody has, and land in a call that was left open."""

        def progress(step: str, share: float) -> None:
            self.post_message(PlanStep(step, share))

        self.home.gateway.ask(self, Planned, plan_day(progress), write=True, excuse=self._plan_failed)
        self.home.look_for_draft()

    def _plan_failed(self, error: HuifangError) -> bool:
        self._planned = True
        self.home.trouble(error)
        self.read_again()
        return True

    def on_plan_step(self, event: PlanStep) -> None:
        template = PLAN_STEPS.get(event.step, "")
        if template:
            self._planning = self.words.say(
                "Planning the day: {step} {percent} %",
                step=self.words.say(template),
                percent=round(event.share * 100),
            )
            self.paint_empty([self._planning])
            if self.day is not None and self.day.total:
                self.tell(self._planning)

    def on_planned(self, event: Planned) -> None:
        self._planned = True
        self._planning = ""
        if event.value or self.day is None or self.day.total == 0:
            self.do_refresh()
        self.look_for_late()

    def on_screen_resume(self) -> None:
        """Back from another screen, where something late may have been seen to."""
        self.look_for_late()

    def look_for_late(self) -> None:
        """Count what is late of the caller's own, once the list itself is there."""
        if self._planned and self.home.session is not None and self.home.screen is self:
            self.home.gateway.ask(self, LateRead, count_late(), latest="late", excuse=lambda _error: True)

    def on_late_read(self, event: LateRead) -> None:
        self._late = event.value
        if self._silence is None:
            self.hush()

    def do_refresh(self) -> None:
        """Read the day anew; the cursor stays on its member."""
        offset, limit = self.query_one(Lines).window
        self.home.gateway.ask(self, DayRead, read_day(self.wish(offset, limit)), latest="day")

    def read_again(self) -> None:
        """The quiet refresh: claims, callbacks, what colleagues did."""
        if self._planned and self.home.session is not None and self.home.screen is self:
            self.do_refresh()

    def on_day_read(self, event: DayRead) -> None:
        day = self.day = event.value
        if day.wish.programme != self.programme or day.wish.everything != self.everything:
            return
        stands = day.overview
        self.home.numbers = Numbers(stands.done, stands.done + stands.total, stands.reached, stands.callbacks)
        self._note_tabs(day)
        lines = self.query_one(Lines)
        if self._from_the_top:  # another list: what is most urgent in it must not stand above the screen
            self._from_the_top = False
            lines.clear()
        lines.show(day.total, day.wish.offset, day.rows, on=self._wanted_key)
        self._wanted_key = None
        if self._first:
            self._first = False
            gc.freeze()  # what was imported stays: the collector need not look at it again
            gc.enable()
            self.call_after_refresh(self._go_on)
        if day.total == 0 and self._planned:
            self.home.gateway.ask(self, WhyRead, explain_list(self.wish()), latest="why-list")
        self._watch_callbacks(day)
        self.paint()

    def on_lines_wanted(self, event: Lines.Wanted) -> None:
        self.home.gateway.ask(self, PartRead, read_part(self.wish(event.offset, event.limit)))

    def on_part_read(self, event: PartRead) -> None:
        part = event.value
        if part.wish.programme == self.programme and part.wish.everything == self.everything:
            self.query_one(Lines).accept(part.wish.offset, part.rows)

    def on_why_read(self, event: WhyRead) -> None:
        self.paint_empty(list(event.value))

    def _note_tabs(self, day: Day) -> None:
        assert self.home.session is not None
        known = self.home.session.rulebook.programmes
        here = set(self._tabs) | {code for code, count in day.overview.counts.items() if count}
        self._tabs = sorted(here & known.keys(), key=lambda code: (known[code].rank, code))

    def _watch_callbacks(self, day: Day) -> None:
        now = self.home.clock.now()
        for callback in day.callbacks:
            known = (callback.number, callback.due_at)
            if callback.due_at <= now and known not in self._rung:
                self._rung.add(known)
                self.home.bell()
                self.tell(self.words.say("It is time to call {name} back.", name=callback.name), "due")
        if self._bell is not None:
            self._bell.stop()
            self._bell = None
        coming = [callback.due_at for callback in day.callbacks if callback.due_at > now]
        if coming:
            wait = (min(coming) - now).total_seconds()
            self._bell = self.set_timer(max(1.0, wait), self.do_refresh)
