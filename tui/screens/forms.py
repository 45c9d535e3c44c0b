"""Small forms over the call and the member: a problem or complaint, and the profile edited in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input

from core.base.errors import BadInput, Conflict, HuifangError
from tui import wording
from tui.entry import RaisedEntry
from tui.jobs.member import MemberEdited, edit
from tui.matters_face import SHORT
from tui.overlays import WideOverlay
from tui.paint import Span, wrapped
from tui.profile import CONTACT, EDITABLE, as_typed, behind, values_of
from tui.widgets.choices import Choice, KeyRow, OneOf
from tui.widgets.field import Field
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.members.views import MemberCard
    from tui.app import HuifangApp
    from tui.navigation import Navigation

CATEGORIES = ("quality", "service", "place", "price", "goods", "other")


def labelled(label: str, widget: Any) -> Horizontal:
    """A widget with its label before it."""
    shown = Painted([[(label, "quiet")]])
    shown.add_class("label")
    return Horizontal(shown, widget)


class RaiseForm(WideOverlay[RaisedEntry]):
    """Takes a problem or complaint down: what is wrong, which kind, about what, how urgent, what is asked for."""

    DEFAULT_CSS = """
    RaiseForm Horizontal { height: 1; }
    RaiseForm .label { width: 10; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "take", show=False)]

    def __init__(self, app: Navigation, begun: RaisedEntry | None) -> None:
        say = app.words.say
        super().__init__(
            say("Problem or complaint"), say("Enter or F8: take it down. Tab: next field. Esc: back.")
        )
        self._begun = begun or RaisedEntry()
        self._words = app.words

    def inside(self) -> ComposeResult:
        yield from self.fields()
        yield Painted([[("", "")]], id="fault")

    def fields(self) -> ComposeResult:
        """What is asked, the most important first."""
        say, begun = self._words.say, self._begun
        yield labelled(say("what"), Field(begun.matter, id="matter"))
        yield labelled(say("kind"), self._one_of("kind", ("problem", "complaint"), begun.kind))
        yield labelled(say("about"), self._one_of("category", CATEGORIES, begun.category))
        yield labelled(say("how fast"), self._one_of("urgency", ("normal", "urgent"), begun.urgency))
        yield labelled(say("asks for"), Field(begun.demand, id="demand"))
        yield labelled(say("product"), Field(begun.product, id="product"))
        person = Field(begun.about, id="person")
        person.placeholder = say("the staff member it is about: name or staff code")
        yield labelled(say("person"), person)
        yield labelled(say("evidence"), Field(begun.evidence, id="evidence"))

    def _one_of(self, name: str, codes: tuple[str, ...], chosen: str) -> OneOf:
        choices = [Choice(code, str(number), self._word_for(code)) for number, code in enumerate(codes, 1)]
        row = OneOf(choices, id=name)
        row.marked = {chosen} if chosen else set()
        return row

    def _word_for(self, code: str) -> str:
        if code in SHORT:
            return self._words.say(SHORT[code])
        return wording.worded(wording.RAISED, code, self._words)

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#matter"))  # at once: focus() comes after keys that wait already

    def on_input_submitted(self) -> None:
        self.action_take()

    def on_key_row_entered(self, event: KeyRow.Entered) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Take it down, if it says what is wrong."""
        entry = self.entry()
        if entry.matter:
            self.dismiss(entry)
        else:
            self.say_fault(self._words.say("Say in a few words what is wrong."))

    def entry(self) -> RaisedEntry:
        """What was typed."""
        texts = {name: self.text(name) for name in ("matter", "demand", "product", "evidence")}
        return RaisedEntry(
            **texts,
            about=self.text("person"),
            kind=self.query_one("#kind", OneOf).value or "problem",
            category=self.query_one("#category", OneOf).value,
            urgency=self.query_one("#urgency", OneOf).value or "normal",
        )

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.query_one(f"#{name}", Field).value.strip()

    def say_fault(self, said: str, style: str = "late") -> None:
        """Say under the fields what is missing or wrong."""
        self.query_one("#fault", Painted).show([[(said, style)]])


def edit_profile(app: HuifangApp, card: MemberCard, then: Callable[[], None]) -> None:
    """Edit a member's profile in place; `then` is called when something was changed."""
    app.push_screen(EditForm(app, card), lambda changed: then() if changed else None)


class EditForm(WideOverlay[bool]):
    """A member's profile, field by field; a fault is said under the field, and nothing typed is lost."""

    DEFAULT_CSS = """
    EditForm VerticalScroll { height: 15; scrollbar-size: 0 0; }
    EditForm Horizontal { height: 1; }
    EditForm .label { width: 20; }
    EditForm #fault { height: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "save", show=False)]

    def __init__(self, app: HuifangApp, card: MemberCard) -> None:
        say = app.words.say
        super().__init__(
            say("Profile of {name}", name=card.name),
            say("F8: save. Enter, Up, Down: between fields. Esc: back, unchanged."),
        )
        self._home = app
        self._card = card
        self._version = card.version
        self._values = values_of(card, app.words)

    def inside(self) -> ComposeResult:
        words = self._home.words
        with VerticalScroll(can_focus=False):
            for name in EDITABLE:
                field = Field(self._values[name], name=name)
                field.placeholder = behind(self._card, name, words)
                yield labelled(wording.worded(wording.FIELDS, name, words), field)
        yield labelled(words.say("reason"), Field(name="why", id="why"))
        yield Painted([[("", "")], [("", "")]], id="fault")

    def on_mount(self) -> None:
        self.query(Field).first().focus()

    def changes(self) -> Mapping[str, str]:
        """The fields whose text is another now."""
        return {
            field.name: as_typed(field.name, field.value)
            for field in self.query(Field)
            if field.name and field.name != "why" and field.value.strip() != self._values[field.name]
        }

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.name == "why":
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Save what was changed."""
        changes = self.changes()
        if not changes:
            self.dismiss(False)
            return
        why = self.query_one("#why", Field)
        if not why.value.strip() and CONTACT & changes.keys():
            self._say(self._home.words.say("A change of contact needs a reason: say how you know."), "late")
            why.focus()
            return
        job = edit(self._card.number, changes, why.value, self._version)
        self._home.gateway.ask(self, MemberEdited, job, write=True, excuse=self._refused)

    def on_member_edited(self) -> None:
        self.dismiss(True)

    def _refused(self, error: HuifangError) -> bool:
        text = self._home.words.error(error)
        if isinstance(error, Conflict):
            for name, theirs, yours in error.differences:
                label = wording.worded(wording.FIELDS, name, self._home.words)
                text += " " + self._home.words.say(
                    "{field}: theirs {theirs}, yours {yours}.",
                    field=label,
                    theirs=theirs or "-",
                    yours=yours or "-",
                )
            version = error.params.get("version")
            self._version = version if isinstance(version, int) else self._version
        self._say(text, "bad")
        if isinstance(error, BadInput):
            field = next((field for field in self.query(Field) if field.name == error.field), None)
            if field is not None:
                field.focus()
        return True

    def _say(self, text: str, style: str) -> None:
        lines: list[list[Span]] = [[(line, style)] for line in wrapped(text, 72)[:2]]
        self.query_one("#fault", Painted).show([*lines, [("", "")]][:2])
