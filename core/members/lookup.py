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
from core.people.access import Right, Scope, permitted, reach, refusal, scope
from core.store.sql import fixed

MEMBER: sa.Table = SQLModel.metadata.tables["member"]
PHONE: sa.Table = SQLModel.metadata.tables["member_phone"]
NAME_KEY: sa.Table = SQLModel.metadata.tables["member_name_key"]
FIX: sa.Table = SQLModel.metadata.tables["profile_fix"]
SHOP: sa.Table = SQLModel.metadata.tables["store"]
STAFF: sa.Table = SQLModel.metadata.tables["staff"]
OWNER = STAFF.alias("owner")


_ENTRUSTED = frozenset({Right.SEE_MEMBER, Right.EDIT_MEMBER, Right.REVEAL_PHONE, Right.CALL})
# other capabilities' tables, by name: they stand on higher floors
_PURCHASE = sa.table("purchase", sa.column("member_id"), sa.column("received_by"))
_FOLLOW_UP = sa.table("follow_up", sa.column("member_id"), sa.column("assignee_id"), sa.column("state"))


def within(actor: Actor, right: Right, *, found: bool = False) -> sa.ColumnElement[bool]:
    """The SQL condition on `member` for what a right covers. Raises NotAllowed where it covers nothing.

    An assistant who moved to another store keeps their own members (R7.1), a substitute works those of whom
    they cover (R7.5); a member without an owner is the store's (R4.6). With `found` the members are reached by
    another index, and the condition only checks them.
    """
    # an arithmetic zero keeps both databases from walking through a whole store to find one name
    owner, shop = (
        (MEMBER.c.owner_id + 0, MEMBER.c.store_id + 0) if found else (MEMBER.c.owner_id, MEMBER.c.store_id)
    )
    limit = reach(actor, right)
    if limit.owner_id is None and limit.store_id is None:
        return sa.true()
    kept = [owner == limit.keepers[0]] if len(limit.keepers) == 1 else [owner.in_(limit.keepers)]
    if limit.owner_id is not None:
        return sa.or_(*kept, sa.and_(owner.is_(None), shop == limit.store_id))
    return sa.or_(shop == limit.store_id, *kept) if limit.keepers else shop == limit.store_id


def entrusted(actor: Actor, right: Right) -> sa.ColumnElement[bool]:
    """The SQL condition that a member of any store was received by the actor, or waits for the actor's call.

    For members reached one by one: it does not make lists of them.
    """
    if actor.staff_id is None or right not in _ENTRUSTED:
        return sa.false()
    received = sa.exists().where(_PURCHASE.c.member_id == MEMBER.c.id, _PURCHASE.c.received_by == actor.staff_id)
    waiting = sa.exists().where(
        _FOLLOW_UP.c.member_id == MEMBER.c.id,
        _FOLLOW_UP.c.assignee_id == actor.staff_id,
        _FOLLOW_UP.c.state == fixed("open"),
    )
    return sa.or_(received, waiting)


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
    asked, seen = _one(actor, right), _one(actor, Right.SEE_MEMBER)
    row = (
        c.execute(
            sa.select(asked.label("allowed"), *columns)
            .select_from(
                MEMBER.join(SHOP, SHOP.c.id == MEMBER.c.store_id).outerjoin(OWNER, OWNER.c.id == MEMBER.c.owner_id)
            )
            .where(MEMBER.c.number == number, seen)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise unknown_member(number)
    if not row["allowed"]:
        raise refusal(actor, right)
    return dict(row)


def admit(
    c: Connection,
    actor: Actor,
    right: Right,
    number: str,
    *,
    member_id: int,
    owner_id: int | None,
    store_id: int,
) -> None:
    """Let the actor pass to a member already read by number.

    Raises the very same NotFound for a member the actor may not see as for one that is not there, and
    NotAllowed where they see it and `right` does not reach it.
    """
    if permitted(actor, right, owner_id=owner_id, store_id=store_id):
        return
    seen = permitted(actor, Right.SEE_MEMBER, owner_id=owner_id, store_id=store_id)
    if (
        scope(actor.role, right) is not Scope.NONE
        and c.execute(sa.select(MEMBER.c.id).where(MEMBER.c.id == member_id, entrusted(actor, right))).first()
    ):
        return
    raise refusal(actor, right) if seen else unknown_member(number)


def unknown_member(number: str) -> NotFound:
    """The one answer for a number that nobody has and for one that the actor may not know of."""
    return NotFound(
        "member.unknown",
        N_("There is no member {number} that you may see: check the number, or search by name or phone."),
        number=number,
    )


def _one(actor: Actor, right: Right) -> sa.ColumnElement[bool]:
    condition = within(actor, right, found=True)
    return condition if scope(actor.role, right) is Scope.ALL else sa.or_(condition, entrusted(actor, right))
