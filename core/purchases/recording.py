"""Storing purchases in a transaction: rows, the members' sums, and the end of dormant follow-ups (R3.1).

Set-based, for imports of millions: a few statements a batch, whatever its size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.language import N_
from core.followups.cycles import DORMANT
from core.followups.tables import FollowUp, State
from core.members.tables import Member
from core.purchases.driver import days_and_moments, portions, rows_in, run_many
from core.purchases.rules import Sale, is_over, sums_by_member
from core.purchases.tables import Purchase
from core.store.tables import Deed
from core.store.transaction import Transaction

BOUGHT_AGAIN = N_("bought again")
"""Why a dormant follow-up was closed as returned."""

_PURCHASE: sa.Table = Purchase.__table__  # type: ignore[attr-defined]
_MEMBER: sa.Table = Member.__table__  # type: ignore[attr-defined]
_FOLLOW_UP: sa.Table = FollowUp.__table__  # type: ignore[attr-defined]
_FIELDS = Sale._fields


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What came of a batch of sales."""

    added: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class StoredSale:
    """A sale as it is in the store."""

    id: int
    sale: Sale


def record_batch(tx: Transaction, sales: Sequence[Sale]) -> BatchCounts:
    """Store new and changed sales with everything that follows from them; of the same order the last one."""
    last = {sale.key: sale for sale in sales}
    there = stored_sales(tx.connection, last)
    changed = [(there[key], sale) for key, sale in last.items() if key in there and there[key].sale != sale]
    new = [sale for key, sale in last.items() if key not in there]
    add_sales(tx, new)
    change_sales(tx, changed)
    return BatchCounts(len(new), len(changed), len(sales) - len(new) - len(changed))


def stored_sales(connection: Connection, keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], StoredSale]:
    """Those of the orders (store, order number) that are in the store already."""
    by_store: dict[int, list[str]] = {}
    for store_id, order_number in keys:
        by_store.setdefault(store_id, []).append(order_number)
    ids = [
        row[0]
        for store_id, numbers in by_store.items()
        for row in rows_in(connection, _THERE, [store_id], numbers)
    ]
    found = {}
    for some in portions(ids):
        for key, *values in connection.execute(_STORED, {"ids": some}):
            sale = Sale(*values)
            found[sale.key] = StoredSale(key, sale)
    return found


def add_sales(tx: Transaction, sales: Sequence[Sale]) -> None:
    """Store new sales and add them to their members' sums. Raises Conflict where one is there already."""
    if not sales:
        return
    day, moment = days_and_moments(tx.connection)
    rows = [(*sale[:3], moment(sale[3]), day(sale[4]), *sale[5:]) for sale in sales]
    run_many(tx.connection, _INSERT, rows)
    tx.note(Deed.BULK, Purchase, "*", new=f"{len(sales)} purchases")
    bought, others = [], []
    for member, sums in sums_by_member(sales).items():
        if sums.count:
            bought.append((member, day(sums.first_on), day(sums.last_on), sums.count, sums.amount))
        elif sums.amount:
            others.append((sums.amount, member))
    _add_bought(tx, bought)
    run_many(tx.connection, _ADD_AMOUNT, others)
    _close_returned(tx, [row[0] for row in bought])


def _add_bought(tx: Transaction, rows: Sequence[tuple[int, Any, Any, int, int]]) -> None:
    """Add (first day, last day, number, amount) to each member's sums; a server is asked once for all of them."""
    if not rows:
        return
    if tx.alone:
        named = (
            (first, first, last, last, last, last, count, amount, key) for key, first, last, count, amount in rows
        )
        run_many(tx.connection, _ADD_BOUGHT, list(named))
    else:
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        tx.connection.exec_driver_sql(_LOCK_ALL, (columns[0],))
        tx.connection.exec_driver_sql(_ADD_ALL_BOUGHT, columns)


def change_sales(tx: Transaction, changes: Sequence[tuple[StoredSale, Sale]]) -> None:
    """Change stored sales field by field, and work their members' sums out again from their rows."""
    members: set[int] = set()
    for stored, sale in changes:
        fields = zip(_FIELDS, stored.sale, sale, strict=True)
        tx.update(Purchase, stored.id, {name: new for name, old, new in fields if old != new})
        members |= {stored.sale.member_id, sale.member_id}
    for some in portions(sorted(members)):
        _recompute(tx, some)


