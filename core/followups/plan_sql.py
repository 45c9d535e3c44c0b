"""The statements of planning: set-based, the same text on SQLite and PostgreSQL.

Dates are bound, never computed in SQL: the two databases disagree on what "3 months" is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from core.base.rulebook import BY_CLASS
from core.store.sql import statement

_DAYS = (
    "day", "due", "closes", "base", "latest", "since", "year", "recent", "before", "dormant", "joined",
    "month_start", "old_day", "old_recent", "old_before",
)  # fmt: skip


def _dated(text: str, *more_days: str) -> sa.TextClause:
    return statement(text, days=(*_DAYS, *more_days), moments=("now",))


NEW_ROW = """
insert into follow_up (member_id, order_key, programme, rank, cycle, store_id, assignee_id, due_on, closes_on,
    place, state, attempts, tried_parts, skips, promise, source, closed_why, created_at, version)
"""

_WORK = "cast(:programme as text), cast(:rank as integer), cast(:cycle as text)"
NEW_VALUES = "'open', 0, '', 0, '', '', '', :now, 1"

OWNER = "case when s.left_on is null or s.left_on > :day then m.owner_id end"
"""The account owner, or nobody (the store's pool) where there is none or the owner has left (R4.6)."""

CALLABLE = "m.status = 'active' and m.consent_call"


_NEW = """m.id not in (select f.member_id from follow_up f
    where f.programme in ('dormant-review', 'dormant-recovery')
        and f.programme = cast(:programme as text) and f.cycle = cast(:cycle as text))"""
"""Asked first: what is planned already is left alone without reading the member's row.

The cycle's follow-ups are read once, from their own index, whose condition the first line repeats.
"""


def of_stores(store_ids: Sequence[int] | None, column: str = "m.store_id") -> str:
    """The condition that keeps to a group of stores; nothing where the group is all of them."""
    if store_ids is None:
        return ""
    return f"and {column} in ({', '.join(str(int(number)) for number in store_ids)})"


FIRST_BY_CLASS = "case m.value_class when 'A' then 1 when 'B' then 2 when 'C' then 3 else 4 end"
"""R3.2's classes as a place, kept with the follow-up: so an index gives a desk's calls in their order (R4.5)."""

ORDER_KEY = "case m.value_class when 'A' then '1' when 'B' then '2' when 'C' then '3' else '4' end || m.number"
"""What orders those that fall due together, kept with the follow-up too."""


def order_key(value_class: str | None, number: str) -> str:
    """`ORDER_KEY` of a member who has been read."""
    return f"{'ABC'.find(value_class or '-') + 1 or 4}{number}"


FIRST_BY_SPEND = "-m.amount_total"
FIRST_BY_RANKING = "coalesce((select r.place from recovery_place r where r.member_id = m.id), 0)"
"""Recovery's order: past spend, or what the last judgement found to beat it (R3.6, R4.5)."""


def held_out(share: float) -> str:
    """The condition on `m` that a member is in the hold-out group: ever the same one for the same share (R5.8).

    Half of it is in any group twice as small: numbers are mixed before they are compared.
    """
    return f"(m.id * 2654435761 + 97) % 4294967291 < {round(share * 4294967291)}"


def by_last_day(
    store_ids: Sequence[int] | None, *, place: str = "0", phone: bool, without: str = "false"
) -> sa.TextClause:
    """Plan one cycle for every member whose last purchase was on `:base`, but for those `without` holds for."""
    who = CALLABLE if phone else "m.status = 'active'"
    kept = "" if without == "false" else f"and not ({without})"
    return _dated(
        f"""{NEW_ROW}
        select m.id, {ORDER_KEY}, {_WORK}, m.store_id, {OWNER}, :due, :closes, {place}, {NEW_VALUES}
        from member m left join staff s on s.id = m.owner_id
        where {_NEW} and {who} and m.last_on = :base {of_stores(store_ids)} {kept}
        on conflict (member_id, programme, cycle) do nothing"""
    )


def hold_out(store_ids: Sequence[int] | None, share: float) -> sa.TextClause:
    """Put the recovery cycles on record for which no call is planned; a cycle planned already stays one (R5.8)."""
    return _dated(
        f"""insert into held_out (member_id, cycle, store_id, due_on, created_at)
        select m.id, cast(:cycle as text), m.store_id, :due, :now from member m
        where {_NEW} and {CALLABLE} and m.last_on = :base and {held_out(share)} {of_stores(store_ids)}
        on conflict (member_id, cycle) do nothing"""
    )


def welcome_bought(store_ids: Sequence[int] | None) -> sa.TextClause:
    """Welcome for those who joined on `:joined` and first bought on `:base`, that day or in the days after."""
    return _welcome(store_ids, "m.joined_on = :joined and m.first_purchase_on = :base")


def welcome_joined(store_ids: Sequence[int] | None) -> sa.TextClause:
    """Welcome for those who joined on `:base` and did not buy until `:latest`."""
    return _welcome(
        store_ids,
        """m.joined_on = :base and (m.first_purchase_on is null
            or m.first_purchase_on < :base or m.first_purchase_on > :latest)""",
    )


def _welcome(store_ids: Sequence[int] | None, condition: str) -> sa.TextClause:
    return _dated(
        f"""{NEW_ROW}
        select m.id, {ORDER_KEY}, {_WORK}, m.store_id, {OWNER}, :due, :closes, 0, {NEW_VALUES}
        from member m left join staff s on s.id = m.owner_id
        where {CALLABLE} and {condition} {of_stores(store_ids)}
        on conflict (member_id, programme, cycle) do nothing"""
    )


MAKE_RANKING = _dated("""
create temporary table plan_ranking as
with sums as (
    select m.id as member_id, m.last_on, m.number,
        coalesce(sum(case when p.day > :year then p.amount end), 0) as amount,
        coalesce(sum(case when p.day > :year and p.amount > 0 then 1 end), 0) as bought,
        coalesce(sum(case when p.day > :recent then p.amount end), 0) as amount_recent,
        coalesce(sum(case when p.day > :recent and p.amount > 0 then 1 end), 0) as bought_recent,
        coalesce(sum(case when p.day > :before then p.amount end), 0) as amount_both,
        coalesce(sum(case when p.day > :before and p.amount > 0 then 1 end), 0) as bought_both
    from member m left join purchase p on p.member_id = m.id and p.day > :since and p.day <= :day
    where m.status || '' = 'active' and m.last_on > :dormant and m.joined_on <= :joined
    group by m.id, m.last_on, m.number
)
select member_id, amount, row_number() over (order by amount desc, bought desc, last_on desc, number) as nth,
    amount_recent, bought_recent,
    amount_both - amount_recent as amount_before, bought_both - bought_recent as bought_before
from sums
""")
"""Regular members in R3.2's order, with the sums that the class cut and the decline check need, in one pass.

The empty string added to the status keeps SQLite from an index whose order would make it sort ten million
purchases: members are read in the order of their numbers, which is that of the purchases' covering index.
"""

INDEX_RANKING = sa.text("create unique index plan_ranking_member on plan_ranking (member_id)")
"""For a server: it does not know of the classes cut meanwhile, and would read the ranking once for each member."""

CUT_CLASSES = _dated("""
update member set value_class = case when r.nth <= :top_a then 'A' when r.nth <= :top_b then 'B' else 'C' end
from plan_ranking r
where r.member_id = member.id and member.value_class is distinct from
    case when r.nth <= :top_a then 'A' when r.nth <= :top_b then 'B' else 'C' end
""")


_BY_CLASS = ", ".join(f"'{code}'" for code in BY_CLASS)

CLASSES_ANEW = sa.text(f"""
update follow_up set place = moved.place, order_key = moved.order_key, version = version + 1
from (select f.id, case when f.programme in ({_BY_CLASS}) then {FIRST_BY_CLASS} else f.place end as place,
        {ORDER_KEY} as order_key
    from follow_up f join member m on m.id = f.member_id where f.state = 'open') moved
where moved.id = follow_up.id
    and (follow_up.place <> moved.place or follow_up.order_key is distinct from moved.order_key)
""")
"""What stays open over a cut stands by the members' new classes."""


def ranked_anew(ranks: Mapping[str, int]) -> sa.TextClause:
    """Put what is open into the groups of a rulebook that has others than the last plan's."""
    listed = " ".join(f"when '{code}' then {rank}" for code, rank in ranks.items())
    group = f"case programme {listed} else rank end"
    return sa.text(
        f"update follow_up set rank = {group}, version = version + 1 where state = 'open' and rank <> {group}"
    )


def monthly(working_days: int, groups: Sequence[int] | None) -> sa.TextClause:
    """Lay each owner's regular members, best class first, evenly over the month's working days (R4.3).

    The calendar is that of the owner's store, or the member's where the store's pool keeps them.
    """
    days = ", ".join(f"({number}, :day{number})" for number in range(working_days))
    return _dated(
        f"""{NEW_ROW}
        with days (nth, due_on) as (values {days}), kept as (
            select m.id, {ORDER_KEY} as order_key, m.store_id, {OWNER} as owner_id, r.nth,
                {FIRST_BY_CLASS} as place,
                coalesce(case when s.left_on is null or s.left_on > :day then s.store_id end, m.store_id)
                    as desk_store_id
            from plan_ranking r join member m on m.id = r.member_id left join staff s on s.id = m.owner_id
            where {CALLABLE} and (m.last_reached_on is null or m.last_reached_on < :month_start)
        ), laid as (
            select kept.*, row_number() over (
                    partition by coalesce(owner_id, -1), case when owner_id is null then store_id end
                    order by nth) - 1 as i,
                count(*) over (
                    partition by coalesce(owner_id, -1), case when owner_id is null then store_id end) as n
            from kept where true {of_stores(groups, "desk_store_id")}
        )
        select laid.id, laid.order_key, {_WORK}, laid.store_id, laid.owner_id, days.due_on, :closes,
            laid.place, {NEW_VALUES}
        from laid join days on days.nth = laid.i * {working_days} / laid.n
        where true
        on conflict (member_id, programme, cycle) do nothing""",
        *(f"day{number}" for number in range(working_days)),
    )


MONTHLY_COVERED = _dated("""
insert into follow_up (member_id, programme, cycle, store_id, assignee_id, due_on, closes_on, place,
    state, attempts, tried_parts, skips, promise, source, created_at, version, closed_at, closed_why)
select m.id, :programme, :cycle, m.store_id, m.owner_id, :day, :closes, 0,
    'covered', 0, '', 0, '', '', :now, 1, :now, 'reached'
from plan_ranking r join member m on m.id = r.member_id
where m.status = 'active' and m.consent_call and m.last_reached_on >= :month_start
on conflict (member_id, programme, cycle) do nothing
""")
"""Members already reached this month by another programme need no monthly call (R4.3)."""

_HALVED = """
    w.bought_before >= :min_purchases
    and (w.amount_recent < :below * w.amount_before or w.bought_recent < :below * w.bought_before)
"""
_KEY_REGULAR = "(m.value_class in ('A', 'B') or m.social_reach) and m.consent_call"


def decline_of_all(store_ids: Sequence[int] | None) -> sa.TextClause:
    """Decline for every key regular, from the sums of the monthly ranking (R3.5)."""
    return _dated(
        f"""{NEW_ROW}
        select m.id, {ORDER_KEY}, {_WORK}, m.store_id, {OWNER}, :due, :closes, {FIRST_BY_CLASS}, {NEW_VALUES}
        from plan_ranking w join member m on m.id = w.member_id left join staff s on s.id = m.owner_id
        where {_HALVED} and {_KEY_REGULAR} {of_stores(store_ids)}
        on conflict (member_id, programme, cycle) do nothing"""
    )


def decline_of_moved(store_ids: Sequence[int] | None) -> sa.TextClause:
    """Decline for key regulars for whom the 90-day windows moved over a purchase since the last plan.

    Between two plans only purchases that crossed a window's edge, or came in, can make R3.5 true.
    """
    return _dated(
        f"""{NEW_ROW}
        with moved as (
            select member_id from purchase where day > :old_recent and day <= :recent
            union select member_id from purchase where day > :old_before and day <= :before
            union select member_id from purchase where day > :old_day and day <= :day
        ), w as (
            select m.id as member_id,
                sum(case when p.day > :recent then p.amount else 0 end) as amount_recent,
                sum(case when p.day > :recent and p.amount > 0 then 1 else 0 end) as bought_recent,
                sum(case when p.day <= :recent then p.amount else 0 end) as amount_before,
                sum(case when p.day <= :recent and p.amount > 0 then 1 else 0 end) as bought_before
            from moved cross join member m join purchase p on p.member_id = m.id
            where m.id = moved.member_id and p.day > :before and p.day <= :day
                and {_KEY_REGULAR} and m.status = 'active' and m.last_on > :dormant and m.joined_on <= :joined
            group by m.id
        )
        select m.id, {ORDER_KEY}, {_WORK}, m.store_id, {OWNER}, :due, :closes, {FIRST_BY_CLASS}, {NEW_VALUES}
        from w join member m on m.id = w.member_id left join staff s on s.id = m.owner_id
        where {_HALVED} {of_stores(store_ids)}
        on conflict (member_id, programme, cycle) do nothing"""
    )


EXPIRE = _dated("""
update follow_up set state = 'expired', closed_at = :now, closed_why = 'cycle over', version = version + 1
where state = 'open' and closes_on < :day
""")
