"""The door: signing in, a new PIN, and the lock over the screens (R15.1). What is typed here is shown as stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from core.base.errors import HuifangError
from tui.desk import Session
from tui.jobs.signin import SecretChanged, SecretProved, Unlocked, choose_secret, come_back, prove
from tui.overlays import Overlay, T
from tui.paint import wrapped
from tui.widgets.field import Field
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from tui.jobs.signin import Door
    from tui.presence import Presence

LONGEST = 128
SAYING = 4
"""Lines for what went wrong."""


class SecretField(Field):
    """A field whose text nobody reads."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, limit=LONGEST)
        self.password = True

    @property
    def _value(self) -> Text:
        return Text("*" * len(self.value), no_wrap=True, overflow="ignore", end="")


class DoorWindow(Overlay[T]):
    """A window over an empty screen, with labelled fields and room to say what is wrong."""

    DEFAULT_CSS = """
    DoorWindow, DoorWindow:ansi { background: ansi_default; }
    DoorWindow Horizontal { height: 1; }
    DoorWindow .label { width: 20; }
    DoorWindow #fault { height: 4; }
    """

    def __init__(self, app: Presence, title: str, hint: str) -> None:
        super().__init__(title, hint)
        self._home = app
        self._busy = False

    def labelled(self, label: str, field: Field) -> Horizontal:
        """A field with its label before it."""
        shown = Painted([[(label, "quiet")]])
        shown.add_class("label")
        return Horizontal(shown, field)

    def fault(self) -> Painted:
        """The lines for what went wrong."""
        return Painted([[("", "")]] * SAYING, id="fault")

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return self.query_one(name, Field).value

    def say(self, text: str, style: str = "late") -> None:
        """Say what is wrong."""
        lines = [[(line, style)] for line in wrapped(text, self.text_width - 2)]
        self.query_one("#fault", Painted).show([*lines, *[[("", "")]] * SAYING][:SAYING])

    def refused(self, error: HuifangError) -> bool:
        """Say why it was no good, and let them try again from an empty field."""
        self._busy = False
        for field in self.query(SecretField):
            field.value = ""
        self.query(SecretField).first().focus()
        self.say(self._home.words.error(error), "bad")
        return True


class SignInWindow(DoorWindow[Session]):
    """Asks for staff code and PIN; only for the PIN where this terminal's login is tied to an account."""

    def __init__(self, app: Presence, door: Door) -> None:
        say = app.words.say
        super().__init__(app, say("Huifang: sign in"), say("Enter: go on. Esc: leave."))
        self._door = door

    def inside(self) -> ComposeResult:
        say = self._home.words.say
        if self._door.tied:
            yield Painted([[(f"{self._door.name}  {self._door.code}", "strong")]])
        else:
            yield self.labelled(say("staff code"), Field(self._door.code, id="code"))
        yield self.labelled(say("PIN or password"), SecretField(id="secret"))
        yield self.fault()

    def on_mount(self) -> None:
        self.query_one("#secret" if self._door.code else "#code").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "code":
            self.query_one("#secret").focus()
            return
        code = self._door.code if self._door.tied else self.typed("#code").strip()
        if not code or self._busy:
            self.say(self._home.words.say("Type your staff code and your PIN."))
            return
        self._busy = True
        self.say(self._home.words.say("One moment .."), "quiet")
        job = prove(code, self.typed("#secret"))
        self._home.gateway.ask(self, SecretProved, job, write=True, excuse=self.refused)

    def on_secret_proved(self, event: SecretProved) -> None:
        if not event.value.must_change:
            self.dismiss(event.value.session)
            return
        window = NewSecretWindow(self._home, present=self.typed("#secret"))
        self._home.push_screen(window, self._chosen)

    def _chosen(self, session: Session | None) -> None:
        self.dismiss(session)


class NewSecretWindow(DoorWindow[Session]):
    """Asks for a new PIN twice, and for the present one where it was not typed a moment ago."""

    def __init__(self, app: Presence, present: str | None = None) -> None:
        say = app.words.say
        title = say("Choose a PIN of your own") if present is not None else say("Change your PIN")
        super().__init__(app, title, say("Enter: go on. Esc: back."))
        self._present = present
        self._asks = present is None and app.session is not None and app.session.secret

    def inside(self) -> ComposeResult:
        say = self._home.words.say
        if self._present is not None:
            told = say("The PIN you have was given to you by somebody else: nobody but you is to know it.")
            yield Painted([[(line, "")] for line in wrapped(told, self.text_width - 2)], id="told")
        if self._asks:
            yield self.labelled(say("present PIN"), SecretField(id="present"))
        yield self.labelled(say("new PIN"), SecretField(id="new"))
        yield self.labelled(say("the new PIN again"), SecretField(id="again"))
        yield self.fault()

    def on_mount(self) -> None:
        for told in self.query("#told"):
            told.styles.height = 2
        self.query(SecretField).first().focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id != "again":
            self.focus_next()
            return
        if self._busy:
            return
        say = self._home.words.say
        if self.typed("#new") != self.typed("#again"):
            self.query_one("#new", Field).value = self.query_one("#again", Field).value = ""
            self.query_one("#new").focus()
            self.say(say("The two differ: type the new PIN twice, the same."))
            return
        self._busy = True
        self.say(say("One moment .."), "quiet")
        present = self.typed("#present") if self._asks else self._present or ""
        job = choose_secret(present, self.typed("#new"))
        self._home.gateway.ask(self, SecretChanged, job, write=True, excuse=self.refused)

    def on_secret_changed(self, event: SecretChanged) -> None:
        self.dismiss(event.value)


class LockWindow(DoorWindow[bool]):
    """Shows nothing of anybody until its user is back, by the PIN where there is one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10,ctrl+q", "away", show=False),
        Binding("escape", "stay", show=False),
    ]

    def __init__(self, app: Presence) -> None:
        say = app.words.say
        self.secret = app.session is not None and app.session.secret
        hint = say("Enter: go on.  q or F10: sign out and leave.")
        if self.secret:
            hint = say("Enter: go on.  F10: sign out and leave.")
        super().__init__(app, say("Huifang is covered"), hint)

    def inside(self) -> ComposeResult:
        say = self._home.words.say
        yield Painted([[(say("Nothing is lost: an open call is kept as a draft."), "")]])
        if self.secret:
            session = self._home.session
            assert session is not None
            yield Painted([[(f"{session.name}  {session.code}", "strong")]])
            yield self.labelled(say("PIN or password"), SecretField(id="secret"))
            yield self.fault()

    def on_mount(self) -> None:
        if self.secret:
            self.query_one("#secret").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._busy:
            return
        self._busy = True
        job = come_back(event.value)
        self._home.gateway.ask(self, Unlocked, job, write=True, excuse=self.refused)

    def on_unlocked(self) -> None:
        self.dismiss(True)

    def key_enter(self) -> None:
        """Back to work, where no PIN is asked."""
        self.action_stay()

    def key_q(self) -> None:
        """Away, where no PIN is being typed."""
        if not self.secret:
            self.action_away()

    def action_stay(self) -> None:
        """Back to work, where no PIN is asked."""
        if not self.secret:
            self.dismiss(True)

    def action_away(self) -> None:
        """Sign out."""
        self.dismiss(False)
