"""Claims: one caller holds a member, so that nobody else dials them (R4.11).

A claim is a row whose key is the member; it frees itself after `policy.claims.minutes` unless renewed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import DEFAULT_ZONE, zone
from core.base.errors import Conflict, Refused
from core.base.language import N_
from core.members.lookup import admit, unknown_member
from core.people.access import Right
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import giving, statement
from core.store.transaction import Transaction

_FIND = sa.text("select id, owner_id, store_id, name from member where number = :number")

_TAKE = giving(
    statement(
        """
    insert into claim (member_id, staff_id, terminal, claimed_at, expires_at)
    values (:member, :staff, :terminal, :now, :until)
    on conflict (member_id) do update
    set staff_id = excluded.staff_id, terminal = excluded.terminal,
        claimed_at = case when claim.staff_id = excluded.staff_id and claim.expires_at > :now
                          then claim.claimed_at else excluded.claimed_at end,
        expires_at = excluded.expires_at
    where claim.staff_id = excluded.staff_id or claim.expires_at <= :now
    returning claimed_at, expires_at
    """,
        moments=("now", "until"),
    ),
    "claimed_at expires_at",
    moments=("claimed_at", "expires_at"),
)

_HOLDER = giving(
    sa.text(
        """
    select claim.staff_id, staff.name as name, claim.claimed_at, claim.expires_at, claim.terminal
    from claim join staff on staff.id = claim.staff_id where claim.member_id = :member
    """
    ),
    "staff_id name claimed_at expires_at terminal",
    moments=("claimed_at", "expires_at"),
)

_RENEW = statement(
    """
    update claim set expires_at = :until
    where member_id = :member and staff_id = :staff and terminal = :terminal
    """,
    moments=("until",),
)

_FREE = sa.text("delete from claim where member_id = :member and staff_id = :staff")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A member held by the caller until `expires_at` (UTC)."""

    member_id: int
    number: str
    claimed_at: datetime
    expires_at: datetime


@retried(idempotent=True)
def claim(store: Store, actor: Actor, number: str, terminal: str) -> Claimed:
    """Hold a member for the actor, or renew the actor's own hold, from whichever terminal.

    Raises NotFound, NotAllowed, and Conflict "claim.held" naming who holds the member since when (R4.11).
    """
    with store.write(actor, durable=False) as tx:
        return claim_in(store, tx, number, terminal)


def claim_in(store: Store, tx: Transaction, number: str, terminal: str) -> Claimed:
    """`claim` inside a transaction that does more."""
    found = tx.connection.execute(_FIND, {"number": number}).first()
    if found is None:
        raise unknown_member(number)
    owner, shop = found.owner_id, found.store_id
    admit(tx.connection, tx.actor, Right.CALL, number, member_id=found.id, owner_id=owner, store_id=shop)
    return take(store, tx, found.id, number, terminal)


def take(store: Store, tx: Transaction, member_id: int, number: str, terminal: str) -> Claimed:
    """Take the claim row of a member the actor may call. Raises Conflict where another holds it."""
    staff_id = caller_id(tx.actor)
    until = tx.now + timedelta(minutes=store.policy.claims.minutes)
    moment = {"member": member_id, "staff": staff_id, "terminal": terminal, "now": tx.now, "until": until}
    taken = tx.connection.execute(_TAKE, moment).first()
    if taken is None:  # somebody holds the member, and so the row is there
        holder = tx.connection.execute(_HOLDER, {"member": member_id}).one()
        raise held_by_other(holder.name, holder.claimed_at)
    return Claimed(member_id, number, taken.claimed_at, taken.expires_at)


@retried(idempotent=True)
def renew(store: Store, actor: Actor, member_id: int, terminal: str) -> bool:
    """Keep holding a member for another `policy.claims.minutes`; False where the hold was lost."""
    with store.write(actor, durable=False) as tx:
        until = tx.now + timedelta(minutes=store.policy.claims.minutes)
        renewed = tx.connection.execute(
            _RENEW,
            {"member": member_id, "staff": caller_id(actor), "terminal": terminal, "until": until},
        )
        return bool(renewed.rowcount)


@retried(idempotent=True)
def release(store: Store, actor: Actor, member_id: int) -> None:
    """Let go of a member the actor holds; nothing happens where somebody else does."""
    with store.write(actor, durable=False) as tx:
        release_in(tx, member_id)


def release_in(tx: Transaction, member_id: int) -> None:
    """`release` inside a transaction that does more."""
    tx.connection.execute(_FREE, {"member": member_id, "staff": caller_id(tx.actor)})


def holder_in(tx: Transaction, member_id: int) -> tuple[int, str, datetime] | None:
    """Who holds a member at this moment: (staff id, name, since), or None."""
    row = tx.connection.execute(_HOLDER, {"member": member_id}).first()
    if row is None or row.expires_at <= tx.now:
        return None
    return row.staff_id, row.name, row.claimed_at


def require_free(tx: Transaction, member_id: int) -> None:
    """Raise Conflict "claim.held" where somebody other than the actor holds the member."""
    holder = holder_in(tx, member_id)
    if holder is not None and holder[0] != tx.actor.staff_id:
        raise held_by_other(holder[1], holder[2])


def held_by_other(name: str, since: datetime) -> Conflict:
    """The refusal that says who holds a member since when."""
    return Conflict(
        "claim.held",
        N_("{name} has been on this member since {since}: take the next one, or ask them."),
        name=name,
        since=f"{since.astimezone(zone(DEFAULT_ZONE)):%H:%M}",
    )


def caller_id(actor: Actor) -> int:
    """The actor's staff number. Raises Refused for the shell's administrator, who is no caller."""
    if actor.staff_id is None:
        raise Refused(
            "claim.no_caller",
            N_("Calls are made by staff members: name one with --as CODE."),
        )
    return actor.staff_id
