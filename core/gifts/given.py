"""Reading gifts: catalogue and stock, budgets, the ledger, who got what (R11.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.rulebook import Rulebook
from core.calls.records import STANDS
from core.gifts.rules import Receiver
from core.gifts.tables import GivenState, Movement
from core.gifts.views import BudgetRow, GivenFilter, GivenRow, MovementRow, StockRow
from core.members.rules import DORMANT, add_months, stage_of
from core.people.access import Reach, Right, reach
from core.store.engine import Store
from core.store.sql import statement

_STOCK = """
    select g.code as gift, g.name, g.value, g.classes, g.occasions, g.active, t.code as store,
        t.name as store_name, coalesce(k.quantity, 0) as quantity,
        (select count(*) from given v where v.gift_id = g.id and v.store_id = t.id
            and v.state in ('reserved', 'sent')) as waiting
    from gift g cross join store t left join gift_stock k on k.gift_id = g.id and k.store_id = t.id
"""
_GIVEN = """
    select v.id, m.number, m.name, g.code as gift, g.name as gift_name, t.code as store, v.occasion,
        v.occasion_key, v.value, v.state, v.note, v.given_on, coalesce(s.name, '') as given_by, v.sent_at,
        v.collected_at, v.returned_at
    from given v join member m on m.id = v.member_id join gift g on g.id = v.gift_id
        join store t on t.id = v.store_id left join staff s on s.id = v.given_by
"""
_LEDGER = """
    select v.at, g.code as gift, t.code as store, v.kind, v.change, v.by_code, v.why,
        sum(v.change) over (partition by v.gift_id, v.store_id order by v.id) as left_
    from gift_movement v join gift g on g.id = v.gift_id join store t on t.id = v.store_id
"""
_UNHAPPY = (
    statement(
        f"select max(c.day) as day from call c where c.member_id = :member and c.outcome in :outcomes and {STANDS}"
    )
    .bindparams(sa.bindparam("outcomes", expanding=True))
    .columns(day=sa.Date)
)


def stock(store: Store, actor: Actor, shop: str = "", *, everything: bool = False) -> tuple[StockRow, ...]:
    """The catalogue with each store's stock; gifts no longer given only with `everything`. Raises NotAllowed."""
    conditions, bound = _within(reach(actor, Right.SEE_GIFTS)), {}
    if shop:
        conditions.append("t.code = :shop")
        bound["shop"] = shop
    if not everything:
        conditions.append("g.active")
    text = f"{_STOCK} where {' and '.join(conditions)} order by t.code, g.code"
    with store.read() as c:
        return tuple(
            StockRow(
                row.gift,
                row.name,
                row.value,
                tuple(row.classes.split()),
                tuple(row.occasions.split()),
                bool(row.active),
                row.store,
                row.store_name,
                row.quantity,
                row.waiting,
            )
            for row in c.execute(sa.text(text), bound)
        )


def budgets(store: Store, actor: Actor, month: str = "") -> tuple[BudgetRow, ...]:
    """What stores may give in a month (this one unless named) and have given. Raises NotAllowed."""
    asked = month or f"{business_day(store.clock.now()):%Y-%m}"
    conditions = ["b.month = :month", *_within(reach(actor, Right.SEE_GIFTS))]
    text = f"""select t.code as store, b.month, b.value_class, b.amount, b.spent
        from gift_budget b join store t on t.id = b.store_id
        where {" and ".join(conditions)} order by t.code, b.value_class"""
    with store.read() as c:
        return tuple(BudgetRow(*row) for row in c.execute(sa.text(text), {"month": asked}))


def given(store: Store, actor: Actor, wanted: GivenFilter | None = None) -> tuple[GivenRow, ...]:
    """Gifts given, newest first, by stores that the actor's role reaches. Raises NotAllowed."""
    asked = wanted or GivenFilter()
    conditions, bound = _within(reach(actor, Right.SEE_GIFTS)), {}
    if asked.waiting:
        conditions.append("v.state in ('reserved', 'sent')")
    for field, column in {"store": "t.code", "member": "m.number", "occasion": "v.occasion"}.items():
        if value := getattr(asked, field):
            conditions.append(f"{column} = :{field}")
            bound[field] = value
    text = f"""{_GIVEN} where {" and ".join(conditions)} order by v.given_on desc, v.id desc
        limit :limit offset :offset"""
    with store.read() as c:
        rows = c.execute(_typed(text), {**bound, "limit": asked.limit, "offset": asked.offset})
        return tuple(_shown(row) for row in rows)


