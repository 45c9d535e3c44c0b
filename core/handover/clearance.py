"""Leaving: what somebody still has in hand, and closing their account when that is nothing (R7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

import core.followups.tables
import core.handover.tables  # noqa: F401
from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, Refused
from core.base.language import N_, NN_
from core.base.text import clean
from core.calls.tables import OVER, RaisedKind
from core.followups.cycles import CALLBACK
from core.followups.tables import State
from core.handover.rules import OPEN
from core.members.lookup import MEMBER
from core.people.access import Right, require
from core.people.actions import managed
from core.people.tables import Cover, Staff
from core.people.views import COVER, STAFF, Person, named_person
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import fixed
from core.store.transaction import Transaction

_TABLES = SQLModel.metadata.tables
_FOLLOW_UP, _RAISED, _HANDOVER = _TABLES["follow_up"], _TABLES["raised"], _TABLES["handover"]
_CLAIM = _TABLES["claim"]
# recovery stands beside: its measures are read by the table's name
_MEASURE = sa.table(
    "measure",
    *(sa.column(name) for name in ("id", "member_id", "code", "state", "owner_id")),
    sa.column("due_on", sa.Date),
)

SHOWN = 20
"""How many things of each kind a clearance names; the counts are of all."""

AHEAD = timedelta(days=62)
_OPEN = tuple(sorted(OPEN))


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing that keeps somebody: `name` a sentence for people, `rows` select ref, name, what, since.

    `rows` takes :staff and is ordered; `ref` is a member's or an application's number, `since` a day or moment.
    """

    kind: str
    name: str
    rows: sa.Select[Any]


@dataclass(frozen=True, slots=True)
class ClearanceItem:
    """One thing still in somebody's hands: `what` a programme, class, category or state."""

    kind: str
    ref: str
    name: str
    what: str
    since: str


@dataclass(frozen=True, slots=True)
class Clearance:
    """What keeps somebody from leaving: counts by kind, all kinds named, and the first items of each."""

    code: str
    name: str
    left_on: date | None
    counts: Mapping[str, int]
    items: tuple[ClearanceItem, ...]

    @property
    def total(self) -> int:
        """How many things are open."""
        return sum(self.counts.values())

    @property
    def clear(self) -> bool:
        """Whether nothing keeps them."""
        return self.total == 0


class NotCleared(Refused):
    """Somebody can't leave yet; `clearance` says what is still theirs."""

    def __init__(self, clearance: Clearance) -> None:
        super().__init__(
            "leave.not_cleared",
            NN_(
                "{name} ({code}) still has {count} thing in hand: hand it over first, then leaving is possible.",
                "{name} ({code}) still has {count} things in hand: hand them over first, then leaving is "
                "possible.",
            ),
            name=clearance.name,
            code=clearance.code,
            count=clearance.total,
        )
        self.clearance = clearance


def _follow_ups(callbacks: bool) -> sa.Select[Any]:
    since = _FOLLOW_UP.c.due_at if callbacks else _FOLLOW_UP.c.due_on
    is_callback = _FOLLOW_UP.c.programme == CALLBACK
    return (
        sa.select(MEMBER.c.number, MEMBER.c.name, _FOLLOW_UP.c.programme, since)
        .join_from(_FOLLOW_UP, MEMBER, MEMBER.c.id == _FOLLOW_UP.c.member_id)
        .where(
            _FOLLOW_UP.c.assignee_id == sa.bindparam("staff"),
            _FOLLOW_UP.c.state == fixed(State.OPEN),
            is_callback if callbacks else ~is_callback,
        )
        .order_by(since, MEMBER.c.number, _FOLLOW_UP.c.id)
    )


def _raised(kind: RaisedKind) -> sa.Select[Any]:
    return (
        sa.select(
            MEMBER.c.number,
            sa.func.coalesce(MEMBER.c.name, _RAISED.c.said_by),
            _RAISED.c.category,
            _RAISED.c.raised_at,
        )
        .join_from(_RAISED, MEMBER, MEMBER.c.id == _RAISED.c.member_id, isouter=True)
        .where(
            _RAISED.c.owner_id == sa.bindparam("staff"),
            _RAISED.c.kind == kind,
            _RAISED.c.state.not_in(fixed(OVER)),
        )
        .order_by(_RAISED.c.raised_at, _RAISED.c.id)
    )


def _measures() -> sa.Select[Any]:
    return (
        sa.select(MEMBER.c.number, MEMBER.c.name, _MEASURE.c.code, _MEASURE.c.due_on)
        .join_from(_MEASURE, MEMBER, MEMBER.c.id == _MEASURE.c.member_id)
        .where(_MEASURE.c.owner_id == sa.bindparam("staff"), _MEASURE.c.state == fixed("open"))
        .order_by(_MEASURE.c.due_on, _MEASURE.c.id)
    )


