"""What went along with each member of an executed handover (R7.3).

Execution keeps the sum on record and not each member's part, so that is found again among the follow-ups: those
that were open at that moment. It is told only where it comes to the sum on record.
"""

from __future__ import annotations

import json
from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.followups.cycles import INTRODUCE
from core.handover.recording import STEPS
from core.handover.tables import Act

_OPEN_THEN = sa.text(
    f"""select f.member_id, f.assignee_id = hm.successor_id as theirs, count(*) as follow_ups
    from handover h join handover_member hm on hm.handover_id = h.id and hm.outcome = 'moved'
        join follow_up f on f.member_id = hm.member_id
    where h.id = :handover and f.created_at <= h.executed_at and f.programme <> '{INTRODUCE}'
        and (f.closed_at is null or f.closed_at >= h.executed_at)
    group by f.member_id, f.assignee_id = hm.successor_id"""
)
"""`theirs`: still the successor's. Others were moved on since, or were a colleague's and did not move at all."""


def tasks_moved(c: Connection, handover: int) -> dict[int, int] | None:
    """{member: follow-ups that moved with them}, without those who had none; None where that can't be told."""
    kept = _on_record(c, handover)
    every: Counter[int] = Counter()
    theirs: Counter[int] = Counter()
    for member, still, count in c.execute(_OPEN_THEN, {"handover": handover}):
        every[member] += count
        theirs[member] += count if still else 0
    return next((dict(found) for found in (every, theirs) if kept == found.total()), None)


def _on_record(c: Connection, handover: int) -> int | None:
    detail = c.execute(
        sa.select(STEPS.c.detail).where(STEPS.c.handover_id == handover, STEPS.c.act == Act.EXECUTE)
    ).scalar()
    counted: int | None = json.loads(detail or "{}").get("follow_ups")
    return counted
