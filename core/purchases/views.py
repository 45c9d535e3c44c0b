"""What a member bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

import core.purchases.tables  # noqa: F401
from core.base.actor import Actor
from core.members.lookup import MEMBER, SHOP, STAFF, found_row
from core.people.access import Right
from core.store.engine import Store

PURCHASE: sa.Table = SQLModel.metadata.tables["purchase"]


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """One sale: `bought_at` in UTC, `day` in the store's time zone, `amount` in fen; codes and names."""

    order_number: str
    bought_at: datetime
    day: date
    store: str
    store_name: str
    received_by: str
    received_by_name: str
    amount: int
    items: int | None
    goods: str
    category: str
    payment: str
    occasion: str


@dataclass(frozen=True, slots=True)
class PurchasePage:
    """Sales newest first, from the `offset` asked for; `total` is how many there are."""

    rows: tuple[PurchaseRow, ...]
    total: int


def purchases_of(store: Store, actor: Actor, number: str, *, offset: int = 0, limit: int = 50) -> PurchasePage:
    """A page of a member's sales, newest first. Raises NotFound for a member the actor may not see."""
    with store.read() as c:
        member = found_row(c, actor, number, Right.SEE_MEMBER, [MEMBER.c.id])["id"]
        total = c.execute(sa.select(sa.func.count()).where(PURCHASE.c.member_id == member)).scalar_one()
        rows = c.execute(_OF_MEMBER, {"member": member, "skipped": offset, "most": limit})
        return PurchasePage(tuple(PurchaseRow(*values) for values in map(tuple, rows)), total)


_OF_MEMBER = (
    sa.select(
        PURCHASE.c.order_number,
        PURCHASE.c.bought_at,
        PURCHASE.c.day,
        SHOP.c.code,
        SHOP.c.name,
        sa.func.coalesce(STAFF.c.code, ""),
        sa.func.coalesce(STAFF.c.name, ""),
        PURCHASE.c.amount,
        PURCHASE.c["items"],
        PURCHASE.c.goods,
        PURCHASE.c.category,
        PURCHASE.c.payment,
        PURCHASE.c.occasion,
    )
    .select_from(
        PURCHASE.join(SHOP, SHOP.c.id == PURCHASE.c.store_id).outerjoin(
            STAFF, STAFF.c.id == PURCHASE.c.received_by
        )
    )
    .where(PURCHASE.c.member_id == sa.bindparam("member"))
    .order_by(PURCHASE.c.day.desc(), PURCHASE.c.bought_at.desc(), PURCHASE.c.id.desc())
    .offset(sa.bindparam("skipped"))
    .limit(sa.bindparam("most"))
)
