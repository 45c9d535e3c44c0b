"""The recovery report: the funnel, what each measure brings, and whether it is more than coincidence (R5.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, NotFound
from core.base.language import N_
from core.people.access import Right, reach, refusal
from core.recovery import report_sql
from core.recovery.ranking import latest_in
from core.recovery.report_sql import Shape
from core.recovery.rules import Share, uplift
from core.recovery.views import Funnel, MeasureLine, RecoveryReport
from core.store.engine import Store

PLANNED_TIMES = 2
"""A cycle is worked for about as long again as a call has time to work: so much longer it is looked at."""

_SHOP = sa.text("select id from store where code = :code")


def recovery_report(
    store: Store, actor: Actor, from_on: date, until_on: date, store_code: str = ""
) -> RecoveryReport:
    """Recovery of the cycles due in a period, both days included, of the members that the actor's role reaches.

    Raises BadInput for days in the wrong order, NotFound for an unknown store, NotAllowed for another's.
    """
    if from_on > until_on:
        raise BadInput("report.days", N_("The first day of a report is not after its last."), field="from")
    rule = store.policy.recovery
    today = business_day(store.clock.now())
    bound = {"from_on": from_on, "until_on": until_on, "today": today}
    with store.read() as connection:
        whose = _whose(connection, actor, store_code)
        shape = Shape(store.is_sqlite, whose, rule.counts_days, rule.counts_days * PLANNED_TIMES)
        held = _share(connection, report_sql.held_out(shape, shape.days), bound)
        held_planned = _share(connection, report_sql.held_out(shape, shape.planned_days), bound)
        found = _share(connection, report_sql.planned(shape), bound)
        calls = _lines(connection, report_sql.by_measure(shape), bound, held)
        return RecoveryReport(
            from_on=from_on,
            until_on=until_on,
            store=store_code,
            days=shape.days,
            planned_days=shape.planned_days,
            funnel=Funnel(*connection.execute(report_sql.funnel(shape), bound).one()),
            calls=calls,
            all_calls=_together(calls, held),
            reviews=_lines(connection, report_sql.by_review(shape), bound, None),
            planned=MeasureLine("", found.of, found, uplift(found, held_planned)),
            held_out=held,
            held_out_planned=held_planned,
            ranking=latest_in(connection),
        )


def _whose(connection: Connection, actor: Actor, store_code: str) -> str:
    """The condition on `m` that keeps to the actor's members, and to one store where it is named."""
    limit = reach(actor, Right.SEE_RECOVERY)
    kept = ", ".join(str(int(key)) for key in limit.keepers) or "0"
    conditions = []
    if limit.owner_id is not None:
        conditions.append(f"m.owner_id in ({kept})")
    elif limit.store_id is not None:
        conditions.append(f"(m.store_id = {int(limit.store_id)} or m.owner_id in ({kept}))")
    if store_code:
        found = connection.execute(_SHOP, {"code": store_code}).scalar()
        if found is None:
            raise NotFound("store.unknown", N_("There is no store {code}."), code=store_code)
        if limit.store_id not in (None, found):
            raise refusal(actor, Right.SEE_RECOVERY)
        conditions.append(f"m.store_id = {int(found)}")
    return " and ".join(conditions) or "true"


def _share(connection: Connection, clause: sa.TextClause, bound: Mapping[str, Any]) -> Share:
    row = connection.execute(clause, bound).one()
    return Share(row.back, row.of)


def _lines(
    connection: Connection, clause: sa.TextClause, bound: Mapping[str, Any], held: Share | None
) -> tuple[MeasureLine, ...]:
    """The lines, those with most calls first, calls without a measure last."""
    lines = []
    for row in connection.execute(clause, bound):
        ripe = Share(row.back, row.ripe)
        lines.append(MeasureLine(row.code, row.taken, ripe, uplift(ripe, held) if held is not None else None))
    return tuple(sorted(lines, key=lambda line: (not line.code, -line.taken, line.code)))


def _together(lines: tuple[MeasureLine, ...], held: Share) -> MeasureLine:
    ripe = Share(sum(line.ripe.count for line in lines), sum(line.ripe.of for line in lines))
    return MeasureLine("", sum(line.taken for line in lines), ripe, uplift(ripe, held))
