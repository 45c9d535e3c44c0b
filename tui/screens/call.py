"""The call: the script is the form, the outcomes stand on the digits, and what is typed is kept at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key

from core.base.errors import BadInput, Conflict, HuifangError
from tui.entry import CallEntry, saves_at_once
from tui.jobs.call import (
    CallLogged,
    DraftKept,
    HoldRenewed,
    SheetOpened,
    keep_draft,
    log_record,
    open_sheet,
    renew_hold,
    set_free,
)
from tui.keys import bindings
from tui.screens.call_asking import CallAsking
from tui.screens.call_face import MORE
from tui.widgets.choices import KeyRow
from tui.widgets.script import ScriptForm

if TYPE_CHECKING:
    from core.base.rulebook import Outcome
    from core.calls.views import CallResult

DRAFT_SECONDS = 0.3
"""From the last key to the store; a killed terminal loses no more."""


class CallScreen(CallAsking):
    """One member's call."""

    key_screen: ClassVar[str] = "call"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("call"),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("pageup", "script(-1)", show=False),
        Binding("pagedown", "script(1)", show=False),
    ]

    def __init__(self, number: str, *, desk: bool = True, ahead: str = "") -> None:
        super().__init__(number)
        self._desk = desk
        self._ahead = list(ahead)
        self._open = False
        self._kept: dict[str, object] = {}
        self._logging = False
        self._gone = False

    # Opening

    def on_mount(self) -> None:
        self.paint()
        self.query_one("#outcomes").focus()
        self.home.gateway.ask(self, SheetOpened, open_sheet(self.number), write=True, excuse=self._not_opened)
        self.set_interval(1.0, self._tick)

    def _not_opened(self, error: HuifangError) -> bool:
        self._gone = True
        self.home.pop_screen()
        since = error.params.get("since")
        if isinstance(error, Conflict) and isinstance(since, datetime):
            said = self.words.say(
                "{name} has been on this member since {time}: take the next one, or ask them.",
                name=error.params.get("name", ""),
                time=f"{self.home.local(since):%H:%M}",
            )
            self.home.tell(said, "late")
            self.home.today.do_refresh()
        else:
            self.home.trouble(error)
        return True

    async def on_sheet_opened(self, event: SheetOpened) -> None:
        sheet = self.sheet = event.value
        if sheet.desk_only and self._desk:
            self._gone = True
            self.home.show_review(self.number)
            return
        if sheet.draft is not None:
            self.entry = CallEntry.of(sheet.draft.content)
            self._saved_at = sheet.draft.saved_at
        self._kept = self.entry.content()
        assert self.home.session is not None
        book = self.home.session.rulebook
        names = {code: programme.name(self.words) for code, programme in book.programmes.items()}
        form = self.query_one(ScriptForm)
        await form.fill(sheet, self.entry, self.words, names)
        if self.dialled is not None:
            form.show_written(self.dialled.written)
        self.set_class(sheet.asks_reasons, "reasons")
        self._offer()
        self.paint()
        self.query_one("#outcomes").focus()
        self.call_after_refresh(self.paint)
        if not self._open:
            self._open = True
            self.set_interval(book.policy.claims.renew_seconds, self._renew)
            self.call_after_refresh(self._catch_up)
        if sheet.draft is not None:
            self.tell(self.words.say("Your draft is back as you left it."), "good")
        elif not sheet.gate.allowed:
            self.tell(self._gate_words(), "late")

    def on_key_row_early(self, event: KeyRow.Early) -> None:
        event.stop()
        self._ahead.append(event.character)

    def _catch_up(self) -> None:
        """Do now what was typed while the member was being opened: no key of a fast hand is lost."""
        keys, self._ahead = self._ahead, []
        for key in keys:
            self.home.post_message(Key(key, key))

    def _renew(self) -> None:
        if self.sheet is not None and not self._gone:
            self.home.gateway.ask(self, HoldRenewed, renew_hold(self.sheet.member.id), write=True)

    def on_hold_renewed(self, event: HoldRenewed) -> None:
        if not event.value and not self._logging:
            self.tell(
                self.words.say("The hold on this member was lost: somebody else may call. Your text is kept."),
                "late",
            )

    # What is seen

    def _tick(self) -> None:
        if self.dialled is not None and self.home.screen is self:
            self._paint_top()

    # Taking down

    def on_script_form_filled(self, _event: ScriptForm.Filled) -> None:
        self.changed()

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
        # of many drafts that wait for the store, the last is enough
        self.home.gateway.ask(
            self, DraftKept, keep_draft(form), write=True, lasting=True, latest=f"draft {form.call_id}"
        )

    def on_draft_kept(self, event: DraftKept) -> None:
        self._saved_at = event.value
        self._paint_heads()

    def on_key_row_picked(self, event: KeyRow.Picked) -> None:
        event.stop()
        if event.row.id == "outcomes":
            if event.code == MORE:
                self.do_more()
            else:
                self.choose(event.code)
        else:
            self._turn_reason(event.code)

    def on_key_row_entered(self, event: KeyRow.Entered) -> None:
        event.stop()
        self.action_key("save")

    def choose(self, code: str) -> None:
        """Take an outcome; one that needs nothing more is saved at once."""
        assert self.home.session is not None
        outcome = self.home.session.rulebook.outcomes[code]
        again = self.entry.outcome not in ("", code)
        self.entry.outcome = code
        self._mark()
        self.changed()
        if saves_at_once(outcome) and not again:
            self.do_save()
        elif outcome.schedules_callback:
            self.do_callback()
        elif outcome.opens_problem:
            self.do_raise()
        elif outcome.asks_channel:
            self._ask_channel()
        else:
            self._lead_on(outcome)

    def _lead_on(self, outcome: Outcome) -> None:
        """Put the focus where this outcome wants something next."""
        assert self.sheet is not None
        wants_reason = self.sheet.asks_reasons and outcome.reached and not outcome.refused
        form = self.query_one(ScriptForm)
        score = form.first_empty_score()
        if outcome.needs_note:
            field = form.field_named("note")
            if field is not None:
                field.focus()
        elif wants_reason:
            self.query_one("#reasons").focus()
        elif outcome.satisfied and score is not None:
            score.focus()
        else:
            self.query_one("#outcomes").focus()
        self.tell(self.words.say("{outcome}: F8 saves it.", outcome=outcome.name(self.words)))

    def _turn_reason(self, code: str) -> None:
        if code in self.entry.reasons:
            self.entry.reasons.remove(code)
        else:
            self.entry.reasons.append(code)
        self._mark()
        self.changed()

    def do_form(self) -> None:
        """To the next field of the script."""
        if self.focused is not None and self.focused.id in ("outcomes", "reasons"):
            fields = self.query_one(ScriptForm).query("Field, Score, Tick")
            if fields:
                fields.first().focus()
                return
        self.focus_next()

    def action_script(self, step: int) -> None:
        """Turn the pages of the script."""
        form = self.query_one(ScriptForm)
        form.scroll_relative(y=step * max(1, form.size.height - 2), animate=False)

    # Dialling

    # Saving and leaving

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        if self.sheet is None and name not in ("leave", "help", "palette", "quit", "today", "language", "lock"):
            return self.words.say("One moment: the member is being opened.")
        if name == "save" and not self.entry.outcome:
            return self.words.say("What came of the call? Choose an outcome first: 1 to 9, 0, or o.")
        if name == "dial" and self.sheet is not None and not any(phone.usable for phone in self.sheet.phones):
            return self.words.say("There is no number to dial: e adds one to the profile.")
        return ""

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
        self.write_draft(left=False)
        if isinstance(error, BadInput):
            self.tell(self.words.error(error), "bad")
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
        self.home.today.look_at_next(said, stay=stay)
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

    def do_leave(self) -> None:
        """Back to the list: the draft is kept, the member set free."""
        self._part()
        self.home.pop_screen()
        self.home.today.do_refresh()

    def _part(self) -> None:
        if self.sheet is None or self._gone:
            return
        self._gone = True
        if self.entry.content():
            self.write_draft(left=True)
        member = self.sheet.member.id
        self.home.gateway.ask(self.home.today, DraftKept, set_free(member), write=True, lasting=True)

    def put_away(self) -> None:
        """Another screen takes over for good: as if left with Esc."""
        self._part()

    def reword(self) -> None:
        """The language changed."""
        self.keep()
        self._offer()
        self.paint()
        if self.sheet is not None:
            self.home.gateway.ask(self, SheetOpened, open_sheet(self.number), write=True)
