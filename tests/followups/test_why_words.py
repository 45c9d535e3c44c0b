"""What `why` says of days and moments has the form that lists have, in each language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.base.language import N_, catalogue
from core.followups.why import WhyLine

ON = date(2026, 11, 23)
SINCE = N_("{holder} is on this member since {since}.")


@pytest.mark.parametrize(
    ("lang", "moment", "said"),
    [
        ("zh", datetime(2026, 12, 2, 2, 5, tzinfo=UTC), "12月2日 10:05"),
        ("en", datetime(2026, 12, 2, 2, 5, tzinfo=UTC), "2 Dec 10:05"),
        ("zh", datetime(2027, 1, 1, 16, 0, tzinfo=UTC), "2027年1月2日 00:00"),
        ("en", datetime(2027, 1, 1, 16, 0, tzinfo=UTC), "2 Jan 2027 00:00"),
    ],
)
def test_a_moment_stands_as_in_lists(lang: str, moment: datetime, said: str) -> None:
    line = WhyLine("", "resting", SINCE, {"holder": "张三", "since": moment})
    assert said in line.said(catalogue(lang), ON)
