"""Cover: while somebody is away another works their list, and it comes back by itself (R7.5, R4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, NotFound, Refused
from core.base.language import N_
from core.base.text import clean
from core.people.access import Reach, Right, reach, require
from core.people.tables import Cover
from core.store.again import retried
from core.store.direct import Direct
from core.store.engine import Store
from core.store.sql import giving, statement
from core.store.transaction import Transaction

COVER: sa.Table = SQLModel.metadata.tables["cover"]
STAFF: sa.Table = SQLModel.metadata.tables["staff"]
_AWAY, _FOR = STAFF.alias("away"), STAFF.alias("substitute")

STATES = {
    "planned": N_("planned"),
    "running": N_("running"),
    "over": N_("over"),
    "ended": N_("ended early"),
}

_RUNNING = Direct(
    giving(
        statement(
            """select c.away_id, c.substitute_id, s.store_id from cover c join staff s on s.id = c.away_id
    where c.until_on >= :day and c.from_on <= :day and c.ended_at is null order by c.id""",
            days=("day",),
        ),
        "away_id substitute_id store_id",
    )
)


@dataclass(frozen=True, slots=True)
class CoverRow:
    """Who covers whom, both days included; without a `substitute` the store's pool does.

    `state` is planned, running, over or ended (before its last day).
    """

    id: int
    away: str
    away_name: str
    substitute: str
    substitute_name: str
    from_on: date
    until_on: date
    ended_at: datetime | None
    why: str
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody's desk stands on a day: whose lists come to it, and whether their own goes elsewhere."""

    covers: tuple[int, ...] = ()
    pooled: tuple[int, ...] = ()
    away: bool = False


def standing(
    c: Connection, staff_id: int, store_id: int | None, on: date, *, pools: bool, all_pools: bool = False
) -> Standing:
    """Whose lists a desk works on that day besides its own (R7.5).

    With `pools`, those of its store (or with `all_pools` of any) who are away without a substitute count too.
    """
    covers: list[int] = []
    pooled: list[int] = []
    away = False
    for row in _RUNNING.all(c, {"day": on}):
        if row.away_id == staff_id:
            away = row.substitute_id is not None or pools
        elif row.substitute_id == staff_id:
            covers.append(row.away_id)
        elif row.substitute_id is None and pools and (all_pools or row.store_id == store_id):
            pooled.append(row.away_id)
    return Standing(tuple(dict.fromkeys(covers)), tuple(dict.fromkeys(pooled)), away)


@retried()
def set_cover(
    store: Store,
    actor: Actor,
    away: str,
    from_on: date,
    until_on: date,
    *,
    substitute: str = "",
    why: str = "",
) -> CoverRow:
    """Let `substitute` (or without one the store's pool) work the list of `away` from day to day, both included.

    Raises BadInput naming the field, NotFound, NotAllowed, and Refused where either is away or stands in already.
    """
    with store.write(actor, why=clean(why)) as tx:
        today = business_day(tx.now)
        if from_on < today or until_on < from_on:
            raise BadInput(
                "cover.days",
                N_("Cover goes from today or a later day to the same or a later one."),
                field="from" if from_on < today else "until",
            )
        one = _person(tx, away, "away")
        require(actor, Right.KEEP_COVER, store_id=one.store_id)
        other = _person(tx, substitute, "substitute") if substitute.strip() else None
        if other is not None and other.id == one.id:
            raise BadInput("cover.self", N_("Nobody covers for themselves: name a colleague."), field="substitute")
        _demand_free(tx, one, other, from_on, until_on)
        key = tx.insert(
            Cover,
            away_id=one.id,
            substitute_id=other.id if other is not None else None,
            from_on=from_on,
            until_on=until_on,
            why=clean(why),
            made_by=actor.staff_id,
        )
        return _row(tx, key, today)


@retried()
def end_cover(store: Store, actor: Actor, cover_id: int, *, why: str = "") -> CoverRow:
    """End a cover before its last day, at once; whoever was away may do so too. Raises NotFound, Refused."""
    with store.write(actor, why=clean(why)) as tx:
        today = business_day(tx.now)
        found = tx.connection.execute(
            sa.select(COVER, STAFF.c.store_id)
            .join_from(COVER, STAFF, STAFF.c.id == COVER.c.away_id)
            .where(COVER.c.id == cover_id)
        ).first()
        if found is None:
            raise NotFound("cover.unknown", N_("There is no cover {id}: see the list of covers."), id=cover_id)
        if actor.staff_id is None or found.away_id != actor.staff_id:
            require(actor, Right.KEEP_COVER, store_id=found.store_id)
        if found.ended_at is not None or found.until_on < today:
            raise Refused("cover.over", N_("That cover is over already."))
        tx.update(Cover, cover_id, {"ended_at": tx.now})
        return _row(tx, cover_id, today)


