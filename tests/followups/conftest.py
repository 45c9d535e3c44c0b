"""People put straight into a store, for tests of planning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.clock import FixedClock, at
from core.members.tables import Member
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.purchases.tables import Purchase
from core.store.engine import Store
from tests.followups.reference import Person

Filler = Callable[[Store, Iterable[Person]], dict[str, Actor]]


def fill(store: Store, people: Iterable[Person]) -> dict[str, Actor]:
    """Store the people with their purchases; returns the owners as actors."""
    with store.write(SHELL) as tx:
        shop = tx.insert(Shop, code="S1", name="Shop", city="", time_zone="Asia/Shanghai", works_weekends=False)
        listed = list(people)
        owners: dict[str, Actor] = {}
        for code in sorted({person.owner for person in listed}):
            key = tx.insert(Staff, code=code, name=code, role=Role.ASSISTANT, store_id=shop)
            owners[code] = Actor(code, code, Role.ASSISTANT, key, shop)
        blank = {
            column.name: ""
            for column in Member.__table__.columns
            if isinstance(column.type, sa.String) and not column.nullable and column.name != "status"
        }
        for number, person in enumerate(listed, 1):
            bought = [day for day, amount in person.purchases if amount > 0]
            values = {
                **blank,
                "id": number,
                "number": person.number,
                "name": "n" + person.number,
                "birth_calendar": "solar",
                "store_id": shop,
                "joined_on": person.joined,
                "owner_id": owners[person.owner].staff_id,
                "first_purchase_on": min(bought, default=None),
                "last_purchase_on": max(bought, default=None),
                "last_on": max(bought, default=person.joined),
                "purchase_count": len(bought),
                "amount_total": sum(amount for _, amount in person.purchases),
                "dialable": True,
                "created_at": tx.now,
                "updated_at": tx.now,
            }
            tx.connection.execute(sa.insert(Member.__table__), values)
            rows = [
                {
                    "store_id": shop,
                    "order_number": f"{person.number}-{k}",
                    "member_id": number,
                    "bought_at": at(day, time(12)),
                    "day": day,
                    "amount": amount,
                }
                for k, (day, amount) in enumerate(person.purchases)
            ]
            if rows:
                tx.connection.execute(sa.insert(Purchase.__table__), rows)
    return owners


@pytest.fixture
def filled() -> Filler:
    """The filler, for tests that make their own people."""
    return fill


def stand_on(store: Store, day: date, clock_time: time = time(9, 42)) -> None:
    """Move the store's clock to a day."""
    assert isinstance(store.clock, FixedClock)
    store.clock.moment = at(day, clock_time)
