"""Who acts, and who works here."""

from collections.abc import Callable
from datetime import date

import pytest

from core.base.actor import SHELL, Role
from core.base.errors import NotFound, Refused
from core.people.tables import Staff
from core.people.views import shop_rows, staff_actor, staff_rows
from core.store.engine import Store
from tests.members.conftest import House, make_house

__all__ = ["make_house"]


def test_actors_and_staff(store: Store, make_house: Callable[[Store], House]) -> None:
    house = make_house(store)
    assert staff_actor(store, " S101 ") == house.assistant
    assert [row.code for row in staff_rows(store)] == ["M1", "S101", "S201"]
    assert staff_rows(store)[2].store_name == "观前街店"
    assert [shop.code for shop in shop_rows(store)] == ["S1", "S2"]
    with pytest.raises(NotFound):
        staff_actor(store, "nobody")


def test_somebody_who_left_acts_no_more(store: Store, make_house: Callable[[Store], House]) -> None:
    house = make_house(store)
    with store.write(SHELL) as tx:
        for code, left in (("L1", date(2026, 11, 23)), ("L2", date(2026, 11, 24))):
            tx.insert(Staff, code=code, name=code, role=Role.ASSISTANT, store_id=house.shops[0], left_on=left)
    with pytest.raises(Refused):
        staff_actor(store, "L1")
    assert staff_actor(store, "L2").code == "L2"
    assert {"L2"} == {row.code for row in staff_rows(store)} - {"M1", "S101", "S201"}
