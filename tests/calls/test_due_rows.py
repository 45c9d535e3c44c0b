"""Which of a member's follow-ups one call is for (R4.4), from rows alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.base.rulebook import load_rulebook
from core.calls.facts import due_rows

NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
ON = date(2026, 11, 23)
CALLBACK_LATER = {"programme": "callback", "due_at": NOW + timedelta(hours=2)}
PUT_OFF = {"not_before": NOW + timedelta(hours=1)}


def row(programme: str, **other: Any) -> dict[str, Any]:
    """A follow-up due today, as it is read."""
    return {
        "programme": programme,
        "due_on": ON,
        "due_at": None,
        "closes_on": None,
        "not_before": None,
        **other,
    }


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([row("monthly"), row(**CALLBACK_LATER)], ["monthly"]),
        ([row(**CALLBACK_LATER)], ["callback"]),
        ([row("monthly", **PUT_OFF), row(**CALLBACK_LATER)], ["callback"]),
        ([row("monthly", **PUT_OFF), row("welcome"), row(**CALLBACK_LATER)], ["monthly", "welcome"]),
        ([row("monthly", **PUT_OFF)], ["monthly"]),
        ([row("callback", due_at=NOW), row("monthly", **PUT_OFF)], ["callback", "monthly"]),
    ],
)
def test_a_call_is_for_what_brought_the_member_up(rows: list[dict[str, Any]], wanted: list[str]) -> None:
    found = due_rows(rows, NOW, ON, load_rulebook(), None)
    assert [entry["programme"] for entry in found] == wanted
