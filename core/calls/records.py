"""Reading what is on record of a member: calls, purchases, problems and complaints. Statements made once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.calls.checks import SCORES
from core.calls.tables import NOT_OVER
from core.calls.views import OpenRaised, PastCall, RecentEvent, ReviewPurchase
from core.store.sql import statement

STANDS = "c.corrects is null and not exists (select 1 from call k where k.corrects = c.id)"
"""The condition on `call c` for records that count: no correction, and not corrected (R5.1)."""

_CALLS = statement(
    f"""select c.id, c.started_at, c.day, c.outcome, c.reached, c.reasons, c.goods, c.place, c.service, c.price,
            c.note, c.promise, s.name as caller
        from call c left join staff s on s.id = c.caller_id
        where c.member_id = :member and {STANDS} order by c.started_at desc limit :most"""
).columns(started_at=UTCDateTime(), day=sa.Date, reached=sa.Boolean)
_PROGRAMMES = sa.text(
    """select p.call_id, f.programme from call_purpose p join follow_up f on f.id = p.follow_up_id
        where p.call_id in :calls order by p.follow_up_id"""
).bindparams(sa.bindparam("calls", expanding=True))
# purchases stand on the same floor: their table is read by name, its code is not used
_PURCHASES = statement(
    """select p.bought_at, p.day, p.amount, p.goods, p.category, t.name as place, s.name as who
        from purchase p join store t on t.id = p.store_id left join staff s on s.id = p.received_by
        where p.member_id = :member order by p.day desc, p.bought_at desc limit :most"""
).columns(bought_at=UTCDateTime(), day=sa.Date)
_RAISED = statement(
    f"""select r.id, r.kind, r.category, r.matter, r.urgency, r.raised_at, r.promised_on, b.name as raised_by,
            o.name as owner, r.state, r.due_at, r.resolution
        from raised r left join staff b on b.id = r.raised_by left join staff o on o.id = r.owner_id
        where r.member_id = :member and r.kind <> 'suggestion'
            and r.{NOT_OVER}
        order by case r.kind when 'complaint' then 0 else 1 end, case r.urgency when 'urgent' then 0 else 1 end,
            r.raised_at desc, r.id desc"""
).columns(raised_at=UTCDateTime(), promised_on=sa.Date, due_at=UTCDateTime())


def past_calls(connection: Connection, member_id: int, most: int) -> tuple[PastCall, ...]:
    """The member's last calls, newest first, without those that were taken back."""
    rows = connection.execute(_CALLS, {"member": member_id, "most": most}).all()
    programmes = _programmes(connection, [row.id for row in rows])
    return tuple(
        PastCall(
            call_id=row.id,
            at=row.started_at,
            caller=row.caller or "",
            outcome=row.outcome,
            reached=row.reached,
            reasons=tuple(row.reasons.split()),
            scores={name: getattr(row, name) for name in SCORES if getattr(row, name) is not None},
            note=row.note,
            promise=row.promise,
            programmes=tuple(programmes[row.id]),
        )
        for row in rows
    )


def _programmes(connection: Connection, calls: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    if calls:
        for row in connection.execute(_PROGRAMMES, {"calls": list(calls)}):
            found[row.call_id].append(row.programme)
    return found


def _purchase_rows(connection: Connection, member_id: int, most: int) -> Sequence[sa.Row[Any]]:
    return connection.execute(_PURCHASES, {"member": member_id, "most": most}).all()


def recent_events(
    connection: Connection,
    member_id: int,
    calls: Sequence[PastCall],
    zone_day: Callable[[datetime], date],
    most: int,
) -> tuple[RecentEvent, ...]:
    """The member's last calls and purchases together, newest first; `zone_day` gives a moment's business day."""
    events = [
        RecentEvent(
            at=call.at,
            day=zone_day(call.at),
            kind="call",
            who=call.caller,
            outcome=call.outcome,
            reasons=call.reasons,
            note=call.note,
        )
        for call in calls
    ]
    events += [
        RecentEvent(
            at=row.bought_at,
            day=row.day,
            kind="purchase",
            who=row.who or "",
            amount=row.amount,
            goods=row.goods or row.category,
            place=row.place,
        )
        for row in _purchase_rows(connection, member_id, most)
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:most])


def purchases(connection: Connection, member_id: int, most: int) -> tuple[ReviewPurchase, ...]:
    """The member's last purchases, newest first, with the days since the one before."""
    rows = _purchase_rows(connection, member_id, most + 1)
    return tuple(
        ReviewPurchase(
            day=row.day,
            amount=row.amount,
            goods=row.goods or row.category,
            store=row.place,
            who=row.who or "",
            gap_days=(row.day - rows[place + 1].day).days if place + 1 < len(rows) else None,
        )
        for place, row in enumerate(rows[:most])
    )


def open_raised(connection: Connection, member_id: int) -> tuple[OpenRaised, ...]:
    """Problems and complaints that somebody has still to see to, complaints and urgent ones first."""
    return tuple(
        OpenRaised(
            raised_id=row.id,
            kind=row.kind,
            category=row.category,
            matter=row.matter,
            urgency=row.urgency,
            raised_at=row.raised_at,
            raised_by=row.raised_by or "",
            owner=row.owner or "",
            promised_on=row.promised_on,
            state=row.state,
            due_at=row.due_at,
            resolution=row.resolution,
        )
        for row in connection.execute(_RAISED, {"member": member_id})
    )