def _applications() -> sa.Select[Any]:
    theirs = sa.or_(
        _HANDOVER.c.giver_id == sa.bindparam("staff"), _HANDOVER.c.applicant_id == sa.bindparam("staff")
    )
    return (
        sa.select(_HANDOVER.c.number, _HANDOVER.c.reason, _HANDOVER.c.state, _HANDOVER.c.created_at)
        .where(theirs, _HANDOVER.c.state.in_(_OPEN))
        .order_by(_HANDOVER.c.created_at, _HANDOVER.c.id)
    )


def _members() -> sa.Select[Any]:
    return (
        sa.select(MEMBER.c.number, MEMBER.c.name, MEMBER.c.value_class, MEMBER.c.joined_on)
        .where(MEMBER.c.owner_id == sa.bindparam("staff"))
        .order_by(MEMBER.c.number)
    )


SOURCES: list[Source] = [
    Source("members", N_("members kept"), _members()),
    Source("follow_ups", N_("open follow-ups"), _follow_ups(callbacks=False)),
    Source("callbacks", N_("promised callbacks"), _follow_ups(callbacks=True)),
    Source("problems", N_("open problems"), _raised(RaisedKind.PROBLEM)),
    Source("complaints", N_("open complaints"), _raised(RaisedKind.COMPLAINT)),
    Source("measures", N_("recovery measures to do"), _measures()),
    Source("applications", N_("handover applications not yet executed"), _applications()),
]
"""What a leaver must have handed over, in the order shown; a capability with such things adds its own."""


def clearance(store: Store, actor: Actor, code: str) -> Clearance:
    """What somebody still has in hand; everybody may ask for themselves. Raises NotFound and NotAllowed."""
    with store.read() as c:
        found = named_person(c, code)
        if found.id != actor.staff_id:
            require(actor, Right.MANAGE_STAFF, store_id=found.store_id)
        return clearance_of(c, found)


@retried()
def leave(store: Store, actor: Actor, code: str, on: date | None = None, *, why: str = "") -> Clearance:
    """Let somebody go: from the day `on` (today unless given) they can't sign in; all their records stay.

    Their claims are freed and their covers end. Raises NotCleared with what is still theirs, NotFound,
    NotAllowed, Refused for oneself or who has left, BadInput for a day more than two months ahead.
    """
    with store.write(actor, why=clean(why)) as tx:
        found = managed(tx, actor, code)
        day = on or business_day(tx.now, found.time_zone)
        _demand_day(found, day, tx)
        kept = see_off(tx, found)
        tx.update(Staff, found.id, {"left_on": day})
        return Clearance(kept.code, kept.name, day, kept.counts, ())


def see_off(tx: Transaction, found: Person) -> Clearance:
    """Make sure that nothing keeps them, then free their claims and end their covers. Raises NotCleared."""
    # whoever gives them a member at this moment waits for us, or we for them
    tx.connection.execute(sa.select(STAFF.c.id).where(STAFF.c.id == found.id).with_for_update())
    kept = clearance_of(tx.connection, found)
    if not kept.clear:
        raise NotCleared(kept)
    tx.connection.execute(sa.delete(_CLAIM).where(_CLAIM.c.staff_id == found.id))
    _end_covers(tx, found.id)
    return kept


def _demand_day(found: Person, day: date, tx: Transaction) -> None:
    if found.left_on is not None:
        raise Refused(
            "leave.left",
            N_("{name} ({code}) has left already, on {day}."),
            name=found.name,
            code=found.code,
            day=found.left_on,
        )
    if day > business_day(tx.now, found.time_zone) + AHEAD:
        raise BadInput(
            "leave.day", N_("Leaving is put on record at most two months ahead: name a nearer day."), field="on"
        )


def _end_covers(tx: Transaction, staff_id: int) -> None:
    running = sa.select(COVER.c.id).where(
        sa.or_(COVER.c.substitute_id == staff_id, COVER.c.away_id == staff_id), COVER.c.ended_at.is_(None)
    )
    for cover_id in tx.connection.execute(running).scalars().all():
        tx.update(Cover, cover_id, {"ended_at": tx.now})


def clearance_of(c: Connection, found: Person) -> Clearance:
    """`clearance` on a connection that is open already, for whoever may know it."""
    counts: dict[str, int] = {}
    items: list[ClearanceItem] = []
    for source in SOURCES:
        bound = {"staff": found.id}
        whole = sa.select(sa.func.count()).select_from(source.rows.order_by(None).subquery())
        counts[source.kind] = c.execute(whole, bound).scalar_one()
        if counts[source.kind]:
            rows = c.execute(source.rows.limit(SHOWN), bound)
            items += [ClearanceItem(source.kind, *map(_text, row)) for row in rows]
    return Clearance(found.code, found.name, found.left_on, counts, tuple(items))


def _text(value: object) -> str:
    return "" if value is None else str(getattr(value, "value", value))
