"""Planning: create the follow-ups that fall due until the end of the month, each exactly once (R4.1).

One transaction, set-based; two terminals planning at once wait for each other. A day planned again, or days
missed, change nothing that is there: the unique key (member, programme, cycle) decides.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import StoreTrouble
from core.followups.plan_run import PlanResult, PlanRunning, Progress
from core.people.access import Right, require
from core.store.again import retried
from core.store.engine import Store
from core.store.seals import seal
from core.store.sql import statement

LOCK = 0x48554947  # the advisory lock on PostgreSQL under which one terminal plans, or hands over


def ensure_planned(store: Store, actor: Actor, progress: Progress | None = None) -> PlanResult | None:
    """Plan today where nobody has yet; None where today is planned already (R4.1)."""
    on = business_day(store.clock.now())
    with store.read() as connection:
        done = connection.execute(
            statement("select 1 from plan_run where day = :day", days=("day",)), {"day": on}
        ).first()
    return None if done else plan(store, actor, on, progress)


@retried(idempotent=True)
def plan(store: Store, actor: Actor, on: date | None = None, progress: Progress | None = None) -> PlanResult:
    """Plan a business day (today where none is named), catching up what was missed (R4.1-R4.3).

    `progress(step, share done)` may raise Cancelled: then nothing was planned. The day's first work also seals the
    records of the days before. Raises NotAllowed.
    """
    require(actor, Right.PLAN)
    day = on or business_day(store.clock.now())
    with store.write(actor, why=f"plan {day}") as tx:
        if not store.is_sqlite:
            tx.connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        result = PlanRunning(store, tx, day, progress or _silent).whole()
    with suppress(StoreTrouble):  # a busy store seals its records with the next plan
        seal(store, actor)
    return result


def _silent(_step: str, _share: float) -> None:
    return None
