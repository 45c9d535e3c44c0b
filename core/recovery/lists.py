"""Measures and calls without one, as lists show them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.actor import Actor
from core.base.clock import business_day
from core.calls.records import STANDS
from core.followups.cycles import RECOVERY, REVIEW
from core.people.access import Reach, Right, reach
from core.recovery.tables import MeasureState, Origin
from core.recovery.views import MeasureFilter, MeasureRow, Unanswered
from core.store.engine import Store
from core.store.sql import statement

VALID = "(s.call_id is null or not exists (select 1 from call k where k.corrects = s.call_id))"
"""The condition on `measure s` that its call was not taken back."""

_MEASURE = """
    select s.id, m.number, m.name, s.code, s.origin, t.code as store, o.code as owner, o.name as owner_name,
        s.note, s.made_on, s.due_on, s.state, s.result, s.closed_at, s.version,
        (select min(p.day) from purchase p where p.member_id = s.member_id and p.amount > 0
            and p.day >= s.made_on and (p.day > s.made_on or p.bought_at >= s.made_at)) as back_on
    from measure s join member m on m.id = s.member_id join store t on t.id = s.store_id
        left join staff o on o.id = s.owner_id
"""

_UNANSWERED = f"""
    select c.id, m.number, m.name, c.day, c.reasons, k.name as caller
    from follow_up f cross join call_purpose p cross join call c cross join member m
        left join staff k on k.id = c.caller_id
    where f.programme in ('{REVIEW}', '{RECOVERY}') and f.programme = '{RECOVERY}' and f.due_on >= :since
        and p.follow_up_id = f.id and p.covered and c.id = p.call_id and m.id = c.member_id
        and c.reached and c.reasons <> '' and {STANDS}
        and not exists (select 1 from measure s where s.call_id = c.id)
"""


def measures(store: Store, actor: Actor, wanted: MeasureFilter | None = None) -> tuple[MeasureRow, ...]:
    """Measures that the actor's role reaches, the most urgent first; open ones unless all are asked for."""
    asked = wanted or MeasureFilter()
    limit = reach(actor, Right.SEE_RECOVERY)
    today = business_day(store.clock.now())
    conditions, bound = [VALID, *_within(limit, "s.owner_id", "s.store_id")], {}
    if not asked.everything:
        conditions.append("s.state = 'open'")
    if asked.late:
        conditions.append("s.state = 'open' and s.due_on < :today")
        bound["today"] = today
    named = {"owner": "o.code", "store": "t.code", "member": "m.number", "code": "s.code"}
    for field, column in named.items():
        if value := getattr(asked, field):
            conditions.append(f"{column} = :{field}")
            bound[field] = value
    order = "case s.state when 'open' then 0 else 1 end, s.due_on, s.id"
    if asked.everything:
        order = "case s.state when 'open' then 0 else 1 end, s.closed_at desc, s.due_on, s.id"
    text = f"{_MEASURE} where {' and '.join(conditions)} order by {order} limit :limit offset :offset"
    with store.read() as connection:
        rows = connection.execute(_typed(text), {**bound, "limit": asked.limit, "offset": asked.offset})
        return tuple(_shown(row, today) for row in rows)


def measure_in(connection: Connection, measure: int, today: date) -> MeasureRow:
    """One measure, in a transaction of the caller's."""
    return _shown(connection.execute(_typed(f"{_MEASURE} where s.id = :id"), {"id": measure}).one(), today)


def measures_of(connection: Connection, member_id: int, today: date, most: int) -> tuple[MeasureRow, ...]:
    """A member's measures, newest first, in a transaction of the caller's."""
    text = f"{_MEASURE} where s.member_id = :member and {VALID} order by s.made_at desc, s.id desc limit :most"
    rows = connection.execute(_typed(text), {"member": member_id, "most": most})
    return tuple(_shown(row, today) for row in rows)


def unanswered(store: Store, actor: Actor, since: date, *, limit: int = 200) -> tuple[Unanswered, ...]:
    """Calls of cycles due since that day, in which a reason was given and no measure taken, newest first."""
    reached = reach(actor, Right.SEE_RECOVERY)
    conditions = _within(reached, "m.owner_id", "m.store_id")
    text = " and ".join([_UNANSWERED, *conditions]) + " order by c.day desc, c.id limit :limit"
    clause = statement(text, days=("since",)).columns(day=sa.Date)
    with store.read() as connection:
        return tuple(
            Unanswered(row.id, row.number, row.name, row.day, tuple(row.reasons.split()), row.caller or "")
            for row in connection.execute(clause, {"since": since, "limit": limit})
        )


def unanswered_of(connection: Connection, member_id: int) -> str:
    """The member's last recovery call in which a reason was given and no measure taken; empty without one."""
    text = f"{_UNANSWERED} and f.member_id = :member order by c.started_at desc limit 1"
    clause = statement(text, days=("since",))
    found = connection.execute(clause, {"member": member_id, "since": date.min}).first()
    return found.id if found is not None else ""


def _within(limit: Reach, owner: str, store: str) -> list[str]:
    """The conditions that keep to what a right covers: what somebody has in hand, and whose members they keep."""
    kept = ", ".join(str(int(key)) for key in limit.keepers) or "0"
    if limit.owner_id is not None:
        return [f"({owner} in ({kept}) or m.owner_id in ({kept}))"]
    if limit.store_id is not None:
        return [f"({store} = {int(limit.store_id)} or {owner} in ({kept}))"]
    return []


def _typed(text: str) -> sa.TextualSelect:
    return statement(text, days=("today",)).columns(
        made_on=sa.Date, due_on=sa.Date, closed_at=UTCDateTime(), back_on=sa.Date
    )


def _shown(row: Any, today: date) -> MeasureRow:
    state = MeasureState(row.state)
    return MeasureRow(
        id=row.id,
        number=row.number,
        name=row.name,
        code=row.code,
        origin=Origin(row.origin),
        store=row.store,
        owner=row.owner or "",
        owner_name=row.owner_name or "",
        note=row.note,
        made_on=row.made_on,
        due_on=row.due_on,
        state=state,
        result=row.result,
        closed_at=row.closed_at,
        back_on=row.back_on,
        late=state is MeasureState.OPEN and row.due_on < today,
        version=row.version,
    )
