"""Working days of mainland China (R4.2)."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.followups.calendar import WorkCalendar, known_until
from tests.followups.reference import working

DAYS = st.dates(date(2010, 1, 1), date(2026, 12, 31))


def test_notices_of_the_state_council(realdata: Path) -> None:
    with (realdata / "workdays_2025_2026.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    calendar = WorkCalendar()
    wrong = [
        r["date"]
        for r in rows
        if calendar.is_working(date.fromisoformat(r["date"])) != (r["day_status"] == "work")
    ]
    assert wrong == []
    assert len(rows) == 72


@given(DAYS)
def test_moving_a_day(day: date) -> None:
    calendar = WorkCalendar()
    later, earlier = calendar.next_working(day), calendar.previous_working(day)
    assert earlier <= day <= later
    assert working(later)
    assert working(earlier)
    between = calendar.working_days(earlier, later)
    assert between in ([earlier, later], [day])


@given(DAYS, st.sets(st.integers(0, 30)))
def test_the_own_table_overrides(day: date, offsets: set[int]) -> None:
    own = {day + timedelta(n): n % 2 == 0 for n in offsets}
    calendar = WorkCalendar(own=own)
    assert all(calendar.is_working(d) is worked for d, worked in own.items())


def test_how_far_the_calendar_is_known() -> None:
    assert known_until() >= date(2026, 12, 31)
    assert not any(working(d) for d in (known_until() + timedelta(n) for n in range(1, 366)) if d.weekday() >= 5)
