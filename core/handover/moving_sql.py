"""The statements of execution: set-based, the same text on SQLite and PostgreSQL (R7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from core.followups.cycles import INTRODUCE
from core.followups.plan_sql import CALLABLE, FIRST_BY_CLASS, NEW_ROW, NEW_VALUES, ORDER_KEY
from core.handover.facts import FATE, HISTORY, MATTERS, MEASURES, NOT_STAYING, TASKS
from core.members.lookup import MEMBER
from core.store.sql import statement

_MOMENTS = ("now", "lately")
_MOVED = "hm.handover_id = :handover and hm.outcome = 'moved'"

DECIDE = statement(
    f"""update handover_member set outcome = decided.fate
    from (select m.id as member_id, {FATE} as fate
        from handover_member hm join member m on m.id = hm.member_id {HISTORY}
        where hm.handover_id = :handover) decided
    where handover_member.handover_id = :handover and handover_member.member_id = decided.member_id""",
    moments=_MOMENTS,
)
"""What becomes of each member; their rows are locked before."""

GIVE = statement(
    f"""update member set owner_id = hm.successor_id, version = member.version + 1, updated_at = :now
    from handover_member hm
    where {_MOVED} and hm.member_id = member.id and member.owner_id = :giver""",
    moments=_MOMENTS,
)

SUPERSEDE = statement(
    f"""update follow_up set state = 'withdrawn', closed_at = :now, closed_by = :by,
        closed_why = 'handed over again', version = follow_up.version + 1
    from handover_member hm
    where {_MOVED} and follow_up.member_id = hm.member_id and follow_up.programme = '{INTRODUCE}'
        and follow_up.state = 'open'""",
    moments=_MOMENTS,
)
"""Who was to introduce themselves before does not keep the member any more."""

_TASKS_MOVE = TASKS.replace("f.", "follow_up.")
MOVE_TASKS = statement(
    f"""update follow_up set assignee_id = hm.successor_id, version = follow_up.version + 1
    from handover_member hm where {_MOVED} and follow_up.member_id = hm.member_id and {_TASKS_MOVE}"""
)

MOVE_MATTERS = statement(
    f"""update raised set version = raised.version + 1,
        owner_id = case when raised.about_id = hm.successor_id then null else hm.successor_id end
    from handover_member hm
    where {_MOVED} and raised.member_id = hm.member_id and {MATTERS.replace("r.", "raised.")}"""
)
"""A complaint about the successor is nobody's until the store manager gets it (R8.2)."""

_KEEPER = """(select s.id from member m join staff s on s.id = m.owner_id
    where m.id = {table}.member_id and s.id <> :giver and (s.left_on is null or s.left_on > :day))"""

LOOSE_TASKS = statement(
    f"""update follow_up set assignee_id = {_KEEPER.format(table="follow_up")}, version = version + 1
    where state = 'open' and assignee_id = :giver and {NOT_STAYING.format(row="follow_up")}""",
    days=("day",),
)
"""A leaver's open follow-ups of other people's members go to those people, or to the store's pool (R4.6)."""

LOOSE_MATTERS = statement(
    f"""update raised set owner_id = nullif({_KEEPER.format(table="raised")}, coalesce(about_id, 0)),
        version = version + 1
    where {MATTERS.replace("r.", "raised.")} and {NOT_STAYING.format(row="raised")}""",
    days=("day",),
)

MOVE_MEASURES = statement(
    f"""update measure set owner_id = hm.successor_id, version = measure.version + 1
    from handover_member hm
    where {_MOVED} and measure.member_id = hm.member_id and {MEASURES.replace("z.", "measure.")}"""
)

LOOSE_MEASURES = statement(
    f"""update measure set owner_id = {_KEEPER.format(table="measure")}, version = version + 1
    where {MEASURES.replace("z.", "measure.")} and {NOT_STAYING.format(row="measure")}""",
    days=("day",),
)

MEMBERS = sa.table("handover_member", sa.column("handover_id"), sa.column("member_id"), sa.column("outcome"))

_LOCKED = (
    sa.select(MEMBER.c.id)
    .join(MEMBERS, MEMBERS.c.member_id == MEMBER.c.id)
    .where(MEMBERS.c.handover_id == sa.bindparam("handover"))
    .order_by(MEMBER.c.id)
    .with_for_update(of=MEMBER)
)
LOCK = sa.select(sa.func.count()).select_from(_LOCKED.subquery())
"""The members of an application, in the order in which everybody locks members."""

MOVED = sa.text(
    """select s.code, count(*) from handover_member hm join staff s on s.id = hm.successor_id
    where hm.handover_id = :handover and hm.outcome = 'moved' group by s.code order by s.code"""
)


def introduce(days: Mapping[int, Sequence[date]]) -> tuple[sa.TextClause, dict[str, date]]:
    """(statement, its days): the successors' first calls, laid evenly over their working days, class A first.

    `days` are the working days of each successor, by staff row. The cycle is the application's :number, :rank the
    group these calls stand in.
    """
    values = [
        (successor, nth, len(listed), day) for successor, listed in days.items() for nth, day in enumerate(listed)
    ]
    bound = {f"d{place}": value[3] for place, value in enumerate(values)}
    rows = ", ".join(
        f"({successor}, {nth}, {length}, :d{place})" for place, (successor, nth, length, _) in enumerate(values)
    )
    clause = statement(
        f"""{NEW_ROW}
        with days (successor_id, nth, length, due_on) as (values {rows}), taken as (
            select m.id, {ORDER_KEY} as order_key, m.store_id, hm.successor_id, {FIRST_BY_CLASS} as place,
                row_number() over (partition by hm.successor_id order by
                    {FIRST_BY_CLASS}, m.amount_total desc, m.number) - 1 as i,
                count(*) over (partition by hm.successor_id) as n
            from handover_member hm join member m on m.id = hm.member_id
            where {_MOVED} and {CALLABLE}
        )
        select taken.id, taken.order_key, '{INTRODUCE}', cast(:rank as integer), cast(:number as text),
            taken.store_id, taken.successor_id,
            days.due_on, cast(null as date), taken.place, {NEW_VALUES}
        from taken join days on days.successor_id = taken.successor_id
            and days.nth = taken.i * days.length / taken.n
        where true
        on conflict (member_id, programme, cycle) do nothing""",
        days=tuple(bound),
        moments=_MOMENTS,
    )
    return clause, bound
