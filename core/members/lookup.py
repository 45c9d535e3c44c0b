"""Reaching a member by number within what the actor may see (R15.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

import core.members.tables
import core.people.tables  # noqa: F401
from core.base.actor import Actor
from core.base.errors import NotFound
from core.base.language import N_
from core.people.access import Right, reach, refusal

MEMBER: sa.Table = SQLModel.metadata.tables["member"]
PHONE: sa.Table = SQLModel.metadata.tables["member_phone"]
NAME_KEY: sa.Table = SQLModel.metadata.tables["member_name_key"]
FIX: sa.Table = SQLModel.metadata.tables["profile_fix"]
SHOP: sa.Table = SQLModel.metadata.tables["store"]
STAFF: sa.Table = SQLModel.metadata.tables["staff"]
OWNER = STAFF.alias("owner")


def within(actor: Actor, right: Right, *, found: bool = False) -> sa.ColumnElement[bool]:
    """The SQL condition on `member` for what a right covers. Raises NotAllowed where it covers nothing.

    An assistant who moved to another store keeps their own members (R7.1); a member without an owner is the
    store's (R4.6). With `found` the members are reached by another index, and the condition only checks them.
    """
    # an arithmetic zero keeps both databases from walking through a whole store to find one name
    owner, shop = (
        (MEMBER.c.owner_id + 0, MEMBER.c.store_id + 0) if found else (MEMBER.c.owner_id, MEMBER.c.store_id)
    )
    limit = reach(actor, right)
    if limit.owner_id is None and limit.store_id is None:
        return sa.true()
    if limit.owner_id is not None:
        return sa.or_(owner == limit.owner_id, sa.and_(owner.is_(None), shop == limit.store_id))
    return (
        shop == limit.store_id
        if actor.staff_id is None
        else sa.or_(shop == limit.store_id, owner == actor.staff_id)
    )


def found_row(
    c: Connection,
    actor: Actor,
    number: str,
    right: Right,
    columns: Sequence[sa.ColumnElement[Any]],
) -> dict[str, Any]:
    """The columns (of member, its store and its owner) of the member with that number.

    Raises NotFound where there is none that the actor may see, NotAllowed where `right` does not reach it.
    """
    asked = within(actor, right, found=True)
    row = (
        c.execute(
            sa.select(asked.label("allowed"), *columns)
            .select_from(
                MEMBER.join(SHOP, SHOP.c.id == MEMBER.c.store_id).outerjoin(OWNER, OWNER.c.id == MEMBER.c.owner_id)
            )
            .where(MEMBER.c.number == number, within(actor, Right.SEE_MEMBER, found=True))
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound(
            "member.unknown",
            N_("There is no member {number} that you may see: check the number, or search by name or phone."),
            number=number,
        )
    if not row["allowed"]:
        raise refusal(actor, right)
    return dict(row)
