"""Things chosen by a digit: the outcomes of a call, one of a few, a score, a tick. Each is one painted widget."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.paint import Span, strip, width_of


@dataclass(frozen=True, slots=True)
class Choice:
    """Something on a key."""

    code: str
    key: str
    text: str


class KeyRow(Widget, can_focus=True):
    """Choices laid out on as few lines as they need; a key picks one. Several may be marked."""

    DEFAULT_CSS = """
    KeyRow { height: auto; width: 100%; }
    """

    class Picked(Message):
        """A choice's key was pressed."""

        def __init__(self, row: KeyRow, code: str) -> None:
            super().__init__()
            self.row, self.code = row, code

    class Early(Message):
        """A key was pressed before there was anything to choose."""

        def __init__(self, row: KeyRow, character: str) -> None:
            super().__init__()
            self.row, self.character = row, character

    class Entered(Message):
        """Enter was pressed: what is marked will do."""

        def __init__(self, row: KeyRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, choices: Sequence[Choice] = (), *, title: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.choices = list(choices)
        self.title = title
        self.marked: set[str] = set()
        self.waiting = False

    def offer(self, choices: Sequence[Choice], title: str = "") -> None:
        """Offer these choices."""
        self.choices = list(choices)
        self.title = title
        self.refresh(layout=True)

    def mark(self, codes: set[str]) -> None:
        """Show these as chosen."""
        self.marked = set(codes)
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the choices need."""
        return len(self._laid(width))

    def _laid(self, width: int) -> list[list[Span]]:
        lines: list[list[Span]] = [[(" ", "")]]
        if self.title:
            lines[0].append((self.title + "  ", "quiet"))
        for choice in self.choices:
            chosen = choice.code in self.marked
            spans: list[Span] = [(choice.key, "chosen" if chosen else "key")]
            spans.append((" " + choice.text, "chosen" if chosen else ""))
            if width_of(lines[-1]) + width_of(spans) > width and len(lines[-1]) > 1:
                lines.append([(" ", "")])
            lines[-1] += [*spans, ("  ", "")]
        return lines

    def render_line(self, y: int) -> Strip:
        """The y-th line."""
        lines = self._laid(self.size.width)
        spans = lines[y] if y < len(lines) else []
        if not self.has_focus:
            spans = [(text, "" if name == "key" else name) for text, name in spans]
        return strip(spans, self.size.width)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_key(self, event: Key) -> None:
        if (self.waiting or not self.choices) and event.character is not None and event.is_printable:
            event.stop()
            event.prevent_default()
            self.post_message(self.Early(self, event.character))
            return
        if event.key == "enter":
            event.stop()
            self.post_message(self.Entered(self))
            return
        for choice in self.choices:
            if event.character is not None and event.character == choice.key:
                event.stop()
                self.post_message(self.Picked(self, choice.code))
                return


class OneOf(KeyRow):
    """One of a few; the arrow keys move, a digit takes it and goes on, Enter is the form's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    DEFAULT_CSS = """
    OneOf { height: 1; }
    """

    @property
    def value(self) -> str:
        """The code that is chosen."""
        return next(iter(self.marked), "")

    def action_step(self, step: int) -> None:
        """To the neighbour."""
        codes = [choice.code for choice in self.choices]
        here = codes.index(self.value) if self.value in codes else -1
        self.take(codes[max(0, min(len(codes) - 1, here + step))])

    def take(self, code: str) -> None:
        """Choose one, and say so."""
        self.mark({code})
        self.post_message(self.Picked(self, code))

    def on_key(self, event: Key) -> None:
        for choice in self.choices:
            if event.character is not None and event.character == choice.key:
                event.stop()
                event.prevent_default()
                self.take(choice.code)
                self.screen.focus_next()
                return


class Mark(Widget, can_focus=True):
    """An entry of one line among a form's fields: its label, and what stands in its brackets."""

    DEFAULT_CSS = """
    Mark { height: 1; width: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "app.focus_previous", show=False),
        Binding("down,right,enter", "app.focus_next", show=False),
    ]

    def __init__(self, code: str, label: str) -> None:
        super().__init__(classes="entry")
        self.code = code
        self.label = label

    @abstractmethod
    def spans(self) -> list[Span]:
        """What is seen."""

    def bracketed(self, mark: str) -> Span:
        """The brackets, standing out where the focus is."""
        return (f"[{mark}]", "chosen" if self.has_focus else "strong")

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as its words."""
        return width_of(self.spans())

    def render_line(self, y: int) -> Strip:
        """Its only line."""
        return strip(self.spans() if y == 0 else (), self.size.width)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()


class Score(Mark):
    """A mark from 1 to 5: the digit is taken and the focus goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("backspace,delete", "clear", show=False)]

    class Given(Message):
        """A mark was given or taken away (0)."""

        def __init__(self, score: Score) -> None:
            super().__init__()
            self.score = score

    def __init__(self, code: str, label: str, value: int = 0) -> None:
        super().__init__(code, label)
        self.value = value

    def spans(self) -> list[Span]:
        """The label, then the digit."""
        return [(f"{self.label} ", ""), self.bracketed(str(self.value or " ")), ("  ", "")]

    def on_key(self, event: Key) -> None:
        if event.character is not None and event.character in "12345" and event.character:
            event.stop()
            self.give(int(event.character))
            self.screen.focus_next(".entry")

    def give(self, value: int) -> None:
        """Set the mark and say so."""
        self.value = value
        self.refresh()
        self.post_message(self.Given(self))

    def action_clear(self) -> None:
        """No mark."""
        self.give(0)


class Tick(Mark):
    """A yes that can be taken back: space, x or 1 turns it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,x,1", "turn", show=False)]

    class Turned(Message):
        """It was turned."""

        def __init__(self, tick: Tick) -> None:
            super().__init__()
            self.tick = tick

    def __init__(self, code: str, label: str, value: bool = False) -> None:
        super().__init__(code, label)
        self.value = value

    def spans(self) -> list[Span]:
        """The cross, then the label."""
        return [self.bracketed("x" if self.value else " "), (f" {self.label} ", "")]

    def action_turn(self) -> None:
        """Yes to no, no to yes."""
        self.value = not self.value
        self.refresh()
        self.post_message(self.Turned(self))
