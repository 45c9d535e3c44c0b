"""The catalogue, what comes into a store's stock and leaves it otherwise, and what may be given (R11.1)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.base.actor import Actor
from core.base.errors import BadInput, NotFound, Refused
from core.base.language import N_
from core.base.rulebook import Rulebook
from core.base.text import clean
from core.gifts.forms import GiftForm, checked_gift
from core.gifts.rules import CLASSES, NO_CLASS, budget_of
from core.gifts.tables import Gift, GiftBudget, GiftMovement, GiftStock, Movement, Offer
from core.people.access import Right, require
from core.people.views import shop_id
from core.store.again import retried
from core.store.engine import Store
from core.store.tables import Deed
from core.store.transaction import Transaction

GIFT: sa.Table = Gift.__table__  # type: ignore[attr-defined]
STOCK: sa.Table = GiftStock.__table__  # type: ignore[attr-defined]
BUDGET: sa.Table = GiftBudget.__table__  # type: ignore[attr-defined]

MOST = 1_000_000

_MOVE = (
    sa.update(STOCK)
    .where(STOCK.c.gift_id == sa.bindparam("of_gift"), STOCK.c.store_id == sa.bindparam("of_store"))
    .where(STOCK.c.quantity + sa.bindparam("change") >= 0)
    .values(quantity=STOCK.c.quantity + sa.bindparam("change"))
)
_SPEND = (
    sa.update(BUDGET)
    .where(
        BUDGET.c.store_id == sa.bindparam("of_store"),
        BUDGET.c.month == sa.bindparam("of_month"),
        BUDGET.c.value_class == sa.bindparam("of_class"),
        BUDGET.c.spent + sa.bindparam("more") <= BUDGET.c.amount,
    )
    .values(spent=BUDGET.c.spent + sa.bindparam("more"))
)


def keep_gift(store: Store, actor: Actor, form: GiftForm) -> str:
    """Put a gift into the catalogue, or change the one of that code. Raises BadInput, NotAllowed."""
    require(actor, Right.KEEP_GIFTS)
    return keep_by_code(store, actor, Gift, checked_gift(form, store.rulebook))


@retried()
def keep_by_code(store: Store, actor: Actor, kind: type[Gift | Offer], values: dict[str, Any]) -> str:
    """Add a gift or an offer, or change the one of that code; returns the code."""
    columns = kind.__table__.c  # type: ignore[union-attr]
    with store.write(actor) as tx:
        found = tx.connection.execute(sa.select(columns.id).where(columns.code == values["code"])).scalar()
        if found is None:
            tx.insert(kind, **values)
        else:
            tx.update(kind, found, {name: value for name, value in values.items() if name != "code"})
    return str(values["code"])


def receive_gifts(store: Store, actor: Actor, gift: str, shop: str, count: int, why: str = "") -> int:
    """Add to a store's stock; returns what there is now. Raises BadInput, NotFound, NotAllowed."""
    if not 1 <= count <= MOST:
        raise BadInput("gift.count", N_("Name how many, from 1 to {most}."), field="count", most=MOST)
    return _moved(store, actor, gift, shop, Movement.RECEIVED, count, clean(why))


def count_gifts(store: Store, actor: Actor, gift: str, shop: str, counted: int, why: str) -> int:
    """Set a store's stock to what was counted, with a reason; gifts put aside are not in it.

    Raises BadInput, NotFound, NotAllowed.
    """
    if not 0 <= counted <= MOST:
        raise BadInput("gift.count", N_("Name how many, from 1 to {most}."), field="count", most=MOST)
    if not clean(why):
        raise BadInput("gift.why", N_("Say why the stock is not what it should be."), field="why")
    return _moved(store, actor, gift, shop, Movement.COUNTED, counted, clean(why))