def cover_rows(store: Store, actor: Actor, *, everything: bool = False) -> tuple[CoverRow, ...]:
    """Covers that run or are planned (with `everything` all), of those whom the actor's role reaches."""
    limits = reach(actor, Right.SEE_WORKLIST)
    today = business_day(store.clock.now())
    query = _query().where(_within(actor, limits)).order_by(COVER.c.from_on.desc(), COVER.c.id.desc())
    if not everything:
        query = query.where(COVER.c.until_on >= today, COVER.c.ended_at.is_(None))
    with store.read() as c:
        return tuple(_shown(row, today) for row in c.execute(query))


def _within(actor: Actor, limits: Reach) -> sa.ColumnElement[bool]:
    if limits.owner_id is None and limits.store_id is None:
        return sa.true()
    own = sa.or_(COVER.c.away_id == actor.staff_id, COVER.c.substitute_id == actor.staff_id)
    if limits.owner_id is not None:
        return own
    return sa.or_(own, _AWAY.c.store_id == limits.store_id, _FOR.c.store_id == limits.store_id)


def _person(tx: Transaction, code: str, field: str) -> Any:
    row = tx.connection.execute(
        sa.select(STAFF.c.id, STAFF.c.name, STAFF.c.store_id, STAFF.c.left_on)
        .where(STAFF.c.code == code.strip())
        .with_for_update()
    ).first()
    if row is None or (row.left_on is not None and row.left_on <= business_day(tx.now)):
        raise BadInput(
            "cover.person", N_("Nobody who works here has the staff code {code}."), field=field, code=code
        )
    return row


def _demand_free(tx: Transaction, one: Any, other: Any, from_on: date, until_on: date) -> None:
    """One cover at a time for each who is away, and nobody stands in who is away: lists never go on and on."""
    keys = [one.id] if other is None else [one.id, other.id]
    rows = tx.connection.execute(
        sa.select(COVER.c.away_id, COVER.c.substitute_id).where(
            COVER.c.ended_at.is_(None),
            COVER.c.from_on <= until_on,
            COVER.c.until_on >= from_on,
            sa.or_(COVER.c.away_id.in_(keys), COVER.c.substitute_id == one.id),
        )
    ).all()
    for row in rows:
        if row.away_id == one.id:
            raise Refused(
                "cover.there", N_("{name} is covered in these days already: end that cover first."), name=one.name
            )
        if row.substitute_id == one.id:
            raise Refused(
                "cover.stands_in",
                N_("{name} stands in for somebody in these days: end that cover first."),
                name=one.name,
            )
        raise Refused("cover.away", N_("{name} is away in these days: name another substitute."), name=other.name)


def _query() -> sa.Select[Any]:
    return sa.select(
        COVER,
        _AWAY.c.code.label("away"),
        _AWAY.c.name.label("away_name"),
        _FOR.c.code.label("substitute"),
        _FOR.c.name.label("substitute_name"),
    ).select_from(
        COVER.join(_AWAY, _AWAY.c.id == COVER.c.away_id).outerjoin(_FOR, _FOR.c.id == COVER.c.substitute_id)
    )


def _row(tx: Transaction, key: int, today: date) -> CoverRow:
    return _shown(tx.connection.execute(_query().where(COVER.c.id == key)).one(), today)


def _shown(row: Any, today: date) -> CoverRow:
    if row.ended_at is not None:
        state = "ended"
    elif row.until_on < today:
        state = "over"
    else:
        state = "running" if row.from_on <= today else "planned"
    return CoverRow(
        id=row.id,
        away=row.away,
        away_name=row.away_name,
        substitute=row.substitute or "",
        substitute_name=row.substitute_name or "",
        from_on=row.from_on,
        until_on=row.until_on,
        ended_at=row.ended_at,
        why=row.why,
        state=state,
    )
