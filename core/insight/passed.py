"""Who was passed over too often: skipped rows go to the supervisor, with the last reason (R4.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.people.access import Reach, Right, reach, require
from core.people.views import shop_id
from core.store.engine import Store
from core.store.sql import statement

DUE = """f.state = 'open' and f.due_on <= :day and m.status || '' = 'active'
    and (f.closes_on is null or f.closes_on >= :day)"""
"""The open follow-ups `follow_up f` of `member m` whose day has come, resting ones too.

The empty string added to the status keeps SQLite from walking through all active members.
"""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A member whose row was skipped as often as policy lets a caller, or more; `why` is the last reason given.

    `staff` is whose list the row stands on, empty for the store's pool.
    """

    number: str
    name: str
    programme: str
    skips: int
    skipped_on: date
    staff: str
    staff_name: str
    store: str
    why: str


def passed_over(store: Store, actor: Actor, store_code: str = "") -> tuple[PassedOver, ...]:
    """The members passed over, most often first, on the lists whose board the actor may see, or of one store.

    Raises NotFound for another code, NotAllowed.
    """
    given = {"day": business_day(store.clock.now()), "most": store.policy.worklist.skips_to_supervisor}
    with store.read() as c:
        limit = board_limits(c, actor, store_code)
        rows = c.execute(_passed(limit.store_id, limit.owner_id), given).all()
    first: dict[str, PassedOver] = {}
    for row in rows:
        first.setdefault(row.number, PassedOver(*row))
    return tuple(first.values())


def board_limits(c: Connection, actor: Actor, store_code: str) -> Reach:
    """How far the actor sees the board, or one store of it. Raises NotFound, NotAllowed."""
    if not store_code:
        return reach(actor, Right.SEE_BOARD)
    key = shop_id(c, store_code)
    require(actor, Right.SEE_BOARD, store_id=key)
    return Reach(store_id=key)


@lru_cache(maxsize=64)
def _passed(store_id: int | None, owner_id: int | None) -> sa.TextualSelect:
    """The rows passed over, most often first; a store's are those of its people and of its pool."""
    limits = [] if store_id is None else [f"coalesce(s.store_id, f.store_id) = {int(store_id)}"]
    limits += [] if owner_id is None else [f"f.assignee_id = {int(owner_id)}"]
    within = "".join(f" and {limit}" for limit in limits)
    return statement(
        f"""select m.number, m.name, f.programme, f.skips, f.skipped_on, coalesce(s.code, '') as staff,
            coalesce(s.name, '') as staff_name, t.code as store,
            coalesce((select a.why from audit_entry a where a.table_name = 'follow_up'
                and a.row_key = cast(f.id as text) and a.field = 'skips' order by a.id desc limit 1), '') as why
        from follow_up f join member m on m.id = f.member_id
            left join staff s on s.id = f.assignee_id
            join store t on t.id = coalesce(s.store_id, f.store_id)
        where {DUE} and f.skips >= :most{within}
        order by f.skips desc, f.skipped_on, m.number, f.programme""",
        days=("day",),
    ).columns(skipped_on=sa.Date)
