"""Why a row is on the list, in words (R4.5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from core.base.clock import DEFAULT_ZONE, business_day, zone
from core.base.days import day_and_month, near_day, weekday
from core.base.language import Catalogue
from core.base.rulebook import Rulebook
from core.followups import cycles
from core.followups.worklist_rows import Purpose, WorklistRow

if TYPE_CHECKING:
    from core.followups.queues import Reassigned


def programme_words(row: WorklistRow, words: Catalogue, rulebook: Rulebook) -> str:
    """The programmes of a row, its first purpose first: recovery + monthly."""
    names: list[str] = []
    for purpose in row.purposes:
        entry = rulebook.programmes.get(purpose.programme)
        name = entry.name(words) if entry else purpose.programme
        if name not in names:
            names.append(name)
    return " + ".join(names)


def went_words(done: Reassigned, words: Catalogue) -> str:
    """What came of giving a queue to somebody else."""
    said = words.plural(
        "{count} due follow-up went to {taker}.",
        "{count} due follow-ups went to {taker}.",
        done.follow_ups,
        taker=done.taker,
    )
    if not done.held:
        return said
    stays = words.plural(
        "{count} stays: somebody is on that member just now.",
        "{count} stay: somebody is on their members just now.",
        done.held,
    )
    return f"{said} {stays}"


def due_words(row: WorklistRow, words: Catalogue, now: datetime) -> str:
    """When the row's first purpose is due: a time for today's callbacks, else today or how late it is."""
    purpose = row.purposes[0]
    today = business_day(now)
    if purpose.due_at is not None:
        local = purpose.due_at.astimezone(zone(DEFAULT_ZONE))
        if local.date() == today:
            return f"{local:%H:%M}"
    if purpose.closes_on is not None and today < purpose.closes_on < today + timedelta(days=7):
        return weekday(purpose.closes_on, words)
    if purpose.due_on >= today or purpose.closes_on == today:
        return words.say("today")
    return words.say("-{days} d", days=(today - purpose.due_on).days)


def why_row(row: WorklistRow, words: Catalogue, rulebook: Rulebook, on: date) -> str:
    """Why the member is on the list on day `on`: what the first purpose goes by, and what else matters."""
    if not row.purposes:
        return ""
    parts = [_why_purpose(row, row.purposes[0], words, on)]
    if row.open_complaints:
        parts.append(words.plural("{count} complaint", "{count} complaints", row.open_complaints))
    return "; ".join(part for part in parts if part)


def _why_purpose(row: WorklistRow, purpose: Purpose, words: Catalogue, on: date) -> str:
    match purpose.programme:
        case cycles.CALLBACK:
            return purpose.promise or words.say("asked to be called back")
        case cycles.WELCOME:
            return _why_welcome(row, purpose, words, on)
        case cycles.REVIEW | cycles.RECOVERY:
            last = row.last_purchase_on or row.joined_on
            return words.say(
                "away since {day}, {days} d",
                day=day_and_month(last, words, on),
                days=(on - last).days,
            )
        case cycles.MONTHLY:
            if row.last_reached_on is None:
                tried = any(purpose.attempts for purpose in row.purposes)
                return words.say("never reached yet") if tried else words.say("never called yet")
            return words.say("last call {day}", day=day_and_month(row.last_reached_on, words, on))
        case cycles.DECLINE:
            return words.say("buys half of what it was")
    return purpose.promise or words.say("due {day}", day=near_day(purpose.due_on, on, words))


def _why_welcome(row: WorklistRow, purpose: Purpose, words: Catalogue, on: date) -> str:
    closes = near_day(purpose.closes_on or purpose.due_on, on, words)
    bought = row.first_purchase_on
    if bought is not None and bought >= row.joined_on:
        return words.say("bought {days} d ago, to {day}", days=(on - bought).days, day=closes)
    return words.say("joined {days} d ago, to {day}", days=(on - row.joined_on).days, day=closes)
