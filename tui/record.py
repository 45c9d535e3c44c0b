"""A member's record as lines to show: the card in short, what happened, what is raised, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from core.base.clock import business_day
from core.base.days import day_and_month, days_ago, so_many_days, year_of
from core.base.money import amount_short
from core.base.text import cells, fit, harmless
from core.complaints.wording import STATES
from tui import wording
from tui.paint import Span, wrapped

if TYPE_CHECKING:
    from core.calls.views import CallSheet, OpenRaised, RecentEvent
    from core.members.views import MemberCard
    from tui.app import HuifangApp

Line = list[Span]

WIDE = 36
"""From this width on labels have more room."""


def title_spans(app: HuifangApp, card: MemberCard) -> Line:
    """Name, number, class and stage."""
    spans: Line = [(card.name, "strong"), (f"  {card.number}  ", "")]
    if card.value_class:
        spans.append((app.words.say("class {value}", value=card.value_class.value) + " ", "strong"))
    spans.append((app.stage_words(str(card.stage)), ""))
    return spans


def card_lines(app: HuifangApp, card: MemberCard, width: int) -> list[Line]:
    """The profile in short, for the side of the list."""
    say = app.words.say
    on = business_day(app.clock.now())
    lines: list[Line] = [title_spans(app, card)]
    lines.append([(", ".join(phone.masked for phone in card.phones[:2]) or say("no number"), "")])
    pairs: list[tuple[str, str]] = [
        (say("owner"), card.owner_name or "-"),
        (say("birthday"), card.birthday.text(say("lunar")) if card.birthday else "-"),
        (say("last purchase"), ago(app, card.last_purchase_on, on)),
        (say("in all"), in_all(app, card)),
        (say("usual gap"), gap_words(app, card)),
        (say("last reached"), ago(app, card.last_reached_on, on)),
        (say("promised"), card.last_promise or "-"),
        (say("best time"), card.best_time or "-"),
        (say("profile"), f"{card.completeness} %"),
    ]
    if card.missing:
        pairs.append((say("missing"), missing_words(app, card)))
    for label, value in pairs:
        lines += pair(label, value, width)
    return lines


def pair(label: str, value: str, width: int, style: str = "") -> list[Line]:
    """A label and its value, wrapped under itself where it is long."""
    lines: list[Line] = []
    column = 14 if width >= WIDE else 10
    room = max(8, width - max(column, cells(label) + 1))
    for index, part in enumerate(wrapped(harmless(value), room)):
        gap = label + " " * max(1, column - cells(label)) if index == 0 else " " * column
        lines.append([(gap, "quiet"), (part, style)])
    return lines


def in_all(app: HuifangApp, card: MemberCard) -> str:
    """What was spent in all, in how many purchases."""
    return app.words.plural(
        "{amount} in {count} purchase",
        "{amount} in {count} purchases",
        card.purchase_count,
        amount=amount_short(card.amount_total),
    )


def missing_words(app: HuifangApp, card: MemberCard) -> str:
    """The unfilled fields by name, heaviest first."""
    return ", ".join(wording.worded(wording.FIELDS, name, app.words) for name in card.missing[:6])


def ago(app: HuifangApp, day: date | None, on: date) -> str:
    """A day, and how long ago it was."""
    if day is None:
        return "-"
    return f"{day_and_month(day, app.words, on)}  {days_ago((on - day).days, app.words)}"


def gap_words(app: HuifangApp, card: MemberCard) -> str:
    """The days that usually pass between two purchases."""
    return so_many_days(card.usual_gap_days, app.words) if card.usual_gap_days else "-"


class Dates:
    """The dates at the head of a list's lines, newest first: day and month, under the year where it is another."""

    def __init__(self, app: HuifangApp) -> None:
        self._words = app.words
        self._year = app.local(app.clock.now()).year
        self.width = 9 if app.words.lang == "zh" else 7

    def over(self, day: date) -> list[Line]:
        """The line that must stand over this day: its year, where another begins."""
        if day.year == self._year:
            return []
        self._year = day.year
        return [[(year_of(day, self._words), "quiet")]]

    def shown(self, day: date) -> str:
        """The day, as wide as all the others."""
        return fit(day_and_month(day, self._words), self.width)


