"""The window of those who were skipped so often that they are the supervisor's to see to (R4.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.overlays import Option, Pick

if TYPE_CHECKING:
    from core.insight.passed import PassedOver
    from tui.app import HuifangApp


def show_passed(app: HuifangApp, found: Sequence[PassedOver]) -> None:
    """Whom, on whose list, how often and why; Enter opens the member."""
    say = app.words.say
    options = [
        Option(one.number, "", f"{one.name}  {one.staff_name or say('pool')}", _remark(app, one)) for one in found
    ]
    title = say("Skipped so often that it is for the supervisor: whom, by whom, how often, the last reason")
    app.ask_window(Pick(title, say("Enter: open the member. Esc: back."), options), app.show_member)


def _remark(app: HuifangApp, one: PassedOver) -> str:
    assert app.session is not None
    programme = app.session.rulebook.programmes.get(one.programme)
    name = programme.short(app.words) if programme is not None else one.programme
    return f"{one.skips}x  {name}  {one.why}"
