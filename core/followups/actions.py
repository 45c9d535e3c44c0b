"""Use cases on follow-ups besides planning and claims: skipping a row, taking the next."""

from __future__ import annotations

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput
from core.base.language import N_
from core.followups.claims import Claimed, lock_first, release_in, require_free, take_if_due
from core.followups.tables import FollowUp
from core.followups.worklist import FreeMember, WorklistQuery, free_members
from core.members.lookup import admit, unknown_member
from core.people.access import Right
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.transaction import Transaction

_PURPOSES = statement(
    """select id, skips from follow_up where member_id = :member and state = 'open' and due_on <= :day
        and (closes_on is null or closes_on >= :day)""",
    days=("day",),
)
_MEMBER = sa.text("select id, owner_id, store_id from member where number = :number")


@retried()
def skip(store: Store, actor: Actor, number: str, reason: str) -> int:
    """Let a row sink to the end of its group for today; returns how often it was skipped (R4.11).

    The `policy.worklist.skips_to_supervisor`-th skip sends it to the supervisor. Raises BadInput without a
    reason, NotFound, NotAllowed, and Conflict where somebody else holds the member.
    """
    if not reason.strip():
        raise BadInput("skip.reason", N_("Say in a word why this member is passed over today."), field="reason")
    with store.write(actor, why=reason.strip()) as tx:
        member = tx.connection.execute(_MEMBER, {"number": number}).first()
        if member is None:
            raise unknown_member(number)
        owner, shop = member.owner_id, member.store_id
        admit(tx.connection, actor, Right.CALL, number, member_id=member.id, owner_id=owner, store_id=shop)
        require_free(tx, member.id)
        today = business_day(tx.now)
        most = 0
        for row in tx.connection.execute(_PURPOSES, {"member": member.id, "day": today}).all():
            tx.update(FollowUp, row.id, {"skips": row.skips + 1, "skipped_on": today})
            most = max(most, row.skips + 1)
        release_in(tx, member.id)
        return most


@retried()
def claim_next(store: Store, actor: Actor, query: WorklistQuery, terminal: str) -> Claimed | None:
    """Hold the first member of the list whom nobody else holds; None where the list has no such row."""
    with store.write(actor, durable=False) as tx:
        for members in free_members(store, tx.connection, actor, query):
            held = _claim_first(store, tx, members, terminal)
            if held is not None:
                return held
    return None


def _claim_first(store: Store, tx: Transaction, members: list[FreeMember], terminal: str) -> Claimed | None:
    """Hold the first whom nobody is just taking, was quicker with, or has finished with meanwhile."""
    left = {member.member_id: member for member in members}
    while (key := lock_first(store, tx, list(left))) is not None:
        # locked now: what others wrote about the member until then is seen
        member = left.pop(key)
        owner, shop = member.owner_id, member.store_id
        admit(tx.connection, tx.actor, Right.CALL, member.number, member_id=key, owner_id=owner, store_id=shop)
        held = take_if_due(store, tx, key, member.number, terminal)
        if held is not None:
            return held
    return None