def recent_lines(app: HuifangApp, events: Iterable[RecentEvent], width: int) -> list[Line]:
    """The latest calls and purchases, newest first, one line each, notes under them."""
    assert app.session is not None
    book = app.session.rulebook
    lines: list[Line] = []
    dates = Dates(app)
    for event in events:
        lines += dates.over(event.day)
        day = dates.shown(event.day)
        if event.kind == "purchase":
            said = " ".join(part for part in (amount_short(event.amount), event.goods, event.who) if part)
            deed = app.words.say("bought") if event.amount > 0 else app.words.say("refund")
            lines.append([(day, "quiet"), (deed + " ", ""), (said, "")])
            continue
        outcome = book.outcomes.get(event.outcome)
        said = outcome.name(app.words) if outcome else event.outcome
        reasons = [book.reasons[code].name(app.words) for code in event.reasons if code in book.reasons]
        if reasons:
            said += f" ({', '.join(reasons)})"
        lines.append([(day, "quiet"), (app.words.say("called") + " ", ""), (said, ""), (f" {event.who}", "quiet")])
        if event.note:
            lines += [[("      " + part, "quiet")] for part in wrapped(event.note, max(10, width - 7))[:2]]
    return lines


def raised_lines(app: HuifangApp, raised: Iterable[OpenRaised], width: int) -> list[Line]:
    """Open complaints and problems."""
    lines: list[Line] = []
    for entry in raised:
        kind = wording.worded(wording.RAISED, entry.kind, app.words)
        mark = "! " if entry.urgency == "urgent" else ""
        text = f"{mark}{kind} {app.dated(app.local(entry.raised_at).date())}: {entry.matter}"
        lines += [[(part, "bad")] for part in wrapped(text, width)[:3]]
        lines.append([(fit(f"  {_standing(app, entry)}", width).rstrip(), "quiet")])
    if not lines:
        lines.append([(app.words.say("no complaint, no problem open"), "quiet")])
    return lines


def _standing(app: HuifangApp, entry: OpenRaised) -> str:
    """Where it stands: state, who has it, by when."""
    parts = [wording.worded(STATES, entry.state, app.words), entry.owner or app.words.say("nobody yet")]
    if entry.due_at is not None:
        late = entry.due_at < app.clock.now()
        parts.append((app.words.say("late") + " " if late else "") + app.timed(entry.due_at))
    return ", ".join(parts)


def sheet_lines(app: HuifangApp, sheet: CallSheet, width: int) -> list[Line]:
    """The record beside the script: what happened, what is open, what is missing, what was promised."""
    say = app.words.say
    card = sheet.member
    first = raised_lines(app, sheet.raised, width) if sheet.raised else []
    lines = [*first, *([[]] if first else []), *recent_lines(app, sheet.recent, width)]
    if not sheet.recent:
        lines.append([(say("nothing on record yet"), "quiet")])
    if not first:
        lines += [[], *raised_lines(app, sheet.raised, width)]
    if card.last_promise:
        lines += pair(say("promised"), card.last_promise, width)
    if card.missing:
        lines += pair(say("missing"), missing_words(app, card), width)
    if card.best_time:
        lines += pair(say("best time"), card.best_time, width)
    lines += pair(say("in all"), in_all(app, card), width)
    if card.preferences:
        lines += pair(say("preferences"), card.preferences, width)
    return lines


def event_lines(app: HuifangApp, events: Iterable[Any], width: int) -> list[Line]:
    """A timeline's events as lines."""
    lines: list[Line] = []
    dates = Dates(app)
    for event in events:
        at = app.local(event.at).date()
        lines += dates.over(at)
        said = event.said(app.words, app.session.rulebook if app.session else None)
        parts = wrapped(f"{said} {event.who}".rstrip(), max(10, width - dates.width - 1))
        lines.append([(dates.shown(at), "quiet"), (parts[0], "")])
        lines += [[(" " * dates.width + part, "")] for part in parts[1:3]]
    return lines
