"""A new application, question by question, and what it would do before it is submitted (R7.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.base.language import N_
from core.handover.forms import HandoverForm
from core.people.access import Right
from tui.handover_face import split_options
from tui.overlays import AskText, Option
from tui.picking import ask_people, ask_person, ask_shop

if TYPE_CHECKING:
    from core.handover.views import HandoverRow
    from tui.app import HuifangApp

OWN_ONLY = ("caller", "assistant")
"""Roles that apply for their own members only, and so are not asked who gives."""

KINDS = (
    ("members", "1", N_("change of owner"), N_("some members go to a colleague")),
    ("leaving", "2", N_("leaving"), N_("all members of somebody who leaves")),
    ("moving", "3", N_("move to another store"), N_("somebody changes stores and keeps their members")),
)
CLASSES: dict[str, tuple[str, ...]] = {"A": ("A",), "B": ("B",), "C": ("C",), "all": ("A", "B", "C", "")}


class Applying:
    """Asks for what an application needs; Esc goes one question back, from the first one away."""

    def __init__(
        self, app: HuifangApp, then: Callable[[HandoverRow], None], *, kind: str = "", giver: str = ""
    ) -> None:
        self.app = app
        self.then = then
        session = app.session
        own = session.code if session is not None and session.role in OWN_ONLY else ""
        self.form = HandoverForm(giver=giver or own, kind=kind)
        self._asked_kind, self._asked_giver = not kind, not self.form.giver
        self._place = 0
        self._steps = (
            self._kind,
            self._giver,
            self._to_store,
            self._which,
            self._takers,
            self._split,
            self._reason,
            self._preview,
        )

    def begin(self) -> None:
        """Ask the first question."""
        self._run(1)

    def on(self, **values: Any) -> None:
        """An answer came: take it in and ask the next question."""
        self.form = replace(self.form, **values)
        self._place += 1
        self._run(1)

    def back(self) -> None:
        """One question back."""
        self._place -= 1
        self._run(-1)

    def _run(self, way: int) -> None:
        while 0 <= self._place < len(self._steps) and not self._steps[self._place]():
            self._place += way

    def _pick(self, title: str, options: list[Option], then: Callable[[str], None]) -> bool:
        self.app.ask_choice(title, options, then, back=self.back)
        return True

    def _ask(self, title: str, text: str, then: Callable[[str], None]) -> bool:
        def typed(answer: str | None) -> None:
            if answer:
                then(answer)
            else:
                self.back()

        hint = self.app.words.say("Enter: take it. Esc: back.")
        self.app.push_screen(AskText(title, hint, text=text), typed)
        return True

    # Questions; each says whether it asked anything

    def _kind(self) -> bool:
        if not self._asked_kind:
            return False
        say = self.app.words.say
        options = [Option(code, key, say(name), say(remark)) for code, key, name, remark in KINDS]
        return self._pick(say("What is handed over?"), options, lambda code: self.on(kind=code))

    def _giver(self) -> bool:
        if not self._asked_giver:
            return False
        title = self.app.words.say("Whose members?")
        ask_person(self.app, title, lambda code: self.on(giver=code), right=Right.APPLY_HANDOVER, back=self.back)
        return True

    def _to_store(self) -> bool:
        if self.form.kind != "moving":
            return False
        title = self.app.words.say("To which store do they move?")
        ask_shop(self.app, title, lambda code: self.on(to_store=code), back=self.back)
        return True

    def _which(self) -> bool:
        if self.form.kind == "leaving":
            return False
        say = self.app.words.say
        options = [
            Option("numbers", "1", say("members by number: type them")),
            Option("A", "2", say("all of class {value}", value="A")),
            Option("B", "3", say("all of class {value}", value="B")),
            Option("C", "4", say("all of class {value}", value="C")),
            Option("all", "5", say("all of them")),
        ]
        if self.form.kind == "moving":
            options.insert(0, Option("none", "0", say("none: they keep their members")))

        def chosen(code: str) -> None:
            if code == "numbers":
                self._numbers()
            else:
                self.on(classes=CLASSES.get(code, ()), members=())

        return self._pick(say("Which members change hands?"), options, chosen)

    def _numbers(self) -> None:
        def typed(answer: str) -> None:
            numbers = tuple(dict.fromkeys(answer.replace(",", " ").replace("，", " ").split()))
            self.on(members=numbers, classes=())

        def back(answer: str | None) -> None:
            if answer:
                typed(answer)
            else:
                self._which()

        say = self.app.words.say
        title = say("The members' numbers, with blanks or commas between them")
        self.app.push_screen(
            AskText(title, say("Enter: take it. Esc: back."), text=" ".join(self.form.members)), back
        )

    def _takers(self) -> bool:
        if self.form.kind == "moving" and not self.form.members and not self.form.classes:
            return False
        ask_people(self.app, lambda codes: self.on(successors=codes), but=self.form.giver, back=self.back)
        return True

    def _split(self) -> bool:
        if len(self.form.successors) < 2:
            return False
        say = self.app.words.say
        options = split_options(self.app.words)
        return self._pick(say("How do they share the members?"), options, lambda code: self.on(split=code))

    def _reason(self) -> bool:
        title = self.app.words.say("Why do the members change hands?")
        return self._ask(title, self.form.reason, lambda text: self.on(reason=text))

    def _preview(self) -> bool:
        from tui.screens.handover_new import NewScreen

        self.app.push_screen(NewScreen(self))
        return True
