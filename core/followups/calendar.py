"""Working days: mainland China's statutory holidays and make-up days, and the store's own (R4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.people.tables import CalendarDay, Store

ONE_DAY = timedelta(days=1)
SATURDAY = 5
FIRST_KNOWN_YEAR = 2020


@lru_cache(maxsize=64)
def public_days(year: int) -> dict[date, bool]:
    """Holidays (False) and make-up workdays (True) of a year in mainland China, as far as they are known."""
    import holidays

    calendar = holidays.country_holidays("CN", years=year)
    days = {day: False for day in calendar if day.year == year}
    days.update({day: True for day in getattr(calendar, "weekend_workdays", ()) if day.year == year})
    return days


@lru_cache(maxsize=1)
def known_until() -> date:
    """The last day for which make-up workdays are known: for later years the package silently has none."""
    year = FIRST_KNOWN_YEAR
    while any(public_days(year + 1).values()):
        year += 1
    return date(year, 12, 31)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked: the store's own table first, then weekends it works, then the public calendar."""

    works_weekends: bool = False
    own: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether the store works on that day."""
        if day in self.own:
            return self.own[day]
        public = public_days(day.year).get(day)
        if public is not None:
            return public
        return self.works_weekends or day.weekday() < SATURDAY

    def next_working(self, day: date) -> date:
        """The day itself, or the nearest later one that is worked."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """The day itself, or the nearest earlier one that is worked."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def working_days(self, first: date, last: date) -> list[date]:
        """The working days from `first` to `last`, both included."""
        return [day for day in days_between(first, last) if self.is_working(day)]


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += ONE_DAY


@dataclass(frozen=True)
class StoreGroup:
    """Stores that share a calendar; `store_ids` is None where all stores do."""

    calendar: WorkCalendar
    store_ids: tuple[int, ...] | None


def store_groups(connection: Connection) -> list[StoreGroup]:
    """The stores, grouped by calendar, so that a plan runs once a group and not once a store."""
    own: dict[int | None, dict[date, bool]] = {}
    table = CalendarDay.__table__.c  # type: ignore[attr-defined]
    for store_id, day, working in connection.execute(sa.select(table.store_id, table.day, table.working)):
        own.setdefault(store_id, {})[day] = working
    stores = Store.__table__.c  # type: ignore[attr-defined]
    groups: dict[tuple[bool, tuple[tuple[date, bool], ...]], list[int]] = {}
    for store_id, weekends in connection.execute(sa.select(stores.id, stores.works_weekends)):
        merged = {**own.get(None, {}), **own.get(store_id, {})}
        groups.setdefault((bool(weekends), tuple(sorted(merged.items()))), []).append(store_id)
    return [
        StoreGroup(WorkCalendar(weekends, dict(days)), None if len(groups) == 1 else tuple(ids))
        for (weekends, days), ids in groups.items()
    ]


def calendar_of(connection: Connection, store_id: int) -> WorkCalendar:
    """The calendar of one store."""
    for group in store_groups(connection):
        if group.store_ids is None or store_id in group.store_ids:
            return group.calendar
    return WorkCalendar()
