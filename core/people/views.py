"""Staff and stores as others need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

import core.people.tables  # noqa: F401
from core.base.actor import Actor, Role
from core.base.clock import business_day
from core.base.errors import NotFound, Refused
from core.base.language import N_
from core.people.access import Right, permitted, reach
from core.store.engine import Store

SHOP: sa.Table = SQLModel.metadata.tables["store"]
STAFF: sa.Table = SQLModel.metadata.tables["staff"]
SECRET: sa.Table = SQLModel.metadata.tables["staff_secret"]
COVER: sa.Table = SQLModel.metadata.tables["cover"]


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


class Person(NamedTuple):
    """A staff member as read, with the time zone of their store."""

    id: int
    code: str
    name: str
    role: Role
    store_id: int
    left_on: date | None
    time_zone: str

    def left(self, now: datetime) -> bool:
        """Whether they no longer work here at that moment."""
        return self.left_on is not None and self.left_on <= business_day(now, self.time_zone)


_PERSON = (
    sa.select(
        STAFF.c.id,
        STAFF.c.code,
        STAFF.c.name,
        STAFF.c.role,
        STAFF.c.store_id,
        STAFF.c.left_on,
        SHOP.c.time_zone,
    )
    .join_from(STAFF, SHOP, SHOP.c.id == STAFF.c.store_id)
    .where(STAFF.c.code == sa.bindparam("code"))
)


def no_person(code: str) -> NotFound:
    """What is said where nobody has that staff code."""
    return NotFound(
        "staff.unknown", N_("Nobody has the staff code {code}: check it, or ask the manager."), code=code
    )


def no_store(code: str) -> NotFound:
    """What is said where no store has that code."""
    return NotFound("store.unknown", N_("There is no store {code}: check its code."), code=code)


def person(c: Connection, code: str) -> Person | None:
    """The staff member with that code, also one who has left."""
    row = c.execute(_PERSON, {"code": code.strip()}).first()
    return None if row is None else Person(*row)


def named_person(c: Connection, code: str) -> Person:
    """As `person`. Raises NotFound for no such code."""
    found = person(c, code)
    if found is None:
        raise no_person(code)
    return found


def actor_of(c: Connection, found: Person, now: datetime) -> Actor:
    """The actor for a staff member, with whom they cover on that day (R7.5)."""
    today = business_day(now, found.time_zone)
    covers = c.execute(
        sa.select(COVER.c.away_id)
        .where(
            COVER.c.substitute_id == found.id,
            COVER.c.until_on >= today,
            COVER.c.from_on <= today,
            COVER.c.ended_at.is_(None),
        )
        .order_by(COVER.c.away_id)
    )
    unique = tuple(dict.fromkeys(covers.scalars()))
    return Actor(found.code, found.name, found.role, found.id, found.store_id, unique)


def staff_actor(store: Store, code: str) -> Actor:
    """The actor for a staff code. Raises NotFound for no such code, Refused for somebody who has left."""
    now = store.clock.now()
    with store.read() as c:
        found = named_person(c, code)
        if not found.left(now):
            return actor_of(c, found, now)
    raise Refused(
        "staff.left",
        N_("{name} ({code}) no longer works here: use another staff code."),
        name=found.name,
        code=found.code,
    )


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


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Somebody on the staff with the state of their account, None where the actor may not know it.

    `locked_until` is in UTC, and there only while it lasts.
    """

    code: str
    name: str
    role: Role
    store_code: str
    store_name: str
    language: str | None
    left_on: date | None
    has_secret: bool | None
    locked_until: datetime | None


def staff_accounts(store: Store, actor: Actor, *, left: bool = False) -> tuple[AccountRow, ...]:
    """Everybody whom the actor may see, by store and code, with `left` also those who have left.

    Who has a PIN, and whose account is locked, is told only of those whom the actor may manage.
    """
    limits = reach(actor, Right.SEE_STAFF)
    now = store.clock.now()
    query = (
        sa.select(
            *(STAFF.c.code, STAFF.c.name, STAFF.c.role, SHOP.c.code, SHOP.c.name, STAFF.c.language),
            *(STAFF.c.left_on, SECRET.c.staff_id, SECRET.c.locked_until, STAFF.c.store_id, SHOP.c.time_zone),
        )
        .select_from(
            STAFF.join(SHOP, SHOP.c.id == STAFF.c.store_id).outerjoin(SECRET, SECRET.c.staff_id == STAFF.c.id)
        )
        .order_by(SHOP.c.code, STAFF.c.code)
    )
    if limits.store_id is not None:
        query = query.where(STAFF.c.store_id == limits.store_id)
    with store.read() as c:
        rows = c.execute(query).all()
    listed = []
    for code, name, role, shop_code, shop_name, language, left_on, secret, locked_until, shop, time_zone in rows:
        if left_on is not None and left_on <= business_day(now, time_zone) and not left:
            continue
        known = permitted(actor, Right.MANAGE_STAFF, store_id=shop)
        locked = locked_until if known and locked_until is not None and locked_until > now else None
        has_one = secret is not None if known else None
        listed.append(AccountRow(code, name, role, shop_code, shop_name, language, left_on, has_one, locked))
    return tuple(listed)


def shop_rows(store: Store) -> tuple[ShopRow, ...]:
    """Every store, by code."""
    with store.read() as c:
        columns = (SHOP.c.id, SHOP.c.code, SHOP.c.name, SHOP.c.city, SHOP.c.time_zone)
        return tuple(ShopRow(*row) for row in c.execute(sa.select(*columns).order_by(SHOP.c.code)))


def shop_id(c: Connection, code: str) -> int:
    """The row of the store with that code. Raises NotFound."""
    found: int | None = c.execute(sa.select(SHOP.c.id).where(SHOP.c.code == code)).scalar()
    if found is None:
        raise no_store(code)
    return found
