"""The time: the only place that reads it. Everything else is handed a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


class Clock(Protocol):
    """Gives the moment, aware and in UTC."""

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own time, moved by `shift` for a business day that is not today (`--on`)."""

    shift: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved: commands with `--at`, and tests."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def advance(self, **parts: float) -> None:
        """Move on by `timedelta(**parts)`."""
        self.moment += timedelta(**parts)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name."""
    return ZoneInfo(name)


def business_day(moment: datetime, zone_name: str = DEFAULT_ZONE) -> date:
    """The date on the wall of a store in that zone at an aware moment."""
    return moment.astimezone(zone(zone_name)).date()


def at(day: date, clock_time: time, zone_name: str = DEFAULT_ZONE) -> datetime:
    """The UTC moment at which a store's wall clock shows that day and time."""
    return datetime.combine(day, clock_time, tzinfo=zone(zone_name)).astimezone(UTC)


def clock_for(
    on: date | None, at_time: time | None, zone_name: str = DEFAULT_ZONE, *, ticking: bool = False
) -> Clock:
    """The clock for `--on` and `--at`: a command's stands still at that time, the screens' goes on from it."""
    real = datetime.now(UTC)
    if on is None and at_time is None:
        return SystemClock()
    wall = at_time or real.astimezone(zone(zone_name)).time()
    moment = at(on or business_day(real, zone_name), wall, zone_name)
    return FixedClock(moment) if at_time is not None and not ticking else SystemClock(moment - real)
