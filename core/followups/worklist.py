"""The worklist: a caller's members for a day, in order, one row a member (R4.4-R4.8).

One query finds the due purposes of a desk and orders them as R4.5 says; the first of a member is the row's place.
A second one brings the details of the rows shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor, Role
from core.base.clock import business_day
from core.followups.worklist_head import head_statement
from core.followups.worklist_rows import WorklistRow, rows_of
from core.followups.worklist_sql import (
    Desk,
    counts_statement,
    free_statement,
    order_statement,
)
from core.people.access import Right, Scope, reach, require, scope
from core.people.cover import standing
from core.people.views import no_person, no_store
from core.store.direct import Direct
from core.store.engine import Store
from core.store.sql import giving, statement


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """Whose list, and which part of it.

    Without `staff` and `store` it is the actor's own desk, or with `everything` all the actor may see.
    `everything` leaves out daily target, claims, call window and rests (`worklist --all`).
    """

    staff: str | None = None
    store: str | None = None
    programme: str | None = None
    everything: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """Rows of a worklist from `offset`, as of business day `on` at `now` (UTC)."""

    rows: tuple[WorklistRow, ...]
    offset: int
    on: date
    now: datetime


@dataclass(frozen=True, slots=True)
class WorklistOverview:
    """How a desk's day stands: rows to work, rows that do not fit the daily target, members done and reached."""

    on: date
    now: datetime
    total: int
    beyond_target: int
    done: int
    reached: int
    callbacks: int
    next_callback_at: datetime | None
    counts: dict[str, int] = field(default_factory=dict)


def worklist(store: Store, actor: Actor, query: WorklistQuery) -> WorklistPage:
    """A page of the worklist. Raises NotAllowed, and NotFound for an unknown staff or store code."""
    now = store.clock.now()
    on = business_day(now)
    with store.read() as connection:
        desk = desk_of(store, connection, actor, query)
        limit = query.limit
        if not query.everything:
            target, done, _ = _day_so_far(store, connection, desk, on)
            if target is not None:
                limit = min(limit, max(0, target - done) - query.offset)
        if limit <= 0:
            return WorklistPage((), query.offset, on, now)
        parameters = _parameters(store, desk, query, on, now)
        members = _in_order(store, connection, desk, query, parameters, query.offset + limit)
        rows = rows_of(store, connection, query.everything, parameters, members[query.offset :])
    return WorklistPage(rows, query.offset, on, now)


def all_rows(store: Store, actor: Actor, query: WorklistQuery, page: int = 500) -> Iterator[WorklistRow]:
    """Every row of a desk, whatever the daily target: the order is read once, the details page by page."""
    now = store.clock.now()
    on = business_day(now)
    with store.read() as connection:
        desk = desk_of(store, connection, actor, query)
        parameters = _parameters(store, desk, query, on, now)
        members = _in_order(store, connection, desk, query, parameters, None)
        for start in range(0, len(members), page):
            part = members[start : start + page]
            yield from rows_of(store, connection, query.everything, parameters, part)


@dataclass(frozen=True, slots=True)
class FreeMember:
    """A member on a desk whom nobody holds."""

    member_id: int
    number: str
    owner_id: int | None
    store_id: int


LOOK_AHEAD = 8
"""How many free rows are looked at first: others may be taking the top ones at the same moment."""


def free_members(
    store: Store, connection: Connection, actor: Actor, query: WorklistQuery
) -> Iterator[list[FreeMember]]:
    """The members of a desk whom nobody holds, in order, some at a time, read as far as they are asked for."""
    now = store.clock.now()
    desk = desk_of(store, connection, actor, query)
    parameters = _parameters(store, desk, query, business_day(now), now)
    head = None if query.programme else head_statement(store.rulebook, desk, free=True)
    whole = free_statement(store.rulebook, desk, bool(query.programme))
    for rows in _read_on(connection, (head, whole), parameters, LOOK_AHEAD):
        yield [FreeMember(*row) for row in rows]


def _read_on(
    connection: Connection, clauses: Sequence[Direct | None], parameters: dict[str, Any], limit: int
) -> Iterator[list[Any]]:
    """Each member once, in the statements' order; a statement that has more than `limit` rows is read further.

    The database gives a member once for each due purpose: the first is the row's place.
    """
    seen: set[int] = set()
    for clause in filter(None, clauses):
        most = limit
        while True:
            found = clause.all(connection, {**parameters, "limit": most})
            new = {row[0]: row for row in reversed(found) if row[0] not in seen}
            if new:
                seen.update(new)
                yield [row for row in found if new.get(row[0]) is row]
            if len(found) < most:
                break
            most *= 2


