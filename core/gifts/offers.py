"""Offers: what is taken off a purchase, for whom, from when until when (R11.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.gifts.forms import OfferForm, checked_offer
from core.gifts.rules import NO_CLASS, suits
from core.gifts.stock import keep_by_code
from core.gifts.tables import Offer
from core.gifts.views import OfferRow
from core.people.access import Right, reach, require
from core.store.engine import Store
from core.store.sql import statement

OFFER: sa.Table = Offer.__table__  # type: ignore[attr-defined]

_OFFERS = """
    select o.code, o.name, o.value, o.least, o.classes, o.reasons, o.from_on, o.until_on, o.days, o.active,
        (select count(*) from coupon c where c.offer_id = o.id and c.state <> 'withdrawn') as given,
        (select count(*) from coupon c where c.offer_id = o.id and c.state = 'used') as used
    from offer o
"""


def keep_offer(store: Store, actor: Actor, form: OfferForm) -> str:
    """Make an offer, or change the one of that code; coupons given keep their day. Raises BadInput, NotAllowed."""
    require(actor, Right.KEEP_GIFTS)
    return keep_by_code(store, actor, Offer, checked_offer(form, store.rulebook))


def offers(store: Store, actor: Actor, *, everything: bool = False) -> tuple[OfferRow, ...]:
    """Offers that run today (with `everything` all), with how many coupons were given and used."""
    reach(actor, Right.SEE_GIFTS)
    today = business_day(store.clock.now())
    condition = "true" if everything else "o.active and o.from_on <= :today and o.until_on >= :today"
    with store.read() as c:
        return _offers(c, condition, {} if everything else {"today": today})


def offers_for(c: Connection, value_class: str, day: date) -> tuple[OfferRow, ...]:
    """The offers that run on a day for members of a class, in a transaction of the caller's."""
    found = _offers(c, "o.active and o.from_on <= :today and o.until_on >= :today", {"today": day})
    return tuple(row for row in found if suits(" ".join(row.classes), value_class or NO_CLASS))


def _offers(c: Connection, condition: str, bound: Mapping[str, Any]) -> tuple[OfferRow, ...]:
    clause = statement(f"{_OFFERS} where {condition} order by o.until_on, o.code", days=("today",))
    return tuple(
        OfferRow(
            row.code,
            row.name,
            row.value,
            row.least,
            tuple(row.classes.split()),
            tuple(row.reasons.split()),
            row.from_on,
            row.until_on,
            row.days,
            bool(row.active),
            row.given,
            row.used,
        )
        for row in c.execute(clause.columns(from_on=sa.Date, until_on=sa.Date), bound)
    )
