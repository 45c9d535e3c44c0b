"""When each programme's cycles fall due and close: dates in, cycles out (PRODUCT.md section 4).

Planning is set-based: for each day of last purchase (or first purchase, or joining) that matters, one cycle is
computed here, and one statement plans all members of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from core.base.policy import Policy
from core.followups.calendar import ONE_DAY, WorkCalendar, days_between
from core.members.rules import add_months, latest_before

WELCOME = "welcome"
MONTHLY = "monthly"
REVIEW = "dormant-review"
RECOVERY = "dormant-recovery"
CALLBACK = "callback"
DECLINE = "decline"
INTRODUCE = "introduce"
DORMANT = (REVIEW, RECOVERY)
PLANNED = (WELCOME, MONTHLY, REVIEW, RECOVERY, DECLINE)

LONGEST_MOVE = timedelta(days=14)
"""No run of days off is longer: how far to look beyond an edge for due days that are moved across it."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of a programme for all members whose counting began on `base`."""

    programme: str
    base: date
    cycle: str
    due_on: date
    closes_on: date


def month_end(day: date) -> date:
    """The last day of the month: the planning horizon (R4.1)."""
    return add_months(day.replace(day=1), 1) - ONE_DAY


def month_name(day: date) -> str:
    """The cycle of a monthly follow-up, such as 2026-11."""
    return f"{day:%Y-%m}"


def quarter_name(day: date) -> str:
    """The cycle of a decline follow-up, such as 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_end(day: date) -> date:
    """The last day of the quarter."""
    return month_end(date(day.year, (day.month + 2) // 3 * 3, 1))


def recovery_cycle(last_on: date, *, months: int) -> str:
    """The cycle of a recovery follow-up: the last purchase and the month."""
    return f"{last_on.isoformat()}+{months}"


def welcome_cycles(on: date, policy: Policy, calendar: WorkCalendar) -> Iterator[Cycle]:
    """Welcome: base + 7 days, moved to the nearest earlier working day; open for 14 days past due (R4.2)."""
    rule = policy.welcome
    after = timedelta(days=rule.days)
    stays = timedelta(days=rule.closes_after_days)
    horizon = month_end(on)
    for base in days_between(on - after - stays - LONGEST_MOVE, horizon - after + LONGEST_MOVE):
        due = calendar.previous_working(base + after)
        if due <= horizon and due + stays >= on:
            yield Cycle(WELCOME, base, "once", due, due + stays)


def review_cycles(on: date, policy: Policy, calendar: WorkCalendar) -> Iterator[Cycle]:
    """Dormant review: the day a member turns dormant, until the day before the 6-month day."""
    stages = policy.stages
    yield from _dormant_cycles(
        REVIEW, on, stages.dormant_months, stages.long_dormant_months, calendar, date.isoformat
    )


def recovery_cycles(on: date, policy: Policy, calendar: WorkCalendar) -> Iterator[Cycle]:
    """Recovery: each month of the policy, until the next one's day; the last until the member is lost."""
    months = sorted(policy.recovery.months)
    for month, following in zip(months, [*months[1:], policy.stages.lost_months], strict=True):
        yield from _dormant_cycles(RECOVERY, on, month, following, calendar, partial(recovery_cycle, months=month))


def _dormant_cycles(
    programme: str,
    on: date,
    months: int,
    until_months: int,
    calendar: WorkCalendar,
    name: Callable[[date], str],
) -> Iterator[Cycle]:
    horizon = month_end(on)
    first = latest_before(on, until_months) + ONE_DAY
    for last in days_between(first, latest_before(horizon, months)):
        due = calendar.next_working(add_months(last, months))
        if due <= horizon:
            yield Cycle(programme, last, name(last), due, add_months(last, until_months) - ONE_DAY)
