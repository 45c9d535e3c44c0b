"""The shop that tests of recovery work in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.base.actor import SHELL
from core.base.rulebook import Rulebook
from core.purchases.tables import Purchase
from core.store.engine import Store
from tests.calls.conftest import desk, lite_desk  # noqa: F401
from tests.calls.desk import Desk


def with_policy(store: Store, **changes: dict[str, Any]) -> Rulebook:
    """Change numbers of the store's policy: `with_policy(store, recovery={"holdout": True})`."""
    policy = store.policy.model_copy(
        update={name: getattr(store.policy, name).model_copy(update=values) for name, values in changes.items()}
    )
    store.rulebook = store.rulebook.model_copy(update={"policy": policy})
    return store.rulebook


def buy(shop: Desk, member: int, day: date, amount: int = 10_000, hour: int = 4) -> None:
    """A purchase of that day at 12:00 in Shanghai, or another hour in UTC."""
    with shop.store.write(SHELL) as tx:
        tx.insert(
            Purchase,
            store_id=shop.shop,
            order_number=f"{member}-{day}-{hour}-{amount}",
            member_id=member,
            bought_at=datetime(day.year, day.month, day.day, hour, tzinfo=UTC),
            day=day,
            amount=amount,
        )


@pytest.fixture
def away(desk: Desk) -> tuple[Desk, int]:  # noqa: F811
    """A member of Wang Fang's gone for half a year, whose recovery call is due."""
    member = desk.member("1", last_on=date(2026, 5, 20), last_purchase_on=date(2026, 5, 20))
    desk.follow_up(member, "dormant-recovery", cycle="2026-05-20+6", closes_on=date(2027, 2, 19))
    return desk, member
