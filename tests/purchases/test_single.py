"""One sale at the counter, and what a member bought."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.base.actor import SHELL, Actor, Role
from core.base.errors import BadInput, Conflict, NotAllowed, NotFound
from core.purchases.actions import PurchaseForm, record_purchase
from core.purchases.views import purchases_of
from core.store.engine import Store

FORM = PurchaseForm("S1", "P1", "001", datetime(2026, 11, 20, 17, 30, tzinfo=UTC), 26800, "A1", 2, "围巾")
WANG = Actor("A1", "王芳", Role.ASSISTANT, 1, 1)


def test_a_sale_is_stored_once_on_the_day_of_its_store(shop: Store) -> None:
    assert record_purchase(shop, WANG, FORM)
    assert not record_purchase(shop, WANG, FORM)
    assert record_purchase(shop, SHELL, replace(FORM, store="S2"))
    first, second = purchases_of(shop, WANG, "001").rows
    assert (first.day.isoformat(), first.store, first.store_name) == ("2026-11-21", "S1", "one")
    assert (second.day.isoformat(), second.store) == ("2026-11-20", "S2")
    assert (first.amount, first.items, first.goods, first.received_by_name) == (26800, 2, "围巾", "王芳")
    assert first.bought_at == FORM.bought_at


def test_what_does_not_fit_is_refused(shop: Store) -> None:
    record_purchase(shop, WANG, FORM)
    with pytest.raises(Conflict):
        record_purchase(shop, WANG, replace(FORM, amount=1))
    for change in ({"store": "S9"}, {"member": "999"}, {"received_by": "Z"}):
        with pytest.raises(NotFound):
            record_purchase(shop, WANG, replace(FORM, order_number="P2", **change))
    with pytest.raises(BadInput):
        record_purchase(shop, WANG, replace(FORM, order_number=" "))
    with pytest.raises(NotAllowed):
        record_purchase(shop, WANG, replace(FORM, store="S2", order_number="P2"))


def test_pages_newest_first(shop: Store) -> None:
    for number in range(7):
        moment = datetime(2026, 11, 1 + number, 4, tzinfo=UTC)
        record_purchase(shop, SHELL, replace(FORM, order_number=f"P{number}", bought_at=moment))
    page = purchases_of(shop, WANG, "001", offset=2, limit=3)
    assert [row.order_number for row in page.rows] == ["P4", "P3", "P2"]
    assert page.total == 7
    with pytest.raises(NotFound):
        purchases_of(shop, Actor("B1", "x", Role.ASSISTANT, 9, 2), "001")
