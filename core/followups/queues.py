"""Giving the due rows of one caller to another, with a reason (R14.1)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput
from core.base.language import N_
from core.base.text import clean
from core.followups.tables import FollowUp
from core.people.access import Right, require
from core.people.views import no_person
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.transaction import Transaction

_STAFF = sa.text("select id, code, name, store_id, left_on from staff where code = :code").columns(left_on=sa.Date)
_MOVE = """update follow_up set assignee_id = :to, version = version + 1
    where state = 'open' and assignee_id = :from and due_on <= :day
        and not exists (select 1 from claim c where c.member_id = follow_up.member_id and c.expires_at > :now)"""
_HELD = """select count(*) from follow_up f join claim c on c.member_id = f.member_id and c.expires_at > :now
    where f.state = 'open' and f.assignee_id = :from and f.due_on <= :day"""


@dataclass(frozen=True, slots=True)
class Reassigned:
    """How many due follow-ups went to another desk, and how many stay because somebody is on their member."""

    giver: str
    taker: str
    follow_ups: int
    held: int


@retried()
def reassign_queue(
    store: Store, actor: Actor, giver: str, taker: str, *, reason: str, programme: str = ""
) -> Reassigned:
    """Give all open due follow-ups on one desk (of one `programme`) to another desk; the members keep their owner.

    What somebody holds at this moment stays. Raises BadInput without a reason, NotFound, NotAllowed.
    """
    if not clean(reason):
        raise BadInput("queue.reason", N_("Say why the queue goes to somebody else."), field="reason")
    with store.write(actor, why=clean(reason)) as tx:
        one, other = _desk(tx, giver), _desk(tx, taker)
        for desk in (one, other):
            require(actor, Right.REASSIGN, store_id=desk.store_id)
        if one.id == other.id:
            raise BadInput("queue.same", N_("Name somebody else to take the queue."), field="taker")
        day = business_day(tx.now)
        if other.left_on is not None and other.left_on <= day:
            raise BadInput("queue.left", N_("{name} has left: name somebody who works here."), name=other.name)
        only = " and programme = :programme" if programme else ""
        given = {"from": one.id, "day": day, "now": tx.now} | ({"programme": programme} if programme else {})
        count = tx.bulk(
            statement(_MOVE + only, days=("day",), moments=("now",)),
            {**given, "to": other.id},
            table=FollowUp,
            what=f"due follow-ups from {one.code} to {other.code}",
        )
        held = tx.connection.execute(statement(_HELD + only, days=("day",), moments=("now",)), given).scalar_one()
        return Reassigned(one.code, other.code, count, held)


def _desk(tx: Transaction, code: str) -> sa.Row[*tuple[object, ...]]:
    row = tx.connection.execute(_STAFF, {"code": code.strip()}).first()
    if row is None:
        raise no_person(code)
    return row
