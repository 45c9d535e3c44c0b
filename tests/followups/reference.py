"""Sections 3 and 4 of the requirements, read member by member in plain Python: what the set-based plan must give.

Written from the rules and not from the program: it shares no code with `core` but the calendar of public holidays.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

import holidays

_CN = holidays.country_holidays("CN", years=range(2009, 2028))


def working(day: date) -> bool:
    if day in _CN:
        return False
    return day.weekday() < 5 or day in _CN.weekend_workdays


def moved(day: date, step: int) -> date:
    while not working(day):
        day += timedelta(days=step)
    return day


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass
class Person:
    number: str
    joined: date
    owner: str
    purchases: list[tuple[date, int]] = field(default_factory=list)

    def last(self) -> date:
        return max((d for d, a in self.purchases if a > 0), default=self.joined)

    def stage(self, on: date) -> str:
        last = self.last()
        for name, months in (("lost", 15), ("dormant_6m", 6), ("dormant_3m", 3)):
            if months_later(last, months) <= on:
                return name
        return "new" if on < months_later(self.joined, 1) else "regular"

    def year_sum(self, on: date) -> tuple[int, int]:
        inside = [a for d, a in self.purchases if months_later(on, -12) < d <= on]
        return sum(inside), sum(1 for a in inside if a > 0)

    def declining(self, on: date) -> bool:
        recent = [a for d, a in self.purchases if on - timedelta(90) < d <= on]
        before = [a for d, a in self.purchases if on - timedelta(180) < d <= on - timedelta(90)]
        count, count_before = sum(a > 0 for a in recent), sum(a > 0 for a in before)
        return count_before >= 3 and (2 * sum(recent) < sum(before) or 2 * count < count_before)


def classes(people: list[Person], on: date) -> dict[str, str]:
    regular = [p for p in people if p.stage(on) == "regular"]
    regular.sort(key=lambda p: (-p.year_sum(on)[0], -p.year_sum(on)[1], -p.last().toordinal(), p.number))
    a, ab = ceil(Fraction(1, 5) * len(regular)), ceil(Fraction(1, 2) * len(regular))
    return {p.number: "A" if i < a else "B" if i < ab else "C" for i, p in enumerate(regular)}


def due_purposes(people: list[Person], on: date) -> dict[str, dict[str, date]]:
    """{member: {programme: due day}} of what is due on `on`, when the month is planned on that day."""
    due: dict[str, dict[str, date]] = defaultdict(dict)
    cut = classes(people, on)
    for p in people:
        bought = min((d for d, a in p.purchases if a > 0), default=None)
        base = bought if bought and p.joined <= bought <= p.joined + timedelta(7) else p.joined
        welcome = moved(base + timedelta(7), -1)
        if welcome <= on <= welcome + timedelta(14):
            due[p.number]["welcome"] = welcome
        stage = p.stage(on)
        if stage == "dormant_3m":
            due[p.number]["dormant-review"] = moved(months_later(p.last(), 3), 1)
        if stage == "dormant_6m":
            month = max(m for m in (6, 9, 12) if moved(months_later(p.last(), m), 1) <= on)
            due[p.number]["dormant-recovery"] = moved(months_later(p.last(), month), 1)
        if cut.get(p.number) in ("A", "B") and p.declining(on):
            due[p.number]["decline"] = on
    for number, day in monthly(people, on, cut).items():
        if day <= on:
            due[number]["monthly"] = day
    return {number: found for number, found in due.items() if found}


def monthly(people: list[Person], on: date, cut: dict[str, str]) -> dict[str, date]:
    """The day each regular member's monthly call is laid on."""
    end = on.replace(day=monthrange(on.year, on.month)[1])
    days = [d for d in (on + timedelta(k) for k in range((end - on).days + 1)) if working(d)]
    order = {number: place for place, number in enumerate(cut)}
    by_owner: dict[str, list[str]] = defaultdict(list)
    for p in people:
        if p.number in cut:
            by_owner[p.owner].append(p.number)
    laid = {}
    for numbers in by_owner.values():
        numbers.sort(key=order.__getitem__)
        for i, number in enumerate(numbers):
            laid[number] = days[floor(i * len(days) / len(numbers))]
    return laid
