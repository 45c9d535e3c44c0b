"""Recording a single sale; whole files go through `core.imports`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, Conflict, NotFound
from core.base.language import N_
from core.base.text import clean
from core.members.lookup import MEMBER, SHOP, STAFF, unknown_member
from core.people.access import Right, require
from core.people.views import no_store
from core.purchases.recording import BatchCounts, add_sales, record_batch, stored_sales
from core.purchases.rules import Sale
from core.store.again import retried
from core.store.engine import Store

__all__ = ["BatchCounts", "PurchaseForm", "record_batch", "record_purchase"]


@dataclass(frozen=True, slots=True)
class PurchaseForm:
    """A sale as it is taken down: codes as people type them, `bought_at` aware, `amount` in fen."""

    store: str
    order_number: str
    member: str
    bought_at: datetime
    amount: int
    received_by: str = ""
    items: int | None = None
    goods: str = ""
    category: str = ""
    payment: str = ""
    occasion: str = ""


@retried(idempotent=True)
def record_purchase(store: Store, actor: Actor, form: PurchaseForm) -> bool:
    """Record one sale with the member's sums; returns whether it was new (the same sale twice is stored once).

    Raises NotFound for an unknown store, member or person, BadInput for an empty order number, Conflict where
    another sale has that number, NotAllowed where the actor may not work for that store (R3.1, R8.1).
    """
    with store.write(actor) as tx:
        sale = _sale(tx.connection, actor, form)
        there = stored_sales(tx.connection, [sale.key]).get(sale.key)
        if there is None:
            add_sales(tx, [sale])
            return True
        if there.sale != sale:
            raise Conflict(
                "purchase.other",
                N_("Order {order} of store {store} is there already and says otherwise: check the number."),
                order=sale.order_number,
                store=form.store,
            )
        return False


def _sale(connection: Connection, actor: Actor, form: PurchaseForm) -> Sale:
    order = clean(form.order_number)
    if not order:
        raise BadInput(
            "purchase.order", N_("A purchase needs its order number: type the one on the receipt."), field="order"
        )
    shop = connection.execute(sa.select(SHOP.c.id, SHOP.c.time_zone).where(SHOP.c.code == form.store)).first()
    if shop is None:
        raise no_store(form.store)
    require(actor, Right.EDIT_MEMBER, store_id=shop.id)  # before any number is looked up
    member = connection.execute(sa.select(MEMBER.c.id).where(MEMBER.c.number == form.member)).scalar()
    if member is None:
        raise unknown_member(form.member)
    person = None
    if form.received_by:
        person = connection.execute(sa.select(STAFF.c.id).where(STAFF.c.code == form.received_by)).scalar()
        if person is None:
            raise NotFound(
                "staff.none", N_("There is no staff member {code}: check the code."), code=form.received_by
            )
    return Sale(
        store_id=shop.id,
        order_number=order,
        member_id=member,
        bought_at=form.bought_at.astimezone(UTC),
        day=business_day(form.bought_at, shop.time_zone),
        amount=form.amount,
        received_by=person,
        items=form.items,
        goods=clean(form.goods),
        category=clean(form.category),
        payment=clean(form.payment),
        occasion=clean(form.occasion),
    )
