"""A shop with people who give, take, review, approve and file, and members to hand over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

import core.schema  # noqa: F401
from core.base.actor import SHELL, Actor, Role
from core.calls.tables import Raised, RaisedKind
from core.followups.tables import FollowUp
from core.members.tables import Member
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.store.engine import Store

ON = date(2026, 11, 23)

PEOPLE = (
    ("S101", "王芳", Role.ASSISTANT, "S1"),
    ("S102", "李静", Role.ASSISTANT, "S1"),
    ("S103", "赵磊", Role.ASSISTANT, "S1"),
    ("S201", "周敏", Role.ASSISTANT, "S2"),
    ("S1M", "陈红", Role.STORE_MANAGER, "S1"),
    ("S2M", "吴刚", Role.STORE_MANAGER, "S2"),
    ("K01", "赵云", Role.MANAGER, "S1"),
    ("K02", "孙丽", Role.MANAGER, "S2"),
    ("F01", "钱进", Role.SERVICE_DESK, "S1"),
    ("C01", "马超", Role.CALLER, "S1"),
)


@dataclass
class Office:
    """The store under test with who works in it, by code."""

    store: Store
    shops: dict[str, int]
    people: dict[str, Actor]
    ids: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, code: str) -> Actor:
        return self.people[code]

    def members(self, count: int, owner: str = "S101", *, shop: str = "S1", first: int = 1, **values: Any) -> None:
        """Members 00001 and on of an owner: every fifth A, three in ten B, the rest C."""
        with self.store.write(SHELL) as tx:
            rows = [
                {
                    "number": f"{n:05d}",
                    "name": f"会员{n}",
                    "store_id": self.shops[shop],
                    "owner_id": self.people[owner].staff_id,
                    "value_class": "A" if n % 10 < 2 else "B" if n % 10 < 5 else "C",
                    "joined_on": date(2025, 1, 5),
                    "first_purchase_on": date(2025, 1, 5),
                    "last_purchase_on": ON - timedelta(days=n % 200),
                    "last_on": ON - timedelta(days=n % 200),
                    "purchase_count": 1,
                    "amount_total": n % 97 * 100,
                    "dialable": True,
                    "last_promise": f"承诺{n}" if n % 4 == 0 else "",
                    "created_at": tx.now,
                    "updated_at": tx.now,
                    **_blank(Member),
                    **values,
                }
                for n in range(first, first + count)
            ]
            tx.insert_many(Member, rows, what="members")
            found = tx.connection.execute(sa.text("select number, id from member"))
            self.ids.update((number, key) for number, key in found)

    def follow_up(self, number: str, programme: str = "monthly", **values: Any) -> int:
        """An open follow-up of a member, due today, at their owner's desk."""
        with self.store.write(SHELL) as tx:
            owner = tx.connection.execute(
                sa.text("select owner_id from member where number = :n"), {"n": number}
            ).scalar()
            row = {
                "member_id": self.ids[number],
                "programme": programme,
                "cycle": "2026-11",
                "store_id": self.shops["S1"],
                "assignee_id": owner,
                "due_on": ON,
                "created_at": tx.now,
            }
            key: int = tx.insert(FollowUp, **(row | values))
            return key

    def raise_matter(self, number: str, kind: RaisedKind = RaisedKind.COMPLAINT, **values: Any) -> int:
        """A complaint of a member, theirs who keeps the member."""
        with self.store.write(SHELL) as tx:
            row = {
                "member_id": self.ids[number],
                "kind": kind,
                "category": "quality",
                "matter": "开线",
                "store_id": self.shops["S1"],
                "owner_id": self.people["S101"].staff_id,
                "raised_at": tx.now,
            }
            key: int = tx.insert(Raised, **(row | values))
            return key

    def of_role(self, role: Role) -> Actor:
        """Somebody of that role in the first shop, taken on where there is nobody."""
        for actor in self.people.values():
            if actor.role is role and actor.store_id == self.shops["S1"]:
                return actor
        code = str(role)
        with self.store.write(SHELL) as tx:
            key = tx.insert(Staff, code=code, name=code, role=role, store_id=self.shops["S1"])
        self.people[code] = Actor(code, code, role, key, self.shops["S1"])
        return self.people[code]

    def change(self, number: str, **values: Any) -> None:
        """Change columns of a member."""
        with self.store.write(SHELL) as tx:
            tx.update(Member, self.ids[number], values)

    def owners(self) -> Mapping[str, int]:
        """How many members everybody keeps."""
        with self.store.read() as c:
            rows = c.execute(
                sa.text("select s.code, count(*) from member m join staff s on s.id = m.owner_id group by s.code")
            )
            return {row[0]: row[1] for row in rows}

    def rows(self, text: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self.store.read() as c:
            return [tuple(row) for row in c.execute(sa.text(text), values)]


def _blank(table: type[SQLModel]) -> dict[str, Any]:
    core: sa.Table = table.__table__  # type: ignore[attr-defined]
    given = ("number", "name", "birth_calendar", "status", "last_promise")
    return {
        column.name: ""
        for column in core.columns
        if isinstance(column.type, sa.String) and not column.nullable and column.name not in given
    }


def make_office(store: Store, people: Iterable[tuple[str, str, Role, str]] = PEOPLE) -> Office:
    """Two shops and their people."""
    with store.write(SHELL) as tx:
        shops = {code: tx.insert(Shop, code=code, name=f"{code}店") for code in ("S1", "S2")}
        made = {}
        for code, name, role, shop in people:
            key = tx.insert(Staff, code=code, name=name, role=role, store_id=shops[shop])
            made[code] = Actor(code, name, role, key, shops[shop])
    return Office(store, shops, made)


@pytest.fixture
def office(store: Store) -> Office:
    """The office on each database."""
    return make_office(store)


@pytest.fixture
def small(lite: Store) -> Office:
    """The office on SQLite."""
    return make_office(lite)
