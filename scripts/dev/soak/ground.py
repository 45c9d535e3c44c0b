"""The chain that the soak works in: shops, people, members with purchases, and a clock that runs fast."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time

from core.base.actor import SHELL, Actor, Role
from core.base.clock import at
from core.followups.planning import plan
from core.members.profile import key_rows
from core.members.tables import Member, MemberNameKey, MemberPhone
from core.people.tables import Staff
from core.people.tables import Store as Shop
from core.purchases.tables import Purchase
from core.store import migrate
from core.store.engine import Store

DAY = date(2026, 11, 23)
MONTH_BEGAN = date(2026, 11, 2)
SHOPS = 10
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class SwiftClock:
    """A clock that showed `base` at the machine's time `began`, and runs `speed` times as fast."""

    base: datetime
    began: float
    speed: float

    def now(self) -> datetime:
        return self.base + timedelta(seconds=(time.time() - self.began) * self.speed)

    def seconds_at(self, moment: datetime) -> float:
        """The machine's time at which this clock shows that moment."""
        return self.began + (moment - self.base).total_seconds() / self.speed


def morning(speed: float) -> SwiftClock:
    """Ten o'clock in the shops, now."""
    return SwiftClock(at(DAY, clock_time(10)), time.time(), speed)


def caller_code(number: int) -> str:
    """Callers with an odd number keep members of their own, the others work the shops' pools."""
    return f"{'A' if number % 2 else 'C'}{number:04d}"


def shop_of(number: int) -> int:
    """The number of that caller's shop, from 0."""
    return number // 2 % SHOPS


def actors(store: Store) -> dict[str, Actor]:
    """Everybody who works there, by code."""
    with store.read() as c:
        rows = c.exec_driver_sql("select id, code, name, role, store_id from staff").all()
    return {row.code: Actor(row.code, row.name, Role(row.role), row.id, row.store_id) for row in rows}


def prepare(store: Store, callers: int, members: int) -> None:
    """Make the store and fill it; the month was planned on its first working day. Raises StoreTrouble if taken."""
    migrate.init(store)
    clock, store.clock = store.clock, SwiftClock(at(MONTH_BEGAN, clock_time(9)), time.time(), 1)
    with store.write(SHELL, why="soak") as tx:
        shops = [tx.insert(Shop, code=f"S{n}", name=f"S{n}", works_weekends=True) for n in range(SHOPS)]
        owners: list[tuple[int, int]] = []
        for number in range(callers):
            code, keeps = caller_code(number), bool(number % 2)
            shop, role = shops[shop_of(number)], Role.ASSISTANT if keeps else Role.CALLER
            key = tx.insert(Staff, code=code, name=code, role=role, store_id=shop, daily_target=10_000)
            if keeps:
                owners.append((key, shop))
        for n, shop in enumerate(shops):
            for letter, role in (("M", Role.STORE_MANAGER), ("K", Role.MANAGER)):
                tx.insert(Staff, code=f"{letter}{n}", name=f"{letter}{n}", role=role, store_id=shop)
    for start in range(0, members, _AT_ONCE):
        _members(store, range(start, min(start + _AT_ONCE, members)), shops, owners)
    plan(store, SHELL, MONTH_BEGAN)
    store.clock = clock
    if not store.is_sqlite:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("analyze")
            connection.commit()


def _members(store: Store, numbers: range, shops: list[int], owners: list[tuple[int, int]]) -> None:
    bought = [MONTH_BEGAN - timedelta(days=n % 60 + 5) for n in numbers]
    with store.write(SHELL, why="soak") as tx:
        rows = []
        for n, day in zip(numbers, bought, strict=True):
            owner, shop = owners[n // 2 % len(owners)] if n % 2 and owners else (None, shops[n // 2 % len(shops)])
            rows.append(
                {
                    "id": n + 1,
                    "number": f"{n:06d}",
                    "name": f"M{n}",
                    "store_id": shop,
                    "owner_id": owner,
                    "joined_on": date(2026, 1, 5),
                    "first_purchase_on": day,
                    "last_purchase_on": day,
                    "last_on": day,
                    "purchase_count": 1,
                    "amount_total": 100 * (n % 97 + 1),
                    "dialable": True,
                    "consent_call": True,
                    "created_at": tx.now,
                    "updated_at": tx.now,
                }
            )
        tx.insert_many(Member, rows, what="members")
        tx.insert_many(MemberPhone, [_phone(n, place) for n in numbers for place in range(2)], what="numbers")
        keys = [key for row in rows for key in key_rows(int(str(row["id"])), str(row["name"]))]
        tx.insert_many(MemberNameKey, keys, what="keys")
        sales = [
            {
                "store_id": row["store_id"],
                "order_number": row["number"],
                "member_id": row["id"],
                "bought_at": datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
                "day": day,
                "amount": row["amount_total"],
            }
            for row, day in zip(rows, bought, strict=True)
        ]
        tx.insert_many(Purchase, sales, what="purchases")
        if not store.is_sqlite:
            tx.connection.exec_driver_sql("select setval('member_id_seq', (select max(id) from member))")


def _phone(number: int, place: int) -> dict[str, object]:
    e164 = f"+861{3 + place}{number:09d}"
    return {
        "member_id": number + 1,
        "position": place,
        "typed": e164,
        "e164": e164,
        "kind": "mobile",
        "last4": e164[-4:],
    }
