"""The top of a worklist, read group by group from one index, so that it costs the same however much is due.

R4.5 sorts a desk's rows by their programme first. So each programme gives its own first rows, in the order the
index keeps them, and only these are sorted together: in two readings, since who works on what is promised or new
seldom comes as far as the month's calls. Callbacks that wait for their hour are left to `worklist_sql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from core.base.rulebook import Rulebook
from core.followups.cycles import MONTHLY
from core.followups.plan_sql import FIRST_BY_CLASS
from core.followups.worklist_sql import (
    DAYS,
    MEMBER_NAMES,
    MOMENTS,
    OF_MEMBER,
    SUNK,
    Desk,
    Key,
    Kind,
    group,
    rests,
    unheld,
)
from core.store.direct import Direct
from core.store.sql import giving, statement


def head_statements(rulebook: Rulebook, desk: Desk, *, free: bool, lateral: bool) -> tuple[Direct, ...]:
    """The first :limit purposes of a staff member's desk in R4.5's order, with what a claim asks of their member.

    The first statement reads the groups above the month's calls, the second those from there on. With `free`
    members that somebody holds are left out; `lateral` says whether the database can read a group for each row
    of a list. None of them for a store's desk.
    """
    if desk.staff_id is None:
        return ()
    key = Key(rulebook)
    return _head(key, desk.kind, free, lateral, False), _head(key, desk.kind, free, lateral, True)


@lru_cache(maxsize=64)
def _head(key: Key, desk: Kind, free: bool, lateral: bool, below: bool) -> Direct:
    rulebook = key.rulebook
    months = rulebook.programmes[MONTHLY].rank
    programmes = [code for code, entry in rulebook.programmes.items() if (entry.rank >= months) == below]
    sources = _sources(desk)
    if lateral:
        arms = [arm for source in sources for arm in _lateral_arms(rulebook, source, programmes)]
    else:
        arms = [_group_arm(rulebook, source, code) for source in sources for code in programmes]
    arms.append(_sunk_arm(sources, programmes))
    if desk[1] and not below:
        arms.append(_overdue_arm(desk[0]))
    text = f"""with d as not materialized ({_due(rulebook, free)})
        select {OF_MEMBER} from ({" union all ".join(arms)}) f
        order by {group(rulebook)}, {SUNK}, place, due_on, class_key, number, id limit :limit"""
    # in as few letters as will do: the driver keeps what it has read of a short statement
    return Direct(giving(statement(" ".join(text.split()), days=DAYS, moments=MOMENTS), MEMBER_NAMES))


def _due(rulebook: Rulebook, free: bool) -> str:
    """What is due at all, read anew by each arm with the condition of its own."""
    # `not >`: SQLite, which knows nothing of the data's spread, would else read all that is due by the day's index
    return f"""select f.id, f.programme, f.assignee_id, f.store_id as desk_id, f.due_on, f.due_at, f.skipped_on,
            f.place, f.member_number, {FIRST_BY_CLASS} as class_key,
            m.id as member_id, m.number, m.owner_id, m.store_id
        from follow_up f join member m on m.id = f.member_id
        where f.state = 'open' and not f.due_on > :day and m.status = 'active'
            and (f.closes_on is null or f.closes_on >= :day)
            {rests(rulebook)} {unheld("m.id") if free else ""}"""


def _sources(desk: Kind) -> list[str]:
    """Conditions on what is due, one for each whose follow-ups stand on the desk: an index is read for each."""
    assignees, pool, all_pools, _ = desk
    sources = [f"assignee_id = :staff{place}" for place in range(assignees)]
    if pool:
        sources.append("assignee_id is null" + ("" if all_pools else " and desk_id = :pool"))
    return sources


_KEPT = "(skipped_on is null or skipped_on <> :day)"
_COME = "(due_at is null or due_at <= :soon)"


def _first(by_class: bool) -> str:
    """Inside a programme, by class within a day; where its rows stand by class, that is how the index has them."""
    return f"order by place, due_on, {'member_number' if by_class else 'class_key, number'}, id limit :limit"


def _group_arm(rulebook: Rulebook, source: str, programme: str) -> str:
    """The first :limit rows of one programme that were not put off today and whose time has come."""
    order = rulebook.programmes[programme].order
    come = f"and {_COME}" if order == "time" else ""
    return f"""
        select * from (select * from d where {source} and programme = '{programme}' {come} and {_KEPT}
            {_first(order == "class")}) a"""


def _lateral_arms(rulebook: Rulebook, source: str, programmes: list[str]) -> Iterator[str]:
    """The same in one arm for all of one order: a server takes longer to plan ten than to read them."""
    orders = {code: rulebook.programmes[code].order for code in programmes}
    for by_class in (True, False):
        some = [code for code in programmes if (orders[code] == "class") is by_class]
        timed = [code for code in some if orders[code] == "time"]
        come = f"and ({_COME} or programme not in ({_listed(timed)}))" if timed else ""
        if some:
            kinds = ", ".join(f"('{code}')" for code in some)
            yield f"""
        select a.* from (values {kinds}) kind (code) cross join lateral (select * from d
            where {source} and programme = kind.code {come} and {_KEPT} {_first(by_class)}) a"""


def _sunk_arm(sources: list[str], programmes: list[str]) -> str:
    """The rows put off today, which are few: below the others of their group."""
    return f"""
        select * from d where ({" or ".join(sources)}) and skipped_on = :day
            and programme in ({_listed(programmes)}) and {_COME}"""


def _listed(codes: list[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def _overdue_arm(assignees: int) -> str:
    """Callbacks of others in the store that nobody made in time (R4.11)."""
    others = ", ".join(f":staff{place}" for place in range(assignees))
    return f"""
        select * from d where programme = 'callback' and desk_id = :pool
            and due_at between :ever and :overdue and assignee_id not in ({others})"""
