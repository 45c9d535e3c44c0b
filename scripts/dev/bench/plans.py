"""Planning a month: through core, and one raw SQL statement that computes and stores the same follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from core.base.actor import SHELL
from core.base.rulebook import load_rulebook
from core.followups import cycles
from core.followups.calendar import WorkCalendar
from core.followups.planning import plan
from core.members.rules import add_months, latest_before
from core.store.sql import later
from scripts.dev.bench.bare import Bare, bare
from scripts.dev.bench.figures import Figure, elapsed
from scripts.dev.bench.ground import Ground
from scripts.dev.generate import DEFAULT_DAY

NEXT_DAY = DEFAULT_DAY + timedelta(days=1)

RAW = """
insert into raw_follow_up (member_id, programme, cycle, store_id, assignee_id, due_on, closes_on, place, state,
    attempts, tried_parts, skips, promise, source, closed_why, created_at, version)
with sums as (
    select member_id, sum(case when day > :year then amount else 0 end) as amount,
        count(case when day > :year and amount > 0 then 1 end) as bought,
        sum(case when day > :recent then amount else 0 end) as amount_recent,
        count(case when day > :recent and amount > 0 then 1 end) as bought_recent,
        sum(case when day <= :recent and day > :before then amount else 0 end) as amount_before,
        count(case when day <= :recent and day > :before and amount > 0 then 1 end) as bought_before
    from purchase {by_index} where day > :year and day <= :day group by member_id
), ranked as (
    select m.id, m.store_id, m.owner_id, m.social_reach, sums.*, count(*) over () as regulars,
        row_number() over (order by coalesce(amount, 0) desc, coalesce(bought, 0) desc, last_on desc,
            number) as nth
    from member m left join sums on sums.member_id = m.id
    where m.status = 'active' and m.last_on > :dormant and m.joined_on <= :joined
), classed as (
    select ranked.*, case when nth <= (regulars * 2 + 9) / 10 then 1 when nth <= (regulars * 5 + 9) / 10 then 2
        else 3 end as class from ranked
), laid as (
    select classed.*, row_number() over (partition by coalesce(owner_id, -store_id) order by nth) - 1 as i,
        count(*) over (partition by coalesce(owner_id, -store_id)) as n from classed
), found as (
    select id, 'monthly' as programme, :month as cycle, store_id, owner_id, raw_day.day as due, :month_end
        as closes, class as place from laid join raw_day on raw_day.nth = i * (select count(*) from raw_day) / n
    union all
    select id, 'decline', :quarter, store_id, owner_id, :today, :quarter_end, class from classed
        where bought_before >= :least and (amount_recent < :below * amount_before
            or bought_recent < :below * bought_before)
            and (class < 3 or social_reach)
    union all
    select m.id, c.programme, c.cycle, store_id, owner_id, c.due, c.closes,
        case c.programme when 'dormant-recovery' then -amount_total else 0 end
        from raw_cycle c cross join member m where c.programme <> 'welcome' and m.status = 'active'
            and m.last_on = c.base
    union all
    select m.id, c.programme, c.cycle, store_id, owner_id, c.due, c.closes, 0
        from member m cross join raw_cycle c where c.programme = 'welcome' and c.base = case
            when m.first_purchase_on between m.joined_on and {a_week_on} then m.first_purchase_on
            else m.joined_on end
            and m.joined_on >= :recently and m.status || '' = 'active'
)
select id, programme, cycle, store_id, owner_id, due, closes, place, 'open', 0, '', 0, '', '', '', :today, 1
from found
"""

COUNT = """select programme, due_on, count(*), sum(member_id), sum(place) from {table} group by programme, due_on
    order by programme, due_on"""


def measure(ground: Ground) -> list[Figure]:
    """The raw statement and a month's first plan, each on a store of its own, and the plan of the day after."""
    with ground.copy("generated") as store, bare(store) as raw:
        _prepare(raw)
        least = elapsed(lambda: _raw_plan(raw))
        expected = raw.run(COUNT.format(table="raw_follow_up"))
    with ground.copy("generated") as store:
        store.version()
        month = elapsed(lambda: plan(store, SHELL, DEFAULT_DAY))
        with bare(store) as raw:
            same = raw.run(COUNT.format(table="follow_up")) == expected
        ground.settle(store)
        following = elapsed(lambda: plan(store, SHELL, NEXT_DAY))
    note = f"{month:.1f} s against {least:.1f} s, {'the same follow-ups' if same else 'NOT the same follow-ups'}"
    return [
        Figure("plan", "a month through core against one raw statement", month / least, "x", 2.0, note=note),
        Figure(
            "plan",
            "the next day's plan against the month's",
            following / month,
            "x",
            0.1,
            note=f"{following:.2f} s",
        ),
    ]


