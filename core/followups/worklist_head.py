"""The top of a worklist, read from one index as it lies there, so that it costs the same however much is due.

R4.5 sorts a desk's rows by their programme's group, and the index has them so: each source of a desk gives its own
first rows, and only these are sorted together. Callbacks that wait for their hour are left to `worklist_sql`.
"""

from __future__ import annotations

from functools import lru_cache

from core.base.rulebook import Rulebook
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
    timed,
    unheld,
)
from core.store.direct import Direct
from core.store.sql import giving, statement


def head_statement(rulebook: Rulebook, desk: Desk, *, free: bool) -> Direct | None:
    """The first :limit purposes of a staff member's desk in R4.5's order, with what a claim asks of their member.

    With `free` members that somebody holds are left out. None for a store's desk.
    """
    return None if desk.staff_id is None else _head(Key(rulebook), desk.kind, free)


@lru_cache(maxsize=64)
def _head(key: Key, desk: Kind, free: bool) -> Direct:
    rulebook = key.rulebook
    sources = _sources(desk)
    arms = [_arm(rulebook, source) for source in sources]
    arms.append(_sunk_arm(rulebook, sources))
    if desk[1]:
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
            f.rank, f.place, f.order_key, {FIRST_BY_CLASS} as class_key,
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
        sources.append("assignee_id is null" + (" and rank >= 0" if all_pools else " and desk_id = :pool"))
    return sources


def _arm(rulebook: Rulebook, source: str) -> str:
    """The first :limit rows of one source that were not put off today and whose time has come."""
    return f"""
        select * from (select * from d
            where {source} and {_come(rulebook)} and (skipped_on is null or skipped_on <> :day)
            order by rank, place, due_on, order_key limit :limit) a"""


def _come(rulebook: Rulebook) -> str:
    return f"(due_at is null or due_at <= :soon or programme not in ({timed(rulebook)}))"


def _sunk_arm(rulebook: Rulebook, sources: list[str]) -> str:
    """The rows put off today, which are few: below the others of their group."""
    return f"""
        select * from d where ({" or ".join(sources)}) and skipped_on = :day and {_come(rulebook)}"""


def _overdue_arm(assignees: int) -> str:
    """Callbacks of others in the store that nobody made in time (R4.11)."""
    others = ", ".join(f":staff{place}" for place in range(assignees))
    return f"""
        select * from d where programme = 'callback' and desk_id = :pool
            and due_at between :ever and :overdue and assignee_id not in ({others})"""
