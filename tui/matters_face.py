"""How complaints, problems and suggestions look: their words, marks and styles, alike on every screen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core.base.days import near_day
from core.base.language import N_
from core.base.naming import named
from core.complaints.wording import CHANNELS, KINDS, STATES, category_words
from tui.paint import Span, wrapped

if TYPE_CHECKING:
    from core.complaints.views import MatterRow, MatterSheet
    from tui.app import HuifangApp

Line = list[Span]

STYLES = {
    "open": "due",
    "answered": "due",
    "accepted": "due",
    "resolved": "good",
    "declined": "",
    "closed": "quiet",
}

SHORT = {
    "quality": N_("quality"),
    "service": N_("service"),
    "place": N_("shop"),
    "price": N_("price"),
    "goods": N_("choice"),
    "other": N_("other"),
}
"""Categories where there is little room."""


def when_words(app: HuifangApp, row: MatterRow) -> Span:
    """By when the next step is due, or when it was closed; what is late says so."""
    if row.due_at is None:
        moment = row.closed_at or row.raised_at
        return (f"{app.local(moment):%Y-%m-%d}", "quiet")
    at = app.local(row.due_at)
    today = app.local(app.clock.now()).date()
    near = abs((at.date() - today).days) <= (1 if app.words.lang == "zh" else 0)
    day = near_day(at.date(), today, app.words) if near else app.dated(at.date())
    said = f"{day} {at:%H:%M}"
    return (f"! {said}", "late") if row.late else (said, "due")


def category(app: HuifangApp, row: MatterRow) -> str:
    """What it is about, in short."""
    return named(SHORT, row.category, app.words) if row.category in SHORT else row.category or "-"


def state_words(app: HuifangApp, row: MatterRow) -> Span:
    """Where it stands, and how often it was reopened."""
    said = named(STATES, row.state, app.words)
    if row.round:
        said += f" {row.round + 1}"
    return (said, STYLES.get(row.state, ""))


def owner_words(app: HuifangApp, row: MatterRow) -> Span:
    """Who has it; marked where it went higher."""
    mark = "^" * row.level + " " if row.level else ""
    return (mark + (row.owner_name or "-"), "late" if row.level else "")


def title(app: HuifangApp, row: MatterRow) -> Line:
    """Its kind and number, how urgent, who says it, where it stands."""
    say = app.words.say
    spans: Line = [(f" {named(KINDS, row.kind, app.words)} {row.id}  ", "strong")]
    if row.urgency == "urgent":
        spans.append(("! " + say("urgent") + "  ", "bad"))
    spans.append(state_words(app, row))
    if row.due_at is not None:
        late, style = when_words(app, row)
        spans += [("   " + say("deadline") + " ", "quiet"), (late, style)]
    if row.level:
        spans.append(("   " + higher_words(app, row), "late"))
    return spans


def higher_words(app: HuifangApp, row: MatterRow) -> str:
    """Whom it went up to."""
    return app.words.say("went up to {name}", name=row.higher_name or "-")


def fact_lines(app: HuifangApp, sheet: MatterSheet, width: int) -> list[Line]:
    """What one must know of it, in few lines."""
    say, row = app.words.say, sheet.row
    who = f"{row.name} {row.number}".strip()
    said_on = app.timed(row.raised_at)
    about = " ".join(
        part for part in (category_words(row.category, app.words), row.product, row.about_name) if part
    )
    pairs = [
        (say("what"), row.matter),
        (say("asks for"), sheet.demand),
        (say("who"), ", ".join(part for part in (who, row.contact) if part)),
        (say("taken"), f"{said_on} {row.raised_by}, {named(CHANNELS, row.channel, app.words)}, {row.store_name}"),
        (say("about"), about if about != "-" else ""),
        (say("evidence"), sheet.evidence),
        (say("put right"), row.resolution),
    ]
    lines: list[Line] = []
    for label, value in pairs:
        if value:
            lines += labelled(label, value, width, 3)
    lines.append([(" " + _pad(say("in charge")), "quiet"), owner_words(app, row), *_promised(app, row)])
    return lines


def _promised(app: HuifangApp, row: MatterRow) -> Line:
    if row.promised_on is None:
        return []
    return [("   " + promised_words(app, row.promised_on), "")]


def promised_words(app: HuifangApp, day: date) -> str:
    """For which day it was promised."""
    today = app.local(app.clock.now()).date()
    return app.words.say("promised for {day}", day=near_day(day, today, app.words))


LABEL = 10


def _pad(label: str) -> str:
    from core.base.text import cells

    return label + " " * max(1, LABEL - cells(label))


def labelled(label: str, value: str, width: int, most: int) -> list[Line]:
    """A label with its value, in at most so many lines."""
    parts = wrapped(value, max(10, width - LABEL - 2))[:most]
    return [
        [(" " + (_pad(label) if number == 0 else " " * LABEL), "quiet"), (part, "")]
        for number, part in enumerate(parts)
    ]
