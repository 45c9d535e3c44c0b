"""The stores' own calendars: days worked or not against the general one, and stores open on weekends (R4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from core.base.actor import Actor
from core.people.access import Right, require
from core.people.tables import CalendarDay
from core.people.tables import Store as Shop
from core.people.views import no_store
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction

_DAYS: sa.Table = SQLModel.metadata.tables["calendar_day"]
_SHOPS: sa.Table = SQLModel.metadata.tables["store"]


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A day against the general calendar; an empty `store_code` means every store."""

    day: date
    working: bool
    store_code: str
    note: str


def calendar_days(store: Store) -> tuple[CalendarRow, ...]:
    """Every day of the stores' own calendars, in order."""
    with store.read() as connection:
        rows = connection.execute(
            sa.select(_DAYS.c.day, _DAYS.c.working, sa.func.coalesce(_SHOPS.c.code, ""), _DAYS.c.note)
            .select_from(_DAYS.outerjoin(_SHOPS, _SHOPS.c.id == _DAYS.c.store_id))
            .order_by(_DAYS.c.day, _SHOPS.c.code)
        )
        return tuple(CalendarRow(*row) for row in rows)


@retried()
def set_calendar_day(
    store: Store,
    actor: Actor,
    day: date,
    working: bool | None,
    *,
    store_code: str | None = None,
    note: str = "",
) -> None:
    """Say that a day is worked or not, in one store or in all; None goes back to the general calendar (R4.2).

    What is planned already keeps its day. Raises NotFound for an unknown store, and NotAllowed.
    """
    with store.write(actor, why=note) as tx:
        shop_id = _shop_id(tx, actor, store_code)
        same_store = _DAYS.c.store_id.is_(None) if shop_id is None else _DAYS.c.store_id == shop_id
        found = tx.connection.execute(sa.select(_DAYS.c.id).where(_DAYS.c.day == day, same_store)).scalar()
        if found is not None and working is not None:
            tx.update(CalendarDay, found, {"working": working, "note": note})
        elif found is not None:
            tx.bulk(sa.delete(_DAYS).where(_DAYS.c.id == found), table=CalendarDay, what=f"{day} removed")
        elif working is not None:
            tx.insert(CalendarDay, store_id=shop_id, day=day, working=working, note=note)


@retried()
def set_weekends(store: Store, actor: Actor, store_code: str, works: bool) -> None:
    """Say whether a store works on weekends. Raises NotFound for an unknown store, and NotAllowed."""
    with store.write(actor) as tx:
        tx.update(Shop, _shop_id(tx, actor, store_code), {"works_weekends": works})


def _shop_id(tx: Transaction, actor: Actor, store_code: str | None) -> int | None:
    if store_code is None:
        require(actor, Right.KEEP_CALENDAR)
        return None
    found = tx.connection.execute(sa.select(_SHOPS.c.id).where(_SHOPS.c.code == store_code)).scalar()
    if found is None:
        raise no_store(store_code)
    require(actor, Right.KEEP_CALENDAR, store_id=found)
    return int(found)
