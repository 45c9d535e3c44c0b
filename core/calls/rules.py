"""Rules of calls: what is due, when to try again, which rest a call brings. Values in, decision out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from core.base.clock import at, zone
from core.base.policy import Policy, Retries
from core.base.rulebook import Outcome

MORNING, AFTERNOON, EVENING = "m", "a", "e"
SEARCH_DAYS = 8


def part_of_day(clock: time, rule: Retries) -> str:
    """The part of the day as follow-ups keep it: m, a or e (R4.12)."""
    if clock < rule.afternoon_from:
        return MORNING
    return AFTERNOON if clock < rule.evening_from else EVENING


def next_try(end: datetime, outcome: Outcome, tried: str, policy: Policy, zone_name: str) -> datetime | None:
    """When a member who could not be reached may be called again; None where the outcome sets no time.

    `end` is when the attempt ended, `tried` the parts of the day tried so far, that attempt's included. The
    earliest moment the outcome allows is moved on to the next call window in another part of the day, where
    one is left (R5.2, R4.12, R4.8). Aware, UTC.
    """
    wall = end.astimezone(zone(zone_name))
    if outcome.retry_next_day:
        earliest = at(wall.date() + timedelta(days=1), policy.retries.next_day_at, zone_name)
    elif outcome.retry_minutes is not None:
        earliest = end.astimezone(UTC) + timedelta(minutes=outcome.retry_minutes)
    else:
        return None
    left = {part for part, _, _ in _parts(policy)}.difference(tried)
    first = None
    for part, moment in _openings(earliest, policy, zone_name):
        if part in left:
            return moment
        first = first or moment
        if not left:
            break
    return first or earliest


def _openings(earliest: datetime, policy: Policy, zone_name: str) -> Iterator[tuple[str, datetime]]:
    """(part of the day, first moment not before `earliest`) of the call windows to come."""
    first = earliest.astimezone(zone(zone_name)).date()
    parts = list(_parts(policy))
    for days in range(SEARCH_DAYS):
        day = first + timedelta(days=days)
        for part, begin, end in parts:
            if earliest < at(day, end, zone_name):
                yield part, max(at(day, begin, zone_name), earliest)


def _parts(policy: Policy) -> Iterator[tuple[str, time, time]]:
    """The call windows of a day, cut where one part of the day becomes the next."""
    cuts = (policy.retries.afternoon_from, policy.retries.evening_from)
    for start, stop in policy.contact.windows:
        for begin, end in pairwise([start, *(cut for cut in cuts if start < cut < stop), stop]):
            yield part_of_day(begin, policy.retries), begin, end


def is_due(
    due_on: date, due_at: datetime | None, closes_on: date | None, now: datetime, today: date, policy: Policy
) -> bool:
    """Whether an open follow-up belongs to a call made now; a callback from shortly before its time (R4.4)."""
    if due_on > today or (closes_on is not None and closes_on < today):
        return False
    return due_at is None or due_at <= now + timedelta(minutes=policy.callbacks.lead_minutes)


def finishes(outcome: Outcome) -> bool:
    """Whether what the caller covered is done with: not where the member asked to be called later."""
    settled = outcome.reached or outcome.refused or outcome.withdraws_consent
    return settled and not calls_back(outcome)


def calls_back(outcome: Outcome) -> bool:
    """Whether the outcome puts the call off to a time the member names."""
    return outcome.schedules_callback and not outcome.withdraws_consent


def counts_as_attempt(outcome: Outcome) -> bool:
    """Whether the outcome uses up one of the cycle's attempts: the number rang, the person was not reached."""
    return not (outcome.reached or outcome.number_bad or finishes(outcome) or calls_back(outcome))


def asks_reason(outcome: Outcome) -> bool:
    """Whether a purpose that wants a reason wants it with this outcome: the member talked about it (R5.3)."""
    return outcome.reached and finishes(outcome) and not (outcome.refused or outcome.withdraws_consent)
