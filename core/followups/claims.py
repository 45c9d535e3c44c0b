"""Claims: one caller holds a member, so that nobody else dials them (R4.11).

A claim is a row whose key is the member; it frees itself after `policy.claims.minutes` unless renewed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import DEFAULT_ZONE, business_day, zone
from core.base.errors import Conflict, Refused
from core.base.language import N_
from core.followups.tables import Claim
from core.followups.worklist_sql import Key, due_now
from core.members.lookup import admit, unknown_member
from core.people.access import Right
from core.store.again import retried
from core.store.direct import Direct
from core.store.engine import Store
from core.store.sql import giving, statement
from core.store.transaction import Transaction

_FIND = sa.text("select id, owner_id, store_id, name from member where number = :number")

_VALUES = "values (:member, :staff, :terminal, :now, :until)"


def _taking(source: str) -> Direct:
    """The statement that takes a claim row with the values of `source`, where nobody else's hold stands."""
    text = f"""
    insert into claim (member_id, staff_id, terminal, claimed_at, expires_at)
    {source}
    on conflict (member_id) do update
    set staff_id = excluded.staff_id, terminal = excluded.terminal,
        claimed_at = case when claim.staff_id = excluded.staff_id and claim.expires_at > :now
                          then claim.claimed_at else excluded.claimed_at end,
        expires_at = excluded.expires_at
    where claim.staff_id = excluded.staff_id or claim.expires_at <= :now
    returning claimed_at, expires_at
    """
    moments = ("claimed_at", "expires_at")
    typed = statement(text, days=("day",), moments=("now", "until"))
    return Direct(giving(typed, " ".join(moments), moments=moments))


_TAKE = _taking(_VALUES)


@lru_cache(maxsize=16)
def _take_if_due(key: Key) -> Direct:
    return _taking(
        f"""select cast(:member as bigint), cast(:staff as integer), cast(:terminal as text), :now, :until
    where exists ({due_now(key.rulebook, ":member")})"""
    )


@lru_cache(maxsize=16)
def _lock_first(key: Key) -> Direct:
    text = f"""select member.id
    from unnest(cast(:members as bigint[])) with ordinality listed (id, nth) join member on member.id = listed.id
    where exists ({due_now(key.rulebook, "member.id")})
    order by listed.nth limit 1 for update of member skip locked"""
    return Direct(giving(statement(text, days=("day",), moments=("now",)), "id"))


_HOLDER = Direct(
    giving(
        sa.text(
            """
    select claim.staff_id, staff.name as name, claim.claimed_at, claim.expires_at, claim.terminal
    from claim join staff on staff.id = claim.staff_id where claim.member_id = :member
    """
        ),
        "staff_id name claimed_at expires_at terminal",
        moments=("claimed_at", "expires_at"),
    )
)

_RENEW = statement(
    """
    update claim set expires_at = :until
    where member_id = :member and staff_id = :staff and terminal = :terminal
    """,
    moments=("until",),
)

_FREE = Direct(sa.text("delete from claim where member_id = :member and staff_id = :staff"))
_FREE_NAMED = sa.text(
    """
    delete from claim where member_id = (select id from member where number = :number) and staff_id = :staff
        and :terminal in ('', terminal)
    """
)


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
    taken = _TAKE.first(tx.connection, _hold(store, tx, member_id, terminal))
    if taken is None:  # somebody holds the member, and so the row is there
        holder = _HOLDER.first(tx.connection, {"member": member_id})
        assert holder is not None
        raise held_by_other(holder.name, holder.claimed_at)
    return Claimed(member_id, number, taken.claimed_at, taken.expires_at)


def lock_first(store: Store, tx: Transaction, members: Sequence[int]) -> int | None:
    """Keep the first of some members from other writers whom none of them has now, or has called or taken.

    Nobody is waited for. None where there is no such member.
    """
    if tx.alone or not members:
        return members[0] if members else None
    listed = f"{{{','.join(map(str, members))}}}"
    moment = {"members": listed, "day": business_day(tx.now), "now": tx.now}
    row = _lock_first(Key(store.rulebook)).first(tx.connection, moment)
    return None if row is None else row.id


def take_if_due(store: Store, tx: Transaction, member_id: int, number: str, terminal: str) -> Claimed | None:
    """Take the claim row of a member locked in `tx`; None where nothing of theirs is due, or they are held."""
    moment = {**_hold(store, tx, member_id, terminal), "day": business_day(tx.now)}
    taken = _take_if_due(Key(store.rulebook)).first(tx.connection, moment)
    return None if taken is None else Claimed(member_id, number, taken.claimed_at, taken.expires_at)


def _hold(store: Store, tx: Transaction, member_id: int, terminal: str) -> dict[str, Any]:
    until = tx.now + timedelta(minutes=store.policy.claims.minutes)
    staff = caller_id(tx.actor)
    return {"member": member_id, "staff": staff, "terminal": terminal, "now": tx.now, "until": until}


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
def release(store: Store, actor: Actor, number: str, terminal: str = "") -> None:
    """Let go of a member the actor holds, at that `terminal` where one is named; else nothing happens."""
    held = {"number": number, "staff": caller_id(actor), "terminal": terminal}
    with store.write(actor, durable=False) as tx:
        tx.connection.execute(_FREE_NAMED, held)


def release_in(tx: Transaction, member_id: int) -> None:
    """Let go of a member the actor holds, inside a transaction that does more."""
    tx.later(Claim, member_id, _FREE, {"member": member_id, "staff": caller_id(tx.actor)})


def holder_in(tx: Transaction, member_id: int) -> tuple[int, str, datetime] | None:
    """Who holds a member at this moment: (staff id, name, since), or None."""
    row = _HOLDER.first(tx.connection, {"member": member_id})
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