@retried()
def set_budget(store: Store, actor: Actor, shop: str, month: str, value_class: str, amount: int) -> None:
    """Say what a store may give in a month (2026-11) to a class, or `-` for members without one; fen.

    Raises BadInput naming the field, NotFound, NotAllowed, and Refused below what was given already.
    """
    require(actor, Right.KEEP_GIFTS)
    valid = len(month) == 7 and month[4] == "-" and month[:4].isdigit() and month[5:].isdigit()
    if not valid or not 1 <= int(month[5:]) <= 12:
        raise BadInput("gift.month", N_("Write the month as YYYY-MM, for example 2026-11."), field="month")
    if value_class not in (*CLASSES, NO_CLASS):
        raise BadInput("gift.class", N_("A class is A, B, C, or - for members without one."), field="class")
    if amount < 0:
        raise BadInput("gift.amount", N_("A budget is not below zero."), field="amount")
    with store.write(actor) as tx:
        key = {"store_id": shop_id(tx.connection, shop), "month": month, "value_class": value_class}
        open_budget(tx, store.rulebook, key)
        changed = tx.connection.execute(
            sa.update(BUDGET)
            .where(*(BUDGET.c[name] == value for name, value in key.items()), BUDGET.c.spent <= amount)
            .values(amount=amount)
        )
        if not changed.rowcount:
            raise Refused("gift.budget_spent", N_("More than that was given in that month already."))
        tx.note(Deed.UPDATE, GiftBudget, f"{shop}/{month}/{value_class}", field="amount", new=str(amount))


def gift_row(tx: Transaction, code: str) -> Any:
    """A gift by its code. Raises NotFound."""
    row = tx.connection.execute(sa.select(GIFT).where(GIFT.c.code == code.strip())).first()
    if row is None:
        raise NotFound("gift.unknown", N_("There is no gift {code}: see the catalogue."), code=clean(code)[:40])
    return row


def move_stock(
    tx: Transaction, gift_id: int, store_id: int, kind: Movement, change: int, given_id: int | None, why: str
) -> bool:
    """Change a stock and put it into the ledger; False, with nothing changed, where it would fall below zero."""
    bound = {"of_gift": gift_id, "of_store": store_id, "change": change}
    if not tx.connection.execute(_MOVE, bound).rowcount:
        return False
    tx.insert(
        GiftMovement,
        gift_id=gift_id,
        store_id=store_id,
        kind=kind,
        change=change,
        given_id=given_id,
        at=tx.now,
        by_id=tx.actor.staff_id,
        by_code=tx.actor.code,
        why=why,
    )
    return True


def open_stock(tx: Transaction, gift_id: int, store_id: int) -> None:
    """Make the row of a stock where there is none."""
    _insert_new(tx, STOCK, {"gift_id": gift_id, "store_id": store_id, "quantity": 0})


def open_budget(tx: Transaction, rulebook: Rulebook, key: dict[str, Any]) -> None:
    """Make the row of a budget from policy where there is none."""
    amount = budget_of(key["value_class"], rulebook.policy.gifts)
    _insert_new(tx, BUDGET, {**key, "amount": amount, "spent": 0})


def spend(tx: Transaction, key: dict[str, Any], amount: int) -> bool:
    """Take from a budget, or give back below zero; False, with nothing changed, where it does not reach."""
    bound = {
        "of_store": key["store_id"],
        "of_month": key["month"],
        "of_class": key["value_class"],
        "more": amount,
    }
    return bool(tx.connection.execute(_SPEND, bound).rowcount)


def _insert_new(tx: Transaction, table: sa.Table, values: dict[str, Any]) -> None:
    dialect = sqlite if tx.connection.dialect.name == "sqlite" else postgresql
    tx.connection.execute(dialect.insert(table).values(values).on_conflict_do_nothing())


@retried()
def _moved(store: Store, actor: Actor, gift: str, shop: str, kind: Movement, count: int, why: str) -> int:
    with store.write(actor, why=why) as tx:
        store_id = shop_id(tx.connection, shop)
        require(actor, Right.KEEP_GIFTS, store_id=store_id)
        row = gift_row(tx, gift)
        open_stock(tx, row.id, store_id)
        there: int = tx.connection.execute(
            sa.select(STOCK.c.quantity)
            .where(STOCK.c.gift_id == row.id, STOCK.c.store_id == store_id)
            .with_for_update()
        ).scalar_one()
        change = count - there if kind is Movement.COUNTED else count
        if change:
            move_stock(tx, row.id, store_id, kind, change, None, why)
        return there + change
