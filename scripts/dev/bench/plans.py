"""Planning a month: through core, and one raw SQL statement that computes and stores the same follow-ups."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from typing import Any

from core.base.actor import SHELL
from core.base.rulebook import load_rulebook
from core.followups import cycles
from core.followups.calendar import WorkCalendar
from core.followups.planning import plan
from core.members.rules import add_months, latest_before
from scripts.dev.bench.figures import Figure, elapsed
from scripts.dev.bench.ground import Ground
from scripts.dev.generate import DEFAULT_DAY

NEXT_DAY = DEFAULT_DAY + timedelta(days=1)

RAW = """
insert into raw_follow_up (member_id, programme, cycle, store_id, assignee_id, due_on, closes_on, place, state,
    attempts, tried_parts, skips, promise, source, closed_why, created_at, version)
with sums as (
    select member_id, sum(case when day > :year then amount else 0 end) as amount,
        sum(day > :year and amount > 0) as bought,
        sum(case when day > :recent then amount else 0 end) as amount_recent,
        sum(day > :recent and amount > 0) as bought_recent,
        sum(case when day <= :recent and day > :before then amount else 0 end) as amount_before,
        sum(day <= :recent and day > :before and amount > 0) as bought_before
    from purchase indexed by ix_purchase_member_day where day > :year and day <= :day group by member_id
), ranked as (
    select m.id, m.store_id, m.owner_id, m.social_reach, sums.*, count(*) over () as regulars,
        row_number() over (order by coalesce(amount, 0) desc, coalesce(bought, 0) desc, last_on desc,
            number) as nth
    from member m left join sums on sums.member_id = m.id
    where m.status = 'active' and m.last_on > :dormant and m.joined_on <= :joined
), laid as (
    select ranked.*, row_number() over (partition by coalesce(owner_id, -store_id) order by nth) - 1 as i,
        count(*) over (partition by coalesce(owner_id, -store_id)) as n from ranked
), found as (
    select id, 'monthly' as programme, :month as cycle, store_id, owner_id, raw_day.day as due, :month_end
        as closes, 0 as place from laid join raw_day on raw_day.nth = i * (select count(*) from raw_day) / n
    union all
    select id, 'decline', :quarter, store_id, owner_id, :today, :quarter_end, 0 from ranked
        where bought_before >= :least and (amount_recent < :below * amount_before
            or bought_recent < :below * bought_before)
            and (nth <= (regulars * 5 + 9) / 10 or social_reach)
    union all
    select m.id, c.programme, c.cycle, store_id, owner_id, c.due, c.closes,
        case c.programme when 'dormant-recovery' then -amount_total else 0 end
        from raw_cycle c cross join member m where c.programme <> 'welcome' and m.status = 'active'
            and m.last_on = c.base
    union all
    select m.id, c.programme, c.cycle, store_id, owner_id, c.due, c.closes, 0
        from member m cross join raw_cycle c on c.programme = 'welcome' and c.base = case
            when m.first_purchase_on between m.joined_on and date(m.joined_on, '+7 days') then m.first_purchase_on
            else m.joined_on end
        where m.joined_on >= :recently and m.status || '' = 'active'
)
select id, programme, cycle, store_id, owner_id, due, closes, place, 'open', 0, '', 0, '', '', '', :today, 1
from found
"""

COUNT = "select programme, count(*), sum(member_id * 31 + julianday(due_on) * 7) from {} group by programme"


def measure(ground: Ground) -> list[Figure]:
    """A month's first plan, the raw statement on the same store, and the plan of the day after."""
    with ground.copy(ground.pristine) as store:
        store.version()
        month = elapsed(lambda: plan(store, SHELL, DEFAULT_DAY))
        with closing(sqlite3.connect(store.where, isolation_level=None)) as raw:
            _prepare(raw)
            bare = elapsed(lambda: _raw_plan(raw))
            same = (
                raw.execute(COUNT.format("raw_follow_up")).fetchall()
                == raw.execute(COUNT.format("follow_up")).fetchall()
            )
            raw.execute("drop table raw_follow_up")
        following = elapsed(lambda: plan(store, SHELL, NEXT_DAY))
    note = f"{month:.1f} s against {bare:.1f} s, {'the same follow-ups' if same else 'NOT the same follow-ups'}"
    return [
        Figure("plan", "a month through core against one raw statement", month / bare, "x", 2.0, note=note),
        Figure(
            "plan",
            "the next day's plan against the month's",
            following / month,
            "x",
            0.1,
            note=f"{following:.2f} s",
        ),
    ]


def _prepare(raw: sqlite3.Connection) -> None:
    """The store's own settings, the cycles and working days, and a table with all of follow_up's indexes."""
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-16000", "temp_store=MEMORY"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("create temp table raw_cycle (programme text, base text, cycle text, due text, closes text)")
    raw.executemany("insert into raw_cycle values (?, ?, ?, ?, ?)", [tuple(map(str, row)) for row in _cycles()])
    raw.execute("create index temp.raw_cycle_base on raw_cycle (programme, base)")
    raw.execute("create temp table raw_day (nth integer primary key, day text)")
    days = WorkCalendar().working_days(DEFAULT_DAY, cycles.month_end(DEFAULT_DAY))
    raw.executemany("insert into raw_day values (?, ?)", [(nth, day.isoformat()) for nth, day in enumerate(days)])
    made = raw.execute(
        "select sql from sqlite_master where tbl_name = 'follow_up' and sql is not null order by type desc"
    ).fetchall()
    for (text,) in made:
        text = text.replace("follow_up_state", "KEPT").replace("follow_up", "raw_follow_up")
        raw.execute(text.replace("KEPT", "follow_up_state"))


def _cycles() -> list[tuple[Any, ...]]:
    policy, calendar = load_rulebook().policy, WorkCalendar()
    return [
        (cycle.programme, cycle.base, cycle.cycle, cycle.due_on, cycle.closes_on)
        for kind in (cycles.welcome_cycles, cycles.review_cycles, cycles.recovery_cycles)
        for cycle in kind(DEFAULT_DAY, policy, calendar)
    ]


def _raw_plan(raw: sqlite3.Connection) -> None:
    policy = load_rulebook().policy
    day: date = DEFAULT_DAY
    raw.execute("BEGIN IMMEDIATE")
    raw.execute(
        RAW,
        {
            "day": day.isoformat(),
            "today": day.isoformat(),
            "year": add_months(day, -policy.classes.months).isoformat(),
            "recent": (day - timedelta(days=policy.decline.days)).isoformat(),
            "before": (day - timedelta(days=2 * policy.decline.days)).isoformat(),
            "dormant": latest_before(day, policy.stages.dormant_months).isoformat(),
            "joined": latest_before(day, policy.stages.new_months).isoformat(),
            "recently": (day - timedelta(days=60)).isoformat(),
            "month": cycles.month_name(day),
            "month_end": cycles.month_end(day).isoformat(),
            "quarter": cycles.quarter_name(day),
            "quarter_end": cycles.quarter_end(day).isoformat(),
            "least": policy.decline.min_purchases,
            "below": policy.decline.below,
        },
    )
    raw.execute("COMMIT")
