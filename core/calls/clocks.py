"""Working hours: by when something raised must be answered, put right and told (R9.1, R9.2).

Pure functions of moments; the hours come from the policy, the days from the store's calendar (R4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from core.base.clock import at, business_day, zone
from core.base.policy import Complaints
from core.calls.tables import RaisedKind, Urgency
from core.followups.calendar import ONE_DAY, WorkCalendar, calendar_of


@dataclass(frozen=True)
class Hours:
    """When a store works: its days, and from when to when on its own clock."""

    calendar: WorkCalendar
    opens: time
    closes: time
    zone: str

    def open_from(self, moment: datetime) -> datetime:
        """That moment where the store works then, else the next opening; aware, UTC."""
        day = business_day(moment, self.zone)
        if self.calendar.is_working(day) and moment < at(day, self.closes, self.zone):
            return max(moment, at(day, self.opens, self.zone))
        return at(self.calendar.next_working(day + ONE_DAY), self.opens, self.zone)

    def after_hours(self, moment: datetime, hours: float) -> datetime:
        """The moment so many working hours later."""
        left = timedelta(hours=hours)
        start = self.open_from(moment)
        while True:
            closing = at(business_day(start, self.zone), self.closes, self.zone)
            if start + left <= closing:
                return start + left
            left -= closing - start
            start = self.open_from(closing)

    def after_days(self, moment: datetime, days: int) -> datetime:
        """The same time of day so many working days later; counted from the opening, where the store is shut."""
        start = self.open_from(moment)
        day = business_day(start, self.zone)
        for _ in range(days):
            day = self.calendar.next_working(day + ONE_DAY)
        return at(day, start.astimezone(zone(self.zone)).time(), self.zone)

    def end_of(self, day: date) -> datetime:
        """When work ends on that day."""
        return at(day, self.closes, self.zone)


def hours_of(c: Connection, store_id: int, zone_name: str, rule: Complaints) -> Hours:
    """The working hours of a store."""
    opens, closes = rule.hours
    return Hours(calendar_of(c, store_id), opens, closes, zone_name)


@dataclass(frozen=True, slots=True)
class Promises:
    """By when something new is answered and put right: the clocks of R9.1, and the day named to the member."""

    answer_due_at: datetime | None = None
    resolve_due_at: datetime | None = None
    promised_on: date | None = None


def promises(kind: RaisedKind, urgency: Urgency, moment: datetime, hours: Hours, rule: Complaints) -> Promises:
    """What the policy promises for something raised at that moment; a suggestion has no clock."""
    urgent = urgency is Urgency.URGENT
    if kind is RaisedKind.SUGGESTION:
        return Promises()
    if kind is RaisedKind.PROBLEM:
        days = rule.problem_urgent_days if urgent else rule.problem_days
        day = business_day(hours.after_days(moment, days), hours.zone)
        return Promises(resolve_due_at=hours.end_of(day), promised_on=day)
    if urgent:
        answer = hours.after_hours(moment, rule.urgent_answer_hours)
        resolve = hours.after_days(moment, rule.urgent_resolve_days)
    else:
        answer = hours.after_days(moment, rule.normal_answer_days)
        resolve = hours.after_days(moment, rule.normal_resolve_days)
    return Promises(answer, resolve, business_day(resolve, hours.zone))


def again_late_at(due_at: datetime, urgency: Urgency, hours: Hours, rule: Complaints) -> datetime:
    """When something that went higher at its due moment, and is still late, goes higher once more (R9.2)."""
    if urgency is Urgency.URGENT:
        return hours.after_hours(due_at, rule.urgent_again_hours)
    return hours.after_days(due_at, rule.normal_again_days)
