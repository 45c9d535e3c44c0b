"""The call: the script is the form, the outcomes stand on the digits, and what is typed is kept at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.events import DescendantFocus, Key
from textual.widget import Widget

from core.base.errors import Conflict, HuifangError
from tui.entry import CallEntry, saves_at_once
from tui.jobs.call import HoldRenewed, SheetOpened, open_sheet, renew_hold
from tui.keys import bindings
from tui.lasting import SLOW
from tui.screens.call_face import MORE
from tui.screens.call_saving import CallSaving
from tui.widgets.choices import KeyRow
from tui.widgets.script import ScriptForm

if TYPE_CHECKING:
    from core.base.rulebook import Outcome


class CallScreen(CallSaving):
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
        self._at_hand: Widget | None = None

    # Opening

    def on_mount(self) -> None:
        self.paint()
        self.query_one("#outcomes").focus()
        self.home.gateway.ask(self, SheetOpened, open_sheet(self.number), write=True, excuse=self._not_opened)
        self.set_interval(1.0, self._tick)
        self.set_timer(SLOW, self._still_opening)

    def _still_opening(self) -> None:
        if self.sheet is None and not self._gone:
            self.tell(self.words.say("The store does not answer yet. Esc goes back to the list."), "late")

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
        again = self._open
        sheet = self.sheet = event.value
        if sheet.desk_only and self._desk:
            self._gone = True
            self.home.show_review(self.number)
            return
        if sheet.draft is not None and not again:  # what was typed since the draft was written is newer
            self.entry = CallEntry.of(sheet.draft.content)
            self._saved_at = sheet.draft.saved_at
        self._kept = self._kept if again else self.entry.content()
        assert self.home.session is not None
        book = self.home.session.rulebook
        names = {code: programme.name(self.words) for code, programme in book.programmes.items()}
        form, outcomes = self.query_one(ScriptForm), self.query_one("#outcomes", KeyRow)
        place = form.place()
        outcomes.waiting = again  # the field at hand goes for a moment: what is typed into it chooses nothing
        self.set_focus(outcomes)
        await form.fill(sheet, self.entry, self.words, names)
        outcomes.waiting = False
        if self.dialled is not None:
            form.show_written(self.dialled.written)
        self.set_class(sheet.asks_reasons, "reasons")
        self._offer()
        self.paint()
        self.set_focus(form.at(place) or outcomes)
        self.call_after_refresh(self.paint)
        self.call_after_refresh(self._catch_up)
        if not again:
            self._open = True
            self.set_interval(book.policy.claims.renew_seconds, self._renew)
        if sheet.draft is not None and not again:
            self.tell(self.words.say("Your draft is back as you left it."), "good")
        elif not sheet.gate.allowed and not again:
            self.tell(self._gate_words(), "late")

    def on_key_row_early(self, event: KeyRow.Early) -> None:
        event.stop()
        self._ahead.append(event.character)

    def _catch_up(self) -> None:
        """Do now what was typed while the member was being opened: no key of a fast hand is lost."""
        keys, self._ahead = self._ahead, []
        for key in keys:
            self.home.post_message(Key(key, key))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        super().on_descendant_focus(event)
        self._at_hand = event.widget

    def on_key(self, event: Key) -> None:
        """A terminal that loses its focus takes it from the field at hand: the next key gives it back."""
        if self.focused is not None:
            return
        event.stop()
        event.prevent_default()
        at_hand = self._at_hand
        self.set_focus(at_hand if at_hand is not None and at_hand.is_attached else self.query_one("#outcomes"))
        self.home.post_message(Key(event.key, event.character))

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

    # What may be done

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

    def reword(self) -> None:
        """The language changed."""
        self.keep()
        self._offer()
        self.paint()
        if self.sheet is not None:
            self.home.gateway.ask(self, SheetOpened, open_sheet(self.number), write=True)
