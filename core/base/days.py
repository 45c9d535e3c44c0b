"""Days in words, as people say them: today, Friday, 25 November. Every list and line takes its dates from here.

Registers (audit, logs, files) and fields that are typed keep 2026-11-25, which is the same in both languages.
"""

from __future__ import annotations

from datetime import date, datetime

from core.base.language import N_, Catalogue

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
WEEK = 7


def weekday(day: date, words: Catalogue) -> str:
    """The day of the week, short."""
    return words.say(WEEKDAYS[day.weekday()])


def day_and_month(day: date, words: Catalogue, today: date | None = None) -> str:
    """Such as 25 Nov, with the year where it is not today's."""
    month = words.say(MONTHS[day.month - 1])
    if today is not None and day.year != today.year:
        return words.say("{day} {month} {year}", day=day.day, month=month, year=day.year)
    return words.say("{day} {month}", day=day.day, month=month)


def day_of_week(day: date, words: Catalogue, today: date | None = None) -> str:
    """The day with its weekday: Wed 25 Nov."""
    return words.say("{weekday} {day}", weekday=weekday(day, words), day=day_and_month(day, words, today))


def day_and_time(at: datetime, words: Catalogue, today: date | None = None) -> str:
    """A moment on the wall clock it carries: 25 Nov 10:20."""
    return f"{day_and_month(at.date(), words, today)} {at:%H:%M}"


def year_of(day: date, words: Catalogue) -> str:
    """The year, as it stands over the days of a list."""
    return words.say("{year}", year=day.year)


def so_many_days(days: int, words: Catalogue) -> str:
    """Such as 1 day, 12 days."""
    return words.plural("{count} day", "{count} days", days)


def days_ago(days: int, words: Catalogue) -> str:
    """Such as today, 1 day ago, 12 days ago."""
    return words.plural("{count} day ago", "{count} days ago", days) if days else words.say("today")


def near_day(day: date, today: date, words: Catalogue) -> str:
    """Today, yesterday, tomorrow, a weekday within the coming week, else the date."""
    match (day - today).days:
        case 0:
            return words.say("today")
        case 1:
            return words.say("tomorrow")
        case -1:
            return words.say("yesterday")
        case distance if 0 < distance < WEEK:
            return weekday(day, words)
    return day_and_month(day, words, today)
