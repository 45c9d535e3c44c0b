"""Rules about purchases: what moves a member's dates and sums. Pure (R3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


class Sale(NamedTuple):
    """One order of one member: `bought_at` in UTC, `day` in the store's time zone, `amount` in fen."""

    store_id: int
    order_number: str
    member_id: int
    bought_at: datetime
    day: date
    amount: int
    received_by: int | None = None
    items: int | None = None
    goods: str = ""
    category: str = ""
    payment: str = ""
    occasion: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """What makes it one and the same order."""
        return self[:2]

    def over(self, earlier: Sale) -> Sale:
        """This order laid over an earlier record of it: what this one does not say stays."""
        pairs = zip(earlier, self, strict=True)
        return Sale._make(old if new is None or new == "" else new for old, new in pairs)


@dataclass(slots=True)
class Sums:
    """What a number of sales add up to: days and count of those with a positive amount, amount of all (fen)."""

    first_on: date | None = None
    last_on: date | None = None
    count: int = 0
    amount: int = 0

    def add(self, sale: Sale) -> None:
        """Count one more sale; a refund, an exchange or a free item moves no date and adds no number (R3.1)."""
        self.amount += sale.amount
        if sale.amount <= 0:
            return
        self.count += 1
        if self.first_on is None or sale.day < self.first_on:
            self.first_on = sale.day
        if self.last_on is None or sale.day > self.last_on:
            self.last_on = sale.day


def sums_by_member(sales: Iterable[Sale]) -> dict[int, Sums]:
    """The sums of each member's sales, members in ascending order: the order in which rows are locked."""
    found: dict[int, Sums] = {}
    for sale in sales:
        sums = found.get(sale.member_id)
        if sums is None:
            sums = found[sale.member_id] = Sums()
        sums.add(sale)
    return dict(sorted(found.items()))


def is_over(cycle: str, last_on: str) -> bool:
    """Whether a dormant follow-up's cycle counts from another last purchase (an ISO date) than the member's."""
    return not cycle.startswith(last_on)
