"""Gifts: the catalogue, stock and budget by store, what was given to whom; offers and their coupons."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.store.columns import BigKey, CodeText, choice


class Gift(SQLModel, table=True):
    """Something that is given: `value` in fen is what it takes from the budget (R11.1).

    `classes` and `occasions` are codes parted by spaces; empty means all.
    """

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, sa_type=CodeText)
    name: str
    value: int = Field(sa_type=BigKey)
    classes: str = ""
    occasions: str = ""
    active: bool = True
    version: int = 1

    __table_args__ = (sa.CheckConstraint("value >= 0", name="value"),)


class GiftStock(SQLModel, table=True):
    """How many of a gift a store has left to promise; the movements add up to it, and it is never below zero."""

    __tablename__ = "gift_stock"
    __table_args__ = (
        sa.PrimaryKeyConstraint("gift_id", "store_id"),
        sa.CheckConstraint("quantity >= 0", name="quantity"),
    )

    gift_id: int = Field(foreign_key="gift.id")
    store_id: int = Field(foreign_key="store.id")
    quantity: int = 0


class Movement(StrEnum):
    """Why stock moved."""

    RECEIVED = "received"
    GIVEN = "given"
    RETURNED = "returned"
    COUNTED = "counted"
    LOST = "lost"


class GiftMovement(SQLModel, table=True):
    """One change of a store's stock of a gift; never changed or deleted (R11.1)."""

    __tablename__ = "gift_movement"
    __table_args__ = (
        sa.Index("ix_gift_movement_stock", "gift_id", "store_id", "id"),
        sa.CheckConstraint("change <> 0", name="change"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    gift_id: int = Field(foreign_key="gift.id")
    store_id: int = Field(foreign_key="store.id")
    kind: Movement = Field(sa_type=choice(Movement, "gift_movement_kind"))
    change: int
    given_id: int | None = Field(default=None, foreign_key="given.id", sa_type=BigKey)
    at: datetime
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    by_code: str
    why: str = ""


class GiftBudget(SQLModel, table=True):
    """What a store may give in a month to members of a class, and has given, in fen (R11.1).

    `value_class` is `-` for members without one. Made from policy when first used.
    """

    __tablename__ = "gift_budget"
    __table_args__ = (
        sa.PrimaryKeyConstraint("store_id", "month", "value_class"),
        sa.CheckConstraint("spent >= 0 and spent <= amount", name="spent"),
    )

    store_id: int = Field(foreign_key="store.id")
    month: str
    value_class: str
    amount: int = Field(sa_type=BigKey)
    spent: int = Field(default=0, sa_type=BigKey)


class GivenState(StrEnum):
    """Where a gift given stands: put aside, in the member's hands, or back in the store."""

    RESERVED = "reserved"
    SENT = "sent"
    COLLECTED = "collected"
    RETURNED = "returned"


NOT_BACK = sa.text("state <> 'returned'")
WAITING = sa.text("state in ('reserved', 'sent')")


class Given(SQLModel, table=True):
    """Who gave what to whom, why, and whether they have it (R11.1).

    `occasion` is one of `data/gift_occasions.toml`, `occasion_key` what makes it one occasion (a year, a cycle):
    one gift an occasion, unless it came back. `value`, `month` and `value_class` name the budget it came from.
    """

    __table_args__ = (
        sa.Index(
            "uq_given_occasion",
            "member_id",
            "occasion",
            "occasion_key",
            unique=True,
            sqlite_where=NOT_BACK,
            postgresql_where=NOT_BACK,
        ),
        sa.Index("ix_given_member", "member_id", "given_at"),
        sa.Index("ix_given_store", "store_id", "given_on"),
        sa.Index("ix_given_waiting", "store_id", "given_on", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    gift_id: int = Field(foreign_key="gift.id")
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    store_id: int = Field(foreign_key="store.id")
    occasion: str
    occasion_key: str
    call_id: str | None = Field(default=None, foreign_key="call.id")
    value: int = Field(sa_type=BigKey)
    month: str
    value_class: str
    state: GivenState = Field(default=GivenState.RESERVED, sa_type=choice(GivenState, "given_state"))
    note: str = ""
    given_on: date
    given_at: datetime
    given_by: int | None = Field(default=None, foreign_key="staff.id")
    sent_at: datetime | None = None
    collected_at: datetime | None = None
    returned_at: datetime | None = None
    version: int = 1


class Offer(SQLModel, table=True):
    """A promise of a better price: for which classes and reasons, from when to when, and how long a coupon holds.

    `classes` and `reasons` are codes parted by spaces; empty means all. `value` in fen is taken off a purchase of
    at least `least` fen; `days` is how long a coupon may be used, never beyond `until_on` (R11.2).
    """

    __table_args__ = (
        sa.CheckConstraint("value > 0 and least >= 0 and days > 0", name="numbers"),
        sa.CheckConstraint("from_on <= until_on", name="period"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, sa_type=CodeText)
    name: str
    value: int = Field(sa_type=BigKey)
    least: int = Field(default=0, sa_type=BigKey)
    classes: str = ""
    reasons: str = ""
    from_on: date
    until_on: date
    days: int
    active: bool = True
    version: int = 1


class CouponState(StrEnum):
    """Whether a coupon is still to be used; that its day has passed is read from the day."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Coupon(SQLModel, table=True):
    """An offer given to a member, one for each reason and month; `number` is said at the till (R11.2)."""

    __table_args__ = (
        sa.UniqueConstraint("offer_id", "member_id", "reason", "month"),
        sa.Index("ix_coupon_member", "member_id", "given_on"),
        sa.Index("ix_coupon_store", "store_id", "given_on"),
        sa.CheckConstraint("(state = 'used') = (used_on is not null)", name="used_on"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    number: str = Field(unique=True, sa_type=CodeText)
    offer_id: int = Field(foreign_key="offer.id")
    member_id: int = Field(foreign_key="member.id", sa_type=BigKey)
    store_id: int = Field(foreign_key="store.id")
    reason: str = ""
    month: str
    state: CouponState = Field(default=CouponState.OPEN, sa_type=choice(CouponState, "coupon_state"))
    given_on: date
    given_at: datetime
    given_by: int | None = Field(default=None, foreign_key="staff.id")
    expires_on: date
    used_on: date | None = None
    used_with: str = ""
    used_by: int | None = Field(default=None, foreign_key="staff.id")
    version: int = 1
