"""The call: the script is the form, the outcomes stand on the digits, and what is typed is kept at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.timer import Timer

from core.base.days import near_day, weekday
from core.base.errors import BadInput, Conflict, HuifangError
from core.base.text import fit
from tui.entry import CallEntry, on_keys, others, reason_of, saves_at_once
from tui.jobs.call import (
    CallLogged,
    Dialled,
    DraftKept,
    HoldRenewed,
    SheetOpened,
    dial_number,
    keep_draft,
    log_record,
    open_sheet,
    renew_hold,
)
from tui.keys import bindings
from tui.overlays import Option, Pick
from tui.paint import Span, apart
from tui.record import sheet_lines, title_spans
from tui.screens.base import HuifangScreen
from tui.widgets.choices import Choice, KeyRow
from tui.widgets.painted import Painted
from tui.widgets.script import ScriptForm

if TYPE_CHECKING:
    from core.base.rulebook import Outcome
    from core.calls.views import CallResult, CallSheet, DialLine

DRAFT_SECONDS = 0.3
"""From the last key to the store; a killed terminal loses no more."""


class CallScreen(HuifangScreen):
    """One member's call."""

    key_screen: ClassVar[str] = "call"

    BINDINGS = [
        *bindings("call"),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("pageup", "script(-1)", show=False),
        Binding("pagedown", "script(1)", show=False),
    ]

    DEFAULT_CSS = """
    CallScreen > #why, CallScreen > #heads, CallScreen > #rule { height: 1; width: 100%; }
    CallScreen > Horizontal { height: 1fr; }
    CallScreen #record { width: 2fr; height: 1fr; border-left: ascii ansi_bright_black; padding-left: 1; }
    CallScreen #reasons { display: none; }
    CallScreen.reasons #reasons { display: block; }
    """

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number
        self.sheet: CallSheet | None = None
        self.entry = CallEntry()
        self.dialled: DialLine | None = None
        self._saved_at: datetime | None = None
        self._dirty: Timer | None = None
        self._kept: dict[str, object] = {}
        self._logging = False
        self._gone = False

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Painted(id="why")
        yield Painted(base="head", id="heads")
        with Horizontal():
            yield ScriptForm(id="script")
            yield Painted(id="record")
        yield Painted(id="say")
        yield KeyRow(id="outcomes")
        yield KeyRow(id="reasons")
        yield Painted(id="rule")
        yield Painted(id="foot")

    # Opening

    def on_mount(self) -> None:
        self.paint()
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
        if sheet.desk_only:
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
        await self.query_one(ScriptForm).fill(sheet, self.entry, self.words, names)
        self.set_class(sheet.asks_reasons, "reasons")
        self._offer()
        self.paint()
        self.query_one("#outcomes").focus()
        self.call_after_refresh(self.paint)
        self.set_interval(book.policy.claims.renew_seconds, self._renew)
        if sheet.draft is not None:
            self.tell(self.words.say("Your draft is back as you left it."), "good")
        elif not sheet.gate.allowed:
            self.tell(self._gate_words(), "late")

    def _offer(self) -> None:
        assert self.home.session is not None
        book = self.home.session.rulebook
        outcomes = [Choice(entry.code, entry.key, entry.name(self.words)) for entry in on_keys(book)]
        if others(book):
            outcomes.append(Choice("", "o", self.words.say("more")))
        self.query_one("#outcomes", KeyRow).offer(outcomes)
        reasons = [Choice(entry.code, entry.key, entry.name(self.words)) for entry in book.reasons.values()]
        self.query_one("#reasons", KeyRow).offer(reasons, self.words.say("reason"))
        self._mark()

    def _gate_words(self) -> str:
        assert self.sheet is not None
        reasons = [self.words.say(reason.template, **reason.params) for reason in self.sheet.gate.reasons]
        return " ".join(reasons)

    def _renew(self) -> None:
        if self.sheet is not None and not self._gone:
            self.home.gateway.ask(self, HoldRenewed, renew_hold(self.sheet.member.id), write=True)

    def on_hold_renewed(self, event: HoldRenewed) -> None:
        if not event.value and not self._logging:
            self.tell(self.words.say("The hold on this member was lost: somebody else may call. Your text is kept."), "late")

    # What is seen

    def paint(self) -> None:
        """Paint all texts anew."""
        self._paint_top()
        sheet = self.sheet
        why: list[Span] = [(" " + self.words.say("One moment .."), "quiet")]
        if sheet is not None:
            why = apart(self._why(sheet), self._last(sheet), self.size.width)
            record = self.query_one("#record", Painted)
            record.show(sheet_lines(self.home, sheet, max(20, record.size.width)))
        self.query_one("#why", Painted).show([why])
        self._paint_heads()
        self.query_one("#rule", Painted).show([self.silence()])
        if self._silence is None:
            self.hush()
        self.paint_foot()

    def _paint_top(self) -> None:
        n = self.home.numbers
        left: list[Span] = [(" < ", ""), (self.words.say("Today") + f" {n.done + 1}/{n.all}   ", "")]
        right: list[Span] = []
        if self.sheet is not None:
            left += [(text, "bar-strong" if name else name) for text, name in title_spans(self.home, self.sheet.member)]
            right = [*self._phone_spans(), ("   ", ""), (self._clock_words() + " ", "")]
        self.query_one("#top", Painted).show([apart(left, right, self.size.width)])

    def _phone_spans(self) -> list[Span]:
        assert self.sheet is not None
        if self.dialled is not None:
            return [(self.dialled.shown, f"link:{self.dialled.link}" if self.dialled.link else "bar-strong")]
        usable = next((phone for phone in self.sheet.phones if phone.usable), None)
        if usable is None:
            return [(self.words.say("no number to dial"), "bar-strong")]
        return [(usable.masked, "")]

    def _clock_words(self) -> str:
        started = self.entry.started_at
        if started is None or self.dialled is None:
            return self.words.say("not dialled")
        seconds = max(0, int((self.home.clock.now() - started).total_seconds()))
        return self.words.say("call {time}", time=f"{seconds // 60:02}:{seconds % 60:02}")

    def _tick(self) -> None:
        if self.dialled is not None and self.home.screen is self:
            self._paint_top()

    def _why(self, sheet: CallSheet) -> list[Span]:
        assert self.home.session is not None
        book = self.home.session.rulebook
        parts: list[str] = []
        for purpose in sheet.purposes:
            if not purpose.due:
                continue
            programme = book.programmes.get(purpose.programme)
            said = programme.name(self.words) if programme else purpose.programme
            if purpose.promise:
                said += f": {purpose.promise}"
            elif purpose.closes_on is not None:
                said += " " + self.words.say("until {day}", day=near_day(purpose.closes_on, sheet.on, self.words))
            parts.append(said)
        return [(" " + self.words.say("why") + "  ", "quiet"), ("; ".join(parts) or self.words.say("no purpose due"), "due")]

    def _last(self, sheet: CallSheet) -> list[Span]:
        last = sheet.last_call
        if last is None:
            return [(self.words.say("never called yet") + " ", "quiet")]
        assert self.home.session is not None
        outcome = self.home.session.rulebook.outcomes.get(last.outcome)
        at = self.home.local(last.at)
        said = f"{at:%m-%d} {weekday(at.date(), self.words)} {at:%H:%M} "
        said += outcome.name(self.words) if outcome else last.outcome
        attempt = self.words.say("attempt {count}", count=sheet.tries)
        return [(self.words.say("last") + " ", "quiet"), (f"{said}  {attempt} ", "")]

    def _paint_heads(self) -> None:
        saved = ""
        if self._dirty is not None:
            saved = self.words.say("writing ..")
        elif self._saved_at is not None:
            saved = self.words.say("saved {time}", time=f"{self.home.local(self._saved_at):%H:%M}")
        place = self.query_one("#record").region.x or self.size.width * 3 // 5
        left: list[Span] = [(fit(" " + self.words.say("script"), place + 2), ""), (self.words.say("record"), "")]
        self.query_one("#heads", Painted).show([apart(left, [(saved + " ", "")], self.size.width)])

    # Taking down

    def on_script_form_filled(self, _event: ScriptForm.Filled) -> None:
        self._changed()

    def _changed(self) -> None:
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
        self._write_draft(left=False)

    def _write_draft(self, *, left: bool) -> None:
        assert self.sheet is not None
        form = self.entry.draft(self.sheet, left=left)
        self._kept = self.entry.content()
        self.home.gateway.ask(self, DraftKept, keep_draft(form), write=True)

    def on_draft_kept(self, event: DraftKept) -> None:
        self._saved_at = event.value
        self._paint_heads()

    def on_key_row_picked(self, event: KeyRow.Picked) -> None:
        event.stop()
        if event.row.id == "outcomes":
            if event.code:
                self.choose(event.code)
            else:
                self.do_more()
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
        self._changed()
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
        self._changed()

    def _mark(self) -> None:
        self.query_one("#outcomes", KeyRow).mark({self.entry.outcome})
        self.query_one("#reasons", KeyRow).mark(set(self.entry.reasons))

    def do_more(self) -> None:
        """The outcomes that have no digit of their own."""
        assert self.home.session is not None
        options = [
            Option(entry.code, str(number), entry.name(self.words))
            for number, entry in enumerate(others(self.home.session.rulebook), 1)
        ]
        self._pick(self.words.say("Which other outcome?"), options, self.choose)

    def _ask_channel(self) -> None:
        say = self.words.say
        options = [
            Option("shop", "1", say("in the shop")),
            Option("wechat", "2", say("WeChat")),
            Option("sms", "3", say("SMS")),
            Option("email", "4", say("e-mail")),
            Option("other", "5", say("another way")),
        ]

        def chosen(code: str) -> None:
            self.entry.channel = code
            self._changed()
            self.do_save()

        self._pick(say("Over which channel was the member reached?"), options, chosen)

    def _pick(self, title: str, options: list[Option], then: object) -> None:
        assert callable(then)
        hint = self.words.say("A key takes it at once. Esc: back.")
        self.home.push_screen(Pick(title, hint, options), lambda code: then(code) if code else None)

    def do_callback(self) -> None:
        """Ask when to call again; what was understood is said at once."""
        from tui.when import ask_when

        def understood(moment: datetime, typed: str, said: str) -> None:
            self.entry.callback_at, self.entry.callback_text = moment, typed
            self.entry.outcome = self.entry.outcome or self._callback_outcome()
            self._mark()
            self._changed()
            self.query_one("#outcomes").focus()
            self.tell(self.words.say("Call back {when}. F8 or Enter saves it.", when=said), "due")

        ask_when(self.home, self.words.say("When shall {name} be called?", name=self._who()), understood)

    def _callback_outcome(self) -> str:
        assert self.home.session is not None
        outcomes = self.home.session.rulebook.outcomes.values()
        return next((entry.code for entry in outcomes if entry.schedules_callback), "")

    def do_raise(self) -> None:
        """Take a problem or complaint down."""
        from tui.screens.forms import RaiseForm

        def taken(raised: object) -> None:
            from tui.entry import RaisedEntry

            if isinstance(raised, RaisedEntry):
                self.entry.raised = [raised]
                self._changed()
                self.tell(self.words.say("Taken down: it is opened when the call is saved (F8)."))
            self.query_one("#outcomes").focus()

        begun = self.entry.raised[0] if self.entry.raised else None
        self.home.push_screen(RaiseForm(self.home, begun), taken)

    def do_edit(self) -> None:
        """Change the profile in place."""
        if self.sheet is None:
            return
        from tui.screens.forms import edit_profile

        edit_profile(self.home, self.sheet.member, self._reopen)

    def _reopen(self) -> None:
        """The profile changed: read the sheet anew; what was typed stays."""
        self.keep()
        self.entry.profile.clear()
        self._write_draft(left=False)
        self.home.gateway.ask(self, SheetOpened, open_sheet(self.number), write=True)

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

    def do_dial(self) -> None:
        """Show the number and start the clock; outside the rules a reason is asked for first."""
        assert self.sheet is not None
        if not self.sheet.gate.allowed and not self.entry.override_reason:
            self._ask_override(self._dial)
        else:
            self._dial()

    def _ask_override(self, then: object) -> None:
        def given(reason: str) -> None:
            self.entry.override_reason = reason
            self._changed()
            assert callable(then)
            then()

        title = self.words.say("{reasons} Why call all the same?", reasons=self._gate_words())
        self.home.ask_text(title, then=given)

    def _dial(self) -> None:
        assert self.sheet is not None
        phones = [phone for phone in self.sheet.phones if phone.usable]
        following = phones[0].phone_id if phones else None
        if self.dialled is not None and len(phones) > 1:
            ids = [phone.phone_id for phone in phones]
            following = ids[(ids.index(self.dialled.phone_id) + 1) % len(ids)]
        job = dial_number(self.number, following, self.sheet.call_id, self.entry.override_reason)
        self.home.gateway.ask(self, Dialled, job, write=True)

    def on_dialled(self, event: Dialled) -> None:
        self.dialled = event.value
        self.entry.phone_id = event.value.phone_id
        self.entry.started_at = self.home.clock.now()
        self._changed()
        self._paint_top()
        self.tell(self.words.say("Dial {number}   {link}", number=event.value.shown, link=event.value.link), "due")

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
        assert self.sheet is not None and self.home.session is not None
        book = self.home.session.rulebook
        outcome = book.outcomes.get(self.entry.outcome)
        since = self.entry.started_at or self.sheet.opened_at
        seconds = (self.home.clock.now() - since).total_seconds()
        if outcome and outcome.reached and not outcome.asks_channel and seconds < book.policy.calls.quick_reached_seconds:
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
        self.home.gateway.ask(self, CallLogged, log_record(form), write=True, excuse=self._not_logged)

    def _not_logged(self, error: HuifangError) -> bool:
        """The record was refused: say why at the place to blame; what was typed is kept as a draft."""
        self._logging = False
        self._write_draft(left=False)
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
        self.home.pop_screen()
        self.home.today.look_at_next(said, stay=stay)

    def _said(self, result: CallResult) -> str:
        assert self.home.session is not None
        book = self.home.session.rulebook
        say = self.words.say
        outcome = book.outcomes.get(result.outcome)
        parts = [say("Saved: {name}, {outcome}.", name=self._who(), outcome=outcome.name(self.words) if outcome else "")]
        if result.callback_at is not None:
            at = self.home.local(result.callback_at)
            parts.append(say("Callback {day} {time}.", day=near_day(at.date(), self.home.local(self.home.clock.now()).date(), self.words), time=f"{at:%H:%M}"))
        if result.retry_at is not None:
            at = self.home.local(result.retry_at)
            parts.append(say("Again from {day} {time}.", day=near_day(at.date(), self.home.local(self.home.clock.now()).date(), self.words), time=f"{at:%H:%M}"))
        if result.other_number:
            parts.append(say("There is another number: Enter opens it."))
        elif result.waits:
            parts.append(say("No number is left: the shop is asked for one."))
        return " ".join(parts)

    def do_leave(self) -> None:
        """Back to the list: the draft is kept, the member set free."""
        self._part()
        self.home.pop_screen()
        self.home.today.do_refresh()

    def _part(self) -> None:
        from tui.jobs.call import set_free

        if self.sheet is None or self._gone:
            return
        self._gone = True
        if self.entry.content():
            self._write_draft(left=True)
        self.home.gateway.ask(self.home.today, DraftKept, set_free(self.sheet.member.id), write=True)

    def put_away(self) -> None:
        """Another screen takes over for good: as if left with Esc."""
        self._part()

    def member_number(self) -> str | None:
        return self.number

    def _who(self) -> str:
        return self.sheet.member.name if self.sheet else self.number

    def reword(self) -> None:
        """The language changed."""
        self.keep()
        self._offer()
        self.paint()
        if self.sheet is not None:
            self.home.gateway.ask(self, SheetOpened, open_sheet(self.number), write=True)
