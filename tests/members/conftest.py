"""A few members of two stores, to look at and to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from core.base.actor import SHELL, Actor, Role
from core.base.phones import understand
from core.members.names import name_keys
from core.members.profile import phone_values
from core.members.tables import Member, MemberNameKey, MemberPhone
from core.members.upkeep import refresh
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.store.engine import Store

ON = date(2026, 11, 23)


@dataclass
class House:
    """The store under test with who works in it."""

    store: Store
    manager: Actor
    assistant: Actor
    other: Actor
    shops: tuple[int, int]

    def member(self, number: str, name: str, *phones: str, **values: Any) -> int:
        """Add a member of the first shop, owned by the assistant, joined on 1 October 2026."""
        joined = values.pop("joined_on", date(2026, 10, 1))
        fields: dict[str, Any] = {
            "store_id": self.shops[0],
            "owner_id": self.assistant.staff_id,
            "joined_on": joined,
            "last_on": values.get("last_purchase_on") or joined,
            **values,
        }
        with self.store.write(SHELL) as tx:
            member = Member(number=number, name=name, created_at=tx.now, updated_at=tx.now, **fields)
            tx.session.add(member)
            tx.session.flush()
            assert member.id is not None
            for key in name_keys(name):
                tx.session.add(MemberNameKey(key=key, member_id=member.id))
            for position, typed in enumerate(phones):
                tx.session.add(MemberPhone(member_id=member.id, **phone_values(understand(typed), position)))
            tx.session.flush()
            refresh(tx, member.id, self.store.policy.completeness)
            return member.id


@pytest.fixture
def make_house() -> Callable[[Store], House]:
    """Puts two shops and their people into a store."""

    def make(store: Store) -> House:
        with store.write(SHELL) as tx:
            one = tx.insert(Shop, code="S1", name="南京路店", city="上海")
            two = tx.insert(Shop, code="S2", name="观前街店", city="苏州")
            people = (
                ("M1", "陈红", Role.MANAGER, one),
                ("S101", "王芳", Role.ASSISTANT, one),
                ("S201", "李静", Role.ASSISTANT, two),
            )
            made = [
                Actor(code, name, role, tx.insert(Staff, code=code, name=name, role=role, store_id=shop), shop)
                for code, name, role, shop in people
            ]
        return House(store, *made, shops=(one, two))

    return make


@pytest.fixture
def house(store: Store, make_house: Callable[[Store], House]) -> House:
    """Two shops on each database."""
    return make_house(store)
