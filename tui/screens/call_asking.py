"""What a call asks for on its way: another outcome, a channel, a time, a problem, the profile, the number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime

from tui.entry import RaisedEntry, others
from tui.jobs.call import Dialled, SheetOpened, dial_number, open_sheet
from tui.overlays import Option
from tui.screens.call_face import CallFace
from tui.widgets.script import ScriptForm


class CallAsking(CallFace):
    """The call's questions; each leads back to the outcomes."""

    @abstractmethod
    def choose(self, code: str) -> None:
        """Take an outcome."""

    @abstractmethod
    def do_save(self) -> None:
        """Save the call."""

    @abstractmethod
    def changed(self) -> None:
        """Something was taken down."""

    @abstractmethod
    def write_draft(self, *, left: bool) -> None:
        """Write the draft."""

    def do_more(self) -> None:
        """The outcomes that have no digit of their own."""
        assert self.home.session is not None
        options = [
            Option(entry.code, str(number), entry.name(self.words))
            for number, entry in enumerate(others(self.home.session.rulebook), 1)
        ]
        self.home.ask_choice(self.words.say("Which other outcome?"), options, self.choose)

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
            self.changed()
            self.do_save()

        self.home.ask_choice(say("Over which channel was the member reached?"), options, chosen)

    def do_callback(self) -> None:
        """Ask when to call again; what was understood is said at once."""
        from tui.when import ask_when

        def understood(moment: datetime, typed: str, said: str) -> None:
            self.entry.callback_at, self.entry.callback_text = moment, typed
            self.entry.outcome = self.entry.outcome or self._callback_outcome()
            self._mark()
            self.changed()
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
            if isinstance(raised, RaisedEntry):
                self.entry.raised = [raised]
                self.changed()
                self.tell(self.words.say("Taken down: it is opened when the call is saved (F8)."))
            self.query_one("#outcomes").focus()

        begun = self.entry.raised[0] if self.entry.raised else None
        self.home.push_screen(RaiseForm(self.home, begun), taken)

    def do_gift(self) -> None:
        """Give the member something, out of the call."""
        if self.sheet is not None:
            from tui.giving import ask_gift

            ask_gift(self, self.number, self.sheet.call_id)

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
        self.write_draft(left=False)
        self.home.gateway.ask(self, SheetOpened, open_sheet(self.number), write=True)

    def do_dial(self) -> None:
        """Show the number and start the clock; outside the rules a reason is asked for first."""
        assert self.sheet is not None
        if not self.sheet.gate.allowed and not self.entry.override_reason:
            self._ask_override(self._dial)
        else:
            self._dial()

    def _ask_override(self, then: Callable[[], None]) -> None:
        def given(reason: str) -> None:
            self.entry.override_reason = reason
            self.changed()
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
        self.changed()
        self.query_one(ScriptForm).show_written(event.value.written)
        self._paint_top()
        self.tell(self.words.say("Dial {number}   {link}", number=event.value.shown, link=event.value.link), "due")
