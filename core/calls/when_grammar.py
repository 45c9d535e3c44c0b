"""What a phrase for a time has said so far, and the days that its words may mean."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

YEAR_TURN_DAYS = 183
"""A date without a year that is past means next year's, where that is no farther away."""


class Unclear(Exception):
    """The phrase says no time, or two that disagree."""


@dataclass(slots=True)
class Said:
    """What a phrase has said so far; `days` holds, for each naming of the day, the dates it may mean."""

    today: date
    days: list[tuple[date, ...]] = field(default_factory=list)
    weekday: int | None = None
    part: str = ""
    clock: tuple[int, int] | None = None
    literal: bool = False
    offset: timedelta | None = None
    same_time: bool = False

    def add_day(self, *days: date) -> None:
        """The phrase names a day, one of these."""
        self.days.append(days)

    def add_weekday(self, day: int) -> None:
        """The phrase names a bare day of the week (Monday is 0)."""
        if self.weekday not in (None, day):
            raise Unclear
        self.weekday = day

    def possible_days(self) -> tuple[date, ...]:
        """The days that all the namings agree on, the nearest first; empty where none was named."""
        if self.weekday is not None and not self.days:
            ahead = (self.weekday - self.today.weekday()) % 7
            return (self.today + timedelta(days=ahead), self.today + timedelta(days=ahead + 7))
        if not self.days:
            return ()
        agreed = tuple(day for day in self.days[0] if all(day in others for others in self.days[1:]))
        kept = tuple(day for day in agreed if self.weekday in (None, day.weekday()))
        if not kept:
            raise Unclear
        return kept

    def add_part(self, part: str) -> None:
        """The phrase names a part of the day; naming another one makes it unclear."""
        if self.part not in ("", part):
            raise Unclear
        self.part = part

    def add_clock(self, hour: int, minute: int, *, literal: bool = False) -> None:
        """The phrase names a time of the clock; `literal` where it is surely of 24 hours."""
        if self.clock is not None or hour > 23 or minute > 59:
            raise Unclear
        self.clock = (hour, minute)
        self.literal = literal

    def add_offset(self, offset: timedelta) -> None:
        """The phrase counts hours or minutes from now."""
        self.offset = (self.offset or timedelta(0)) + offset


DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
NUMERAL = re.compile("[零〇一二两三四五六七八九十]+")
WEEKDAY = re.compile("(周|星期|礼拜)([一二三四五六日天])")
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def half_width(text: str) -> str:
    """The phrase in plain letters and digits, Chinese numerals turned into them."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    plain = WEEKDAY.sub(lambda m: f"周{WEEKDAYS_ZH.find(m[2].replace('天', '日')) + 1} ", plain)
    return NUMERAL.sub(lambda m: _numeral(m[0]), plain)


def _numeral(text: str) -> str:
    if "十" not in text:
        return "".join(str(DIGITS[sign]) for sign in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return text
    return str(DIGITS.get(tens, 1) * 10 + DIGITS.get(ones, 0))


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month so many months after that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def calendar_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear from None


def month_day(said: Said, month: int, day: int, year: int | None = None) -> None:
    if year is not None:
        said.add_day(calendar_day(year, month, day))
        return
    chosen: list[date] = []
    for possible in (said.today.year, said.today.year + 1):
        if month == 2 and day == 29 and not calendar.isleap(possible):
            continue
        found = calendar_day(possible, month, day)
        if possible == said.today.year or (found - said.today).days <= YEAR_TURN_DAYS:
            chosen.append(found)
    if not chosen:
        raise Unclear
    said.add_day(*chosen)


def number_of_month(said: Said, day: int) -> None:
    if not 1 <= day <= 31:
        raise Unclear
    ends = (month_end(said.today, months) for months in range(4))
    said.add_day(*(end.replace(day=day) for end in ends if end.day >= day))


def weekday(said: Said, weekday: int, weeks: int | None) -> None:
    """`weeks` ahead of this calendar week (Monday to Sunday); None is the coming one, today included."""
    monday = said.today - timedelta(days=said.today.weekday())
    if weeks is None:
        said.add_weekday(weekday)
    else:
        said.add_day(monday + timedelta(days=7 * weeks + weekday))


def months_later(said: Said, months: int) -> None:
    end = month_end(said.today, months)
    said.add_day(end.replace(day=min(said.today.day, end.day)))


def days_later(said: Said, days: int) -> None:
    said.add_day(said.today + timedelta(days=days))