def given_in(connection: Connection, key: int) -> GivenRow:
    """One gift given, in a transaction of the caller's."""
    return _shown(connection.execute(_typed(f"{_GIVEN} where v.id = :id"), {"id": key}).one())


def given_to(connection: Connection, member_id: int, most: int) -> tuple[GivenRow, ...]:
    """What a member was given, newest first, in a transaction of the caller's."""
    text = f"{_GIVEN} where v.member_id = :member order by v.given_at desc, v.id desc limit :most"
    rows = connection.execute(_typed(text), {"member": member_id, "most": most})
    return tuple(_shown(row) for row in rows)


def ledger(
    store: Store, actor: Actor, gift: str = "", shop: str = "", limit: int = 200
) -> tuple[MovementRow, ...]:
    """How stock moved, newest first, with what was left each time. Raises NotAllowed."""
    conditions, bound = _within(reach(actor, Right.SEE_GIFTS)), {}
    for name, column, value in (("gift", "g.code", gift), ("shop", "t.code", shop)):
        if value:
            conditions.append(f"{column} = :{name}")
            bound[name] = value
    text = f"{_LEDGER} where {' and '.join(conditions)} order by v.id desc limit :limit"
    clause = statement(text).columns(at=UTCDateTime())
    with store.read() as c:
        return tuple(
            MovementRow(
                row.at, row.gift, row.store, Movement(row.kind), row.change, int(row.left_), row.by_code, row.why
            )
            for row in c.execute(clause, {**bound, "limit": limit})
        )


def receiver_of(connection: Connection, member: Mapping[str, Any], rulebook: Rulebook, day: date) -> Receiver:
    """What the proposals rest on, for a member row of `core.gifts.actions`.

    A lunar birthday is left to the people: gifts for it are given by hand.
    """
    month, born = member["birth_month"], member["birth_day"]
    solar = member["birth_calendar"] == "solar" and month is not None and born is not None
    unhappy = [code for code, outcome in rulebook.outcomes.items() if outcome.satisfied is False]
    said_on = connection.execute(_UNHAPPY, {"member": member["id"], "outcomes": unhappy}).scalar()
    stages = rulebook.policy.stages
    new_until = add_months(member["joined_on"], stages.new_months)
    return Receiver(
        value_class=str(member["value_class"] or ""),
        social_reach=bool(member["social_reach"]),
        joined_on=member["joined_on"],
        last_on=member["last_on"],
        away=stage_of(member["last_on"], member["joined_on"], day, stages) in DORMANT,
        birthday=(month, born) if solar else None,
        dissatisfied_on=said_on,
        dissatisfied_new=said_on is not None and said_on <= new_until,
    )


def _within(limit: Reach) -> list[str]:
    """The conditions on `store t` that keep to what a right covers."""
    return ["true"] if limit.store_id is None else [f"t.id = {int(limit.store_id)}"]


def _typed(text: str) -> sa.TextualSelect:
    moment = UTCDateTime()
    return statement(text).columns(given_on=sa.Date, sent_at=moment, collected_at=moment, returned_at=moment)


def _shown(row: Any) -> GivenRow:
    return GivenRow(
        id=row.id,
        number=row.number,
        name=row.name,
        gift=row.gift,
        gift_name=row.gift_name,
        store=row.store,
        occasion=row.occasion,
        occasion_key=row.occasion_key,
        value=row.value,
        state=GivenState(row.state),
        note=row.note,
        given_on=row.given_on,
        given_by=row.given_by,
        sent_at=row.sent_at,
        collected_at=row.collected_at,
        returned_at=row.returned_at,
    )
