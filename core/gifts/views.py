"""What gift screens and commands show: frozen rows; amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.gifts.tables import CouponState, GivenState, Movement


@dataclass(frozen=True, slots=True)
class StockRow:
    """A gift of the catalogue in one store: how many can be promised, how many are put aside or on their way."""

    gift: str
    name: str
    value: int
    classes: tuple[str, ...]
    occasions: tuple[str, ...]
    active: bool
    store: str
    store_name: str
    quantity: int
    waiting: int


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """What a store may give in a month to a class (`-`: members without one), and has given."""

    store: str
    month: str
    value_class: str
    amount: int
    spent: int

    @property
    def left(self) -> int:
        """What may still be given."""
        return self.amount - self.spent


@dataclass(frozen=True, slots=True)
class GivenRow:
    """Who gave what to whom, for what, and whether they have it."""

    id: int
    number: str
    name: str
    gift: str
    gift_name: str
    store: str
    occasion: str
    occasion_key: str
    value: int
    state: GivenState
    note: str
    given_on: date
    given_by: str
    sent_at: datetime | None
    collected_at: datetime | None
    returned_at: datetime | None


@dataclass(frozen=True, slots=True)
class GivenFilter:
    """Which gifts given: `waiting` those the member does not have yet; `store` and `member` by code and number."""

    waiting: bool = False
    store: str = ""
    member: str = ""
    occasion: str = ""
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One change of a store's stock; `left` is what there was after it."""

    at: datetime
    gift: str
    store: str
    kind: Movement
    change: int
    left: int
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class GiftChoice:
    """A gift that can be given now for an occasion: `quantity` in stock, `left` fen in the class's budget."""

    occasion: str
    gift: str
    name: str
    value: int
    quantity: int
    left: int

    @property
    def can_give(self) -> bool:
        """Whether stock and budget allow it."""
        return self.quantity > 0 and self.value <= self.left


@dataclass(frozen=True, slots=True)
class Proposals:
    """What may be given to a member: `due` occasions of policy first, then all others with their gifts.

    `had` are the gifts they were given, newest first; `offers` those open to them now.
    """

    number: str
    name: str
    value_class: str
    store: str
    due: tuple[str, ...]
    choices: tuple[GiftChoice, ...]
    had: tuple[GivenRow, ...]
    offers: tuple[OfferRow, ...]
    coupons: tuple[CouponRow, ...]


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer: `value` off a purchase of at least `least`, both in fen; a coupon holds for `days` days."""

    code: str
    name: str
    value: int
    least: int
    classes: tuple[str, ...]
    reasons: tuple[str, ...]
    from_on: date
    until_on: date
    days: int
    active: bool
    given: int
    used: int


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon; `expired` where its last day is over and it was not used."""

    number: str
    member: str
    name: str
    offer: str
    offer_name: str
    value: int
    least: int
    reason: str
    store: str
    given_on: date
    expires_on: date
    state: CouponState
    expired: bool
    used_on: date | None
    used_with: str
