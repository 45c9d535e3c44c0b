"""Asking for a time or days in plain words: what was understood is said while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from core.base.clock import at, business_day
from core.base.days import so_many_days
from core.base.errors import BadInput
from tui.overlays import AskText

if TYPE_CHECKING:
    from tui.app import HuifangApp

MOST_DAYS = 400
"""How far ahead a day may lie that somebody is asked for."""

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
    """The day of words such as 今天, 周五, +3d or 2026-12-04; None where they name none from today on."""
    from core.calls.when import parse_when

    assert app.session is not None
    hours = app.session.rulebook.policy.calls.open_hours
    morning = at(app.local(app.clock.now()).date(), time.min, app.session.zone)  # today is over at no hour
    try:
        moment = parse_when(typed, morning, app.session.zone, hours).moment
    except BadInput:
        return None
    return app.local(moment).date()


def day_of(typed: str) -> date | None:
    """A day as typed, year first; None for anything else."""
    parts = typed.strip().replace("/", "-").replace(".", "-")
    try:
        return date.fromisoformat(parts)
    except ValueError:
        return None


def ask_days(app: HuifangApp, name: str, then: Callable[[date, date], None]) -> None:
    """The first day that somebody is away, today where nothing is typed, and the last."""
    say = app.words.say
    today = business_day(app.clock.now())

    def echo(typed: str) -> tuple[str, bool]:
        day = _day_ahead(app, typed) if typed.strip() else today
        return _no_day(app, today) if day is None else (say("from {day} on", day=app.dated(day)), True)

    def answered(typed: str | None) -> None:
        if typed is not None:
            _ask_last(app, name, _day_ahead(app, typed) or today, then)

    hint = say("Enter: take it, from today where it is empty. Esc: back.")
    app.push_screen(AskText(say("From which day is {name} away?", name=name), hint, echo=echo), answered)


def _ask_last(app: HuifangApp, name: str, first: date, then: Callable[[date, date], None]) -> None:
    say = app.words.say

    def echo(typed: str) -> tuple[str, bool]:
        last = _day_ahead(app, typed)
        if last is None:
            return _no_day(app, first)
        if last < first:
            return say("That is before the first day, {day}.", day=app.dated(first)), False
        days = so_many_days((last - first).days + 1, app.words)
        return say(
            "{first} to {last}, both included: {days}", first=app.dated(first), last=app.dated(last), days=days
        ), True

    def answered(typed: str | None) -> None:
        if typed and (last := _day_ahead(app, typed)) is not None:
            then(first, last)

    title = say("Until which day is {name} away?", name=name)
    app.push_screen(AskText(title, say("Enter: take it. Esc: back."), echo=echo), answered)


def _day_ahead(app: HuifangApp, typed: str) -> date | None:
    """The day that was typed, unless it is past or too far ahead to be meant."""
    today = business_day(app.clock.now())
    day = day_of(typed) or day_said(app, typed)
    return day if day is not None and today <= day <= today + timedelta(days=MOST_DAYS) else None


def _no_day(app: HuifangApp, after: date) -> tuple[str, bool]:
    week = after + timedelta(days=7)
    return app.words.say("A day from today on, such as {day}, friday, +3d.", day=week), False
