"""The stores' own calendars override the general one (R4.2)."""

from datetime import date

import pytest

from core.base.actor import SHELL, Actor, Role
from core.base.errors import NotAllowed, NotFound
from core.followups.calendar import calendar_of, store_groups
from core.people.calendars import calendar_days, set_calendar_day, set_weekends
from core.people.tables import Store as Shop
from core.store.engine import Store

NATIONAL_DAY = date(2026, 10, 1)
SUNDAY = date(2026, 11, 29)


def shops(store: Store) -> tuple[int, int]:
    """Two stores."""
    with store.write(SHELL) as tx:
        one = tx.insert(Shop, code="S1", name="One", city="", time_zone="Asia/Shanghai", works_weekends=False)
        two = tx.insert(Shop, code="S2", name="Two", city="", time_zone="Asia/Shanghai", works_weekends=False)
    return one, two


def test_a_day_of_one_store_and_of_all(store: Store) -> None:
    one, two = shops(store)
    set_calendar_day(store, SHELL, NATIONAL_DAY, True, store_code="S1", note="open")
    set_calendar_day(store, SHELL, SUNDAY, True)
    set_weekends(store, SHELL, "S2", True)
    with store.read() as c:
        first, second = calendar_of(c, one), calendar_of(c, two)
        assert len(store_groups(c)) == 2
    assert first.is_working(NATIONAL_DAY)
    assert not second.is_working(NATIONAL_DAY)
    assert first.is_working(SUNDAY)
    assert not first.is_working(date(2026, 11, 28))
    assert second.is_working(date(2026, 11, 28))
    set_calendar_day(store, SHELL, SUNDAY, False, note="after all")
    assert [(row.day, row.working, row.store_code) for row in calendar_days(store)] == [
        (NATIONAL_DAY, True, "S1"),
        (SUNDAY, False, ""),
    ]
    set_calendar_day(store, SHELL, SUNDAY, None)
    assert len(calendar_days(store)) == 1


def test_who_may_and_what_is_unknown(store: Store) -> None:
    one, _ = shops(store)
    manager = Actor("M", "M", Role.STORE_MANAGER, None, one)
    set_calendar_day(store, manager, SUNDAY, True, store_code="S1")
    with pytest.raises(NotAllowed):
        set_calendar_day(store, manager, SUNDAY, True, store_code="S2")
    with pytest.raises(NotAllowed):
        set_calendar_day(store, manager, SUNDAY, True)
    with pytest.raises(NotFound):
        set_weekends(store, SHELL, "nowhere", True)
