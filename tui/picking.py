"""Choosing people and stores by a part of their name; the list comes from the store while the window is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from core.base.naming import ROLES, named
from tui.jobs.handover_apply import Around, AroundRead, read_around
from tui.overlays import Option, Pick
from tui.widgets.field import Field
from tui.widgets.lines import Column, Lines

if TYPE_CHECKING:
    from core.people.access import Right
    from tui.app import HuifangApp

ENOUGH = "."
"""The code of the entry that ends a row of choices; no staff member has it."""


_NAMES = 24
"""Cells for a name."""


class PickNamed(Pick):
    """Choose a person or a store by typing a part of the name or code."""

    def __init__(
        self, app: HuifangApp, title: str, make: Callable[[Around], list[Option]], first: str = ""
    ) -> None:
        name, _, remark = first.partition(": ")
        begin = [Option(ENOUGH, "", name, remark)] if first else []
        hint = app.words.say("Type a part of the name or code, Enter takes it. Esc: back.")
        super().__init__(title, hint, begin, typing=True)
        self.remove_class("narrow")
        self._home = app
        self._make = make

    def inside(self) -> ComposeResult:
        yield Field(id="part")
        yield Lines((Column("", 1), Column("", _NAMES), Column("")), id="options")

    def on_mount(self) -> None:
        super().on_mount()
        self._home.gateway.ask(self, AroundRead, read_around())

    def on_around_read(self, event: AroundRead) -> None:
        self.options += self._make(event.value)
        self._fill(self.query_one("#part", Field).value)

    def fits(self, option: Option, part: str) -> bool:
        """By a part of the words, or by how the name's pinyin or initials begin, as members are found (R6.5)."""
        from core.members.names import name_keys, search_key

        key = search_key(part)
        return super().fits(option, part) or (bool(key) and any(k.startswith(key) for k in name_keys(option.text)))

    def none_words(self) -> str:
        return self._home.words.say("Nothing here is called so.")


def staff_options(
    app: HuifangApp, but: Sequence[str] = (), right: Right | None = None
) -> Callable[[Around], list[Option]]:
    """Everybody who works here, except some; with a right only those whom it reaches for the reader."""
    here = app.own_store_only(right)
    return lambda around: [
        Option(row.code, "", row.name, f"{row.code}  {row.store_name}  {named(ROLES, row.role, app.words)}")
        for row in around.staff
        if row.code not in but and here in ("", row.store_code)
    ]


def ask_person(
    app: HuifangApp,
    title: str,
    then: Callable[[str], None],
    *,
    but: Sequence[str] = (),
    right: Right | None = None,
    back: Callable[[], None] | None = None,
) -> None:
    """Ask for one of the staff, by code; with a right among those whom it reaches."""
    app.ask_window(PickNamed(app, title, staff_options(app, but, right)), then, back=back)


def ask_shop(
    app: HuifangApp, title: str, then: Callable[[str], None], *, back: Callable[[], None] | None = None
) -> None:
    """Ask for a store, by code."""

    def made(around: Around) -> list[Option]:
        return [Option(shop.code, "", shop.name, f"{shop.code}  {shop.city}") for shop in around.shops]

    app.ask_window(PickNamed(app, title, made), then, back=back)


def ask_people(
    app: HuifangApp,
    then: Callable[[tuple[str, ...]], None],
    *,
    but: str = "",
    named_already: tuple[str, ...] = (),
    back: Callable[[], None] | None = None,
) -> None:
    """Ask for successors, one after the other, until that is all."""
    say = app.words.say
    if named_already:
        title = say("Who else? So far: {names}", names=", ".join(named_already))
        first = say("nobody else: that is all")
    else:
        title, first = say("Who takes the members?"), ""

    def chosen(code: str | None) -> None:
        if code == ENOUGH:
            then(named_already)
        elif code is not None:
            ask_people(app, then, but=but, named_already=(*named_already, code), back=back)
        elif named_already:
            ask_people(app, then, but=but, named_already=named_already[:-1], back=back)
        elif back is not None:
            back()

    app.push_screen(PickNamed(app, title, staff_options(app, (but, *named_already)), first), chosen)
