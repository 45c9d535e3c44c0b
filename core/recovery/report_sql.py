"""The statements of the recovery report: set-based, over the cycles that fell due in a period (R5.8)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from core.calls.records import STANDS
from core.followups.cycles import RECOVERY, REVIEW
from core.store.sql import later, statement

# what follows an index in so many words; a cross join keeps SQLite to the order in which the tables stand
_AWAY = f"f.programme in ('{REVIEW}', '{RECOVERY}')"
_DAYS = ("from_on", "until_on", "ripe_on")
"""`ripe_on`: for what happened on that day or before, the days in which members may come back are over."""

FUNNEL, MEASURES = "funnel", "measures"
"""What a row of `calls` is about."""

BEFORE = 31
"""A cycle is planned at most so many days before it falls due: who bought in them came back by themselves."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a report's text depends on: the database, the days, one store or all, some owners' members or all."""

    sqlite: bool
    days: int
    planned_days: int
    store_id: int | None = None
    owners: tuple[int, ...] = ()

    def day(self, purchase: str) -> str:
        """The day of a purchase of one member, for a range of days.

        A server takes such a range for a hundredth of all days, whatever it is, and would read two months of
        everybody's purchases for each member: a plain column would lead it to the index of days.
        """
        return f"{purchase}.day" if self.sqlite else f"coalesce({purchase}.day, {purchase}.day)"

    def whose(self, row: str) -> str:
        """The condition on a row with a member and a store that it is one the report is about."""
        conditions = ["true"]
        if self.store_id is not None:
            conditions.append(f"{row}.store_id = {self.store_id}")
        if self.owners:
            kept = ", ".join(map(str, self.owners))
            conditions.append(
                f"exists (select 1 from member m where m.id = {row}.member_id and m.owner_id in ({kept}))"
            )
        return " and ".join(conditions)


def cohort(shape: Shape) -> sa.TextClause:
    """One row: members gone for months whose cycles fell due, those reviewed, and those held out."""
    cycles = f"""select f.member_id, f.programme, f.state from follow_up f
        where {_AWAY} and f.due_on >= :from_on and f.due_on <= :until_on and {shape.whose("f")}"""
    return _dated(
        f"""with cohort as ({cycles}), held as ({_held_cycles(shape)})
        select (select count(*) from (select member_id from cohort union select member_id from held) gone)
                as dormant,
            (select count(distinct member_id) from cohort where programme = '{REVIEW}' and state = 'done')
                as reviewed,
            (select count(distinct member_id) from held) as held_out"""
    )


def calls(shape: Shape) -> sa.TextClause:
    """The recovery calls of the cycles due, added up: one row of `FUNNEL`, and one of `MEASURES` for each measure.

    `FUNNEL`: `members` called, and of these `reached`, with a `reason`, a `measure`, one `done`, and `back`, each
    counted once. `MEASURES`: `members` stands for reached calls with that `code`, `reached` for those whose days
    are over, `back` for who came back after these. Adding up here spares fetching every call of a year.
    """
    until, day = later("c.day", shape.days, sqlite=shape.sqlite), shape.day("b")
    return _dated(
        f"""with made as (select f.member_id, case when p.covered and c.reached then 1 else 0 end as reached,
            case when c.reasons <> '' then 1 else 0 end as reason, coalesce(s.code, '') as code,
            case when s.state = 'done' then 1 else 0 end as done,
            case when c.day <= :ripe_on then 1 else 0 end as ripe,
            case when p.covered and c.reached and exists (
                select 1 from purchase b where b.member_id = f.member_id and b.amount > 0 and {day} >= c.day
                    and {day} <= {until} and (b.day > c.day or b.bought_at >= c.ended_at)
            ) then 1 else 0 end as back
        from follow_up f cross join call_purpose p cross join call c
            left join measure s on s.call_id = c.id and s.origin = 'call' and c.reached
        where {_AWAY} and f.programme = '{RECOVERY}' and f.due_on >= :from_on and f.due_on <= :until_on
            and {shape.whose("f")} and p.follow_up_id = f.id and c.id = p.call_id and {STANDS}
        ), members as (
            select member_id, max(reached) as reached, max(reached * reason) as reason,
                max(case when code <> '' then reached else 0 end) as measure, max(reached * done) as done,
                max(back) as back
            from made group by member_id
        )
        select '{FUNNEL}' as what, '' as code, count(*) as members, {_sums("reached reason measure done back")}
        from members
        union all
        select '{MEASURES}', code, count(*), coalesce(sum(ripe), 0), 0, 0, 0, coalesce(sum(ripe * back), 0)
        from made where reached = 1 group by code"""
    )


def _sums(names: str) -> str:
    return ", ".join(f"coalesce(sum({name}), 0) as {name}" for name in names.split())


def by_review(shape: Shape) -> sa.TextClause:
    """The same for measures decided in a review, without a call, from the day of the decision."""
    until = later("s.made_on", shape.days, sqlite=shape.sqlite)
    return _dated(
        f"""with taken as (
            select s.code, s.made_on <= :ripe_on as ripe,
                exists (select 1 from purchase p where p.member_id = s.member_id and p.amount > 0
                    and {shape.day("p")} >= s.made_on and {shape.day("p")} <= {until}
                    and (p.day > s.made_on or p.bought_at >= s.made_at)) as back
            from measure s
            where s.origin = 'review' and s.made_on >= :from_on and s.made_on <= :until_on and {shape.whose("s")}
        )
        select code, count(*) as taken, sum(case when ripe then 1 else 0 end) as ripe,
            sum(case when ripe and back then 1 else 0 end) as back
        from taken group by code"""
    )


def planned(shape: Shape) -> sa.TextClause:
    """All cycles planned, called or not: how many whose days are over, and who came back in them."""
    cycles = f"""select f.member_id, f.due_on from follow_up f
        where {_AWAY} and f.programme = '{RECOVERY}' and f.due_on >= :from_on and f.due_on <= :until_on
            and {shape.whose("f")}"""
    return _since_due(cycles, shape, shape.planned_days)


def held_out(shape: Shape, days: int) -> sa.TextClause:
    """The same for the cycles of the hold-out group, within so many days."""
    return _since_due(_held_cycles(shape), shape, days)


def _since_due(cycles: str, shape: Shape, days: int) -> sa.TextClause:
    """Who came back within so many days of the due day, among those who had not before it."""
    until = later("d.due_on", days, sqlite=shape.sqlite)
    before = later("d.due_on", -BEFORE, sqlite=shape.sqlite)
    bought = "select 1 from purchase p where p.member_id = d.member_id and p.amount > 0"
    day = shape.day("p")
    return _dated(
        f"""with due as ({cycles})
        select count(*) as of, coalesce(sum(case when exists (
            {bought} and {day} >= d.due_on and {day} <= {until}) then 1 else 0 end), 0) as back
        from due d where d.due_on <= :ripe_on
            and not exists ({bought} and {day} >= {before} and {day} < d.due_on)"""
    )


def _held_cycles(shape: Shape) -> str:
    return f"""select h.member_id, h.due_on from held_out h
        where h.due_on >= :from_on and h.due_on <= :until_on and {shape.whose("h")}"""


def _dated(text: str) -> sa.TextClause:
    return statement(text, days=_DAYS)