def _close_returned(tx: Transaction, members: Collection[int]) -> None:
    rows = rows_in(tx.connection, _OPEN_DORMANT, [], members)
    over = [{"of": key} for key, cycle, last_on in rows if is_over(cycle, str(last_on))]
    if over:
        closing = sa.update(_FOLLOW_UP).where(
            _FOLLOW_UP.c.id == sa.bindparam("of"), _FOLLOW_UP.c.state == State.OPEN
        )
        tx.connection.execute(
            closing.values(
                state=State.RETURNED,
                closed_at=tx.now,
                closed_by=tx.actor.staff_id,
                closed_why=BOUGHT_AGAIN,
                version=_FOLLOW_UP.c.version + 1,
            ),
            over,
        )
        tx.note(Deed.BULK, FollowUp, "*", new=f"{len(over)} dormant follow-ups returned")


def _recompute(tx: Transaction, members: Sequence[int]) -> None:
    locked = tx.connection.execute(_LOCKED, {"members": members})
    before = {row.id: row.last_on for row in locked}
    sums = {row.member_id: row for row in tx.connection.execute(_SUMS, {"members": members})}
    values = []
    for member in members:
        row = sums.get(member)
        values.append(
            {
                "of": member,
                "first": row.first_on if row else None,
                "last": row.last_on if row else None,
                "count": row.count_ if row else 0,
                "amount": row.amount if row else 0,
            }
        )
    tx.connection.execute(_SET_SUMS, values)
    tx.note(Deed.BULK, Member, "*", new=f"{len(values)} sums of purchases worked out again")
    after = tx.connection.execute(_LOCKED, {"members": members})
    _close_returned(tx, [row.id for row in after if row.last_on != before[row.id]])


_MEMBERS: sa.BindParameter[Any] = sa.bindparam("members", expanding=True)
_THERE = "select id from purchase where store_id = ? and order_number in"
_STORED = sa.select(_PURCHASE.c.id, *(_PURCHASE.c[name] for name in _FIELDS)).where(
    _PURCHASE.c.id.in_(sa.bindparam("ids", expanding=True))
)
_INSERT = f"insert into purchase ({', '.join(_FIELDS)}) values ({', '.join('?' * len(_FIELDS))})"
_ADD_BOUGHT = """
update member set
    first_purchase_on = case when first_purchase_on < ? then first_purchase_on else ? end,
    last_purchase_on = case when last_purchase_on > ? then last_purchase_on else ? end,
    last_on = case when last_purchase_on > ? then last_purchase_on else ? end,
    purchase_count = purchase_count + ?, amount_total = amount_total + ?
where id = ?"""
_LOCK_ALL = "select count(*) from (select 1 from member where id = any(%s) order by id for update) locked"
"""In the order in which everybody locks members: the statement after it would take them as they lie."""

_ADD_ALL_BOUGHT = """
update member m set
    first_purchase_on = least(m.first_purchase_on, s.first_on),
    last_purchase_on = greatest(m.last_purchase_on, s.last_on),
    last_on = greatest(m.last_purchase_on, s.last_on),
    purchase_count = m.purchase_count + s.bought, amount_total = m.amount_total + s.amount
from unnest(%s::bigint[], %s::date[], %s::date[], %s::integer[], %s::bigint[])
    s (member_id, first_on, last_on, bought, amount)
where m.id = s.member_id"""
_ADD_AMOUNT = "update member set amount_total = amount_total + ? where id = ?"
_FIRST = sa.bindparam("first", type_=sa.Date())
_LAST = sa.bindparam("last", type_=sa.Date())
_SET_SUMS = (
    sa.update(_MEMBER)
    .where(_MEMBER.c.id == sa.bindparam("of"))
    .values(
        first_purchase_on=_FIRST,
        last_purchase_on=_LAST,
        last_on=sa.func.coalesce(_LAST, _MEMBER.c.joined_on),
        purchase_count=sa.bindparam("count", type_=sa.Integer()),
        amount_total=sa.bindparam("amount", type_=sa.BigInteger()),
    )
)
_POSITIVE = sa.case((_PURCHASE.c.amount > 0, _PURCHASE.c.day))
_SUMS = (
    sa.select(
        _PURCHASE.c.member_id,
        sa.func.min(_POSITIVE).label("first_on"),
        sa.func.max(_POSITIVE).label("last_on"),
        sa.func.count(_POSITIVE).label("count_"),
        sa.cast(sa.func.sum(_PURCHASE.c.amount), sa.BigInteger()).label("amount"),
    )
    .where(_PURCHASE.c.member_id.in_(_MEMBERS))
    .group_by(_PURCHASE.c.member_id)
)
_LOCKED = (
    sa.select(_MEMBER.c.id, _MEMBER.c.last_on)
    .where(_MEMBER.c.id.in_(_MEMBERS))
    .order_by(_MEMBER.c.id)
    .with_for_update()
)
_OPEN_DORMANT = f"""
select f.id, f.cycle, m.last_on from follow_up f join member m on m.id = f.member_id
where f.state = '{State.OPEN}' and f.programme in ({", ".join(f"'{programme}'" for programme in DORMANT)})
and f.member_id in"""
