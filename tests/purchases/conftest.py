"""A store with two shops, a person and three members."""

from __future__ import annotations

from datetime import date

import pytest

from core.base.actor import SHELL, Role
from core.members.tables import Member
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.store.engine import Store

JOINED = date(2026, 1, 10)


@pytest.fixture
def shop(store: Store) -> Store:
    """Shops 1 (Shanghai) and 2 (New York), staff 1, members 1 to 3 of shop 1."""
    with store.write(SHELL) as tx:
        tx.insert(Shop, code="S1", name="one")
        tx.insert(Shop, code="S2", name="two", time_zone="America/New_York")
        tx.insert(Staff, code="A1", name="王芳", role=Role.ASSISTANT, store_id=1)
        for number in ("001", "002", "003"):
            tx.insert(
                Member,
                number=number,
                name="某",
                store_id=1,
                owner_id=1,
                joined_on=JOINED,
                last_on=JOINED,
                created_at=tx.now,
                updated_at=tx.now,
            )
    return store
