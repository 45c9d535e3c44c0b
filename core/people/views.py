"""Staff and stores as others need them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

import core.people.tables  # noqa: F401
from core.base.actor import Actor, Role
from core.base.clock import business_day
from core.base.errors import NotFound, Refused
from core.base.language import N_
from core.store.engine import Store

SHOP: sa.Table = SQLModel.metadata.tables["store"]
STAFF: sa.Table = SQLModel.metadata.tables["staff"]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works here today."""

    code: str
    name: str
    role: Role
    store_code: str
    store_name: str
    language: str | None


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A store."""

    id: int
    code: str
    name: str
    city: str
    time_zone: str


def staff_actor(store: Store, code: str) -> Actor:
    """The actor for a staff code. Raises NotFound for no such code, Refused for somebody who has left."""
    with store.read() as c:
        row = c.execute(
            sa.select(STAFF, SHOP.c.time_zone)
            .join_from(STAFF, SHOP, SHOP.c.id == STAFF.c.store_id)
            .where(STAFF.c.code == code.strip())
        ).first()
    if row is None:
        raise NotFound(
            "staff.unknown", N_("Nobody has the staff code {code}: check it, or ask the manager."), code=code
        )
    if row.left_on is not None and row.left_on <= business_day(store.clock.now(), row.time_zone):
        raise Refused(
            "staff.left",
            N_("{name} ({code}) no longer works here: use another staff code."),
            name=row.name,
            code=row.code,
        )
    return Actor(row.code, row.name, Role(row.role), row.id, row.store_id)


def staff_rows(store: Store) -> tuple[StaffRow, ...]:
    """Everybody who works here today, by store and code."""
    with store.read() as c:
        rows = c.execute(
            sa.select(
                STAFF.c.code,
                STAFF.c.name,
                STAFF.c.role,
                SHOP.c.code,
                SHOP.c.name,
                STAFF.c.language,
                STAFF.c.left_on,
                SHOP.c.time_zone,
            )
            .join_from(STAFF, SHOP, SHOP.c.id == STAFF.c.store_id)
            .order_by(SHOP.c.code, STAFF.c.code)
        ).all()
    now = store.clock.now()
    return tuple(
        StaffRow(*row[:6]) for row in rows if row.left_on is None or row.left_on > business_day(now, row[7])
    )


def shop_rows(store: Store) -> tuple[ShopRow, ...]:
    """Every store, by code."""
    with store.read() as c:
        columns = (SHOP.c.id, SHOP.c.code, SHOP.c.name, SHOP.c.city, SHOP.c.time_zone)
        return tuple(ShopRow(*row) for row in c.execute(sa.select(*columns).order_by(SHOP.c.code)))


def shop_id(c: Connection, code: str) -> int:
    """The row of the store with that code. Raises NotFound."""
    found: int | None = c.execute(sa.select(SHOP.c.id).where(SHOP.c.code == code)).scalar()
    if found is None:
        raise NotFound("store.unknown", N_("There is no store {code}: check its code."), code=code)
    return found
