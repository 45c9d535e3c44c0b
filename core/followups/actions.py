"""Use cases on follow-ups besides planning and claims: skipping a row, taking the next."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, Conflict, NotFound
from core.base.language import N_
from core.followups.claims import Claimed, claim_in, release_in, require_free
from core.followups.tables import FollowUp
from core.followups.worklist import WorklistQuery, first_free
from core.people.access import Right, require
from core.store.engine import Store
from core.store.sql import statement

_PURPOSES = statement(
    """select id, skips from follow_up where member_id = :member and state = 'open' and due_on <= :day
        and (closes_on is null or closes_on >= :day)""",
    days=("day",),
)
_MEMBER = sa.text("select id, owner_id, store_id from member where number = :number")

LOOK_AHEAD = 5
"""How many free rows are tried before the list is read anew: others take them at the same time."""


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
            raise NotFound("member.unknown", N_("No member has the number {number}."), number=number)
        require(actor, Right.CALL, owner_id=member.owner_id, store_id=member.store_id)
        require_free(tx, member.id)
        today = business_day(tx.now)
        most = 0
        for row in tx.connection.execute(_PURPOSES, {"member": member.id, "day": today}).all():
            tx.update(FollowUp, row.id, {"skips": row.skips + 1, "skipped_on": today})
            most = max(most, row.skips + 1)
        release_in(tx, member.id)
        return most


def claim_next(store: Store, actor: Actor, query: WorklistQuery, terminal: str) -> Claimed | None:
    """Hold the first member of the list whom nobody else holds; None where the list has no such row."""
    on = business_day(store.clock.now())
    while True:
        free = first_free(store, actor, query, LOOK_AHEAD)
        for member_id, number in free:
            held = _claim_if_due(store, actor, member_id, number, on, terminal)
            if held is not None:
                return held
        if not free:
            return None


def _claim_if_due(
    store: Store, actor: Actor, member_id: int, number: str, on: date, terminal: str
) -> Claimed | None:
    """Hold the row's member, unless somebody was quicker or has finished with them meanwhile."""
    with store.write(actor, durable=False) as tx:
        try:
            held = claim_in(store, tx, number, terminal)
        except Conflict:
            return None
        # asked after the claim is ours: before it, another terminal's outcome might not be visible yet
        if tx.connection.execute(_PURPOSES, {"member": member_id, "day": on}).first():
            return held
        release_in(tx, member_id)
        return None
