"""The statements of the recovery report: set-based, over the cycles that fell due in a period (R5.8)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from core.calls.records import STANDS
from core.followups.cycles import RECOVERY, REVIEW
from core.store.sql import later, statement

_DAYS = ("from_on", "until_on", "today")

BEFORE = 31
"""A cycle is planned at most so many days before it falls due: who bought in them came back by themselves."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a report's text depends on: the database, whose members (an SQL condition on `m`), and the days."""

    sqlite: bool
    whose: str
    days: int
    planned_days: int


def funnel(shape: Shape) -> sa.TextClause:
    """One row: members by how far recovery came with them."""
    return _dated(
        f"""{_reached(shape)}, attempted as (
            select distinct c.member_id from cohort f join call_purpose p on p.follow_up_id = f.id
                join call c on c.id = p.call_id where f.programme = '{RECOVERY}' and {STANDS}
        ), gone as (
            select member_id from cohort union select member_id from ({_held_cycles(shape)}) h
        )
        select (select count(*) from gone) as dormant,
            (select count(distinct member_id) from cohort where programme = '{REVIEW}' and state = 'done')
                as reviewed,
            (select count(*) from attempted) as called,
            count(distinct member_id) as reached,
            count(distinct case when reasons <> '' then member_id end) as reason,
            count(distinct case when code <> '' then member_id end) as measure,
            count(distinct case when code <> '' and state = 'done' then member_id end) as done,
            count(distinct case when back then member_id end) as recovered,
            (select count(distinct member_id) from ({_held_cycles(shape)}) h) as held_out
        from reached"""
    )


def by_measure(shape: Shape) -> sa.TextClause:
    """Reached calls by the measure taken in them: all, those whose days are over, and of these who came back."""
    return _dated(
        f"""{_reached(shape)}
        select code, count(*) as taken, sum(case when ripe then 1 else 0 end) as ripe,
            sum(case when ripe and back then 1 else 0 end) as back
        from reached group by code"""
    )


def by_review(shape: Shape) -> sa.TextClause:
    """The same for measures decided in a review, without a call, from the day of the decision."""
    until = later("s.made_on", shape.days, sqlite=shape.sqlite)
    return _dated(
        f"""with taken as (
            select s.code, {until} <= :today as ripe,
                exists (select 1 from purchase p where p.member_id = s.member_id and p.amount > 0
                    and p.day >= s.made_on and p.day <= {until}
                    and (p.day > s.made_on or p.bought_at >= s.made_at)) as back
            from measure s join member m on m.id = s.member_id
            where s.origin = 'review' and s.made_on >= :from_on and s.made_on <= :until_on and {shape.whose}
        )
        select code, count(*) as taken, sum(case when ripe then 1 else 0 end) as ripe,
            sum(case when ripe and back then 1 else 0 end) as back
        from taken group by code"""
    )


def planned(shape: Shape) -> sa.TextClause:
    """All cycles planned, called or not: how many whose days are over, and who came back in them."""
    cycles = f"""select f.member_id, f.due_on from follow_up f join member m on m.id = f.member_id
        where f.programme = '{RECOVERY}' and f.due_on >= :from_on and f.due_on <= :until_on and {shape.whose}"""
    return _since_due(cycles, shape, shape.planned_days)


def held_out(shape: Shape, days: int) -> sa.TextClause:
    """The same for the cycles of the hold-out group, within so many days."""
    return _since_due(_held_cycles(shape), shape, days)


def _since_due(cycles: str, shape: Shape, days: int) -> sa.TextClause:
    """Who came back within so many days of the due day, among those who had not before it."""
    until = later("d.due_on", days, sqlite=shape.sqlite)
    before = later("d.due_on", -BEFORE, sqlite=shape.sqlite)
    bought = "select 1 from purchase p where p.member_id = d.member_id and p.amount > 0"
    return _dated(
        f"""with due as ({cycles})
        select count(*) as of, coalesce(sum(case when exists (
            {bought} and p.day >= d.due_on and p.day <= {until}) then 1 else 0 end), 0) as back
        from due d where {until} <= :today
            and not exists ({bought} and p.day >= {before} and p.day < d.due_on)"""
    )


def _held_cycles(shape: Shape) -> str:
    return f"""select h.member_id, h.due_on from held_out h join member m on m.id = h.member_id
        where h.due_on >= :from_on and h.due_on <= :until_on and {shape.whose}"""


def _reached(shape: Shape) -> str:
    """The cycles due, and the call of each that reached the member: its measure, and whether they came back."""
    until = later("c.day", shape.days, sqlite=shape.sqlite)
    return f"""with cohort as (
            select f.id, f.member_id, f.programme, f.state from follow_up f join member m on m.id = f.member_id
            where f.programme in ('{REVIEW}', '{RECOVERY}') and f.due_on >= :from_on and f.due_on <= :until_on
                and {shape.whose}
        ), reached as (
            select f.member_id, c.reasons, coalesce(s.code, '') as code, coalesce(s.state, '') as state,
                {until} <= :today as ripe,
                exists (select 1 from purchase p where p.member_id = f.member_id and p.amount > 0
                    and p.day >= c.day and p.day <= {until}
                    and (p.day > c.day or p.bought_at >= c.ended_at)) as back
            from cohort f join call_purpose p on p.follow_up_id = f.id and p.covered
                join call c on c.id = p.call_id and c.reached
                left join measure s on s.call_id = c.id and s.origin = 'call'
            where f.programme = '{RECOVERY}' and {STANDS}
        )"""


def _dated(text: str) -> sa.TextClause:
    return statement(text, days=_DAYS)
