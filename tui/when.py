"""Asking for a time in plain words: what was understood is said while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.base.errors import BadInput

if TYPE_CHECKING:
    from tui.app import HuifangApp

Understood = Callable[[datetime, str, str], None]
"""Takes the moment (UTC), the words typed, and how they were understood."""


def ask_when(app: HuifangApp, title: str, then: Understood) -> None:
    """Ask for a moment such as 下周三10点, 明天下午3点, +3d or tomorrow 3pm."""
    from core.calls.when import echo, parse_when

    assert app.session is not None
    session = app.session
    policy = session.rulebook.policy

    def said(typed: str) -> tuple[str, bool]:
        if not typed.strip():
            return app.words.say("For example tomorrow 3pm, next wed 10:00, +3d, +2h"), False
        now = app.clock.now()
        try:
            when = parse_when(typed, now, session.zone, policy.calls.open_hours)
        except BadInput as error:
            return app.words.error(error), False
        return echo(when, app.words, now, policy.calls.open_hours, policy.contact.windows), True

    def taken(typed: str) -> None:
        when = parse_when(typed, app.clock.now(), session.zone, policy.calls.open_hours)
        then(when.moment, typed, said(typed)[0])

    app.ask_text(title, echo=said, then=taken)


def day_said(app: HuifangApp, typed: str) -> date | None:
    """The day of words such as 周五, +3d, next friday or 2026-12-04; None where they name none."""
    from core.calls.when import parse_when

    assert app.session is not None
    hours = app.session.rulebook.policy.calls.open_hours
    try:
        moment = parse_when(typed, app.clock.now(), app.session.zone, hours).moment
    except BadInput:
        return None
    return app.local(moment).date()
