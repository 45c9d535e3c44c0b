"""A year of recovery and gifts in a generated store, written as plain SQL: what the reports are measured on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from core.followups.plan_sql import held_out
from core.members.rules import add_months
from scripts.dev.generate import DEFAULT_DAY

BEGAN = date(DEFAULT_DAY.year - 1, DEFAULT_DAY.month, DEFAULT_DAY.day)

_AT = "f.due_on || ' 02:00:00.000000'"
_FOLLOW_UP = """insert into follow_up (member_id, programme, cycle, store_id, assignee_id, due_on, place, state,
    attempts, tried_parts, skips, promise, source, created_at, closed_at, closed_why, version)"""
_VALUES = "0, 'done', 1, '', 0, '', '', '2025-12-01 01:00:00.000000', '2025-12-01 01:00:00.000000', 'reached', 1"

CALLS = f"""insert into call (id, member_id, caller_id, store_id, dialled, channel, started_at, ended_at, day,
    outcome, reached, reasons, note, promise, answers, effects, correction_why, stored_at)
    select 'c' || f.id, f.member_id, f.assignee_id, f.store_id, '', 'phone', {_AT}, {_AT}, f.due_on, 'reached',
        f.id % 3 > 0, case when f.id % 3 > 0 then 'price' else '' end, '', '', '{{}}', '[]', '', {_AT}
    from follow_up f where f.programme <> 'dormant-review'"""
PURPOSES = """insert into call_purpose (call_id, follow_up_id, covered)
    select 'c' || f.id, f.id, f.id % 3 > 0 from follow_up f where f.programme <> 'dormant-review'"""
MEASURES = f"""insert into measure (member_id, store_id, code, origin, source_key, call_id, owner_id, note, due_on,
    made_on, made_at, state, result, version)
    select f.member_id, f.store_id, case f.id % 5 when 0 then 'gift' when 1 then 'offer' when 2 then 'visit'
        when 3 then 'apology' else 'repair' end, 'call', 'c' || f.id, 'c' || f.id, f.assignee_id, '', f.due_on,
        f.due_on, {_AT}, 'open', '', 1
    from follow_up f where f.programme = 'dormant-recovery' and f.id % 3 > 0 and f.id % 4 > 0"""
GIFTS = (
    "insert into gift (id, code, name, value, classes, occasions, active, version)"
    " values (1, 'SCARF', '丝巾', 8000, '', '', 1, 1), (2, 'TEA', '茶', 2000, '', '', 1, 1)",
    "insert into gift_stock (gift_id, store_id, quantity) select g.id, s.id, 50 from gift g, store s",
    f"""insert into given (gift_id, member_id, store_id, occasion, occasion_key, value, month, value_class, state,
        note, given_on, given_at, version)
    select 1 + f.id % 2, f.member_id, f.store_id, 'recovery', f.cycle, 2000, substr(f.due_on, 1, 7), '-',
        case f.id % 3 when 0 then 'reserved' when 1 then 'collected' else 'returned' end, '', f.due_on, {_AT}, 1
    from follow_up f where f.programme = 'dormant-recovery' and f.id % 2 = 0""",
    "insert into gift_budget (store_id, month, value_class, amount, spent)"
    " select distinct store_id, month, value_class, 100000000, 0 from given",
)


def live_a_year(file: Path) -> None:
    """Put reviews, recovery calls, measures, the hold-out group and gifts of a year into a store."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for months in range(12):
            day = add_months(BEGAN, months).isoformat()
            connection.execute(
                f"{_FOLLOW_UP} select id, 'monthly', ?, store_id, owner_id, ?, {_VALUES} from member"
                " where id % 5 < 3",
                (day[:7], day),
            )
        for months in (3, 6, 9, 12):
            _away(connection, months)
        for text in (CALLS, PURPOSES, MEASURES, *GIFTS):
            connection.execute(text)
        connection.execute("COMMIT")


def _away(connection: sqlite3.Connection, months: int) -> None:
    """Reviews at three months, recovery after six, nine and twelve, a tenth of it held out."""
    due, between = f"date(m.last_on, '+{months} months')", (BEGAN.isoformat(), DEFAULT_DAY.isoformat())
    programme, kept = "dormant-review", ""
    if months > 3:
        programme, kept = "dormant-recovery", f"and not {held_out(0.1)}"
        connection.execute(
            f"insert into held_out (member_id, cycle, store_id, due_on, created_at) select m.id, m.last_on ||"
            f" '+{months}', m.store_id, {due}, '2025-12-01 01:00:00.000000' from member m"
            f" where {due} between ? and ? and {held_out(0.1)}",
            between,
        )
    connection.execute(
        f"{_FOLLOW_UP} select m.id, '{programme}', m.last_on || '+{months}', m.store_id, m.owner_id, {due},"
        f" {_VALUES} from member m where {due} between ? and ? {kept}",
        between,
    )