def _in_order(
    store: Store,
    connection: Connection,
    desk: Desk,
    query: WorklistQuery,
    parameters: dict[str, Any],
    wanted: int | None,
) -> list[int]:
    """The first `wanted` members (all for None) of a desk, in R4.5's order.

    More than wanted is asked for, since some purposes are merged into one row.
    """
    top = wanted is not None and not query.everything and not query.programme
    head = head_statement(store.rulebook, desk, free=False) if top else None
    whole = order_statement(store.rulebook, desk, query.everything, bool(query.programme))
    limit = _NO_LIMIT if wanted is None else wanted + wanted // 5 + 5
    found = chain.from_iterable(_read_on(connection, (head, whole), parameters, limit))
    return [row[0] for row in islice(found, wanted)]


_NO_LIMIT = 2**62


def overview(store: Store, actor: Actor, query: WorklistQuery) -> WorklistOverview:
    """How the desk's day stands, with the number of rows by programme (a merged row counts for each)."""
    now = store.clock.now()
    on = business_day(now)
    with store.read() as connection:
        desk = desk_of(store, connection, actor, query)
        parameters = _parameters(store, desk, WorklistQuery(), on, now)
        counted = connection.execute(counts_statement(store.rulebook, desk, query.everything), parameters).all()
        target, done, reached = _day_so_far(store, connection, desk, on)
    counts = {row.programme: row.members for row in counted if row.programme}
    total = next((row.members for row in counted if row.programme is None), 0)
    room = total if query.everything or target is None else max(0, target - done)
    callback = next((row for row in counted if row.programme == "callback"), None)
    return WorklistOverview(
        on=on,
        now=now,
        total=min(total, room),
        beyond_target=max(0, total - room),
        done=done,
        reached=reached,
        callbacks=counts.get("callback", 0),
        next_callback_at=callback.next_at if callback else None,
        counts=counts,
    )


def desk_of(store: Store, connection: Connection, actor: Actor, query: WorklistQuery) -> Desk:
    """The desk a query asks about, checked against what the actor may see."""
    if query.staff is None and query.store is None:
        if query.everything or actor.staff_id is None:
            limits = reach(actor, Right.SEE_WORKLIST)
            own = limits.owner_id
            if own is None:
                return Desk(store_id=limits.store_id)
        assert actor.staff_id is not None
        return _desk(store, connection, actor.staff_id, actor.store_id, actor.role)
    if query.staff is not None:
        row = connection.execute(_STAFF, {"code": query.staff}).first()
        if row is None:
            raise no_person(query.staff)
        require(actor, Right.SEE_WORKLIST, owner_id=row.id, store_id=row.store_id)
        return _desk(store, connection, row.id, row.store_id, Role(row.role))
    row = connection.execute(_STORE, {"code": query.store}).first()
    if row is None:
        raise no_store(query.store or "")
    if scope(actor.role, Right.SEE_WORKLIST) is Scope.OWN and row.id == actor.store_id:
        assert actor.staff_id is not None
        return _desk(store, connection, actor.staff_id, actor.store_id, actor.role)
    require(actor, Right.SEE_WORKLIST, store_id=row.id)
    return Desk(store_id=row.id)


def _desk(store: Store, connection: Connection, staff_id: int, store_id: int | None, role: Role) -> Desk:
    """Somebody's desk, with the lists of those they cover and without their own while they are away (R7.5)."""
    everywhere = role is Role.CALLER
    pools = store.policy.cover.without_substitute == "pool"
    on = business_day(store.clock.now())
    now = standing(connection, staff_id, store_id, on, pools=pools, all_pools=everywhere)
    return Desk(
        staff_id=staff_id,
        pool_store_id=store_id,
        all_pools=everywhere,
        covers=now.covers + now.pooled,
        away=now.away,
    )


_STAFF = sa.text("select id, store_id, role from staff where code = :code")
_STORE = sa.text("select id from store where code = :code")
_DAY_SO_FAR = giving(
    statement(
        """select (select daily_target from staff where id = :staff) as target, count(distinct member_id) as done,
        count(distinct case when reached then member_id end) as reached
    from call where caller_id = :staff and day = :day and corrects is null
        and not exists (select 1 from call later where later.corrects = call.id)""",
        days=("day",),
    ),
    "target done reached",
)


def _day_so_far(store: Store, connection: Connection, desk: Desk, on: date) -> tuple[int | None, int, int]:
    """(daily target or None for a store's desk, members called today, members reached today)."""
    if desk.staff_id is None:
        return None, 0, 0
    row = connection.execute(_DAY_SO_FAR, {"staff": desk.staff_id, "day": on}).one()
    own = row.target if row.target is not None else store.policy.worklist.daily_target
    return own, row.done, row.reached


_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def _parameters(store: Store, desk: Desk, query: WorklistQuery, on: date, now: datetime) -> dict[str, Any]:
    callbacks = store.policy.callbacks
    parameters: dict[str, Any] = {
        "day": on,
        "now": now,
        "soon": now + timedelta(minutes=callbacks.lead_minutes),
        **desk.parameters(),
    }
    if desk.pool_store_id is not None:
        # With both ends named, a server that plans for any values takes the index of promised times.
        parameters["ever"] = _EVER
        parameters["overdue"] = now - timedelta(minutes=callbacks.offered_after_minutes)
    if query.programme:
        parameters["programme"] = query.programme
    return parameters
