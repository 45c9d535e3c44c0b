"""The recovery report: the funnel, what each measure brings, and whether it is more than coincidence (R5.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput
from core.base.language import N_
from core.people.access import Right, reach, refusal
from core.people.views import shop_id
from core.recovery import report_sql
from core.recovery.ranking import latest_in
from core.recovery.report_sql import Shape
from core.recovery.rules import Share, uplift
from core.recovery.views import Funnel, MeasureLine, RecoveryReport
from core.store.engine import Store

PLANNED_TIMES = 2
"""A cycle is worked for about as long again as a call has time to work: so much longer it is looked at."""


def recovery_figures(
    store: Store, actor: Actor, from_on: date, until_on: date, store_code: str = ""
) -> RecoveryReport:
    """Recovery of the cycles due in a period, both days included, of the members that the actor's role reaches.

    Raises BadInput for days in the wrong order, NotFound for an unknown store, NotAllowed for another's.
    """
    if from_on > until_on:
        raise BadInput("report.days", N_("The first day of a report is not after its last."), field="from")
    today = business_day(store.clock.now())
    with store.sweep() as connection:
        shape = _shape(store, connection, actor, store_code)
        bound, planned_bound = (
            {"from_on": from_on, "until_on": until_on, "ripe_on": today - timedelta(days=days)}
            for days in (shape.days, shape.planned_days)
        )
        held = _share(connection, report_sql.held_out(shape, shape.days), bound)
        held_planned = _share(connection, report_sql.held_out(shape, shape.planned_days), planned_bound)
        found = _share(connection, report_sql.planned(shape), planned_bound)
        made = connection.execute(report_sql.calls(shape), bound).all()
        calls = _by_measure(made, held)
        return RecoveryReport(
            from_on=from_on,
            until_on=until_on,
            store=store_code,
            days=shape.days,
            planned_days=shape.planned_days,
            funnel=_funnel(made, connection.execute(report_sql.cohort(shape), bound).one()),
            calls=calls,
            all_calls=_together(calls, held),
            reviews=_reviews(connection.execute(report_sql.by_review(shape), bound)),
            planned=MeasureLine("", found.of, found, uplift(found, held_planned)),
            held_out=held,
            held_out_planned=held_planned,
            ranking=latest_in(connection),
        )


def _shape(store: Store, connection: Connection, actor: Actor, store_code: str) -> Shape:
    """What the report is about: the actor's reach, and one store where it is named."""
    limit = reach(actor, Right.SEE_RECOVERY)
    shop = shop_id(connection, store_code) if store_code else None
    if shop is not None and limit.store_id not in (None, shop):
        raise refusal(actor, Right.SEE_RECOVERY)
    owners: tuple[int, ...] = ()
    if limit.owner_id is not None:
        owners = limit.keepers
    elif shop is None:
        shop = limit.store_id
    days = store.policy.recovery.counts_days
    return Shape(store.is_sqlite, days, days * PLANNED_TIMES, shop, owners)


def _share(connection: Connection, clause: sa.TextClause, bound: Mapping[str, Any]) -> Share:
    row = connection.execute(clause, bound).one()
    return Share(row.back, row.of)


def _funnel(made: Sequence[Any], cohort: Any) -> Funnel:
    """Each member once at every step, however often they were called."""
    steps = next(row for row in made if row.what == report_sql.FUNNEL)
    return Funnel(
        dormant=cohort.dormant,
        reviewed=cohort.reviewed,
        called=steps.members,
        reached=steps.reached,
        reason=steps.reason,
        measure=steps.measure,
        done=steps.done,
        recovered=steps.back,
        held_out=cohort.held_out,
    )


def _by_measure(made: Sequence[Any], held: Share) -> tuple[MeasureLine, ...]:
    lines = (row for row in made if row.what == report_sql.MEASURES)
    return _sorted(_line(row.code, row.members, Share(row.back, row.reached), held) for row in lines)


def _reviews(rows: Iterable[Any]) -> tuple[MeasureLine, ...]:
    return _sorted(_line(row.code, row.taken, Share(row.back, row.ripe), None) for row in rows)


def _line(code: str, taken: int, ripe: Share, held: Share | None) -> MeasureLine:
    return MeasureLine(code, taken, ripe, uplift(ripe, held) if held is not None else None)


def _sorted(lines: Iterable[MeasureLine]) -> tuple[MeasureLine, ...]:
    """Those with most calls first, calls without a measure last."""
    return tuple(sorted(lines, key=lambda line: (not line.code, -line.taken, line.code)))


def _together(lines: tuple[MeasureLine, ...], held: Share) -> MeasureLine:
    ripe = Share(sum(line.ripe.count for line in lines), sum(line.ripe.of for line in lines))
    return _line("", sum(line.taken for line in lines), ripe, held)
