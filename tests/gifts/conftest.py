"""The shop that tests of gifts work in."""

from __future__ import annotations

from datetime import date

import pytest

from core.gifts.forms import GiftForm
from core.gifts.stock import keep_gift, receive_gifts
from core.store.engine import Store
from tests.calls.desk import Desk, open_desk

BORN = {"birth_month": 11, "birth_day": 25, "birth_calendar": "solar"}


def stocked(desk: Desk, count: int = 3) -> Desk:
    """The shop with a scarf of 80 yuan and a tea of 20, the scarf not for class C."""
    keep_gift(desk.store, desk.boss, GiftForm(code="SCARF", name="丝巾", value=8_000, classes=("A", "B")))
    keep_gift(desk.store, desk.boss, GiftForm(code="TEA", name="茶", value=2_000))
    for gift in ("SCARF", "TEA"):
        receive_gifts(desk.store, desk.boss, gift, "S1", count)
    desk.member("1", value_class="A", **BORN)
    desk.member("2", value_class="C", last_on=date(2026, 3, 1))
    return desk


@pytest.fixture
def shop(store: Store) -> Desk:
    """On each database."""
    return stocked(open_desk(store))
