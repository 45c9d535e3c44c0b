"""How a call gets into the store: the draft at once, the record at the end, the draft again where it is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.base.errors import BadInput, HuifangError
from tui.jobs.call import CallLogged, DraftKept, keep_draft, log_record, set_free
from tui.screens.call_asking import CallAsking
from tui.widgets.script import ScriptForm

if TYPE_CHECKING:
    from core.calls.views import CallResult

DRAFT_SECONDS = 0.3
"""From the last key to the store; a killed terminal loses no more."""


class CallSaving(CallAsking):
    """The call with its way into the store."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self._kept: dict[str, object] = {}
        self._logging = False
        self._gone = False
        self._unkept = False
        """Whether what was typed last could not be kept: it stands on this screen alone."""

    # The draft

    def changed(self) -> None:
        """Something was taken down: it goes to the store in a moment."""
        if self._dirty is None and self.entry.content() == self._kept:
            return
        if self._dirty is not None:
            self._dirty.stop()
        self._dirty = self.set_timer(DRAFT_SECONDS, self.keep)
        self._paint_heads()

    def keep(self) -> None:
        """Write the draft now, where there is something new."""
        if self._dirty is None or self._gone or self.sheet is None:
            return
        self._dirty.stop()
        self._dirty = None
        self.write_draft(left=False)

    def write_draft(self, *, left: bool) -> None:
        assert self.sheet is not None
        form = self.entry.draft(self.sheet, left=left)
        self._kept = self.entry.content()
        self._on_its_way = True
        # of many drafts that wait for the store, the last is enough
        self.home.gateway.ask(
            self,
            DraftKept,
            keep_draft(form),
            write=True,
            lasting=True,
            latest=f"draft {form.call_id}",
            excuse=self._not_kept,
        )

    def _not_kept(self, _error: HuifangError) -> bool:
        self._unkept = True
        self._on_its_way = False
        if not self._gone:
            self._paint_heads()
        return False

    def on_draft_kept(self, event: DraftKept) -> None:
        self._unkept = event.value is None
        if event.value is not None:
            self._saved_at = event.value
        elif not self._gone and not self._logging:
            self.tell(
                self.words.say("This call was stored at another terminal: what you type here is not kept."), "late"
            )
        self._on_its_way = False
        self._paint_heads()

    # The record

    def do_save(self) -> None:
        """Save the call, after asking back where it can hardly have been one."""
        assert self.sheet is not None
        assert self.home.session is not None
        book = self.home.session.rulebook
        outcome = book.outcomes.get(self.entry.outcome)
        since = self.entry.started_at or self.sheet.opened_at
        seconds = (self.home.clock.now() - since).total_seconds()
        if (
            outcome
            and outcome.reached
            and not outcome.asks_channel
            and seconds < book.policy.calls.quick_reached_seconds
        ):
            self.home.confirm(
                self.words.say("Was {name} really reached?", name=self._who()),
                self.words.say("The call was opened {seconds} s ago.", seconds=int(seconds)),
                self._store_call,
            )
        else:
            self._store_call()

    def _store_call(self) -> None:
        if self._logging or self.sheet is None:
            return
        self._logging = True
        if self._dirty is not None:
            self._dirty.stop()
            self._dirty = None
        if self.entry.profile and not self.entry.profile_why:
            self.entry.profile_why = self.words.say("checked with the member in the call")
        form = self.entry.form(self.sheet, self.home.clock.now())
        self.home.gateway.ask(
            self, CallLogged, log_record(form), write=True, lasting=True, excuse=self._not_logged
        )

    def _not_logged(self, error: HuifangError) -> bool:
        """The record was refused: say why at the place to blame; what was typed is kept as a draft."""
        self._logging = False
        if error.code == "call.stored_otherwise":
            self._unkept = True  # nor is a draft kept of a call that is stored
            return False
        self.write_draft(left=False)
        if isinstance(error, BadInput):
            # the reasons stand on their keys: their codes say nothing here
            keys = self.words.say("Why does the member stay away? Choose a reason by its key, then F8.")
            self.tell(keys if error.code == "call.reason_missing" else self.words.error(error), "bad")
            self._focus_blamed(error.field)
            return True
        if error.code.startswith("call.gate") or error.code.startswith("gate."):
            self._ask_override(self._store_call)
            return True
        return False

    def _focus_blamed(self, name: str) -> None:
        form = self.query_one(ScriptForm)
        if name == "callback":
            self.do_callback()
        elif name == "matter":
            self.do_raise()
        elif name == "channel":
            self._ask_channel()
        elif name == "reason":
            self.query_one("#reasons").focus()
        elif field := form.field_named(name) or form.field_named(f"profile:{name}"):
            field.focus()

    def on_call_logged(self, event: CallLogged) -> None:
        self._gone = True
        said = self._said(event.value)
        stay = event.value.other_number
        asks = self._asks_measure(event.value)
        self.home.pop_screen()
        self.home.today.look_at_next(said, self.number, stay=stay)
        if asks:
            from tui.giving import ask_measure

            # this screen is gone: the window's answer goes to the list
            today = self.home.today
            today.call_later(ask_measure, today, self.number, self._who(), event.value.call)
        elif self._was_unhappy():
            from tui.giving import DISSATISFIED, ask_gift

            ask_gift(self.home.today, self.number, event.value.call, DISSATISFIED)

    def _was_unhappy(self) -> bool:
        assert self.home.session is not None
        outcome = self.home.session.rulebook.outcomes.get(self.entry.outcome)
        return outcome is not None and outcome.satisfied is False

    def _asks_measure(self, result: CallResult) -> bool:
        """Whether the member gave a reason for staying away, so that something is to be done about it (R5.8)."""
        assert self.home.session is not None
        known = self.home.session.rulebook.programmes
        recovers = any(code in known and known[code].reasons for code in result.closed)
        return recovers and bool(self.entry.reasons) and not result.expired

    # Leaving

    def do_leave(self) -> None:
        """Back to the list: the draft is kept, the member set free."""
        self._unless_unkept(self._leave)

    def do_quit(self) -> None:
        """End the program, the draft kept."""
        self._unless_unkept(super().do_quit)

    def holds_unkept(self) -> bool:
        return self._unkept and not self._gone

    def _unless_unkept(self, then: Callable[[], None]) -> None:
        if self.holds_unkept():
            self.home.ask_unkept(then)
        else:
            then()

    def _leave(self) -> None:
        self._part()
        self.home.pop_screen()
        self.home.today.do_refresh()

    def _part(self) -> None:
        if self._gone:
            return
        self._gone = True
        if self.sheet is not None and self.entry.content():
            self.write_draft(left=True)
        # a call that is still being opened holds the member a moment later, and lets go of them after that
        self.home.gateway.ask(self.home.today, DraftKept, set_free(self.number), write=True, lasting=True)

    def put_away(self) -> None:
        """Another screen takes over for good: as if left with Esc."""
        self._part()