def _prepare(raw: Bare) -> None:
    """The cycles and working days, and a table with all of follow_up's rules and indexes."""
    raw.run("create temp table raw_cycle (programme text, base date, cycle text, due date, closes date)")
    raw.run(raw.spelt("insert into raw_cycle values (?, ?, ?, ?, ?)"), [raw.days(row) for row in _cycles()], True)
    raw.run("create index raw_cycle_base on raw_cycle (programme, base)")
    raw.run("create temp table raw_day (nth integer primary key, day date)")
    days = WorkCalendar().working_days(DEFAULT_DAY, cycles.month_end(DEFAULT_DAY))
    raw.run(raw.spelt("insert into raw_day values (?, ?)"), [raw.days(row) for row in enumerate(days)], True)
    for text in _in_file(raw) if raw.is_sqlite else _on_server(raw):
        raw.run(text)


def _in_file(raw: Bare) -> Iterator[str]:
    made = raw.run(
        "select sql from sqlite_master where tbl_name = 'follow_up' and sql is not null order by type desc"
    )
    for (text,) in made:
        text = text.replace("follow_up_state", "KEPT").replace("follow_up", "raw_follow_up")
        yield text.replace("KEPT", "follow_up_state")


def _on_server(raw: Bare) -> Iterator[str]:
    yield "create table raw_follow_up (like follow_up including all)"
    foreign = """select pg_get_constraintdef(oid) from pg_constraint
        where conrelid = 'follow_up'::regclass and contype = 'f'"""
    for (text,) in raw.run(foreign):
        yield f"alter table raw_follow_up add {text}"
    yield "analyze raw_cycle"
    yield "analyze raw_day"


def _cycles() -> list[tuple[Any, ...]]:
    policy, calendar = load_rulebook().policy, WorkCalendar()
    return [
        (cycle.programme, cycle.base, cycle.cycle, cycle.due_on, cycle.closes_on)
        for kind in (cycles.welcome_cycles, cycles.review_cycles, cycles.recovery_cycles)
        for cycle in kind(DEFAULT_DAY, policy, calendar)
    ]


def _raw_plan(raw: Bare) -> None:
    policy = load_rulebook().policy
    day: date = DEFAULT_DAY
    values = {
        "day": day,
        "today": day,
        "year": add_months(day, -policy.classes.months),
        "recent": day - timedelta(days=policy.decline.days),
        "before": day - timedelta(days=2 * policy.decline.days),
        "dormant": latest_before(day, policy.stages.dormant_months),
        "joined": latest_before(day, policy.stages.new_months),
        "recently": day - timedelta(days=60),
        "month": cycles.month_name(day),
        "month_end": cycles.month_end(day),
        "quarter": cycles.quarter_name(day),
        "quarter_end": cycles.quarter_end(day),
        "least": policy.decline.min_purchases,
        "below": policy.decline.below,
    }
    text = RAW.format(
        by_index="indexed by ix_purchase_member_day" if raw.is_sqlite else "",
        a_week_on=later("m.joined_on", 7, sqlite=raw.is_sqlite),
    )
    raw.run(raw.begin)
    raw.run(raw.spelt(text), dict(zip(values, raw.days(values.values()), strict=True)))
    raw.run("COMMIT")
