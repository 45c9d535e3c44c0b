"""A member's timeline: purchases, calls, follow-ups, profile changes, problems and complaints (R6.1, R7.3).

Recovery measures, gifts and coupons stand in it too, each when it was decided or given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

import core.followups.tables
import core.gifts.tables
import core.handover.tables
import core.purchases.tables
import core.recovery.tables  # noqa: F401
from core.base.actor import Actor
from core.calls.tables import RaisedAct, RaisedState
from core.insight.wording import Event, EventKind
from core.members.history import changes_of
from core.members.lookup import MEMBER, SHOP, STAFF, found_row
from core.people.access import Right
from core.store.engine import Store

_TABLES = SQLModel.metadata.tables
CALL, CALL_PURPOSE, FOLLOW_UP = _TABLES["call"], _TABLES["call_purpose"], _TABLES["follow_up"]
PURCHASE, RAISED, STEP = _TABLES["purchase"], _TABLES["raised"], _TABLES["raised_step"]
HANDOVER, HANDED = _TABLES["handover"], _TABLES["handover_member"]
MEASURE, GIVEN, GIFT = _TABLES["measure"], _TABLES["given"], _TABLES["gift"]
COUPON, OFFER = _TABLES["coupon"], _TABLES["offer"]
_FIELDS_AT_ONCE = 40


def timeline(
    store: Store, actor: Actor, number: str, limit: int = 50, before: datetime | None = None
) -> tuple[Event, ...]:
    """What happened to a member, newest first; the next page is that `before` the last event's `at`.

    A page may be longer than `limit`: what happened at one moment stays together. Calls that were taken back
    are left out. Raises NotFound for a member the actor may not see.
    """
    with store.read() as c:
        member_id: int = found_row(c, actor, number, Right.SEE_MEMBER, [MEMBER.c.id])["id"]
        events = [
            *_purchases(c, member_id, limit, before),
            *_calls(c, member_id, limit, before),
            *_follow_ups(c, member_id, limit, before),
            *_changes(c, member_id, limit, before),
            *_raised(c, member_id, limit, before),
            *_steps(c, member_id, limit, before),
            *_handovers(c, member_id, limit, before),
            *_measures(c, member_id, limit, before),
            *_presents(c, member_id, limit, before),
        ]
    events.sort(key=lambda event: event.at, reverse=True)
    if len(events) <= limit:
        return tuple(events)
    last = events[limit - 1].at
    return tuple(event for event in events if event.at >= last)


def _page(
    query: sa.Select[Any], at: sa.ColumnElement[datetime], limit: int, before: datetime | None
) -> sa.Select[Any]:
    """The newest `limit` rows, and those that happened at the same moment as the last of them."""
    paged = query.where(at < before) if before is not None else query
    last = (
        paged.with_only_columns(at)
        .order_by(at.desc())
        .offset(limit - 1)
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )
    return paged.where(sa.or_(last.is_(None), at >= last)).order_by(at.desc())


def _purchases(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    query = (
        sa.select(
            PURCHASE.c.bought_at,
            PURCHASE.c.amount,
            PURCHASE.c.goods,
            PURCHASE.c.category,
            SHOP.c.name,
            STAFF.c.name,
        )
        .join_from(PURCHASE, SHOP, SHOP.c.id == PURCHASE.c.store_id)
        .outerjoin(STAFF, STAFF.c.id == PURCHASE.c.received_by)
        .where(PURCHASE.c.member_id == member_id)
    )
    for at, amount, goods, category, shop, who in c.execute(_page(query, PURCHASE.c.bought_at, limit, before)):
        facts = {"amount": amount, "goods": goods or category, "store": shop}
        yield Event(at, EventKind.PURCHASE, who or "", facts)


def _calls(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    later = CALL.alias("later")
    query = (
        sa.select(CALL, STAFF.c.name.label("who"))
        .join_from(CALL, STAFF, STAFF.c.id == CALL.c.caller_id, isouter=True)
        .where(
            CALL.c.member_id == member_id,
            CALL.c.corrects.is_(None),
            ~sa.exists().where(later.c.corrects == CALL.c.id),
        )
    )
    rows = c.execute(_page(query, CALL.c.started_at, limit, before)).all()
    programmes: dict[str, list[str]] = defaultdict(list)
    purposes = (
        sa.select(CALL_PURPOSE.c.call_id, FOLLOW_UP.c.programme)
        .join_from(CALL_PURPOSE, FOLLOW_UP, FOLLOW_UP.c.id == CALL_PURPOSE.c.follow_up_id)
        .where(CALL_PURPOSE.c.call_id.in_([row.id for row in rows]))
        .order_by(FOLLOW_UP.c.id)
    )
    for call_id, programme in c.execute(purposes):
        programmes[call_id].append(programme)
    for row in rows:
        facts = {
            "call": row.id,
            "outcome": row.outcome,
            "reached": row.reached,
            "programmes": tuple(programmes[row.id]),
            "reasons": tuple(row.reasons.split()),
            "note": row.note,
            "promise": row.promise,
        }
        yield Event(row.started_at, EventKind.CALL, row.who or "", facts)


def _follow_ups(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    mine = FOLLOW_UP.c.member_id == member_id
    opened = sa.select(FOLLOW_UP).where(mine)
    for row in c.execute(_page(opened, FOLLOW_UP.c.created_at, limit, before)):
        facts = {"programme": row.programme, "cycle": row.cycle, "due_on": row.due_on}
        yield Event(row.created_at, EventKind.OPENED, "", facts)
    closed = (
        sa.select(FOLLOW_UP, STAFF.c.name.label("who"))
        .join_from(FOLLOW_UP, STAFF, STAFF.c.id == FOLLOW_UP.c.closed_by, isouter=True)
        .where(mine, FOLLOW_UP.c.closed_at.is_not(None))
    )
    for row in c.execute(_page(closed, FOLLOW_UP.c.closed_at, limit, before)):
        facts = {"programme": row.programme, "cycle": row.cycle, "state": row.state.value, "why": row.closed_why}
        yield Event(row.closed_at, EventKind.CLOSED, row.who or "", facts)


def _changes(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    for change in changes_of(c, member_id, limit + _FIELDS_AT_ONCE, before):
        facts = {"field": change.field, "old": change.old, "new": change.new, "why": change.why}
        yield Event(change.at, EventKind.CHANGE, change.who, facts)


def _raised(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    query = (
        sa.select(RAISED, STAFF.c.name.label("who"))
        .join_from(RAISED, STAFF, STAFF.c.id == RAISED.c.raised_by, isouter=True)
        .where(RAISED.c.member_id == member_id, RAISED.c.state != RaisedState.WITHDRAWN)
    )
    for row in c.execute(_page(query, RAISED.c.raised_at, limit, before)):
        facts = {"matter": row.matter, "category": row.category, "urgency": row.urgency.value}
        yield Event(row.raised_at, EventKind(row.kind.value), row.who or "", facts)


def _steps(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    """What was done about it since: every step but the first, which `_raised` tells (R9.2)."""
    by, to = STAFF.alias("step_by"), STAFF.alias("step_to")
    query = (
        sa.select(STEP, RAISED.c.kind, RAISED.c.matter, by.c.name.label("who"), to.c.name.label("to"))
        .join_from(STEP, RAISED, RAISED.c.id == STEP.c.raised_id)
        .outerjoin(by, by.c.id == STEP.c.by_id)
        .outerjoin(to, to.c.id == STEP.c.to_id)
        .where(RAISED.c.member_id == member_id, STEP.c.act != RaisedAct.TAKE)
    )
    for row in c.execute(_page(query, STEP.c.at, limit, before).order_by(STEP.c.place.desc())):
        facts = {name: getattr(row, name) for name in ("text", "promised_at", "told", "score", "to", "matter")}
        codes = {"act": row.act.value, "of": row.kind.value, "number": row.raised_id}
        yield Event(row.at, EventKind.STEP, row.who or "", facts | codes)


def _handovers(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    """Changes of the account owner by an executed handover (R7.3)."""
    giver, taker = STAFF.alias("giver"), STAFF.alias("taker")
    query = (
        sa.select(HANDOVER.c.executed_at, HANDOVER.c.number, HANDOVER.c.reason, giver.c.name, taker.c.name)
        .join_from(HANDED, HANDOVER, HANDOVER.c.id == HANDED.c.handover_id)
        .join(giver, giver.c.id == HANDOVER.c.giver_id)
        .join(taker, taker.c.id == HANDED.c.successor_id)
        .where(HANDED.c.member_id == member_id, HANDED.c.outcome == "moved")
    )
    for at, number, reason, gave, took in c.execute(_page(query, HANDOVER.c.executed_at, limit, before)):
        yield Event(at, EventKind.HANDOVER, "", {"number": number, "giver": gave, "taker": took, "reason": reason})


def _measures(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    """What is to bring the member back, and what came of it; not out of a call taken back (R5.8)."""
    later = CALL.alias("later")
    mine = sa.and_(MEASURE.c.member_id == member_id, ~sa.exists().where(later.c.corrects == MEASURE.c.call_id))
    made = sa.select(MEASURE, STAFF.c.name.label("who")).outerjoin(STAFF, STAFF.c.id == MEASURE.c.made_by)
    for row in c.execute(_page(made.where(mine), MEASURE.c.made_at, limit, before)):
        facts = {"measure": row.code, "due_on": row.due_on, "note": row.note, "state": "open"}
        yield Event(row.made_at, EventKind.MEASURE, row.who or "", facts)
    over = sa.select(MEASURE, STAFF.c.name.label("who")).outerjoin(STAFF, STAFF.c.id == MEASURE.c.closed_by)
    over = over.where(mine, MEASURE.c.closed_at > MEASURE.c.made_at)
    for row in c.execute(_page(over, MEASURE.c.closed_at, limit, before)):
        facts = {"measure": row.code, "note": row.result, "state": row.state.value}
        yield Event(row.closed_at, EventKind.MEASURE, row.who or "", facts)


def _presents(c: Connection, member_id: int, limit: int, before: datetime | None) -> Iterable[Event]:
    """Gifts put aside and coupons given (R11.1, R11.2)."""
    gifts = (
        sa.select(GIVEN.c.given_at, GIVEN.c.state, GIFT.c.name, STAFF.c.name)
        .join_from(GIVEN, GIFT, GIFT.c.id == GIVEN.c.gift_id)
        .outerjoin(STAFF, STAFF.c.id == GIVEN.c.given_by)
        .where(GIVEN.c.member_id == member_id)
    )
    for at, state, what, who in c.execute(_page(gifts, GIVEN.c.given_at, limit, before)):
        yield Event(at, EventKind.GIFT, who or "", {"gift": what, "state": state.value})
    coupons = (
        sa.select(COUPON.c.given_at, COUPON.c.number, OFFER.c.name, STAFF.c.name)
        .join_from(COUPON, OFFER, OFFER.c.id == COUPON.c.offer_id)
        .outerjoin(STAFF, STAFF.c.id == COUPON.c.given_by)
        .where(COUPON.c.member_id == member_id)
    )
    for at, number, what, who in c.execute(_page(coupons, COUPON.c.given_at, limit, before)):
        yield Event(at, EventKind.COUPON, who or "", {"number": number, "offer": what})
